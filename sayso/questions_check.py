"""`sayso questions check`: can a kiosk ask the questions of this file?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrosa.convert import SHEET_SUFFIXES, convert
from openrosa.convert_refused import SheetRefusedError
from openrosa.errors import OpenRosaError
from openrosa.findings import Finding, Report, one_line, short
from openrosa.xform import read
from openrosa.xform_xml import MAX_BYTES
from sayso.questions_told import Outcome, bytes_of, count_of, what_is_asked

if TYPE_CHECKING:
    from openrosa.question_set import QuestionSet


@dataclass(frozen=True)
class Checked:
    """One file, checked."""

    file: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    summary: str = ""
    question_set: QuestionSet | None = None


@click.command(name="check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout instead of lines.")
def command(files: tuple[Path, ...], *, as_json: bool) -> None:
    r"""Say whether a kiosk can ask the questions of each FILE: an XForm (.xml), or a sheet (.md, .xlsx, .csv).

    One line for each finding: its code, where it stands, what was met and what to write instead; then one line for the
    file. The codes are in docs/question-sets.md; from QS100 on they are advice, and the set runs all the same.

    \b
    Example:
      $ sayso questions check visit.md
      QS004 visit.md, survey row 5, column type, "why": met text, free text, write select_one ...
      visit.md: refused. 1 error

    Exit codes: 0 fine or advice only, 1 refused, 2 a file that cannot be read.
    """
    checked = [_check(path) for path in files]
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in checked], ensure_ascii=False, indent=2))
    else:
        for one in checked:
            for finding in one.findings:
                click.echo(str(finding))
            click.echo(one.summary, err=one.outcome is Outcome.UNREADABLE)
    sys.exit(max(one.outcome for one in checked))


def _check(path: Path) -> Checked:
    """One file's findings and its summary line."""
    name = one_line(path.name)
    try:
        if path.suffix.lower() in SHEET_SUFFIXES:
            bytes_of(path)
            converted = convert(path)
            said = Report(name)
            for warning in converted.warnings:
                if not warning.startswith("Language "):  # QS102 says the same, with the questions' names
                    said.add("QS108", "", "", short(warning, 200), "what it asks for")
            question_set, findings = read(converted.xform, name, places=converted.places)
            findings = (*said.findings, *findings)
        else:
            question_set, findings = read(bytes_of(path, MAX_BYTES), name)
            findings = (*findings, *_absent(question_set, path))
    except SheetRefusedError as error:
        return Checked(name, Outcome.REFUSED, (error.finding,), f"{name}: refused. 1 error")
    except OpenRosaError as error:
        return Checked(name, Outcome.UNREADABLE, (), one_line(f"{name}: {error}"))
    if question_set is None:
        return Checked(name, Outcome.REFUSED, findings, f"{name}: refused. {count_of(findings, 'error')}")
    advice = f". {count_of(findings, 'advice')}" if findings else ""
    return Checked(name, Outcome.FINE, findings, f"{name}: fine. {what_is_asked(question_set)}{advice}", question_set)


def _absent(question_set: QuestionSet | None, path: Path) -> tuple[Finding, ...]:
    """Advice for each file that a form names and that is not in `NAME-media/` beside it."""
    report = Report(one_line(path.name))
    folder = path.with_name(f"{path.stem}-media")
    for media in question_set.media if question_set else ():
        if not (folder / media.name).is_file():
            report.add("QS106", "", media.name, f"no such file in {folder.name}/", "the file there, or on the server")
    return tuple(report.findings)


def _as_json(one: Checked) -> dict[str, object]:
    found = one.question_set
    return {
        "file": one.file,
        "outcome": one.outcome.name.lower(),
        "summary": one.summary,
        "findings": [asdict(finding) for finding in one.findings],
        "form_id": found.form_id if found else None,
        "version": found.version if found else None,
        "languages": list(found.languages) if found else [],
        "questions": [question.name for question in found.questions] if found else [],
    }
