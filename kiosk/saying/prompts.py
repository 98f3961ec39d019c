"""The lines that are said: for a question, its confirmation, what is said back. All: `kiosk.saying.sayable`. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

from babel.core import Locale, UnknownLocaleError

from kiosk.answer import Answer, How
from kiosk.events import Line, Piece, Tone
from kiosk.saying.sentences import CATALOGUES, media_name, parts, same_language, sentence, spoken_in
from kiosk.view import ANSWER_KEYS
from openrosa.question_set import Choice, Kind, Media, Question, QuestionSet, Texts, text_in

_PAUSE_BEFORE_CHOICES_S = 0.5
_PAUSE_AFTER_CHOICE_S = 0.45
_PAUSE_AFTER_SENTENCE_S = 0.4
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


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

    def found(self, *texts: Texts) -> tuple[str, str]:
        """These words, and the language that they are in.

        Args:
            texts: the first that has the visit's language wins, else the first that has any.
        """
        for code in (self.language, self.default_language):
            for each in texts:
                if words := each.get(code, ""):
                    return words, self._named(code)
        code, words = next((pair for each in texts for pair in each.items() if pair[1]), (self.language, ""))
        return words, self._named(code)

    def media(self, media: Mapping[str, Media]) -> str | None:
        """The picture for the visit's language, else for the default one, by its media name."""
        found = media.get(self.language) or media.get(self.default_language)
        return found.name if found else None

    def recording(self, audio: Mapping[str, Media], language: str) -> str | None:
        """The recorded voice for words that were found in this language: never another language's."""
        found = audio.get(self.language) or audio.get(language)
        if found is None and language == self.language:
            found = audio.get(UNNAMED)
        return found.name if found else None

    def own(self, name: str, **parts: str) -> str:
        """One of the kiosk's own sentences."""
        return sentence(name, self.language, **parts)

    def line(self, name: str, **parts: str) -> Line:
        """One of the kiosk's own sentences as a line."""
        spoken = spoken_in(name, self.language)
        return Line(self.own(name, **parts), media=media_name(name, spoken), language=self.other(spoken))

    def other(self, language: str) -> str:
        """What a line's `language` is: "" for the visit's own."""
        return "" if same_language(language, self.language) else language

    def _named(self, code: str) -> str:
        """A set without translations is taken to be in the visit's language."""
        return self.language if code == UNNAMED else code


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
        replace(
            Tongue(code, code).line("language"),
            language=spoken_in("language", code),
            pause_after_s=_PAUSE_BEFORE_CHOICES_S,
        )
        for code in codes
    )
    named = tuple(
        replace(
            choice_line(Choice(name=code, labels={code: own_name(code)}, key=key), Tongue(code, code)), language=code
        )
        for code, key in zip(codes, ANSWER_KEYS, strict=False)
    )
    return (*dict.fromkeys(asked), *named)


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
    words, language = tongue.found(question.spoken, question.labels)
    media = tongue.recording(question.audio, language) or _own_recording(question.name, words, language)
    other = tongue.other(language)
    if question.kind is Kind.NOTE and media is None:
        # One thing at a time: each sentence stands on the screen alone and large, while it is said.
        return tuple(Line(one, pause_after_s=_PAUSE_AFTER_SENTENCE_S, language=other) for one in sentences_of(words))
    return (Line(words, media=media, pause_after_s=_PAUSE_BEFORE_CHOICES_S, language=other),)


def sentences_of(words: str) -> tuple[str, ...]:
    """A text's sentences, each with its full stop, question mark or exclamation mark."""
    return tuple(filter(None, _SENTENCE_END.split(words.strip()))) or (words,)


def heading_lines(question: Question, tongue: Tongue) -> tuple[Line, ...]:
    """The headings of the groups that begin with this question."""
    found = (tongue.found(texts) for texts in question.headings)
    return tuple(Line(words, pause_after_s=0.6, language=tongue.other(code)) for words, code in found if words)


def hint_lines(question: Question, tongue: Tongue) -> tuple[Line, ...]:
    """The question's hint, if it has one."""
    words, language = tongue.found(question.hints)
    return (Line(words, language=tongue.other(language)),) if words else ()


def choice_line(choice: Choice, tongue: Tongue) -> Line:
    """One choice with its key, lit while it is said."""
    piece, language = _choice(choice, tongue)
    line = _composed("choice", language, tongue, choice=piece, key=_key(choice.key, language))
    return replace(line, tile=choice.key, pause_after_s=_PAUSE_AFTER_CHOICE_S)


def answer_words(question: Question, answer: Answer, tongue: Tongue) -> str:
    """An answer as words: its choice's label, or "I don't know" and its like."""
    return _answer(question, answer, tongue)[0].words


def confirm_lines(question: Question, answer: Answer, tongue: Tongue) -> tuple[Line, ...]:
    """Put what was heard: "I heard: good. Press green for good, or say it again." A private answer is not named."""
    if question.private:
        return (tongue.line("press_answer"),)
    piece, language = _answer(question, answer, tongue)
    if answer.how is How.GIVEN:
        key = question.choice(answer.value).key
        named = _key(key, language)
        lower = replace(named, words=named.words.lower())
        return (replace(_composed("i_heard", language, tongue, answer=piece, key=lower), tile=key),)
    return (_composed("i_heard_no_key", language, tongue, answer=piece),)


def said_back_lines(question: Question, answer: Answer, tongue: Tongue, *, aloud: bool) -> tuple[Line, ...]:
    """What follows a kept answer: always a sound; the answer's words only aloud, and never those of a private one."""
    tone = Line(tone=Tone.ANSWERED, pause_after_s=0.1)
    if question.private:
        return (tone, tongue.line("thank_you"))
    if not aloud:
        return (tone,)
    tile = question.choice(answer.value).key if answer.how is How.GIVEN and question.choices else None
    piece, language = _answer(question, answer, tongue)
    return (tone, replace(_composed("you_said", language, tongue, answer=piece), tile=tile))


def _answer(question: Question, answer: Answer, tongue: Tongue) -> tuple[Piece, str]:
    """An answer's words with their recording, and the language that they are in."""
    match answer.how:
        case How.GIVEN if question.choices:
            return _choice(question.choice(answer.value), tongue)
        case How.DONT_KNOW:
            name = "dont_know"
        case How.RATHER_NOT_SAY:
            name = "rather_not_say"
        case _:
            name = "skip"
    language = spoken_in(name, tongue.language)
    return Piece(sentence(name, language), media_name(name, language)), language


def _choice(choice: Choice, tongue: Tongue) -> tuple[Piece, str]:
    """A choice's words with its recording, and the language that they are in."""
    words, language = tongue.found(choice.labels)
    media = tongue.recording(choice.audio, language) or _own_recording(choice.name, words, language)
    return Piece(words.rstrip("."), media or ""), language


def _key(key: str, language: str) -> Piece:
    """A key's colour as a word."""
    spoken = spoken_in(f"key_{key}", language)
    return Piece(sentence(f"key_{key}", spoken), media_name(f"key_{key}", spoken))


def _own_recording(name: str, words: str, language: str) -> str | None:
    """What a recording is called of a question or choice of the kiosk's own, which is a sentence of its catalogue."""
    return media_name(name, language) if words and CATALOGUES.get(language, {}).get(name) == words else None


def _composed(name: str, language: str, tongue: Tongue, **gaps: Piece) -> Line:
    """A sentence with something put into it: as a whole, and in pieces of which each may have a recording.

    All of it is in the language of what is put in, so that one voice can say it.
    """
    spoken = spoken_in(name, language)
    pieces = tuple(
        gaps[part.name] if part.gap else Piece(part.words, media_name(part.name, spoken))
        for part in parts(name, spoken)
    )
    words = sentence(name, spoken, **{gap: piece.words for gap, piece in gaps.items()})
    return Line(words, pieces=pieces, language=tongue.other(language))


def reading_s(lines: Sequence[Line]) -> float:
    """How long what can't be heard stays to be read: 0.4 s a word, and each line's pause."""
    return sum(0.4 * len(line.words.split()) + line.pause_after_s for line in lines)
