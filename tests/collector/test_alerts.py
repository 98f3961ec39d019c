"""A visit of a sensitive form is told when it arrives, and again when nobody opens it; never what was said."""

from __future__ import annotations

import json
import time
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from loopback_collector import NOW, Clock, Where, collecting, posted, visit, xform

from collector import alerts
from collector.alerts import due, mark_opened, tell, unopened
from collector.export import export
from collector.serve import running

if TYPE_CHECKING:
    from pathlib import Path

SENSITIVE = xform().replace(b"<data ", b'<data sayso_sensitive="yes" ')
DAY = timedelta(days=1)


class Program:
    """What is run for an alert; it writes down all that it was given."""

    def __init__(self, folder: Path) -> None:
        self._told = folder / "told"
        self.path = folder / "tell us"
        self.works()

    def works(self) -> None:
        self._write(f'(env; echo "arguments=$*"; echo "stdin=$(cat)"; echo ---) >> "{self._told}"')

    def fails(self) -> None:
        self._write("exit 3")

    def _write(self, line: str) -> None:
        self.path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        self.path.chmod(0o700)

    def told(self, at_least: int = 0) -> list[dict[str, str]]:
        """What each run was given; waits for so many runs."""
        end = time.monotonic() + 20
        while True:
            text = self._told.read_text(encoding="utf-8") if self._told.exists() else ""
            runs = [dict(line.partition("=")[::2] for line in one.splitlines()) for one in text.split("---\n")[:-1]]
            if len(runs) >= at_least or time.monotonic() > end:
                return runs


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def test_a_sensitive_visit_is_told_at_once_by_its_form_and_kiosk_alone(
    where: Where, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAYSO_COLLECTOR_DATABASE", "postgresql://x:secret@y/z")
    with collecting(where, SENSITIVE, alert=program.path) as collector:
        assert posted(collector, visit(said="hurt")).status_code == 201
        (told,) = program.told(1)
        assert posted(collector, visit(said="hurt")).status_code == 201
    assert {name: told[name] for name in ("SAYSO_ALERT", "SAYSO_FORM", "SAYSO_KIOSK")} == {
        "SAYSO_ALERT": "arrived",
        "SAYSO_FORM": "home",
        "SAYSO_KIOSK": "Elm Road",
    }
    assert (told["arguments"], told["stdin"]) == ("", "")
    assert "hurt" not in json.dumps(told)
    assert "secret" not in json.dumps(told)
    assert collector.token not in json.dumps(told)
    assert len(program.told()) == 1


def test_another_forms_visit_is_told_to_nobody(where: Where, program: Program) -> None:
    with collecting(where, alert=program.path) as collector:
        posted(collector, visit())
        assert due(collector.database, NOW + 2 * DAY) == ()
    assert program.told() == []


def test_what_nobody_has_opened_after_a_day_is_told_once_more(where: Where, program: Program) -> None:
    with collecting(where, SENSITIVE) as collector:
        posted(collector, visit())
        for after in (timedelta(0), timedelta(hours=23), DAY, 2 * DAY):
            assert tell(collector.database, program.path, NOW + after) == ()
        assert [one["SAYSO_ALERT"] for one in program.told()] == ["arrived", "unopened"]
        assert len(unopened(collector.database)) == 1


def test_what_was_opened_is_told_no_more(where: Where, program: Program, tmp_path: Path) -> None:
    with collecting(where, SENSITIVE) as collector:
        posted(collector, visit(1))
        posted(collector, visit(2))
        tell(collector.database, program.path, NOW)
        opened = export(collector.database, tmp_path / "out").opened
        assert len(opened) == 2
        mark_opened(collector.database, opened[:1], NOW)
        mark_opened(collector.database, opened[:1], NOW + DAY)
        assert export(collector.database, tmp_path / "out").opened == opened[1:]
        tell(collector.database, program.path, NOW + DAY)
        assert [one["SAYSO_ALERT"] for one in program.told()] == ["arrived", "arrived", "unopened"]


def test_an_alert_that_failed_is_given_by_the_next_run(where: Where, program: Program, capfd) -> None:
    program.fails()
    with collecting(where, SENSITIVE, alert=program.path) as collector:
        posted(collector, visit(said="hurt"))
        while "exit code 3" not in (said := capfd.readouterr().err):
            pass
        assert "hurt" not in said
        assert len(due(collector.database, NOW)) == 1
    program.works()
    with closing(where.open()) as database, running(database, lambda: NOW, alert=program.path):
        assert [one["SAYSO_ALERT"] for one in program.told(1)] == ["arrived"]


def test_a_day_that_passes_while_it_serves_is_noticed(
    where: Where, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.app.LOOK_EVERY_S", 0.05)
    clock = Clock()
    with collecting(where, SENSITIVE, alert=program.path, now=clock) as collector:
        posted(collector, visit())
        program.told(1)
        clock.at += DAY
        assert [one["SAYSO_ALERT"] for one in program.told(2)] == ["arrived", "unopened"]


@pytest.mark.parametrize(
    ("line", "met"), [("exit 1", "exit code 1"), ("sleep 60 & wait", "had not ended after"), (None, "No such file")]
)
def test_a_program_that_does_not_work_is_said_and_tried_again(
    where: Where, program: Program, monkeypatch: pytest.MonkeyPatch, line: str | None, met: str
) -> None:
    monkeypatch.setattr(alerts, "PROGRAM_TIMEOUT_S", 0.2)
    with collecting(where, SENSITIVE) as collector:
        posted(collector, visit())
        if line is None:
            program.path.unlink()
        else:
            program._write(line)
        (said,) = tell(collector.database, program.path, NOW)
        assert met in said
        assert len(due(collector.database, NOW)) == 1


def test_a_program_is_found_where_it_was_named_from(
    where: Where, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with collecting(where, SENSITIVE) as collector:
        posted(collector, visit())
        assert tell(collector.database, type(tmp_path)(program.path.name), NOW) == ()
