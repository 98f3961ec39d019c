"""What the machine knows and a visit does not: the day, whether its clock can be trusted, a new visit's id."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, time
from importlib.metadata import version
from pathlib import Path

from kiosk.keeping.day import today
from kiosk.keeping.record import Circumstances

__all__ = ["circumstances", "clock_trusted", "new_instance_id", "new_seed", "software", "time_of_day", "today"]

SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
"""systemd-timesyncd touches it when the clock was set from the network since the start."""
SEED_BITS = 32


def software() -> str:
    """Name and version, as the record has it."""
    return f"sayso {version('sayso')}"


def clock_trusted() -> bool:
    """Whether the clock was set from the network since the start, or has a battery."""
    return SYNCHRONISED.exists() or Path("/sys/class/rtc/rtc0").exists()


def time_of_day() -> time:
    """What the clock on the wall says here. For opening hours alone: it is kept nowhere."""
    return datetime.now().astimezone().time()


def now() -> datetime:
    """The clock on the wall, without a time zone."""
    return datetime.now()  # noqa: DTZ005  the wall's clock is what opening hours go by


def circumstances() -> Circumstances:
    """What the record says beside the visit."""
    return Circumstances(today().isoformat(), clock_trusted(), software())


def new_instance_id() -> str:
    """A visit's id, from chance alone: nothing in it tells the machine or the time."""
    return f"uuid:{uuid.uuid4()}"


def new_seed() -> int:
    """A visit's own number."""
    return secrets.randbits(SEED_BITS)
