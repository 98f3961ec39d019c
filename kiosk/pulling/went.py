"""How the last pull went, for staff and admins: questions.json beside the status file. No visit changes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from pathlib import Path

import msgspec

from kiosk.staff.status import replace_whole

NAME = "questions.json"


class State(Enum):
    """What came of one set."""

    NEW = "new"
    SAME = "same"  # the newest is here
    KEPT = "kept"  # the server offers it no longer; it is asked until the configuration leaves it out
    FAILED = "failed"  # what was there before is asked on


class SetOnServer(msgspec.Struct, frozen=True, kw_only=True):
    """One set that comes from the server, after a pull.

    Attributes:
        form_id: of the configuration.
        version, hash: of the newest that is here, the hash as the server gave it; "" where there is none.
        message: what is to be told, in one sentence; "" for nothing.
    """

    form_id: str
    state: State
    version: str = ""
    hash: str = ""
    message: str = ""


class Went(msgspec.Struct, frozen=True, kw_only=True):
    """What the last pull met.

    Attributes:
        day: of that pull.
        reached_on: the last day on which the server gave its list, or None.
        failing_since: day since when a set, or the list, could not be taken, or None.
        message: why there was no list, in one sentence without the token; "" if there was one.
        sets: as of the last list.
    """

    day: date
    reached_on: date | None = None
    failing_since: date | None = None
    message: str = ""
    sets: tuple[SetOnServer, ...] = ()


def write_went(path: Path, found: Iterable[SetOnServer], today: date, message: str = "") -> None:
    """Note what came of a go, beside the status file at `path`.

    Args:
        path: `Config.status`.
        found: what `pull` returned; none where the server gave no list.
        today: the day.
        message: why the server gave no list.

    Raises: KioskError: it can't be written.
    """
    before = read_went(path) or Went(day=today)
    sets = tuple(found)
    failed = bool(message) or any(one.state is State.FAILED for one in sets)
    noted = Went(
        day=today,
        reached_on=before.reached_on if message else today,
        failing_since=(before.failing_since or today) if failed else None,
        message=message,
        sets=before.sets if message else sets,
    )
    replace_whole(path.with_name(NAME), noted, today)


def read_went(path: Path) -> Went | None:
    """The same, for the status file at `path`; None if there was no pull, or its file can't be used."""
    try:
        return msgspec.json.decode(path.with_name(NAME).read_bytes(), type=Went)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None  # it is written anew at the next go, and nothing depends on it
