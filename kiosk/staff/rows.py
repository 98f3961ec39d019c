"""What staff see as rows of (name, value): on the screen behind the PIN, and by `sayso status`.

Never an answer, a transcript, a person or a time finer than the day; nothing that a visit of today changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.errors import KioskError
from kiosk.pulling.went import State, read_went
from kiosk.staff import status
from kiosk.staff.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from kiosk.pulling.went import Went
    from kiosk.staff.status import Sending, Status

Row = tuple[str, str]

MOST_REASONS = 3
LONGEST_VALUE = 120
"""Characters; a server's words may go on for ever."""

DEVICES = ("microphone", "speaker", "headphones", "keys")
PLAIN = ("engine", "model", "disk", "temperature", "power", "check")


def read_rows(path: Path, today: date) -> tuple[Row, ...]:
    """The rows of the status file, or the one that says why there are none."""
    try:
        found = status.read(path)
    except KioskError as error:
        return ((WORDS["no_status"], str(error)),)
    return rows(found, status.read_sending(path), today, went=read_went(path))


def rows(
    found: Status, sending: Sending | None, today: date, *, running: bool | None = True, went: Went | None = None
) -> tuple[Row, ...]:
    """All of them, in their order.

    Args:
        found: the kiosk's part.
        sending: the uploader's, if it has run.
        today: nothing of today is told.
        running: whether the kiosk runs; None: not known.
        went: how the last pull of question sets went, if there was one. No visit changes it.
    """
    told = (
        *_open(found, running),
        *_visits(found, today),
        *_server(found, sending, today),
        *_machine(found.facts),
        *_fetched(went),
    )
    return tuple((name, _short(value)) for name, value in told)


def why_not_open(found: Status, running: bool | None) -> str:  # noqa: FBT001  a value that was found
    """Why nobody can answer at this kiosk; "" if they can."""
    return WORDS["not_running"] if running is False else found.closed


def _open(found: Status, running: bool | None) -> Iterator[Row]:  # noqa: FBT001  the same
    why = why_not_open(found, running)
    yield WORDS["open"], WORDS["no"].format(why=why) if why else WORDS["yes"]
    yield WORDS["advice"], found.line


def _visits(found: Status, today: date) -> Iterator[Row]:
    """As of the midnight before the status was written; an older one tells an older midnight."""
    counts = found.counts
    yield WORDS["counted"], WORDS["midnight"].format(day=min(found.day, today))
    for name in ("finished", "incomplete", "untold", "waiting", "delivered", "set_aside"):
        yield WORDS[name], str(getattr(counts, name))
    if counts.damaged:
        yield WORDS["damaged"], str(counts.damaged)
    for reason, number in counts.reasons[:MOST_REASONS]:
        yield WORDS["reason"], f"{reason} ({number})"


def _server(found: Status, sending: Sending | None, today: date) -> Iterator[Row]:
    contact = sending.last_contact(today) if sending else None
    yield WORDS["contact"], str(contact or WORDS["never"])
    failing = sending.failing(today) if sending else None
    if sending and failing and found.counts.waiting:
        yield WORDS["failing"], f"{failing}: {sending.message}"


def _machine(facts: Mapping[str, str | int | float | bool | None]) -> Iterator[Row]:
    for name in DEVICES:
        if name in facts:
            without = WORDS["none"] if name == "headphones" else WORDS["missing"]
            yield WORDS[name], str(facts[name]) or without
    for name in PLAIN:
        if name in facts:
            yield WORDS[name], str(facts[name])
    if "clock_trusted" in facts:
        yield WORDS["clock_trusted"], WORDS["clock_right" if facts["clock_trusted"] else "clock_doubtful"]
    for one in str(facts.get("sets", "")).split("; "):
        if one:
            yield WORDS["set"], one
    if "software" in facts:
        yield WORDS["software"], str(facts["software"])


def _fetched(went: Went | None) -> Iterator[Row]:
    if went is None:
        return
    yield WORDS["fetched"], str(went.reached_on or WORDS["never"])
    if went.failing_since is not None:
        why = went.message or next((one.message for one in went.sets if one.state is State.FAILED), "")
        yield WORDS["not_fetched"], f"{went.failing_since}: {why}"


def _short(value: str) -> str:
    """On one line, and not for ever."""
    value = " ".join(value.split())
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
