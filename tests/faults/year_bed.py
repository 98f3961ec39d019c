"""A home's year in minutes: the real keeper, store, night, uploader and erasing, with a clock that the test moves.

Only the clock, the moments and the troubles are made up. A clock that is wrong is wrong for all of the kiosk.
"""

from __future__ import annotations

import gc
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sealed_visits import PUBLIC

from kiosk.answer import Answer, How, Who
from kiosk.keeping.identity import kiosk_key, night_seed
from kiosk.keeping.keeper import Keeper
from kiosk.keeping.record import Circumstances
from kiosk.keeping.store import DATABASE_NAME, Role, Store
from kiosk.sending.erasing import DAYS_NAME, erase_old
from kiosk.sending.night import Due, Night
from kiosk.sending.uploader import keep_sending
from kiosk.state import Visit
from openrosa.client import Client
from question_sets import question_set

if TYPE_CHECKING:
    from random import Random

    from network_bed import Office

    from kiosk.sending.go import Report
    from openrosa.reply import Reply
    from openrosa.submission import Submission

STEP = timedelta(hours=3)
"""How far the clock moves on at each look into the outbox; 2 s in a home."""
LONGEST_OUTAGE_DAYS = 10
WRONG_DAYS = (date(1970, 1, 1), date(2038, 1, 19), date(2050, 6, 1), date(2099, 12, 31), date(2001, 9, 9))
SETS = {
    name: replace(question_set(sensitive=name == "sensitive"), public_key=PUBLIC) for name in ("usual", "sensitive")
}
MESSAGE = bytes(32_000)
"""A second of a voice message."""


@dataclass
class Clock:
    """What the kiosk's clock shows, right or wrong, and the true day."""

    true: datetime
    wrong_days: int = 0

    def now(self) -> datetime:
        return self.true + timedelta(days=self.wrong_days)

    def today(self) -> date:
        return self.now().date()


@dataclass
class Watched:
    """The real client; notes when each visit was sent, by the kiosk's clock."""

    client: Client
    clock: Clock
    sent_on: dict[str, set[date]]

    def submit(self, submission: Submission) -> Reply:
        self.sent_on.setdefault(submission.instance_id, set()).add(self.clock.today())
        return self.client.submit(submission)


@dataclass
class Home:
    """One kiosk.

    Attributes:
        kept: finished visits, and those that a power cut ended: id -> (day by its clock, sensitive).
        visits_a_day: at random moments.
        forgotten: what was forgotten before it was sent.
        most_delivered: visits whose bytes were kept after their delivery, at most at once.
        most_bytes: of the database's file.
        sent_on: by id, the days by its clock on which it was tried.
    """

    folder: Path
    office: Office
    dice: Random
    clock: Clock
    visits_a_day: int
    kept: dict[str, tuple[date, bool]] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    sent_on: dict[str, set[date]] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)
    memory_kb: list[int] = field(default_factory=list)
    most_bytes: int = 0
    measured_every_days: int = 1
    most_delivered: int = 0
    outage_days: int = 0
    server: str = "well"
    _days: int = 0
    _moments: list[datetime] = field(default_factory=list)
    _ends: datetime = field(init=False)

    def live(self, days: int) -> None:
        """So many days; then the network is well until all is sent and old bytes are erased."""
        last = self.clock.true + timedelta(days=days)
        self.measured_every_days = max(1, days // 15)
        self._ends = last + timedelta(days=12)
        self._new_day(troubles=True)
        while self.clock.true < self._ends:
            self._run(last)
        self.clock.wrong_days = 0

    def _run(self, last: datetime) -> None:
        """From one start of kiosk and uploader to the next."""
        self.met["start"] += 1
        restart = self.clock.true + timedelta(days=self.dice.randrange(1, 14))
        with (
            Store.open(self.folder, Role.KIOSK, self.clock.today) as store,
            Store.open(self.folder, Role.UPLOADER, self.clock.today) as outbox,
            self._client() as client,
        ):
            keeper = Keeper(store, self._circumstances, allow_unsealed=False)
            keeper.close_open()
            seed = night_seed(kiosk_key(self.folder))
            due = Due(outbox, Night(time(1), 14_400.0, seed))
            server = self.server

            def wait(seconds: float) -> bool:
                if seconds > 0:
                    self._pass(max(timedelta(seconds=seconds), STEP), keeper, store, troubles=self.clock.true < last)
                return self.clock.true >= min(restart, self._ends) or self.server != server

            keep_sending(
                outbox,
                Watched(client, self.clock, self.sent_on),
                self.clock.today,
                self.dice,
                wait=wait,
                told=self._told,
                due=lambda: due.at(self.clock.now()),
                daily=lambda day: erase_old(outbox, self.folder / DAYS_NAME, day),
            )
        if self.dice.random() < 0.2 and self.clock.true < last:  # switched off for some days
            self.met["off"] += 1
            self.clock.true += timedelta(days=self.dice.randrange(1, 5))
            self._new_day(troubles=True)

    def _client(self) -> Client:
        """The server as it is now: one refused connection costs no time, a wrong token a round trip."""
        match self.server:
            case "away":
                url = self.office.url(1)
            case "wrong token":
                url = f"{self.office.url()}-wrong"
            case _:
                url = self.office.url()
        return Client(url, 10)

    def _pass(self, time_span: timedelta, keeper: Keeper, store: Store, *, troubles: bool) -> None:
        before = self.clock.true.date()
        self.clock.true += time_span
        while self._moments and self._moments[0] <= self.clock.true:
            self._moments.pop(0)
            if troubles:
                self._visit(keeper, store)
        if self.clock.true.date() != before:
            self._new_day(troubles=troubles)

    def _new_day(self, *, troubles: bool) -> None:
        midnight = datetime.combine(self.clock.true.date(), time())
        self._moments = sorted(
            midnight + timedelta(minutes=self.dice.randrange(24 * 60)) for _ in range(self.visits_a_day)
        )
        self.clock.wrong_days = 0
        self.outage_days -= 1
        if not troubles:
            self.server = "well"
            return
        if self.dice.random() < 1 / 6:
            self.met["clock jump"] += 1
            self.clock.wrong_days = (self.dice.choice(WRONG_DAYS) - self.clock.true.date()).days
        if self.outage_days < 0:
            self.server = "well"
            if self.dice.random() < 1 / 8:
                self.met["outage"] += 1
                self.outage_days = self.dice.randrange(1, LONGEST_OUTAGE_DAYS)
                self.server = self.dice.choice(["away", "away", "wrong token"])
        self._days += 1
        if self._days % self.measured_every_days == 0:
            gc.collect()
            self.memory_kb.append(resident_kb())
        if self.kept:
            self.most_bytes = max(self.most_bytes, (self.folder / DATABASE_NAME).stat().st_size)
            self.most_delivered = max(self.most_delivered, self.delivered_with_bytes())

    def _visit(self, keeper: Keeper, store: Store) -> None:
        """Two answers, perhaps a voice message; to its end, stopped, forgotten, or ended by a power cut."""
        sensitive = self.dice.random() < 0.05
        its_set = SETS["sensitive" if sensitive else "usual"]
        visit = Visit(
            (its_set,),
            f"uuid:{UUID(int=self.dice.getrandbits(128), version=4)}",
            seed=self.dice.getrandbits(32),
            question_set=its_set,
            who=Who("i_live_here", "alone"),
            answers={"home": Answer(How.GIVEN, self.dice.choice(["good", "okay", "bad"]))},
        )
        keeper.keep(visit, {})
        answers = {**visit.answers, "food": Answer(How.DONT_KNOW)}
        messages = {}
        if self.dice.random() < 0.03:
            answers["story"] = Answer(How.GIVEN, "story.wav")
            messages = {"story.wav": MESSAGE}
        visit = replace(visit, answers=answers)
        end = self.dice.random()
        if end < 0.05:
            keeper.forget(visit)
            self.forgotten.add(visit.instance_id)
            self.met["forgotten"] += 1
            return
        if end < 0.10:  # the power goes, and comes again: the kiosk closes what it finds
            store.close_open()
            self.met["power cut"] += 1
        else:
            keeper.finish(visit, messages, complete=end < 0.9)
        # What a power cut ended is closed as it is, whatever its form: as the store kept it.
        self.kept[visit.instance_id] = (self.clock.today(), sensitive)

    def _circumstances(self) -> Circumstances:
        return Circumstances(self.clock.today().isoformat(), clock_trusted=not self.clock.wrong_days, software="sayso")

    def _told(self, report: Report) -> None:
        self.met["go"] += 1
        self.met["go that failed"] += report.retry

    def delivered_with_bytes(self) -> int:
        """Visits that the server has and whose bytes are still here."""
        query = "SELECT count(*) FROM submission WHERE xml IS NOT NULL AND state = 'delivered'"
        with closing(sqlite3.connect(self.folder / DATABASE_NAME)) as connection:
            return int(connection.execute(query).fetchone()[0])


def resident_kb() -> int:
    """Of this process, the collector in it included. Source: proc(5), statm, in pages of 4 KiB."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4
