"""The check's part for the clock. A Raspberry Pi 4 has none that goes on without power: it starts where it stopped."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kiosk.checks.lines import Line, advice, error, fine
from kiosk.machine import SYNCHRONISED

WHAT = "clock"
BUILT = date(2026, 11, 23)
"""Of this version: no day before it can be today. To be moved on with each version."""
LASTS_YEARS = 30
"""So long after, nobody runs this version any more, or the clock has jumped."""
RTC = Path("/sys/class/rtc/rtc0")
SET_IT = "Set it: `sudo timedatectl set-time '2026-12-31 12:00'`, or let it be set from the network"


def clock(today: date, synchronised: Path = SYNCHRONISED, rtc: Path = RTC) -> Line:
    """Whether the day can be believed.

    Args:
        today: as the machine has it.
        synchronised: is there once the clock was set from the network since the start.
        rtc: is there where a clock goes on without power.
    """
    if today < BUILT or today.year > BUILT.year + LASTS_YEARS:
        met = f"it says {today}, which cannot be: this Sayso was made in {BUILT:%Y-%m}"
        return error(WHAT, met, f"{SET_IT}. Certificates, opening hours and the days in the record need it.")
    if synchronised.exists():
        return fine(WHAT, f"{today}, set from the network since the start")
    if rtc.exists():
        return fine(
            WHAT, f"{today}, by a clock that goes on without power; not compared with the network since the start"
        )
    met = (
        f"it says {today}; nothing has set it since the start, and this machine has no clock that goes on without power"
    )
    return advice(WHAT, met, f"{SET_IT}. Without a network add a clock with a battery (RTC); docs/admin.md says which.")
