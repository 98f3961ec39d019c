"""A role's database: where it lies, who has it open, a copy of it, and bringing it back to another version's tables."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shlex
import shutil
import subprocess
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from installing import disk, store_rows
from installing.errors import InstallError
from installing.machine import Machine, free_bytes
from installing.versions import Versions

CONFIG = "/etc/sayso/sayso.toml"
COLLECTOR_ENV = "/etc/sayso/collector.env"
USERS = {"kiosk": "sayso", "collector": "sayso-collector"}
WORK = ".upgrade"
"""In the data folder, while an upgrade is going on: a copy of the database as it was, and one to try things on."""
_FILES = {"kiosk": "sayso.db", "collector": "collector.sqlite"}
_LOCKS = ("kiosk.lock", "upload.lock")
_NOT_COPIED = ("speech", "out-of-order", "reserve", WORK, "kiosk.log")
_OPENER = "store_open.py"
_LEAVE_BYTES = 50_000_000
_TIMEOUT_S = 3600
_PATIENCE_S = 30
"""For a sending that somebody began by hand."""


@dataclass(frozen=True)
class Data:
    """One role's data.

    Attributes:
        role: "kiosk" or "collector".
        machine: that it is on.
        folder: seen from here.
    """

    role: str
    machine: Machine
    folder: Path

    @property
    def file(self) -> Path:
        """The database."""
        return self.folder / _FILES[self.role]

    @property
    def work(self) -> Path:
        """Where copies are made."""
        return self.folder / WORK

    @property
    def before(self) -> Path:
        """The folder with the copy that nothing is tried on."""
        return self.work / "before"

    def size_bytes(self) -> int:
        """Of the database; 0 if there is none yet."""
        return self.file.stat().st_size if self.file.exists() else 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody else from opening it meanwhile. Raises: InstallError: somebody has it open."""
        with ExitStack() as stack:
            for path in [self.folder / name for name in _LOCKS if (self.folder / name).exists()]:
                file = stack.enter_context(path.open("r+"))
                try:
                    _lock(file.fileno())
                except OSError as error:
                    holder = file.read(20).strip() or "unknown"
                    hint = f"Look at it with: ps {holder}. Stop it, then run this again; nothing was changed."
                    raise InstallError("Cannot upgrade", f"process {holder} has {self.file} open", hint) from error
            yield

    def copy(self, name: str) -> Path:
        """A copy of the data in a folder of that name; the database with the journal that a power cut may have left.

        Call it within `held`. Raises: InstallError: no room.
        """
        target = self.work / name
        shutil.rmtree(target, ignore_errors=True)
        if free_bytes(self.folder) < 2 * self.size_bytes() + _LEAVE_BYTES:
            met = f"{free_bytes(self.folder) // 1_000_000} MB are free beside {self.file}, too little for a copy of it"
            raise InstallError("Cannot upgrade", met, "Free some, then run this again; nothing was changed.")
        target.mkdir(parents=True)
        for folder in (self.work, target):
            folder.chmod(0o700)
        for path in sorted(self.folder.iterdir()):
            if path.name in _NOT_COPIED or path.name in _LOCKS or path.name.endswith(".damaged"):
                continue
            if path.is_dir():
                shutil.copytree(path, target / path.name, symlinks=True)
            elif path.is_file():
                shutil.copy2(path, target / path.name)
        self._give(self.work)
        os.sync()
        return target

    def open_by(self, version: Path, folder: Path) -> str:
        """Let a version open the database in a folder, which makes or migrates it; why it can't, "" if it can."""
        python, script = version / ".venv" / "bin" / "python", version / "script" / "installing" / _OPENER
        if not script.exists():
            script = (
                Versions(self.machine).of(str(Versions(self.machine).current())) / "script" / "installing" / _OPENER
            )
        # -P: what lies beside the script is not for it to import.
        ended = self._as_user([self._seen(python), "-P", self._seen(script), self.role, self._seen(folder)])
        return "" if ended.returncode == 0 else _last(ended)

    def same_rows(self, version: Path, one: Path, other: Path) -> int:
        """How many rows two copies have, which are the same in all that matters. Raises: InstallError."""
        ended = self._rows(version, "same", one / self.file.name, other / self.file.name)
        if ended.returncode != 0:
            hint = "Report it, please; nothing was changed."
            raise InstallError("Cannot upgrade", f"of {self.file}, something would be lost: {_last(ended)}", hint)
        return int(json.loads(ended.stdout)["rows"])

    def bring_back(self, older: Path, newer: Path) -> str:
        """Have the database in the tables of an older version again, with all that was kept since; what was done.

        Call it within `held`. Whenever it is cut short, the database is one of the two, whole.

        Args:
            older: the folder of the version that will run.
            newer: of the one that ran; its installer does the work.

        Returns: one line to tell; "" if there was nothing to do.
        """
        if not self.file.exists():
            return ""
        empty = self.work / "empty"
        shutil.rmtree(empty, ignore_errors=True)
        empty.mkdir(parents=True)
        self._give(self.work)
        why = self.open_by(older, empty)
        if store_rows.version(self.file) == store_rows.version(empty / self.file.name):
            return ""
        if not self.open_by(older, self.copy("trial")):
            return ""  # it was never migrated
        ended = self._rows(newer, "carry", self.file, empty / self.file.name)
        if not why and ended.returncode == 0:
            self._replace(empty / self.file.name)
            return f"{json.loads(ended.stdout)['rows']} rows were carried back, each compared"
        return self._put_before(newer, why or _last(ended))

    def _put_before(self, newer: Path, why: str) -> str:
        """Put the copy of before in its place, and keep what the newer version wrote beside it."""
        before = self.before / self.file.name
        if not before.exists():
            hint = "The newer version stays in use; report this, please."
            raise InstallError("Cannot go back", f"what is in {self.file} can't be carried over ({why})", hint)
        aside = self.folder / f"{self.file.name}.{newer.name}"
        for end in ("", "-journal"):
            if (self.folder / f"{self.file.name}{end}").exists():
                shutil.copy2(self.folder / f"{self.file.name}{end}", self.folder / f"{aside.name}{end}")
        self._give(aside)
        os.sync()
        if self.role == "kiosk":
            self._rows(newer, "forget", aside, before)
        self._replace(before)
        met = f"The rows could not be carried back ({why})"
        return f"{met}. The copy of before is in use; what was kept since is in {aside}: keep it, and report this"

    def _replace(self, new: Path) -> None:
        """Put a database, of which no journal is left, in the place of the one in use."""
        self._give(new)
        with new.open("rb") as file:
            os.fsync(file.fileno())
        # It fits the one that goes; it would be played into the one that comes.
        self.file.with_name(f"{self.file.name}-journal").unlink(missing_ok=True)
        disk.sync_folder(self.folder)
        new.replace(self.file)
        disk.sync_folder(self.folder)

    def clean(self) -> None:
        """Remove the copies."""
        shutil.rmtree(self.work, ignore_errors=True)

    def open_visits(self) -> int | None:
        """How many visits are going on; None while that can't be told."""
        return store_rows.open_visits(self.file) if self.role == "kiosk" and self.file.exists() else 0

    def _rows(self, version: Path, what: str, one: Path, other: Path) -> subprocess.CompletedProcess[str]:
        names = [self._seen(one), self._seen(other)]
        command = [self.machine.python, "-B", "-m", "installing.store_rows", what, self.role, *names]
        return self._as_user(command, {"PYTHONPATH": self._seen(version / "script")})

    def _as_user(self, command: list[str], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return self.machine.try_run(self.machine.as_user(USERS[self.role], command), timeout_s=_TIMEOUT_S, env=env)

    def _seen(self, path: Path) -> str:
        return self.machine.inside(path)

    def _give(self, path: Path) -> None:
        user = USERS[self.role]
        for each in (path, *(path.rglob("*") if path.is_dir() else ())):
            if not each.is_symlink():
                self.machine.own(each, user, user)


def _lock(descriptor: int) -> None:
    """Take a lock; whoever has it may be about to end. Raises: OSError: they go on having it."""
    for _ in range(_PATIENCE_S - 1):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(1)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def of(machine: Machine, roles: list[str]) -> list[Data]:
    """The data of those roles, as far as it lies in a file here."""
    found = []
    for role in roles:
        folder = _kiosk_folder(machine) if role == "kiosk" else _collector_folder(machine)
        if folder is not None and folder.is_dir():
            found.append(Data(role, machine, folder))
    return found


def _kiosk_folder(machine: Machine) -> Path | None:
    path = machine.path(CONFIG)
    try:
        store = tomllib.loads(path.read_text(encoding="utf-8")).get("store", {})
    except (OSError, ValueError):
        return None
    folder = Path(CONFIG).parent / str(store.get("folder", "data") if isinstance(store, dict) else "data")
    return _seen_from_here(machine, folder)


def _collector_folder(machine: Machine) -> Path | None:
    """Where its options say; None for PostgreSQL."""
    options = "--data /var/lib/sayso-collector"
    with contextlib.suppress(OSError):
        for line in machine.path(COLLECTOR_ENV).read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "SAYSO_COLLECTOR_OPTIONS":
                options = value.strip().strip("\"'")
    words = [part for word in shlex.split(options) for part in word.split("=", 1)]
    if "--database" in words:
        return None
    folder = words[words.index("--data") + 1] if "--data" in words[:-1] else "/var/lib/sayso-collector"
    return _seen_from_here(machine, Path(folder))


def _seen_from_here(machine: Machine, path: Path) -> Path:
    """A path of a configuration; one that leads into the machine's folder already stays."""
    return path if path.is_relative_to(machine.root) else machine.path(path)


def _last(ended: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in (ended.stderr or ended.stdout).splitlines() if line.strip()]
    return lines[-1] if lines else f"it ended with {ended.returncode}"
