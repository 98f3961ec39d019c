"""What the commands about question sets have in common: reading a file, counting findings, a set in a few words."""

from __future__ import annotations

import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrosa.convert import Converted, convert
from openrosa.errors import OpenRosaError
from openrosa.findings import Finding, one_line
from openrosa.question_set import Kind
from openrosa.xform import read

if TYPE_CHECKING:
    from openrosa.question_set import QuestionSet

MAX_SHEET_BYTES = 20 * 1024 * 1024
"""A sheet of a few dozen questions has some 20 kB."""


class Outcome(IntEnum):
    """What checking one file came to; the value is the exit code."""

    FINE = 0
    REFUSED = 1
    UNREADABLE = 2


def bytes_of(path: Path, limit: int = MAX_SHEET_BYTES) -> bytes:
    """The file's bytes. Raises: OpenRosaError: it cannot be read, or is too large to be what it should be."""
    try:
        if path.stat().st_size > limit:
            raise OpenRosaError("Cannot read", f"{path}: it has more than {limit:,} bytes", "Give a question set.")
        return path.read_bytes()
    except OSError as error:
        raise OpenRosaError(
            "Cannot read", f"{path}: {error.strerror}", "Give the path of a file that is there."
        ) from error


def key_in(path: Path | None) -> str | None:
    """The public key in that file, as `convert` takes it. Raises: OpenRosaError: it cannot be read."""
    return None if path is None else bytes_of(path).decode("ascii", "replace")


def usable(sheet: Path, public_key: str | None, undone: str) -> tuple[Converted, QuestionSet]:
    """The form of a sheet, and what a kiosk reads in it. Findings go to stderr.

    A form that a kiosk would refuse ends the command, with `undone` ("nothing was written") as its last words.

    Raises: OpenRosaError: the sheet or the key cannot be used.
    """
    converted = convert(sheet, public_key)
    question_set, findings = read(converted.xform, sheet.name, places=converted.places)
    for finding in findings:
        click.echo(str(finding), err=True)
    if question_set is None:
        click.echo(f"{one_line(sheet.name)}: refused. {count_of(findings, 'error')}; {undone}.", err=True)
        sys.exit(Outcome.REFUSED)
    return converted, question_set


def what_is_asked(question_set: QuestionSet) -> str:
    """`8 questions, English`."""
    questions = sum(question.kind is not Kind.NOTE for question in question_set.questions)
    names = [question_set.language_names.get(code) or code for code in question_set.languages if code != "default"]
    return one_line(", ".join([plural(questions, "question"), *names]))


def plural(count: int, word: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def count_of(findings: tuple[Finding, ...], level: str) -> str:
    """How many findings are of that level, in words."""
    count = sum(finding.level == level for finding in findings)
    return f"{count} piece{'' if count == 1 else 's'} of advice" if level == "advice" else plural(count, "error")
