"""docs/staff.md says what is there: every row and every button."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kiosk.keeping.tally import Tally
from kiosk.pulling.went import Went
from kiosk.staff.desk import ACTION_KEYS
from kiosk.staff.rows import rows
from kiosk.staff.status import Sending, Status
from kiosk.staff.words import WORDS

TEXT = (Path(__file__).parents[3] / "docs" / "staff.md").read_text(encoding="utf-8")
DAY = date(2026, 11, 22)


def test_every_row_and_every_button_is_documented():
    names = (
        "microphone",
        "speaker",
        "headphones",
        "keys",
        "engine",
        "disk",
        "temperature",
        "power",
        "check",
        "software",
    )
    facts = {**dict.fromkeys(names, "x"), "clock_trusted": True, "sets": "a 1 (en)"}
    found = Status(
        day=DAY, line="All well", counts=Tally(waiting=1, set_aside=1, damaged=1, reasons=(("x", 1),)), facts=facts
    )
    sending = Sending(day=DAY, failing_since=date(2026, 11, 1), message="x")
    table = TEXT.partition("## The rows")[2].partition("##")[0]
    went = Went(day=DAY, failing_since=DAY, message="x")
    for name, _ in rows(found, sending, DAY, went=went):
        short = name.removeprefix("Visits ").removeprefix("Of these ")
        assert short in table, name
    for action in ACTION_KEYS.values():
        assert f"| {WORDS[action]} |" in TEXT
