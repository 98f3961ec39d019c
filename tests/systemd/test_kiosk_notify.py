"""The real kiosk in a terminal, told by its environment that systemd listens and watches; systemd's end is the test's.

What stands between systemd and the kiosk on an appliance, foot and a shell, is tried in the last test.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from headless_sway import HeadlessSway, end, missing
from kiosk_house import CTRL_Q, House, house
from pseudo_terminal import PseudoTerminal

from kiosk.keeping.store import DATABASE_NAME
from kiosk.sign import FOLDER
from voice.speech import espeak_missing

WAITING = "Press the big key to start"
OUT_OF_ORDER = "Sorry, I am not working."
LONGEST_S = 120.0
"""Far more than anything takes: a loaded machine is not a failure."""
WATCHDOG_S = 4
"""The kiosk looks every second."""

pytestmark = pytest.mark.skipif(espeak_missing(), reason="no speech synthesis: espeak-ng is not installed")


class Systemd:
    """systemd's end of the socket.

    Attributes:
        told: every line that came.
        watched_s: as WatchdogSec, for the environment.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        path.chmod(0o777)  # the kiosk on a screen runs as somebody else
        self._socket.settimeout(0.05)
        self.told: list[str] = []
        # As systemd sets it: the number of cage, which is none of the kiosk's.
        self.environment = {
            "NOTIFY_SOCKET": str(path),
            "WATCHDOG_USEC": str(WATCHDOG_S * 1_000_000),
            "WATCHDOG_PID": "1",
        }

    def until(self, wanted: str, meanwhile: Callable[[], object] = lambda: None) -> list[str]:
        """Everything that came until this line did, that line too; what came before is left out next time."""
        deadline = time.monotonic() + LONGEST_S
        came: list[str] = []
        while wanted not in came:
            assert time.monotonic() < deadline, f"{wanted!r} was not told, but: {self.told[-20:]}"
            meanwhile()
            try:
                came += self._socket.recv(4096).decode().splitlines()
            except TimeoutError:
                continue
        self.told += came
        return came

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def systemd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systemd]:
    folder = tmp_path_factory.mktemp("n")
    one = Systemd(folder / "s")
    yield one
    one.close()


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first kiosk that was started here has rendered; there once it has."""
    return tmp_path_factory.mktemp("rendered") / "speech"


@pytest.fixture
def home(tmp_path: Path, speech: Path) -> House:
    return house(tmp_path / "home", speech if speech.exists() else None)


def read(terminal: PseudoTerminal) -> Callable[[], object]:
    """Go on reading what is drawn: a terminal that nobody reads from holds the screen up."""
    return lambda: terminal._read(0)


def until_the_sign_is_made(home: House, terminal: PseudoTerminal) -> Path:
    """The folder of the sign "out of order", the last thing that is made beside a kiosk that has opened."""
    deadline = time.monotonic() + LONGEST_S
    while not (home.data / FOLDER / "spoken.wav").exists():
        assert time.monotonic() < deadline, "the sign was not made"
        read(terminal)()
    return home.data / FOLDER


def test_it_says_how_far_it_is_then_that_it_waits_then_that_it_lives_and_how_it_is(
    tmp_path: Path, systemd: Systemd, speech: Path
) -> None:
    home = house(tmp_path / "home")
    with home.running({**os.environ, **systemd.environment}) as terminal:
        before = systemd.until("READY=1", read(terminal))
        assert "EXTEND_TIMEOUT_USEC=60000000" in before, "rendering takes minutes on a small computer"
        assert any(re.fullmatch(r"STATUS=Preparing what the kiosk says: \d+ of \d+", line) for line in before)
        assert "WATCHDOG=1" not in before
        terminal.wait_for(WAITING)
        after = systemd.until("WATCHDOG=1", read(terminal))
        (line,) = {line for line in after if line.startswith("STATUS=") and "No answer" not in line}
        assert line.removeprefix("STATUS=") in {"All well", "There is no sound. Plug the speaker in again."}
        systemd.until("WATCHDOG=1", read(terminal))
        sign = until_the_sign_is_made(home, terminal)
        assert {path.name for path in sign.iterdir()} == {"words.txt", "speaker.txt", "picture.ppm", "spoken.wav"}
        terminal.press(CTRL_Q)
        assert terminal.wait_until_ended() == 0
        systemd.until("STOPPING=1")
    shutil.copytree(home.data / "speech", speech)


def test_a_store_that_lets_nobody_in_holds_the_runner_up_and_stops_the_feeding_while_it_lasts(
    home: House, systemd: Systemd
) -> None:
    with home.running({**os.environ, **systemd.environment}) as terminal:
        systemd.until("READY=1", read(terminal))
        systemd.until("WATCHDOG=1", read(terminal))
        with closing(sqlite3.connect(home.data / DATABASE_NAME, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            came = systemd.until("STATUS=No answer from: runner", read(terminal))
            assert "WATCHDOG=1" not in systemd.until("STATUS=No answer from: runner", read(terminal))
            assert came
            other.execute("ROLLBACK")
        systemd.until("WATCHDOG=1", read(terminal))


def test_a_store_that_is_gone_closes_the_kiosk_and_opens_it_again_without_a_restart(
    home: House, systemd: Systemd
) -> None:
    with home.running({**os.environ, **systemd.environment}) as terminal:
        place = terminal.wait_for(WAITING, within_s=LONGEST_S)
        until_the_sign_is_made(home, terminal)  # which would make the folder again
        home.data.rename(home.folder / "away")
        home.data.touch()  # or a new folder would be made in its place
        place = terminal.wait_for(OUT_OF_ORDER, since=place, within_s=LONGEST_S)
        systemd.until("WATCHDOG=1", read(terminal))
        home.data.unlink()
        (home.folder / "away").rename(home.data)
        terminal.wait_for(WAITING, since=place, within_s=LONGEST_S)
        systemd.until("WATCHDOG=1", read(terminal))


def test_a_terminal_that_draws_nothing_any_more_stops_the_feeding(home: House, systemd: Systemd) -> None:
    """As when foot hangs: what the kiosk draws is taken by nobody."""
    with home.running({**os.environ, **systemd.environment}) as terminal:
        systemd.until("READY=1", read(terminal))
        systemd.until("WATCHDOG=1", read(terminal))
        keys = iter([" ", "3"] * 10_000)
        systemd.until("STATUS=No answer from: display", lambda: terminal.press(next(keys)))
        systemd.until("WATCHDOG=1", read(terminal))


@pytest.mark.skipif(bool(missing()), reason=missing() or "no headless screen:")
def test_through_foot_and_its_shell_the_kiosk_is_heard_as_well(home: House, systemd: Systemd) -> None:
    with HeadlessSway.start((800, 480)) as screen:
        process = subprocess.Popen(
            [sys.executable, "-m", "sayso", "screen", "--config", str(home.config)],
            env={**screen.environment, **systemd.environment},
        )
        try:
            systemd.until("READY=1")
            systemd.until("WATCHDOG=1")
        finally:
            end(process)
