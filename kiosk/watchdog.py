"""What the kiosk tells systemd: that it is open, how it is, and, as long as all of it turns, that it lives.

systemd ends a kiosk that it was not told of for `WatchdogSec`, and starts another. So it is told only when the runner
has come round to its inbox and read the store since, when the screen's loop and the speaker have come round, when the
terminal takes what is drawn, and when no thread of sound is gone: a loop of its own would go on feeding while it hangs.

Source: sd_notify(3), sd_watchdog_enabled(3). `WATCHDOG_PID` is not looked at: it names cage, which stands between
systemd and the kiosk; the unit says `NotifyAccess=all`.
"""

from __future__ import annotations

import logging
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Self

from kiosk.errors import KioskError
from kiosk.inbox import RealInbox, StoreChanged

log = logging.getLogger(__name__)

SOCKET, TIMEOUT, PROCESS = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"
A_WATCH = 4
"""So often it looks in the time after which systemd would end the kiosk: one slow answer is no death."""
MORE_S = 60.0
"""So much longer systemd is asked to wait for the start, each time that something was got on with."""
SOUND = ("speaker", "listener", "watcher")
KEYS = ("buttons",)
"""Threads, by name, without which people could not be heard, or could not hear."""


Ask = Callable[[Callable[[], None]], object]
"""Gets word to a part, which calls what it was handed when it comes round."""


class Systemd:
    """The socket that systemd listens on; without one nothing is told to anybody.

    Args:
        address: a path, or @name for an abstract socket; "" for none.
        watchdog_s: after which systemd ends the kiosk; None: it does not watch.
    """

    def __init__(self, address: str = "", watchdog_s: float | None = None) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog_s = watchdog_s
        self._extended_s: float | None = None

    @classmethod
    def taken_from(cls, environment: MutableMapping[str, str]) -> Self:
        """As the environment says, which says so no longer: what the kiosk starts must not feed in its place."""
        address = environment.pop(SOCKET, "")
        after_us = environment.pop(TIMEOUT, "")
        environment.pop(PROCESS, None)
        watched = bool(address) and after_us.isdecimal() and int(after_us) > 0
        return cls(address, int(after_us) / 1e6 if watched else None)

    @property
    def listens(self) -> bool:
        """Whether there is anybody to tell."""
        return bool(self._address)

    def tell(self, *lines: str) -> None:
        """Send these assignments, such as "READY=1". What does not get there is noted, and nothing else."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.connect(self._address)
                out.sendall("\n".join(lines).encode())
        except OSError as error:
            log.warning("systemd was not told %s: %s", lines[0], error.strerror)

    def getting_on(self, done: int, of_how_many: int, now_s: float | None = None) -> None:
        """The start takes longer, and goes on. Told once a second at most.

        Args:
            done: prompts rendered.
            of_how_many: to render.
            now_s: seconds on a clock that never goes back.
        """
        now_s = time.monotonic() if now_s is None else now_s
        if self._extended_s is None or now_s - self._extended_s >= 1 or done == of_how_many:
            self._extended_s = now_s
            more_us = round(MORE_S * 1e6)
            told = f"STATUS=Preparing what the kiosk says: {done} of {of_how_many}"
            self.tell(f"EXTEND_TIMEOUT_USEC={more_us}", told)


@dataclass(frozen=True)
class Pulse:
    """Put into the inbox to see whether the runner comes round.

    Attributes:
        answered: called on the runner's thread.
    """

    answered: Callable[[], None]


class PulsedInbox(RealInbox):
    """The runner's inbox, in which a pulse is answered on the runner's own thread, when it has read the store.

    A store that says no has answered. The runner is told, then and when it says yes again: the kiosk closes and opens
    by itself, and a restart could do no better.

    Args:
        read: a real read of the store. Raises: KioskError: it says no.
    """

    def __init__(self, read: Callable[[], None]) -> None:
        super().__init__()
        self._read = read
        self._failed = False

    def pulse(self, answered: Callable[[], None]) -> None:
        """Have `answered` called when the runner has come round."""
        self.put(Pulse(answered))

    def take(self, until_s: float | None) -> Any | None:
        """The next of what happened that is no pulse, or None at `until_s`."""
        while isinstance(happened := super().take(until_s), Pulse):
            failed_before, self._failed = self._failed, not self._reads()
            happened.answered()
            if self._failed or failed_before:
                return StoreChanged()
        return happened

    def _reads(self) -> bool:
        try:
            self._read()
        except KioskError as error:
            log.error("%s", error)  # noqa: TRY400  a sentence for staff
            return False
        return True


class Threads:
    """Threads by name: which of them were there once and are gone."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._seen: set[str] = set()

    def gone(self) -> tuple[str, ...]:
        """The names of those that are; some begin late, as the listener does with its engine."""
        alive = {thread.name for thread in threading.enumerate()} & self._names
        self._seen |= alive
        return tuple(sorted(self._seen - alive))


class Display:
    """The terminal's other end: whether it still takes what is drawn, as foot does at once.

    What is drawn waits in a queue of Textual's, so the screen's own loop goes on for long while nobody sees anything.

    Args:
        terminal: file descriptor of the terminal.
    """

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._full = False

    def gone(self) -> tuple[str, ...]:
        """Its name, where it took nothing between this look and the last."""
        full_before, self._full = self._full, not select.select([], [self._terminal], [], 0)[1]
        return ("display",) if self._full and full_before else ()


class Watchdog:
    """Feeds systemd's watchdog, and tells it how the kiosk is.

    Args:
        systemd: whom to tell.
        ask: what gets word to each part, by the part's name.
        gone: each tells what should be there and is not, by name.

    Attributes:
        line: how the kiosk is, in one plain sentence.
    """

    def __init__(
        self,
        systemd: Systemd,
        ask: Mapping[str, Ask],
        gone: Iterable[Callable[[], tuple[str, ...]]] = (),
    ) -> None:
        self._systemd = systemd
        self._ask = dict(ask)
        self._gone = tuple(gone)
        self.line = ""
        self._owing: set[str] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """The waiting screen stands: say so, and begin to watch. Returns at once."""
        self._systemd.tell("READY=1", f"STATUS={self.line}")
        if self._systemd.watchdog_s is not None and self._thread is None:
            self.ask()
            self._thread = threading.Thread(target=self._run, args=(self._systemd.watchdog_s / A_WATCH,), daemon=True)
            self._thread.name = "watchdog"
            self._thread.start()

    def close(self) -> None:
        """The kiosk ends, as it was asked to."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()
        self._systemd.tell("STOPPING=1")

    def ask(self) -> None:
        """Ask every part that does not owe an answer already."""
        for name, ask in self._ask.items():
            with self._lock:
                if name in self._owing:
                    continue
                self._owing.add(name)
            ask(lambda name=name: self._answered(name))  # type: ignore[misc]

    def look(self) -> bool:
        """Feed, if every part has answered since it was asked and nothing is gone; then ask anew. Whether it fed."""
        gone = [name for one in self._gone for name in one()]
        with self._lock:
            missing = (*sorted(self._owing), *gone)
        if missing:
            self._systemd.tell(f"STATUS=No answer from: {', '.join(missing)}")
        else:
            self._systemd.tell("WATCHDOG=1", f"STATUS={self.line}")
        self.ask()
        return not missing

    def _answered(self, name: str) -> None:
        with self._lock:
            self._owing.discard(name)

    def _run(self, every_s: float) -> None:
        while not self._closed.wait(every_s):
            self.look()


def watch(systemd: Systemd, inbox: PulsedInbox, ask_screen: Ask, ask_speaker: Ask) -> Watchdog:
    """The watchdog of a kiosk in this terminal.

    Args:
        systemd: whom to tell.
        inbox: the runner's.
        ask_screen: has something called in the screen's own loop.
        ask_speaker: has something called on the speaker's own thread.
    """
    there = (Threads((*SOUND, *KEYS)).gone, Display(sys.stdin.fileno()).gone)
    return Watchdog(systemd, {"runner": inbox.pulse, "screen": ask_screen, "speaker": ask_speaker}, there)
