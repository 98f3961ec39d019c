"""Which input devices there are, and which are wanted, by Python's evdev library.

Debian packages the library, for it has no wheel for the Raspberry Pi; script/setup links it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from kiosk.errors import KioskError
from kiosk.settings import Input

FOLDER = Path("/dev/input")
ALL = "*"
"""In input.devices: every device with one of the keys of [buttons]."""
JOIN_GROUP = "Add the kiosk's user to the group input (`sudo usermod -aG input USER`) and start it again."


def library() -> ModuleType:
    """The evdev library. Raises: KioskError: it is not installed for this Python."""
    try:
        import evdev  # noqa: PLC0415  only a kiosk with such keys needs it
    except ImportError as missing:
        raise KioskError(
            "Cannot read input devices",
            "without the evdev library",
            "Run script/setup: it links Debian's python3-evdev, which fits Debian's own Python only. "
            "Or leave input.devices empty: the terminal's keys are used then.",
        ) from missing
    return evdev  # type: ignore[no-any-return, unused-ignore]  # untyped in some versions


def codes_of(mapping: Mapping[str, str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """What each key code does, by [buttons]; and the names there that the kernel does not know."""
    known: Mapping[str, int] = library().ecodes.ecodes
    unknown = tuple(name for name in mapping if name not in known or not name.startswith(("KEY_", "BTN_")))
    return {known[name]: does for name, does in mapping.items() if name not in unknown}, unknown


@dataclass(frozen=True)
class Found:
    """What is at one place in /dev/input.

    Attributes:
        source: the opened device; None where it could not be opened.
        name: as it calls itself.
        does: what its keys do, by code.
        problem: why it could not be opened.
    """

    path: Path
    source: Any = None
    name: str = ""
    does: Mapping[int, str] = field(default_factory=dict)
    problem: OSError | None = None


def look(settings: Input, codes: Mapping[int, str], paths: Iterable[Path]) -> Iterator[Found]:
    """Open what is wanted of these; what is not wanted is closed again, and named without a source."""
    evdev = library()
    for path in paths:
        try:
            source = evdev.InputDevice(str(path))
        except OSError as problem:
            yield Found(path, problem=problem)
            continue
        has = source.capabilities().get(evdev.ecodes.EV_KEY, [])
        does = {code: codes[code] for code in has if code in codes}
        named = [part for part in settings.devices if part != ALL and part.casefold() in source.name.casefold()]
        if (named and has) or (does and ALL in settings.devices):
            yield Found(path, source, source.name, does)
        else:
            source.close()
            yield Found(path, None, source.name, does)


def nodes(folder: Path = FOLDER) -> list[Path]:
    """Every input device there is."""
    return sorted(folder.glob("event*"))
