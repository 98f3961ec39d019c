"""`sayso collector audit | alerts | roles`, and a database by URL, as whoever keeps a collector uses them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
from loopback_collector import Where, collecting, posted, visit, xform

from collector.keys import all_keys

if TYPE_CHECKING:
    from pathlib import Path

    from postgres_server import Server

SAYSO = (sys.executable, "-m", "sayso", "collector")
SENSITIVE = xform().replace(b"<data ", b'<data sayso_sensitive="yes" ')


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*SAYSO, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, env={**os.environ, **environment}
    )


def test_the_audit_log_is_read_as_lines_or_as_json(where: Where) -> None:
    with collecting(where) as collector:
        posted(collector, visit())
        posted(collector, visit(said="bad"))
        posted(collector, visit(), token="wrong")  # noqa: S106 - no secret
    told = [json.loads(line) for line in run("audit", *where.options, "--json").stdout.splitlines()]
    assert [one["event"] for one in told] == ["key_made", "conflict", "token_unknown"]
    assert (told[1]["key"], told[1]["address"], told[2]["key"]) == ("Elm Road", "127.0.0.1", "")
    shown = run("audit", *where.options).stdout
    assert "2026-11-22 09:30:15\tconflict\t\tElm Road\t127.0.0.1\tuuid:" in shown
    assert collector.token not in shown


def test_alerts_says_by_its_exit_code_whether_something_is_unopened(where: Where, tmp_path: Path) -> None:
    program = tmp_path / "tell"
    program.write_text(
        f'#!/bin/sh\necho "$SAYSO_ALERT $SAYSO_FORM $SAYSO_KIOSK" >> {tmp_path}/told\n', encoding="ascii"
    )
    program.chmod(0o700)
    with collecting(where, SENSITIVE) as collector:
        assert run("alerts", *where.options).returncode == 0
        posted(collector, visit(said="hurt"))
        listed = run("alerts", *where.options, "--alert", program, "--json")
        assert (listed.returncode, listed.stderr) == (1, "")
        assert json.loads(listed.stdout)["form_id"] == "home"
        assert "2026-11-22 09:30\thome\tElm Road" in run("alerts", *where.options, "--alert", program).stdout
        lines = (tmp_path / "told").read_text(encoding="ascii").splitlines()
        assert lines[0] == "arrived home Elm Road"
        assert run("open", *where.options, "--json").returncode == 0
        assert run("alerts", *where.options).returncode == 0


def test_the_url_may_come_by_the_environment_and_a_folder_goes_before_it(where: Where, tmp_path: Path) -> None:
    with closing(where.open()):
        pass
    url = where.url or f"sqlite:///{where.folder / 'collector.sqlite'}"
    variable = {"SAYSO_COLLECTOR_DATABASE": url}
    assert run("keys", "new", "Elm Road", **variable).returncode == 0
    assert run("keys", "new", "Oak Lane", "--data", tmp_path / "other", **variable).returncode == 0
    with closing(where.open()) as database:
        assert [key.name for key in all_keys(database)] == ["Elm Road"]


def test_roles_are_printed_or_made(postgres: Server) -> None:
    printed = run("roles", "--prefix", "printed").stdout
    assert "CREATE ROLE printed_ingest NOLOGIN" in printed
    url = postgres.new_collector()
    name = url.partition("@/")[2].partition("?")[0]
    made = run("roles", "--prefix", name, "--execute", "--database", url)
    assert (made.returncode, made.stderr) == (0, "")
    with psycopg.connect(postgres.conninfo(name), autocommit=True) as connection:
        # What is printed runs as it is printed.
        connection.execute(printed.encode())
        found = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE %s", [f"{name}_%"]).fetchone()
    assert found == (3,)
