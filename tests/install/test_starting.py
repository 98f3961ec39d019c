"""What `script/install` starts at its end. systemd is stood in for by a program that refuses as systemd does."""

from __future__ import annotations

from pathlib import Path

import pytest
from installing import starting, units
from installing.machine import Machine
from installing.telling import Steps

ROOT = Path(__file__).parents[2]
AFTER_A_CRASH_LOOP = """#!/bin/sh
case "$1" in
    is-active) exit 3 ;;
    reset-failed) touch "{folder}/forgotten" ;;
    start) [ -e "{folder}/forgotten" ] || {{ echo "Start request repeated too quickly." >&2; exit 1; }} ;;
esac
"""


class Running(Machine):
    @property
    def is_running(self) -> bool:
        return True


def test_what_systemd_has_given_up_is_started_once_it_is_put_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "systemctl"
    program.write_text(AFTER_A_CRASH_LOOP.format(folder=tmp_path), "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    machine, roles, steps = Running(tmp_path / "machine"), ["collector"], Steps(total=1)
    units.make(machine, units.late_links(ROOT, roles))
    assert starting.start(machine, ROOT, "collector", roles, steps)
    assert steps.changes == ["started: sayso-collector.service"]
