"""A real PostgreSQL server, Debian's, in a folder and on a socket of its own; and databases on it."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from collector.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

MISSING = "no PostgreSQL: Debian's postgresql is not installed"
SUPERUSER = "postgres"
_USERS = ("postgres", "nobody")
START_TIMEOUT_S = 60


@dataclass
class Server:
    """A running server; `bin` has its tools."""

    folder: Path
    bin: Path
    pid: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, name: str, user: str = SUPERUSER) -> str:
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def conninfo(self, name: str = "postgres", user: str = SUPERUSER) -> str:
        return f"host={self.folder} user={user} dbname={name}"

    def new_database(self, template: str = "template1") -> str:
        """A database that nobody has used; its name."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def new_collector(self) -> str:
        """An empty collector's database; its URL."""
        return self.url(self.new_database("collector_template"))

    def make_template(self) -> None:
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE collector_template")
        with closing(Database(self.url("collector_template"))):
            pass

    def run(self, tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [str(self.bin / tool), "-h", str(self.folder), "-U", SUPERUSER, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)


def tools() -> Path | None:
    """Where initdb and postgres are: the newest of Debian's, or what is on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return None if on_path is None else Path(on_path).resolve().parent


@contextmanager
def running_server(*, sync: bool = False) -> Iterator[Server]:
    """A server until the block ends; skips the test where there is none.

    Args:
        sync: whether a commit is on the disk; only the power going out, or a measurement, makes a difference.
    """
    place = tools()
    if place is None:
        pytest.skip(MISSING)
    # Not in pytest's folder: no other user can enter that one, and a socket's path may have 107 letters.
    folder = Path(tempfile.mkdtemp(prefix="sayso-pg-"))
    user = _unprivileged()
    as_user: dict[str, object] = {"cwd": folder, "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}}
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    try:
        make = [
            place / "initdb",
            "-D",
            "data",
            "-U",
            SUPERUSER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--no-locale",
        ]
        subprocess.run(make, check=True, capture_output=True, timeout=120, **as_user)  # type: ignore[call-overload]
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "max_connections": "200",
            "fsync": "on" if sync else "off",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([place / "postgres", "-D", "data", *options], stderr=log, **as_user)  # type: ignore[call-overload]
        try:
            ready = [place / "pg_isready", "-q", "-h", str(folder), "-U", SUPERUSER, "-t", str(START_TIMEOUT_S)]
            while subprocess.run(ready, check=False).returncode and process.poll() is None:
                pass
            assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
            server = Server(folder, place, process.pid)
            server.make_template()
            yield server
        finally:
            process.send_signal(2)  # PostgreSQL's "fast": it ends its clients and then itself
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to run it as: PostgreSQL refuses root. None: whoever runs this."""
    if os.getuid() != 0:
        return None
    known = {one.pw_name: one for one in pwd.getpwall()}
    return next(known[name] for name in _USERS if name in known)
