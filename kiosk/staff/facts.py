"""What the machine and the house say of themselves, for staff: plain values for `kiosk.staff.status`.

In steps wide enough that no visit shows: a disk's last kilobyte, or a processor that is a degree warmer, would tell
that somebody answered just now.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import machine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openrosa.question_set import QuestionSet

Facts = dict[str, str | int | float | bool | None]

NOT_KNOWN = "not known"
GIGABYTE = 1_000_000_000
LOW_DISK_BYTES = 200_000_000
"""Some fifty visits with the longest voice messages."""
WARM_C, HOT_C = 70, 80
"""A Raspberry Pi slows itself down from 80 degrees on. Source: its documentation, config.txt, "temp_limit"."""

_WEAK_NOW, _WEAK_SINCE_START = 1 << 0, 1 << 16
"""Bits of get_throttled. Source: Raspberry Pi documentation, os, "vcgencmd get_throttled"."""


def facts_of(folder: Path, sets: Iterable[QuestionSet], sys: Path = Path("/sys")) -> Facts:
    """Everything that can be told without asking any other part of the kiosk.

    Args:
        folder: where visits are kept.
        sets: what the kiosk asks.
        sys: the kernel's view of the machine.
    """
    return {
        "software": machine.software(),
        "sets": "; ".join(described(one) for one in sets),
        "clock_trusted": machine.clock_trusted(),
        **disk(folder),
        **temperature(sys),
        **power(sys),
    }


def described(question_set: QuestionSet) -> str:
    """A set in a few words: "my_home 3 (en, cy)"."""
    name = f"{question_set.form_id} {question_set.version}".strip()
    return f"{name} ({', '.join(question_set.languages)})"


def disk(folder: Path) -> Facts:
    """How much room there is, in whole gigabytes."""
    try:
        free_bytes = shutil.disk_usage(folder).free
    except OSError:
        return {"disk": NOT_KNOWN}
    if free_bytes >= GIGABYTE:
        return {"disk": f"{free_bytes // GIGABYTE} GB free"}
    low = free_bytes < LOW_DISK_BYTES
    return {"disk": "nearly full" if low else "less than 1 GB free", "disk_low": low}


def temperature(sys: Path) -> Facts:
    """How hot the hottest part is, in three steps. Source: the kernel's thermal sysfs, in thousandths of a degree."""
    found = []
    for zone in sys.glob("class/thermal/thermal_zone*/temp"):
        try:
            found.append(int(zone.read_text(encoding="ascii")) / 1000)
        except (OSError, ValueError):
            continue  # a zone that is switched off says so by an error
    if not found:
        return {"temperature": NOT_KNOWN}
    hottest = max(found)
    if hottest < WARM_C:
        return {"temperature": f"fine, below {WARM_C} degrees"}
    if hottest < HOT_C:
        return {"temperature": f"warm, {WARM_C} to {HOT_C} degrees"}
    return {"temperature": f"too hot, {HOT_C} degrees or more", "too_hot": True}


def power(sys: Path) -> Facts:
    """Whether the power supply is strong enough; a Raspberry Pi measures it.

    By the firmware's own word, else by the kernel's sensor `rpi_volt`, which knows only the present.
    """
    try:
        text = (sys / "devices/platform/soc/soc:firmware/get_throttled").read_text(encoding="ascii")
        bits = int(text, 16)
    except (OSError, ValueError):
        return _power_by_sensor(sys)
    if bits & _WEAK_NOW:
        return {"power": "too weak", "power_low": True}
    if bits & _WEAK_SINCE_START:
        return {"power": "was too weak at times since the start"}
    return {"power": "fine"}


def _power_by_sensor(sys: Path) -> Facts:
    for name in sys.glob("class/hwmon/hwmon*/name"):
        try:
            if name.read_text(encoding="ascii").strip() != "rpi_volt":
                continue
            weak = name.with_name("in0_lcrit_alarm").read_text(encoding="ascii").strip() == "1"
        except (OSError, ValueError):
            continue
        return {"power": "too weak", "power_low": True} if weak else {"power": "fine"}
    return {"power": NOT_KNOWN}
