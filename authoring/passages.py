"""Everything that a set makes the kiosk say, in the order of a visit: what `sayso questions listen` goes through. Pure.

The lines come from the functions that the visit itself uses, so that an author hears what people will hear: nothing is
put into words here. Every question is there, also one that is asked only sometimes; `only_if` says when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kiosk.answer import Answer, By, How
from kiosk.asks import OWN, Asking
from kiosk.commands import confirm
from kiosk.events import Effect, Line, Say
from kiosk.putting import ask, choose, put
from kiosk.putting import end as put_end
from kiosk.saying.prompts import Tongue, heading_lines, hint_lines, question_lines, said_back_lines
from kiosk.state import Rules, Visit
from openrosa.question_set import Kind, Question, QuestionSet, text_in

_SEED = 0
"""The order in which choices are said varies by visit: this is one of them, always the same."""
_IS = re.compile(r"(?P<name>\w+) *(?P<how>!?=) *(?P<quote>['\"])(?P<value>[^'\"]*)(?P=quote)")
_SELECTED = re.compile(r"selected\( *(?P<name>\w+) *, *(?P<quote>['\"])(?P<value>[^'\"]*)(?P=quote) *\)")
_PATH = re.compile(r"(?:current\(\)/)?(?:\.\./|/)(?:[\w.-]+/|\.\./)*(?P<name>[\w.-]+)")


@dataclass(frozen=True)
class Passage:
    """What the kiosk says in one go, and then waits or goes on.

    Attributes:
        name: the question's or note's name; of the kiosk's own, its sentence's id.
        what: `note`, `question`, `again`, `explain`, `heard`, `said back` or `kiosk`.
        lines: as the voicebox takes them.
        only_if: when it is asked, in words; "" for always.
        waits: whether the kiosk then waits for somebody.
        straight: whether it belongs to a visit in which everything is answered at the first asking.
    """

    name: str
    what: str
    lines: tuple[Line, ...]
    only_if: str = ""
    waits: bool = False
    straight: bool = True


@dataclass(frozen=True)
class Text:
    """One text of the set, as somebody wrote it, for the question how long it takes to say.

    Attributes:
        name: the question's name.
        what: `note`, `question`, `hint` or `heading`.
        lines: as it is said.
    """

    name: str
    what: str
    lines: tuple[Line, ...]


def passages(question_set: QuestionSet, language: str, *, whole: bool = False, again: bool = True) -> Iterator[Passage]:
    """What is said, in the order of a visit.

    Args:
        question_set: the set.
        language: one of its own; the visit's.
        whole: with what the kiosk itself asks at the beginning and the end.
        again: with what is said only sometimes: the second asking, "explain", what was heard, each answer said back.
    """
    rules = Rules(languages=(language,))
    visit = choose(Visit((question_set,), "", seed=_SEED, language=language, rules=rules), question_set)
    if whole:
        for asking in (Asking.WHO, Asking.BY_WHOM):
            yield _own(visit, asking)
    for question in question_set.questions:
        only_if = condition(question_set, question, language)
        if question.kind is Kind.NOTE:
            lines = (*heading_lines(question, visit.tongue), *question_lines(question, visit.tongue))
            yield Passage(question.name, "note", lines, only_if)
            continue
        visit, effects = ask(visit, Asking.QUESTION, question)
        put_first = Passage(question.name, "question", _said(effects), only_if, waits=True)
        yield put_first
        if again:
            opening = (visit.tongue.line("again_softly"),)
            later = replace(put_first, straight=False)
            yield replace(later, what="again", lines=_said(put(visit, opening)[1]))
            yield replace(later, what="explain", lines=_said(put(visit, explain=True)[1]))
        yield from (replace(one, only_if=only_if) for one in _answered(visit, question, again=again))
    if whole:
        kept = {one.name: Answer(How.SKIPPED) for one in question_set.questions if one.kind is not Kind.NOTE}
        if kept:
            lines = _said(put_end(replace(visit, answers=kept))[1])
            yield Passage("keep_or_forget", "kiosk", lines, waits=True)
        yield Passage("goodbye", "kiosk", (visit.tongue.line("goodbye"),))


def texts(question_set: QuestionSet, language: str) -> Iterator[Text]:
    """Each text of the set by itself, choices left out: they are short, or `check` says so."""
    tongue = Tongue(language, question_set.default_language)
    for question in question_set.questions:
        yield from (Text(question.name, "heading", (line,)) for line in heading_lines(question, tongue))
        what = "note" if question.kind is Kind.NOTE else "question"
        yield Text(question.name, what, question_lines(question, tongue))
        if lines := hint_lines(question, tongue):
            yield Text(question.name, "hint", lines)


def condition(question_set: QuestionSet, question: Question, language: str) -> str:
    """When a question is asked, for people: `home is "Not good"`; what has no such words stays as in the form."""
    parts = [*question.relevant_groups, *([question.relevant] if question.relevant else [])]
    return " and ".join(_in_words(question_set, part, language) for part in parts)


def _in_words(question_set: QuestionSet, expression: str, language: str) -> str:
    names = {one.name: one for one in question_set.questions}

    def named(found: re.Match[str]) -> str:
        return found["name"]

    def labelled(found: re.Match[str]) -> str:
        question = names.get(found["name"])
        choices = {one.name: one.labels for one in question.choices} if question else {}
        label = text_in(choices.get(found["value"], {}), language, question_set.default_language) or found["value"]
        verb = "is not" if found.groupdict().get("how") == "!=" else "is"
        return f'{found["name"]} {verb} "{label}"'

    plain = " ".join(_PATH.sub(named, expression).split()).replace("( ", "(").replace(" )", ")").replace(" ,", ",")
    return _IS.sub(labelled, _SELECTED.sub(labelled, plain))


def _answered(visit: Visit, question: Question, *, again: bool) -> Iterator[Passage]:
    """What follows an answer; of several choices the first, unless all are wanted."""
    name, tongue = question.name, visit.tongue
    if question.kind is Kind.AUDIO:
        opening = (tongue.line("message_kept" if question.private else "message_back"),)
        yield Passage(name, "said back", _said(ask(visit, Asking.REVIEW, OWN[Asking.REVIEW], opening)[1]), waits=True)
        return
    answers = [Answer(How.GIVEN, choice.name, By.VOICE) for choice in question.choices]
    shown = answers if again and not question.private else answers[:1]
    for place, answer in enumerate(shown):
        if again:
            yield Passage(name, "heard", _said(confirm(visit, answer)[1]), waits=True, straight=False)
        lines = said_back_lines(question, answer, tongue, aloud=True)
        yield Passage(name, "said back", lines, straight=place == 0)


def _own(visit: Visit, asking: Asking) -> Passage:
    return Passage(OWN[asking].name, "kiosk", _said(ask(visit, asking, OWN[asking])[1]), waits=True)


def _said(effects: tuple[Effect, ...]) -> tuple[Line, ...]:
    """The lines that are said."""
    return tuple(line for effect in effects if isinstance(effect, Say) for line in effect.lines)
