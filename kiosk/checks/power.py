"""The check's part for power and temperature: silent where the machine does not measure them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kiosk.checks.lines import Line, advice, error, fine
from kiosk.staff.facts import NOT_KNOWN, power, temperature

SUPPLY = "Use the power supply that is sold for this computer, with its own cable, and nothing hungry on its USB ports."
AIR = "Give it some air: a larger case, a heat sink, a fan; not in the sun, nor above a radiator."


def power_and_temperature(sys: Path = Path("/sys")) -> Iterator[Line]:
    """Both, as the kernel tells them.

    Args:
        sys: the kernel's view of the machine.
    """
    supply = power(sys)
    if supply.get("power_low"):
        yield error(
            "power supply", "it is too weak: the computer slows down, and a card may lose what is written", SUPPLY
        )
    elif supply["power"] not in ("fine", NOT_KNOWN):
        yield advice("power supply", "it was too weak at times since the start", SUPPLY)
    elif supply["power"] != NOT_KNOWN:
        yield fine("power supply", "strong enough")
    heat = temperature(sys)
    if heat.get("too_hot"):
        yield error("temperature", str(heat["temperature"]), AIR)
    elif str(heat["temperature"]).startswith("warm"):
        yield advice("temperature", str(heat["temperature"]), AIR)
    elif heat["temperature"] != NOT_KNOWN:
        yield fine("temperature", str(heat["temperature"]))
