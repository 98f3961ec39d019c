"""systemd's services of this machine: stopped, started, and watched until they stand."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from installing.machine import Machine

STANDS_S = 20
"""So long a service has to run without a restart to be said to have come up."""
_LIMIT_S = 1200
"""The first start of a version renders anew what the kiosk says: minutes on a Raspberry Pi."""
_LOOK_S = 2
_RESTARTS = 2
_BARRED, _RUN, _BAR = Path("/run/sayso-upgrading"), Path("/run/systemd/system"), "sayso-upgrading.conf"
_TTY = Path("/dev/tty1")


@dataclass(frozen=True)
class Services:
    """Those of a machine; of one that does not run, every question is answered with yes and nothing is done.

    Attributes:
        machine: whose.
        stands_s: see STANDS_S.
        now_s, sleep: the clock.
    """

    machine: Machine
    stands_s: float = STANDS_S
    now_s: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def stop(self, names: list[str]) -> None:
        """Stop those that run, wait until they have stopped, and let nothing start them before `start` does.

        A restart of the machine lets them start again, too: it is noted in memory only.
        """
        if not self.machine.is_running or not names:
            return
        _BARRED.touch()
        for name in [name for name in names if name.endswith(".service")]:
            folder = _RUN / f"{name}.d"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / _BAR).write_text(f"[Unit]\nConditionPathExists=!{_BARRED}\n", encoding="utf-8")
        self.machine.try_run(["systemctl", "daemon-reload"])
        self.machine.try_run(["systemctl", "stop", *names], timeout_s=300)

    def allow(self) -> None:
        """Let whatever was stopped be started again."""
        if self.machine.is_running:
            _BARRED.unlink(missing_ok=True)
            for path in _RUN.glob(f"*.d/{_BAR}"):
                path.unlink()
            self.machine.try_run(["systemctl", "daemon-reload"])

    def start(self, names: list[str]) -> None:
        """Start them, after a crash loop too; whether they come up is another question."""
        self.allow()
        if self.machine.is_running and names:
            self.machine.try_run(["systemctl", "reset-failed", *names])
            self.machine.try_run(["systemctl", "start", "--no-block", *names])

    def active(self, name: str) -> bool:
        """Whether it runs."""
        command = ["systemctl", "is-active", "--quiet", name]
        return self.machine.is_running and self.machine.try_run(command).returncode == 0

    def why_not_up(self, name: str) -> str:
        """Wait until a service that was started stands; "" then, else why not."""
        if not self.machine.is_running:
            return ""
        began = self.now_s()
        first = last = self._shown(name)[1]
        since: float | None = None
        while self.now_s() - began < _LIMIT_S:
            state, restarts = self._shown(name)
            if restarts - first > _RESTARTS:
                return f"{name} ended {restarts - first} times"
            if state == "failed" or (state == "inactive" and self.now_s() - began > self.stands_s):
                return f"{name} is {state}"
            if state != "active" or restarts != last:
                since, last = None, restarts
            elif since is None:
                since = self.now_s()
            elif self.now_s() - since >= self.stands_s:
                return ""
            self.sleep(_LOOK_S)
        return f"{name} does not come up within {_LIMIT_S // 60} minutes"

    def _shown(self, name: str) -> tuple[str, int]:
        """Its state, and how often systemd has started it again."""
        told = self.machine.try_run(["systemctl", "show", "-p", "ActiveState,NRestarts", name]).stdout
        values = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
        return values.get("ActiveState", ""), int(values.get("NRestarts") or 0)

    def tell_on_the_screen(self, sentence: str) -> None:
        """Put a sentence on the display that the kiosk has left; where there is none, nothing happens."""
        if self.machine.is_running:
            with contextlib.suppress(OSError), _TTY.open("w", encoding="utf-8") as screen:
                screen.write(f"\033c\033[?25l\n\n\n      {sentence}\n")
