"""How the kiosk is, for staff and admins: counts and device health in a small JSON file, never an answer.

The kiosk writes status.json, the uploader sending.json beside it; each is replaced whole. Who reads them opens no
database and delays nobody.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk.errors import KioskError
from kiosk.store import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kiosk.uploader import Report

ALL_WELL = "All well"
CALL = "Please tell the people who look after Sayso."
SILENT_DAYS = 7
"""A home may be offline for days; after so many without any delivery somebody should look."""


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """What the uploader last met.

    Attributes:
        day: of its last go.
        failing_since: day since when nothing could be sent, or None.
        message: what went wrong, in one sentence without the token; "" if nothing did.
    """

    day: date
    failing_since: date | None = None
    message: str = ""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The kiosk's own part.

    Attributes:
        day: when it was written.
        line: one plain sentence for staff.
        counts: submissions by where they stand.
        facts: what the kiosk says of itself and its devices; see `line`.
    """

    day: date
    line: str
    counts: Counts
    facts: dict[str, str | int | float | bool | None]


def line(counts: Counts, facts: Mapping[str, Any], sending: Sending | None = None, today: date | None = None) -> str:
    """One plain sentence for staff: "All well", or what to do. It never tells that somebody answered just now.

    Args:
        counts: of the store.
        facts: these are looked at, each may be left out: `can_keep` (False: nothing can be saved), `problem` (a
            sentence of the kiosk's own), `speaker` and `microphone` (a name; "" is none), `engine` ("none": no
            microphone wanted).
        sending: what the uploader last met, if it has run.
        today: for how long nothing could be sent.
    """
    if facts.get("can_keep") is False:
        return f"Answers cannot be saved. {CALL}"
    if facts.get("problem"):
        return str(facts["problem"])
    if facts.get("speaker") == "":
        return "There is no sound. Plug the speaker in again."
    if facts.get("microphone") == "" and facts.get("engine") != "none":
        return "The microphone is missing. Plug it in again; the keys still work."
    if counts.set_aside:
        return f"Something could not be delivered. {CALL}"
    if counts.waiting and sending and sending.failing_since and today:
        days = (today - sending.failing_since).days
        if days >= SILENT_DAYS:
            return f"Nothing could be sent for {days} days. {CALL}"
    return ALL_WELL


def write(path: Path, counts: Counts, facts: Mapping[str, Any], today: date) -> str:
    """Replace the status file; returns the line for the waiting screen.

    Args:
        path: `Config.status`; its folder is made if need be.
        counts: of the store.
        facts: plain values, as for `line`; others are welcome (`software`, `sets`, ...).
        today: the day.

    Raises: KioskError: it can't be written.
    """
    said = line(counts, facts, read_sending(path), today)
    _replace(path, Status(day=today, line=said, counts=counts, facts=dict(facts)))
    return said


def write_sending(path: Path, report: Report, today: date) -> None:
    """Note what the uploader met, beside the status file at `path`. Raises: KioskError: it can't be written."""
    before = read_sending(path)
    since = before.failing_since if before and before.failing_since else today
    failing = since if report.retry and not report.delivered else None
    _replace(_beside(path), Sending(day=today, failing_since=failing, message=report.message))


def read(path: Path) -> Status:
    """The kiosk's part. Raises: KioskError: the kiosk has not written it, or it is no status."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Status)
    except FileNotFoundError as error:
        hint = "Start the kiosk with `sayso run`; it writes that file."
        raise KioskError("Cannot tell the status", f"{path}: there is no such file", hint) from error
    except OSError as error:
        raise KioskError(
            "Cannot tell the status", f"{path}: {error.strerror}", "Read it as the kiosk's user."
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        hint = "Restart the kiosk; it writes that file anew."
        raise KioskError("Cannot tell the status", f"{path}: it is no status ({error})", hint) from error


def read_sending(path: Path) -> Sending | None:
    """The uploader's part, for the status file at `path`; None if it has not run or its file can't be used."""
    try:
        return msgspec.json.decode(_beside(path).read_bytes(), type=Sending)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None  # it is written anew at the next go, and nothing depends on it


def _beside(path: Path) -> Path:
    return path.with_name("sending.json")


def _replace(path: Path, value: msgspec.Struct) -> None:
    """Write it whole or not at all: a reader sees the old one or the new one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
                os.fchmod(file.fileno(), 0o644)  # an admin may look without being the kiosk's user
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        hint = "Free space there, or name another file in `status`."
        raise KioskError("Cannot write the status", f"{path}: {error.strerror}", hint) from error
