"""Everything that an author is told of a set that runs: wording, pictures and recordings, hearing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from authoring.lint.hearing import Hear, hearing
from authoring.lint.reading_age import MOST_YEARS, reading_age
from authoring.lint.structure import structure
from authoring.lint.texts import Text, is_english, texts_of
from authoring.lint.wording import Met, any_language, english, listed
from authoring.lint.wording_list import Accepted, Wording
from openrosa.findings import Finding, Report
from openrosa.question_set import QuestionSet
from voice.sound_alikes import code_of


@dataclass(frozen=True)
class Linted:
    """What was met in one set.

    Attributes:
        findings: advice, by code and in the form's order.
        accepted: advice that `wording.toml` accepts, with the reason.
        not_looked_at: what could not be looked at here, and why.
        unused: acceptances of the set's own that accept nothing.
    """

    findings: tuple[Finding, ...] = ()
    accepted: tuple[tuple[Finding, Accepted], ...] = ()
    not_looked_at: tuple[str, ...] = ()
    unused: tuple[Accepted, ...] = ()


def nobody_hears(_language: str) -> None:
    """No engine for any language: whether words can be heard is not looked at."""


def lint(
    question_set: QuestionSet,
    source: str,
    wording: Wording,
    *,
    places: Mapping[str, str] | None = None,
    hear: Hear = nobody_hears,
    before: tuple[Finding, ...] = (),
) -> Linted:
    """Look at a set as those who will be asked would.

    Args:
        question_set: one that runs.
        source: its name, for the findings.
        wording: an organisation's words, and what it accepts.
        places: where its sheet has a path or a choice, as `openrosa.convert` knows.
        hear: the engine for a language.
        before: advice from reading the form, which can be accepted too.
    """
    report = Report(source, places or {})
    not_looked_at: list[str] = []
    structure(question_set, report.add)
    texts = tuple(texts_of(question_set))
    told: set[tuple[str, str, str]] = set()
    for text in texts:
        for met in _of(text, wording, english_rules=is_english(text.language, question_set)):
            known = (met.code, text.where, met.met)
            if known not in told:
                told.add(known)
                report.add(met.code, text.where, text.name, met.met, met.write, column=text.column)
    not_looked_at += _age([text for text in texts if is_english(text.language, question_set)], report)
    not_looked_at += hearing(question_set, report.add, hear)
    return _sorted((*before, *report.findings), wording, tuple(not_looked_at))


def _of(text: Text, wording: Wording, *, english_rules: bool) -> Iterator[Met]:
    code = "en" if english_rules else code_of(text.language)
    on_lists = (
        *listed("QS207", wording.words.get(code, {}), text),
        *listed("QS208", wording.hard.get(code, {}), text),
    )
    yield from any_language(text)
    if english_rules:  # a word on a list is often long too, and the list knows a better one
        yield from (met for met in english(text) if met.code != "QS208" or not on_lists)
    yield from on_lists


def _age(texts: list[Text], report: Report) -> Iterator[str]:
    try:
        years = reading_age(texts)
    except ModuleNotFoundError as error:
        yield f"the reading age: {error.name} is not installed here; `script/setup office` installs it"
        return
    if years is not None and years > MOST_YEARS:
        met = f"English that is read at {years} years, by the Automated Readability Index of all of it"
        report.add("QS212", "", "", met, f"shorter words and sentences: {MOST_YEARS} years or less")


def _sorted(findings: tuple[Finding, ...], wording: Wording, not_looked_at: tuple[str, ...]) -> Linted:
    left: list[Finding] = []
    accepted: list[tuple[Finding, Accepted]] = []
    for finding in findings:
        reason = wording.accepts(finding)
        if reason is None:
            left.append(finding)
        else:
            accepted.append((finding, reason))
    used = {id(one) for _, one in accepted}
    unused = tuple(one for one in wording.accepted if id(one) not in used)
    return Linted(tuple(left), tuple(accepted), not_looked_at, unused)
