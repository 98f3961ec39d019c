"""Whatever a set can make the kiosk say, so that all of it is rendered before the first visit. Pure.

A cache that is written during a visit would tell the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from kiosk.answer import Answer, How
from kiosk.asks import OWN, which_language, which_set
from kiosk.events import Line
from kiosk.saying.prompts import (
    Tongue,
    choice_line,
    confirm_lines,
    heading_lines,
    hint_lines,
    language_lines,
    language_of,
    languages_of,
    own_name,
    question_lines,
    said_back_lines,
)
from kiosk.saying.sentences import ENGLISH
from openrosa.question_set import Question, QuestionSet


def everything(
    sets: tuple[QuestionSet, ...], language: str, languages: Sequence[str] = ()
) -> Iterator[tuple[Line, str]]:
    """Every line with words that a kiosk with these sets can say, each with the language of its visit.

    Args:
        sets: all that may be asked.
        language: the house's, in which a visit begins.
        languages: those to choose from; empty: all that the sets have.
    """
    offered = tuple(code for code in languages_of(sets) if not languages or code in languages)
    for line in language_lines(offered):
        yield line, language
    wanted = dict.fromkeys((language, *offered, *(language_of(one, language) for one in sets)))
    for spoken in wanted:
        tongue = Tongue(spoken, spoken)
        for name, words in ENGLISH.items():
            if "{" not in words:
                yield tongue.line(name), spoken
        asked = (*OWN.values(), which_language({code: (own_name(code),) for code in offered}), which_set(sets))
        for question in asked:
            for one in sets:  # which of them is asked, and with that what stands in, is not known yet
                for line in _all_of(question, Tongue(spoken, one.default_language)):
                    yield line, spoken
    for one in sets:
        for spoken in dict.fromkeys(language_of(one, code) for code in wanted):
            for question in one.questions:
                for line in _all_of(question, Tongue(spoken, one.default_language)):
                    yield line, spoken


def _all_of(question: Question, tongue: Tongue) -> Iterator[Line]:
    """Every line that one question can bring."""
    given = [Answer(How.GIVEN, choice.name) for choice in question.choices]
    others = [Answer(how) for how in (How.DONT_KNOW, How.RATHER_NOT_SAY, How.SKIPPED)]
    constraint, its_language = tongue.found(question.constraint_messages)
    yield from chain(
        heading_lines(question, tongue),
        question_lines(question, tongue),
        hint_lines(question, tongue),
        (choice_line(choice, tongue) for choice in question.choices),
        (Line(constraint, language=tongue.other(its_language)),) if constraint else (),
    )
    for answer in (*given, *others):
        yield from confirm_lines(question, answer, tongue)
        yield from said_back_lines(question, answer, tongue, aloud=True)
