"""How the kiosk is, for staff and admins: counts and device health in a small JSON file, never an answer.

The kiosk writes status.json, the uploader sending.json beside it; each is replaced whole, and only when something in it
changed: when it was written would say when somebody answered. Who reads them opens no database and delays nobody.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk.errors import KioskError
from kiosk.keeping.tally import Counts, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kiosk.sending.go import Report

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
        contact_on: the last day on which the server took something, or refused something for good.
        contact_before: the last such day before that one.
    """

    day: date
    failing_since: date | None = None
    message: str = ""
    contact_on: date | None = None
    contact_before: date | None = None

    def last_contact(self, today: date) -> date | None:
        """The last day before today: that something was sent today would say that somebody answered."""
        return next((day for day in (self.contact_on, self.contact_before) if day is not None and day < today), None)

    def failing(self, today: date) -> date | None:
        """Since when nothing could be sent, if that was so at last midnight."""
        return self.failing_since if self.failing_since is not None and self.failing_since < today else None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The kiosk's own part.

    Attributes:
        day: when it was written.
        line: one plain sentence for staff.
        counts: submissions by where they stood at last midnight.
        facts: what the kiosk says of itself and its devices; see `line` and `kiosk.staff.facts`.
        closed: why the kiosk is not open; "" if it is.
        process: what `process_mark` said of the kiosk's process.
    """

    day: date
    line: str
    counts: Tally
    facts: dict[str, str | int | float | bool | None]
    closed: str = ""
    process: str = ""

    def running(self) -> bool | None:
        """Whether the kiosk that wrote it still runs on this machine; None: an older Sayso did not say."""
        if not self.process:
            return None
        return self.process == process_mark(int(self.process.partition(" ")[0]))


def closed(facts: Mapping[str, Any]) -> str:
    """Why nobody can answer here, as a sentence for staff; "" if they can.

    Args:
        facts: `can_keep` (False: nothing can be saved) and `closed` (a sentence of the kiosk's own) are looked at.
    """
    if facts.get("can_keep") is False:
        return f"Answers cannot be saved. {CALL}"
    return str(facts.get("closed") or "")


def line(counts: Counts, facts: Mapping[str, Any], sending: Sending | None = None, today: date | None = None) -> str:
    """One plain sentence for staff: "All well", or what to do. It never tells that somebody answered just now.

    Args:
        counts: as of last midnight.
        facts: these are looked at, each may be left out: what `closed` looks at; `problem` (a sentence of the kiosk's
            own); `speaker`, `microphone` and `keys` (a name; "" is none); `engine` ("none": no microphone wanted);
            `key_problem`, `microphone_problem`, `help_problem` and `check_problem` (sentences); `disk_low`,
            `power_low` and `too_hot` (True).
        sending: what the uploader last met, if it has run.
        today: for how long nothing could be sent.
    """
    told = closed(facts) or str(facts.get("problem") or "") or _of_devices(facts)
    if told:
        return told
    if counts.set_aside:
        return f"Something could not be delivered. {CALL}"
    if counts.waiting and sending and sending.failing_since and today:
        days = (today - sending.failing_since).days
        if days >= SILENT_DAYS:
            return f"Nothing could be sent for {days} days. {CALL}"
    return ALL_WELL


def _of_devices(facts: Mapping[str, Any]) -> str:
    """What to do about the machine and what hangs on it; "" if nothing."""
    if facts.get("speaker") == "":
        return "There is no sound. Plug the speaker in again."
    if facts.get("keys") == "":
        return "The keys are missing. Plug them in again."
    if facts.get("key_problem"):
        return str(facts["key_problem"])
    if facts.get("microphone") == "" and facts.get("engine") != "none":
        return "The microphone is missing. Plug it in again; the keys still work."
    if facts.get("microphone_problem"):
        return str(facts["microphone_problem"])
    if facts.get("help_problem"):
        return str(facts["help_problem"])
    if facts.get("disk_low"):
        return f"The disk is nearly full. {CALL}"
    if facts.get("power_low"):
        return f"The power supply is too weak. {CALL}"
    if facts.get("too_hot"):
        return f"The machine is too hot. Give it some air. {CALL}"
    return str(facts.get("check_problem") or "")


def write(path: Path, counts: Counts, facts: Mapping[str, Any], today: date) -> str:
    """Replace the status file; returns the line for the waiting screen.

    Args:
        path: `Config.status`; its folder is made if need be.
        counts: of `Store.tally`. Those of `Store.counts`, which change while people answer, are not written.
        facts: plain values, as for `line`; others are welcome (`software`, `sets`, ...).
        today: the day.

    Raises: KioskError: it can't be written.
    """
    tally = counts if isinstance(counts, Tally) else Tally()
    said = line(tally, facts, read_sending(path), today)
    known = {name: value for name, value in facts.items() if value is not None}
    mark = process_mark(os.getpid())
    noted = Status(day=today, line=said, counts=tally, facts=known, closed=closed(facts), process=mark)
    replace_whole(path, noted, today)
    return said


def process_mark(number: int) -> str:
    """A process's number and when it began, which no later process of that number shares; "" if there is none.

    Source: proc(5), field 22 of /proc/PID/stat, in clock ticks since the machine started.
    """
    try:
        behind_name = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        return f"{number} {behind_name.split()[19]}"
    except (OSError, IndexError):
        return ""


def write_sending(path: Path, report: Report, today: date) -> None:
    """Note what the uploader met, beside the status file at `path`. Raises: KioskError: it can't be written."""
    before = read_sending(path) or Sending(day=today)
    failing = (before.failing_since or today) if report.retry and not report.delivered else None
    contact_on, contact_before = before.contact_on, before.contact_before
    if report.reached and contact_on != today:
        contact_on, contact_before = today, contact_on
    noted = Sending(
        day=today,
        failing_since=failing,
        message=report.message,
        contact_on=contact_on,
        contact_before=contact_before,
    )
    replace_whole(_beside(path), noted, today)


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


def replace_whole(path: Path, value: msgspec.Struct, day: date) -> None:
    """Write it whole or not at all, and not if it says so already; the file's time says no more than the day."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
    try:
        with contextlib.suppress(OSError):
            if path.read_bytes() == text:
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
                os.fchmod(file.fileno(), 0o644)  # an admin may look without being the kiosk's user
                file.flush()
                midnight_s = time.mktime(day.timetuple())
                os.utime(file.fileno(), (midnight_s, midnight_s))
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        hint = "Free space there, or name another file in `status`."
        raise KioskError("Cannot write the status", f"{path}: {error.strerror}", hint) from error
