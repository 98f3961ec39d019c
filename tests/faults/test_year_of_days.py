"""A year of 20 visits a day, with outages, restarts, days switched off, and a clock that jumps by decades.

Nothing is lost, nothing that can be seen from outside tells when somebody answered, and neither memory nor disk grows.
"""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from network_bed import an_office
from year_bed import LONGEST_OUTAGE_DAYS, Clock, Home

from collector.results import stored_submissions
from kiosk.keeping.store import Role, Store
from kiosk.sending.erasing import KEEP_DELIVERED_DAYS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Report as Notes

BEGIN = datetime(2026, 11, 22, 0, 1)  # noqa: DTZ001 - the clock on the wall


def test_a_year_loses_nothing_tells_no_time_and_fills_neither_memory_nor_disk(
    tmp_path: Path, how_many, dice: Random, report: Notes
) -> None:
    days, visits_a_day = how_many(30, 365), how_many(3, 20)
    with an_office(tmp_path / "collected", most_bytes=1_000_000) as office:
        home = Home(tmp_path / "data", office, dice, Clock(BEGIN), visits_a_day)
        home.live(days)
        arrived = [one.instance_id for one in stored_submissions(office.database)]

    assert len(arrived) == len({*arrived}), "no visit is two rows"
    assert {*home.kept} - {*arrived} == set(), "nothing is lost"
    assert {*arrived} - {*home.kept} == set(), "nothing arrives that was forgotten"
    with Store.open(home.folder, Role.READER) as store:
        assert (store.counts().waiting, store.counts().set_aside, store.counts().open) == (0, 0, 0)
        assert store.counts().delivered == len(home.kept)

    told = [
        f"{name} ended and was sent on {day}"
        for name, (day, sensitive) in home.kept.items()
        if not sensitive and day in home.sent_on[name]
    ]
    assert told == [], "what ends today is not sent today, whatever the clock does"
    at_once = sum(day in home.sent_on[name] for name, (day, sensitive) in home.kept.items() if sensitive)
    assert at_once > 0, "but what is sensitive is"

    # Eight days of this machine, on one of which all was delivered that an outage and days switched off had held up.
    most = (KEEP_DELIVERED_DAYS + 1 + 2 * LONGEST_OUTAGE_DAYS) * visits_a_day
    assert home.most_delivered <= most, "delivered bytes are erased"
    assert home.delivered_with_bytes() == 0, "and when nothing comes any more, all of them"
    settled, end = (sorted(three)[1] for three in (home.memory_kb[2:5], home.memory_kb[-3:]))
    growth = (end - settled) / settled
    assert growth < 0.10, f"from {settled} to {end} kB"
    sizes = f"{home.most_bytes / 1e6:.1f} MB at most, with the bytes of {home.most_delivered} delivered visits"
    happened = ", ".join(f"{count} x {name}" for name, count in sorted(home.met.items()))
    report.note(
        f"{days} days of {visits_a_day} visits through keeper, store, night and uploader to a collector: {happened}",
        "0 lost, 0 doubled; memory growth under 10 %; store bounded; what is sent tells no time",
        f"0 lost of {len(home.kept)}, 0 doubled; memory {100 * growth:+.1f} %; store {sizes}; "
        f"0 sent on the day they ended, but {at_once} sensitive ones",
    )
