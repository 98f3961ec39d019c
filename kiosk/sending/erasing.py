"""When the bytes of delivered visits are erased: seven days later, counted in days on which this machine ran.

The clock of a kiosk jumps: to 1970 after a start without a network, to 2050 by a bad time server. Counted with dates, a
jump forward would erase everything at once, and what was delivered on a day of 2050 would stay until then. So the days
that the machine has seen are written down in the order in which it saw them, and what was delivered on none of the last
of them is erased, whatever its date. A wrong day counts as one day.
"""

from __future__ import annotations

import contextlib
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from kiosk.errors import KioskError
from openrosa.folders import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.keeping.store import Store

KEEP_DELIVERED_DAYS = 7
"""Sealed bytes stay this long after delivery, in case the server loses them."""

DAYS_NAME = "days-seen.json"
"""In the data folder: days, nothing else."""


def erase_old(store: Store, path: Path, today: date) -> int:
    """Erase what was delivered more than seven days of this machine ago; how many.

    Args:
        store: opened as the uploader.
        path: the file that the days are written to.
        today: by the clock, however wrong.

    Raises: KioskError: the store or the file can't be read or written.
    """
    days = seen(path, today)
    # Before eight days are known, as after the file was lost, nothing can be said of what was delivered before them.
    return store.erase_delivered(days) if len(days) > KEEP_DELIVERED_DAYS else 0


def seen(path: Path, today: date) -> tuple[date, ...]:
    """The last days that this machine has seen, today last; written down if that is new. Raises: KioskError."""
    known: tuple[date, ...] = ()
    with contextlib.suppress(FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        known = msgspec.json.decode(_read(path), type=tuple[date, ...])
    days = (*(day for day in known if day != today), today)[-(KEEP_DELIVERED_DAYS + 1) :]
    if days != known:
        _write(path, msgspec.json.encode(days))
    return days


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _failed(path, error) from error


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data, 0o600)
    except OSError as error:
        raise _failed(path, error) from error


def _failed(path: Path, error: OSError) -> KioskError:
    hint = "Let the user that runs Sayso read and write there, and make room on that disk."
    return KioskError("Cannot note the day", f"{path}: {error.strerror}", hint)
