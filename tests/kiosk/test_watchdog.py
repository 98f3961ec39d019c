"""What systemd is told: on a real datagram socket, by a real inbox, store and threads; the clock is passed in."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import socket
import threading
from pathlib import Path

import pytest

from kiosk.inbox import StoreChanged
from kiosk.keeping.store import Role, Store
from kiosk.watchdog import Display, Pulse, PulsedInbox, Systemd, Threads, Watchdog


class Listening:
    """systemd's end of the socket."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self._socket.setblocking(False)

    def told(self) -> list[str]:
        """What came since this was asked last, a line each."""
        lines: list[str] = []
        while True:
            try:
                lines += self._socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                return lines

    def close(self) -> None:
        """Go away, as systemd never does."""
        self._socket.close()


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "notify")


@pytest.fixture
def listening(address: str):
    one = Listening(address)
    yield one
    one.close()


class Part:
    """A part of the kiosk that comes round when the test says so."""

    def __init__(self) -> None:
        self.asked: list = []

    def __call__(self, answered) -> None:
        self.asked.append(answered)

    def come_round(self) -> None:
        """Answer whatever was asked."""
        while self.asked:
            self.asked.pop()()


@pytest.mark.parametrize("abstract", [False, True], ids=["path", "abstract"])
def test_it_is_told_at_a_path_or_an_abstract_address(tmp_path, abstract):
    address = f"@sayso-{tmp_path.name}-{id(tmp_path)}" if abstract else str(tmp_path / "notify")
    listening = Listening(address)
    environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1", "HOME": "/"}
    systemd = Systemd.taken_from(environment)
    systemd.tell("READY=1", "STATUS=All well")
    assert listening.told() == ["READY=1", "STATUS=All well"]
    assert systemd.watchdog_s == 60
    assert environment == {"HOME": "/"}, "what the kiosk starts must not feed in its place"
    listening.close()


@pytest.mark.parametrize(
    "environment",
    [{}, {"WATCHDOG_USEC": "60000000"}, {"NOTIFY_SOCKET": "", "WATCHDOG_USEC": "1"}],
    ids=["nothing", "no-socket", "empty-socket"],
)
def test_without_systemd_nobody_is_told_and_nothing_watches(environment):
    systemd = Systemd.taken_from(environment)
    systemd.tell("READY=1")
    assert (systemd.listens, systemd.watchdog_s) == (False, None)


@pytest.mark.parametrize("after", ["0", "soon", "-5", ""])
def test_a_watchdog_that_is_switched_off_or_senseless_is_not_fed(address, after):
    assert Systemd.taken_from({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": after}).watchdog_s is None


def test_a_socket_that_has_gone_ends_nothing(address, caplog):
    Systemd(address).tell("WATCHDOG=1")
    assert "systemd was not told WATCHDOG=1" in caplog.text


def test_a_long_first_start_asks_for_more_time_once_a_second_and_says_how_far_it_is(address, listening):
    systemd = Systemd(address)
    for done, now_s in ((1, 0.0), (2, 0.5), (3, 1.0), (4, 1.2)):
        systemd.getting_on(done, 5, now_s)
    systemd.getting_on(5, 5, 1.3)
    told = listening.told()
    assert [line for line in told if line.startswith("STATUS")] == [
        f"STATUS=Preparing what the kiosk says: {done} of 5" for done in (1, 3, 5)
    ]
    assert told.count("EXTEND_TIMEOUT_USEC=60000000") == 3


def watched(address, **parts):
    one = Watchdog(Systemd(address, watchdog_s=3600), parts)
    one.line = "All well"
    return one


def test_it_is_ready_when_the_waiting_screen_stands_and_says_how_it_is(address, listening):
    watchdog = watched(address, runner=Part())
    watchdog.open()
    assert listening.told() == ["READY=1", "STATUS=All well"]
    watchdog.close()
    assert listening.told() == ["STOPPING=1"]


def test_it_is_fed_only_when_every_part_has_come_round_since(address, listening):
    runner, screen = Part(), Part()
    watchdog = watched(address, runner=runner, screen=screen)
    watchdog.ask()
    assert not watchdog.look()
    assert listening.told() == ["STATUS=No answer from: runner, screen"]
    runner.come_round()
    assert not watchdog.look()
    assert listening.told() == ["STATUS=No answer from: screen"]
    screen.come_round()
    runner.come_round()
    assert watchdog.look()
    assert listening.told() == ["WATCHDOG=1", "STATUS=All well"]
    assert not watchdog.look(), "an answer counts once"


def test_a_part_that_hangs_is_not_asked_again_and_again(address):
    runner = Part()
    watchdog = watched(address, runner=runner)
    watchdog.ask()
    for _ in range(10):
        watchdog.look()
    assert len(runner.asked) == 1


def test_a_thread_that_was_there_and_has_gone_stops_the_feeding(address, listening):
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait, name="speaker")
    thread.start()
    watchdog = Watchdog(Systemd(address, watchdog_s=3600), {}, [Threads(("speaker", "listener")).gone])
    assert watchdog.look(), "a listener that never was is none that has gone"
    ended.set()
    thread.join()
    listening.told()
    assert not watchdog.look()
    assert listening.told() == ["STATUS=No answer from: speaker"]


def test_a_terminal_that_takes_nothing_is_gone_at_the_second_look_and_back_when_it_does():
    master, slave = pty.openpty()
    os.set_blocking(slave, False)
    display = Display(slave)
    assert display.gone() == ()
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(slave, b"x" * 1024)
    assert display.gone() == (), "one slow moment is no death"
    assert display.gone() == ("display",)
    while select.select([master], [], [], 0)[0]:
        os.read(master, 65536)
    assert display.gone() == ()
    os.close(master)
    os.close(slave)


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "data", Role.KIOSK, allow_volatile=True) as opened:
        yield opened


def test_a_pulse_is_answered_by_the_runners_thread_when_it_has_read_the_store(store):
    read: list[str] = []
    inbox = PulsedInbox(lambda: read.append(store.look() or threading.current_thread().name))
    inbox.pulse(lambda: read.append("answered"))
    inbox.put("a key")
    assert inbox.take(None) == "a key"
    assert read == [threading.current_thread().name, "answered"]


def test_a_store_that_hangs_answers_no_pulse(store):
    hangs, goes_on = threading.Event(), threading.Event()

    def read() -> None:
        hangs.set()
        goes_on.wait()
        store.look()

    inbox = PulsedInbox(read)
    answered = threading.Event()
    runner = threading.Thread(target=inbox.take, args=(None,), daemon=True)
    runner.start()
    inbox.pulse(answered.set)
    hangs.wait()
    assert not answered.is_set()
    goes_on.set()
    answered.wait()
    inbox.put("end")
    runner.join()


def test_a_store_that_says_no_has_answered_and_the_runner_is_told_until_it_says_yes(tmp_path, store):
    inbox = PulsedInbox(store.look)
    answers: list[bool] = []
    away = tmp_path / "away"
    (tmp_path / "data").rename(away)
    inbox.pulse(lambda: answers.append(True))
    assert inbox.take(None) == StoreChanged()
    away.rename(tmp_path / "data")
    inbox.pulse(lambda: answers.append(True))
    assert inbox.take(None) == StoreChanged(), "it can be read again"
    inbox.pulse(lambda: answers.append(True))
    inbox.put("a key")
    assert inbox.take(None) == "a key"
    assert answers == [True] * 3


def test_nothing_but_a_pulse_is_held_back(store):
    inbox = PulsedInbox(store.look)
    inbox.put(Pulse(lambda: None))
    assert inbox.take(inbox.now_s()) is None
