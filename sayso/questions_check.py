"""`sayso questions check`: can a kiosk ask the questions of this file, and can people answer them?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrosa.convert import SHEET_SUFFIXES, convert
from openrosa.convert_refused import SheetRefusedError
from openrosa.errors import OpenRosaError
from openrosa.findings import Finding, Report, one_line, short
from openrosa.xform import read
from openrosa.xform_xml import MAX_BYTES
from sayso.models import MODELS_DIR
from sayso.questions_told import Outcome, bytes_of, count_of, what_is_asked
from voice.engines import ENGINES, open_engine
from voice.errors import VoiceError
from voice.sound_alikes import code_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from authoring.lint.wording_list import Accepted
    from openrosa.question_set import QuestionSet
    from voice.engine import Engine

_OTHER_BOOKS = (".xls", ".xlsm", ".ods", ".numbers")
"""Workbooks that nobody reads here, and that would else be taken for an XForm."""
_NONE = "none"


@dataclass(frozen=True)
class Checked:
    """One file, checked.

    Attributes:
        file: its name.
        outcome: whether the set runs.
        findings: errors first.
        summary: one line.
        question_set: where it runs.
        accepted: advice that `wording.toml` accepts, with the reason.
        not_looked_at: what could not be looked at here, and why.
    """

    file: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    summary: str = ""
    question_set: QuestionSet | None = None
    accepted: tuple[tuple[Finding, Accepted], ...] = ()
    not_looked_at: tuple[str, ...] = ()


@dataclass(frozen=True)
class _How:
    """What the command line asks for: an organisation's list, and the engine that would hear a language."""

    wording: Path | None
    hear: Callable[[str], Engine | None]


@click.command(name="check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout instead of lines.")
@click.option("--strict", is_flag=True, help="Advice that is not accepted ends with 1 too: for an organisation's CI.")
@click.option(
    "--wording", type=click.Path(path_type=Path), help="An organisation's list of words, upon the one that comes along."
)
@click.option(
    "--engine",
    type=click.Choice((*ENGINES, _NONE)),
    default="auto",
    show_default=True,
    help="Whose vocabulary the answers' words are looked up in; none: they are not.",
)
@click.option(
    "--models-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=MODELS_DIR,
    show_default="models/, or SAYSO_MODELS_DIR",
    help="Where speech models are installed.",
)
def command(
    files: tuple[Path, ...], *, as_json: bool, strict: bool, wording: Path | None, engine: str, models_dir: Path
) -> None:
    r"""Say whether a kiosk can ask the questions of each FILE, and what makes them hard to answer.

    FILE is an XForm (.xml), or a sheet (.md, .xlsx, .csv). One line for each finding: its code, where it stands, what
    was met and what to write instead. Errors come first: the kiosk refuses the set. Then advice, from QS100 on: the
    set runs all the same. QS110 on is about its parts, QS200 on about wording, QS300 on about hearing. Last, one line
    for the file. The codes are in docs/question-sets.md, each with an example and where it comes from.

    Advice is what is known from asking people; you know the people whom you ask. What you mean to leave as it is,
    accept with a reason in a wording.toml beside FILE:

    \b
      [[accept]]
      code = "QS205"
      name = "home"
      reason = "The panel wants this question in these words."

    \b
    Example:
      $ sayso questions check visit.md
      QS004 visit.md, survey row 5, column type, "why": met text, free text, write select_one ...
      visit.md: refused. 1 error

    Exit codes: 0 fine or advice only, 1 refused (with --strict also advice), 2 a file that cannot be read.
    """
    how = _How(wording, _ears(engine, models_dir))
    checked = [_check(path, how) for path in files]
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in checked], ensure_ascii=False, indent=2))
    else:
        for one in checked:
            _tell(one)
    advised = strict and any(one.findings for one in checked)
    sys.exit(max(*(one.outcome for one in checked), Outcome.REFUSED if advised else Outcome.FINE))


def _tell(one: Checked) -> None:
    """Errors, then advice, then what was not looked at, then the file in one line."""
    for finding in one.findings:
        click.echo(str(finding))
    for what in one.not_looked_at:
        click.echo(one_line(f"{one.file}: not looked at: {what}"))
    click.echo(one.summary, err=one.outcome is Outcome.UNREADABLE)


def _ears(engine: str, models_dir: Path) -> Callable[[str], Engine | None]:
    """What gives the engine for a language, loaded once; none where nobody asked for one, or no model hears it."""

    @cache
    def hear(language: str) -> Engine | None:
        if engine == _NONE:
            return None
        try:
            return open_engine(engine, language, models_dir)
        except VoiceError:
            if engine == "auto" and code_of(language) != "en":
                return None  # it is answered by key alone there, as `sayso check` says
            raise

    return hear


def _check(path: Path, how: _How) -> Checked:
    """One file's findings and its summary line."""
    name = one_line(path.name)
    places: Mapping[str, str] = {}
    try:
        if path.suffix.lower() in SHEET_SUFFIXES:
            bytes_of(path)
            converted = convert(path)
            said = Report(name)
            for warning in converted.warnings:
                if not warning.startswith("Language "):  # QS102 says the same, with the questions' names
                    said.add("QS108", "", "", short(warning, 200), "what it asks for")
            places = converted.places
            question_set, findings = read(converted.xform, name, places=places)
            findings = (*said.findings, *findings)
        else:
            _no_other_book(path)
            question_set, findings = read(bytes_of(path, MAX_BYTES), name)
            findings = (*findings, *_absent(question_set, path))
    except SheetRefusedError as error:
        return Checked(name, Outcome.REFUSED, (error.finding,), f"{name}: refused. 1 error")
    except OpenRosaError as error:
        return Checked(name, Outcome.UNREADABLE, (), one_line(f"{name}: {error}"))
    if question_set is None:
        findings = tuple(sorted(findings, key=lambda finding: finding.level != "error"))
        counted = [count_of(findings, level) for level in ("error", "advice") if _any(findings, level)]
        return Checked(name, Outcome.REFUSED, findings, f"{name}: refused. {', '.join(counted)}")
    fine = Checked(name, Outcome.FINE, findings, "", question_set)
    return _linted(fine, path, places, how)


def _linted(one: Checked, path: Path, places: Mapping[str, str], how: _How) -> Checked:
    """The same with what the lint says of a set that runs."""
    # A third of a second, and more where something is met that needs more: only for a set that runs.
    from authoring.lint.lint import lint  # noqa: PLC0415
    from authoring.lint.wording_list import wording_for  # noqa: PLC0415

    if one.question_set is None:
        return one
    try:
        wording = wording_for(path, how.wording)
        met = lint(one.question_set, one.file, wording, places=places, hear=how.hear, before=one.findings)
    except OpenRosaError as error:
        return Checked(one.file, Outcome.UNREADABLE, (), one_line(f"{one.file}: {error}"))
    advice = f". {count_of(met.findings, 'advice')}" if met.findings else ""
    accepted = f", {len(met.accepted)} accepted" if met.accepted and advice else ""
    if met.accepted and not advice:
        accepted = f". {len(met.accepted)} accepted"
    summary = f"{one.file}: fine. {what_is_asked(one.question_set)}{advice}{accepted}"
    return replace(one, findings=met.findings, summary=summary, accepted=met.accepted, not_looked_at=met.not_looked_at)


def _no_other_book(path: Path) -> None:
    """Raises: SheetRefusedError: a workbook of a kind that nobody reads here."""
    suffix = path.suffix.lower()
    if suffix in _OTHER_BOOKS and path.is_file():
        raise SheetRefusedError("QS022", one_line(path.name), f"a {suffix} workbook", "it as .xlsx, by Save as")


def _absent(question_set: QuestionSet | None, path: Path) -> tuple[Finding, ...]:
    """Advice for each file that a form names and that is not in `NAME-media/` beside it."""
    report = Report(one_line(path.name))
    folder = path.with_name(f"{path.stem}-media")
    for media in question_set.media if question_set else ():
        if not (folder / media.name).is_file():
            report.add("QS106", "", media.name, f"no such file in {folder.name}/", "the file there, or on the server")
    return tuple(report.findings)


def _any(findings: tuple[Finding, ...], level: str) -> bool:
    return any(finding.level == level for finding in findings)


def _as_json(one: Checked) -> dict[str, object]:
    found = one.question_set
    return {
        "file": one.file,
        "outcome": one.outcome.name.lower(),
        "summary": one.summary,
        "findings": [asdict(finding) for finding in one.findings],
        "accepted": [{**asdict(finding), "reason": accepted.reason} for finding, accepted in one.accepted],
        "not_looked_at": list(one.not_looked_at),
        "form_id": found.form_id if found else None,
        "version": found.version if found else None,
        "languages": list(found.languages) if found else [],
        "questions": [question.name for question in found.questions] if found else [],
    }
