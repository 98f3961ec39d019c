"""The check that the kiosk makes of itself: at its start, each night, before it opens; never while somebody is there.

What only costs a moment is looked at: no sound, no microphone, no network, and the speech engine is not loaded again.
Nor does the kiosk load what a network needs: of the whole check it imports only the parts that it looks at.
Staff are told of errors in one plain sentence; `sayso status` and the staff screen name what else there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from time import sleep

from kiosk.checks import engine, machine
from kiosk.checks.clock import clock
from kiosk.checks.disk import disk
from kiosk.checks.lines import Level, Line
from kiosk.checks.power import power_and_temperature
from kiosk.checks.sets import check_sets
from kiosk.hours import Hours
from kiosk.keeping.day import today
from kiosk.settings import Config
from kiosk.staff.status import CALL

NIGHT = time(3, 20)
BEFORE_OPENING = timedelta(minutes=30)
PAUSE_S = 1.0

PLAIN = {
    "speech engine": "The speech model is missing; the keys still work.",
    "speech synthesis": "The kiosk's voice is missing; the words are on the screen.",
    "store": "The place where answers are kept is not in order.",
    "disk": "The disk or memory card is too slow or full: it may be worn out.",
    "clock": "The clock is wrong.",
    "power supply": "The power supply is too weak.",
    "temperature": "The machine is too hot. Give it some air.",
}
"""What an error of a line means to staff."""
A_SET = "The questions of '{name}' cannot be asked as they are."


def nightly(config: Config) -> Iterator[Line]:
    """What the kiosk looks at by itself, while nobody is there.

    Not its devices and keys, which it watches all the time, nor what only changes with the configuration.
    """
    yield engine.model_there(config)
    yield from check_sets(config, None)
    yield machine.speaks(config.home.language, config.voice.rate_wpm)
    yield from machine.store(config)
    yield from disk(config.store.folder)
    yield clock(today())
    yield from power_and_temperature()


class OwnCheck:
    """The last check, and when the next is due.

    Args:
        config: the house's.
        idle: whether nobody is there.
        now: the clock on the wall, without a time zone.
        hours: the opening hours; None: always open.
        lines: what to look at.
    """

    def __init__(
        self,
        config: Config,
        idle: Callable[[], bool],
        *,
        now: Callable[[], datetime],
        hours: Hours | None = None,
        lines: Callable[[Config], Iterator[Line]] = nightly,
    ) -> None:
        self._config = config
        self._idle = idle
        self._now = now
        self._moments = moments(hours)
        self._lines = lines
        self._done: tuple[date, int] | None = None
        self._day: date | None = None
        self._found: tuple[Line, ...] = ()

    @property
    def due(self) -> bool:
        """Whether there was none since the start, or a moment for one has passed since the last."""
        return self._last_moment() != self._done

    def run(self, wait: Callable[[float], object] = sleep) -> None:
        """Look at everything, line by line; while somebody is there, wait.

        Args:
            wait: waits so many seconds.
        """
        at = self._last_moment()
        day = self._now().date()
        found = []
        lines = self._lines(self._config)
        while True:
            while not self._idle():
                wait(PAUSE_S)
            if (line := next(lines, None)) is None:
                break
            found.append(line)
        self._done, self._day, self._found = at, day, tuple(found)

    def facts(self) -> dict[str, str]:
        """As `kiosk.staff.status.line` takes them; nothing before the first check. No figure that a visit moves."""
        if self._day is None:
            return {}
        wrong = [line for line in self._found if line.level is Level.ERROR]
        others = dict.fromkeys(line.what for line in self._found if line.level is Level.ADVICE)
        met = dict.fromkeys(line.what for line in wrong)
        parts = [f"wrong: {', '.join(met)}"] if met else []
        parts += [f"advice on {', '.join(others)}"] if others else []
        return {
            "check": f"{self._day}: {'; '.join(parts) or 'fine'}",
            "check_problem": f"{plain(wrong[0])} {CALL}" if wrong else "",
        }

    def _last_moment(self) -> tuple[date, int]:
        """The last moment for a check that has passed: its day, and which of that day's."""
        now = self._now()
        passed = sum(moment <= now.time() for moment in self._moments)
        return (now.date(), passed) if passed else (now.date() - timedelta(days=1), len(self._moments))


def moments(hours: Hours | None) -> tuple[time, ...]:
    """When a day's checks are due: at night, and half an hour before it opens."""
    if hours is None:
        return (NIGHT,)
    opens = datetime.combine(date(2000, 1, 2), time(hours.opens_minute // 60 % 24, hours.opens_minute % 60))
    return tuple(sorted({NIGHT, (opens - BEFORE_OPENING).time()}))


def plain(line: Line) -> str:
    """An error for somebody who does not know what a store is."""
    if line.what.startswith("set "):
        return A_SET.format(name=line.what.removeprefix("set ").removesuffix(".xml"))
    return PLAIN.get(line.what, "Something is not in order.")
