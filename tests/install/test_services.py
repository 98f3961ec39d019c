"""When a service is said to have come up. systemd is stood in for by a program that tells what a test gave it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from installing import services
from installing.machine import Machine
from installing.services import Services

SYSTEMCTL = """#!/bin/sh
echo "$*" >> "{folder}/told"
[ "$1" = show ] || exit 0
head -n 1 "{folder}/states" | tr ' ' '\\n'
[ "$(wc -l < "{folder}/states")" -gt 1 ] && sed -i 1d "{folder}/states"
exit 0
"""


class Running(Machine):
    @property
    def is_running(self) -> bool:
        return True


@dataclass
class Clock:
    """Goes on only when somebody sleeps."""

    now: float = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    program = tmp_path / "systemctl"
    program.write_text(SYSTEMCTL.format(folder=tmp_path), "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(services, "_RUN", tmp_path / "run")
    monkeypatch.setattr(services, "_BARRED", tmp_path / "barred")
    monkeypatch.setattr(services, "_LOOK_S", 15)
    clock = Clock()

    def ask(*states: str) -> str:
        """Each state is "active 0": how it is, and how often it was started again."""
        lines = [f"ActiveState={state} NRestarts={number}" for state, number in map(str.split, states)]
        (tmp_path / "states").write_text("\n".join(lines) + "\n", "utf-8")
        return Services(Running(), now_s=lambda: clock.now, sleep=clock.sleep).why_not_up("sayso-kiosk.service")

    return ask


def test_one_that_runs_on_has_come_up(why: Callable[..., str]):
    assert why("activating 0", "activating 0", "active 0") == ""


def test_one_that_fell_once_and_stands_has_come_up(why: Callable[..., str]):
    assert why("activating 0", "active 0", "activating 1", "active 1") == ""


def test_one_that_falls_again_and_again_has_not(why: Callable[..., str]):
    loop = [state for number in range(5) for state in (f"active {number}", f"activating {number + 1}")]
    assert why(*loop) == "sayso-kiosk.service ended 3 times"


def test_one_that_systemd_gave_up_has_not(why: Callable[..., str]):
    assert why("activating 0", "activating 1", "failed 2") == "sayso-kiosk.service is failed"


def test_one_that_was_never_started_has_not(why: Callable[..., str]):
    assert why("inactive 0") == "sayso-kiosk.service is inactive"


def test_one_that_is_never_ready_has_not(why: Callable[..., str]):
    assert why("activating 0") == "sayso-kiosk.service does not come up within 20 minutes"


def test_nothing_starts_what_an_upgrade_has_stopped_until_it_may(why: Callable[..., str], tmp_path: Path):
    del why
    running = Services(Running())
    running.stop(["sayso-kiosk.service", "sayso-upload.timer"])
    bar = tmp_path / "run/sayso-kiosk.service.d/sayso-upgrading.conf"
    assert bar.read_text("utf-8") == f"[Unit]\nConditionPathExists=!{tmp_path / 'barred'}\n"
    assert (tmp_path / "barred").exists()
    running.start(["sayso-kiosk.service"])
    assert not bar.exists()
    assert not (tmp_path / "barred").exists()
    told = (tmp_path / "told").read_text("utf-8").splitlines()
    assert told.index("daemon-reload") < told.index("stop sayso-kiosk.service sayso-upload.timer")
    assert told[-1] == "start --no-block sayso-kiosk.service"
