"""The lines that are said: for a question, its confirmation, what is said back. Pure.

`everything` lists whatever a set can make the kiosk say, so that all of it is rendered when the set is loaded: a cache
that is written during a visit would tell the answer.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from babel.core import Locale, UnknownLocaleError

from kiosk.answer import Answer, How
from kiosk.asks import OWN, which_set
from kiosk.events import Line, Tone
from kiosk.sentences import CATALOGUES, ENGLISH, sentence
from kiosk.view import ANSWER_KEYS
from openrosa.question_set import Choice, Kind, Media, Question, QuestionSet, Texts, text_in

_PAUSE_BEFORE_CHOICES_S = 0.5
_PAUSE_AFTER_CHOICE_S = 0.45


UNNAMED = "default"
"""What `openrosa.xform` calls the one language of a form without translations."""


@dataclass(frozen=True)
class Tongue:
    """The language of a visit, and the one that stands in for it."""

    language: str
    default_language: str

    def text(self, texts: Texts) -> str:
        """These words in the visit's language, else in the default one."""
        return text_in(texts, self.language, self.default_language)

    def media(self, media: Mapping[str, Media]) -> str | None:
        """The recording or picture for the visit's language, by its media name."""
        found = media.get(self.language) or media.get(self.default_language)
        return found.name if found else None

    def own(self, name: str, **parts: str) -> str:
        """One of the kiosk's own sentences."""
        return sentence(name, self.language, **parts)

    def line(self, name: str, **parts: str) -> Line:
        """One of the kiosk's own sentences as a line."""
        return Line(self.own(name, **parts))


def language_of(question_set: QuestionSet, wanted: str) -> str:
    """The language in which a set is asked: the one wanted where the set has it, else the set's own.

    Args:
        question_set: a set without translations (its one language is "default") is taken to be in the one wanted.
        wanted: the visit's.
    """
    if wanted in question_set.languages or question_set.languages == (UNNAMED,):
        return wanted
    return question_set.default_language


def languages_of(sets: Sequence[QuestionSet]) -> tuple[str, ...]:
    """The codes of every language that a visit can be in, in the sets' order.

    Args:
        sets: all that may be asked; one without translations names no language, and adds none.
    """
    codes = chain.from_iterable(one.languages for one in sets)
    return tuple(dict.fromkeys(code for code in codes if code != UNNAMED))


@cache
def own_name(code: str) -> str:
    """What a language calls itself: "English", "Cymraeg". A code that Babel does not know stays as it is."""
    try:
        found = Locale.parse(code, sep="-").get_display_name()
    except (UnknownLocaleError, ValueError):
        return code
    return (found or code)[:1].upper() + (found or code)[1:]


@cache
def english_name(code: str) -> str:
    """What English calls a language, for people to say to an English recogniser: "Welsh". Unknown: its code."""
    try:
        return Locale.parse(code, sep="-").get_language_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def language_lines(codes: Sequence[str]) -> tuple[Line, ...]:
    """Ask which language: the question in each, then each language's own name, in its own voice and lit.

    Args:
        codes: up to as many as there are answer keys, in the keys' order.
    """
    asked = tuple(
        Line(sentence("language", code), language=code, pause_after_s=_PAUSE_BEFORE_CHOICES_S) for code in codes
    )
    named = tuple(
        Line(
            sentence("choice", code, key=sentence(f"key_{key}", code), choice=own_name(code)),
            tile=key,
            language=code,
            pause_after_s=_PAUSE_AFTER_CHOICE_S,
        )
        for code, key in zip(codes, ANSWER_KEYS, strict=False)
    )
    return asked + named


def spoken_order(question: Question, seed: int) -> tuple[Choice, ...]:
    """The choices in the order in which this visit says them: any order, a scale forwards or backwards only.

    Args:
        question: whose keys, colours and places never move.
        seed: the visit's own number, 0 or more; the same seed gives the same order.
    """
    number = seed ^ zlib.crc32(question.name.encode())
    choices = list(question.choices)
    if question.kind is Kind.SCALE:
        return tuple(choices if number % 2 == 0 else reversed(choices))
    ordered = []
    while choices:  # the number's digits in the factorial base pick one choice after the other
        number, place = divmod(number, len(choices))
        ordered.append(choices.pop(place))
    return tuple(ordered)


def question_lines(question: Question, tongue: Tongue) -> tuple[Line, ...]:
    """The question itself: its recording, else the wording to speak, else its label."""
    words = tongue.text(question.spoken) or tongue.text(question.labels)
    return (Line(words, media=tongue.media(question.audio), pause_after_s=_PAUSE_BEFORE_CHOICES_S),)


def heading_lines(question: Question, tongue: Tongue) -> tuple[Line, ...]:
    """The headings of the groups that begin with this question."""
    return tuple(Line(words, pause_after_s=0.6) for words in map(tongue.text, question.headings) if words)


def hint_lines(question: Question, tongue: Tongue) -> tuple[Line, ...]:
    """The question's hint, if it has one."""
    words = tongue.text(question.hints)
    return (Line(words),) if words else ()


def choice_line(choice: Choice, tongue: Tongue) -> Line:
    """One choice with its key, lit while it is said."""
    words = tongue.own("choice", key=tongue.own(f"key_{choice.key}"), choice=tongue.text(choice.labels).rstrip("."))
    return Line(words, media=tongue.media(choice.audio), tile=choice.key, pause_after_s=_PAUSE_AFTER_CHOICE_S)


def answer_words(question: Question, answer: Answer, tongue: Tongue) -> str:
    """An answer as words: its choice's label, or "I don't know" and its like."""
    match answer.how:
        case How.GIVEN if question.choices:
            return tongue.text(question.choice(answer.value).labels).rstrip(".")
        case How.DONT_KNOW:
            return tongue.own("dont_know")
        case How.RATHER_NOT_SAY:
            return tongue.own("rather_not_say")
        case _:
            return tongue.own("skip")


def confirm_lines(question: Question, answer: Answer, tongue: Tongue) -> tuple[Line, ...]:
    """Put what was heard: "I heard: good. Press green for good, or say it again." A private answer is not named."""
    if question.private:
        return (tongue.line("press_answer"),)
    words = answer_words(question, answer, tongue)
    if answer.how is How.GIVEN:
        key = question.choice(answer.value).key
        return (Line(tongue.own("i_heard", answer=words, key=tongue.own(f"key_{key}").lower()), tile=key),)
    return (tongue.line("i_heard_no_key", answer=words),)


def said_back_lines(question: Question, answer: Answer, tongue: Tongue, *, aloud: bool) -> tuple[Line, ...]:
    """What follows a kept answer: always a sound; the answer's words only aloud, and never those of a private one."""
    tone = Line(tone=Tone.ANSWERED, pause_after_s=0.1)
    if question.private:
        return (tone, tongue.line("thank_you"))
    if not aloud:
        return (tone,)
    tile = question.choice(answer.value).key if answer.how is How.GIVEN and question.choices else None
    return (tone, Line(tongue.own("you_said", answer=answer_words(question, answer, tongue)), tile=tile))


def reading_s(lines: Sequence[Line]) -> float:
    """How long what can't be heard stays to be read: 0.4 s a word, and each line's pause."""
    return sum(0.4 * len(line.words.split()) + line.pause_after_s for line in lines)


def everything(sets: tuple[QuestionSet, ...], language: str) -> Iterator[tuple[Line, str]]:
    """Every line with words that a kiosk with these sets can say, each with the language that it is said in.

    Args:
        sets: all that may be asked.
        language: the visits', where a set has it.
    """
    languages = dict.fromkeys((language, *(language_of(one, language) for one in sets)))
    for spoken in languages:
        tongue = Tongue(spoken, spoken)
        for name, words in (CATALOGUES.get(spoken) or ENGLISH).items():
            if "{" not in words:
                yield tongue.line(name), spoken
        for question in OWN.values():
            for line in _all_of(question, tongue):
                yield line, spoken
    if sets:
        for line in _all_of(which_set(sets), Tongue(language, sets[0].default_language)):
            yield line, language
    for one in sets:
        spoken = language_of(one, language)
        for question in one.questions:
            for line in _all_of(question, Tongue(spoken, one.default_language)):
                yield line, spoken


def _all_of(question: Question, tongue: Tongue) -> Iterator[Line]:
    """Every line that one question can bring."""
    given = [Answer(How.GIVEN, choice.name) for choice in question.choices]
    others = [Answer(how) for how in (How.DONT_KNOW, How.RATHER_NOT_SAY, How.SKIPPED)]
    constraint = tongue.text(question.constraint_messages)
    yield from chain(
        heading_lines(question, tongue),
        question_lines(question, tongue),
        hint_lines(question, tongue),
        (choice_line(choice, tongue) for choice in question.choices),
        (Line(constraint),) if constraint else (),
    )
    for answer in (*given, *others):
        yield from confirm_lines(question, answer, tongue)
        yield from said_back_lines(question, answer, tongue, aloud=True)
