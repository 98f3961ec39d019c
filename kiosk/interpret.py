"""What may be said and what it means: the phrases of a question, and the way back from a phrase to its meaning.

A meaning is a short text of this file's own, `answer:NAME` or `command:NAME`, so that hearing needs to know nothing of
questions. Several phrases may share one. A phrase that two choices share means neither, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kiosk.saying.sentences import SPOKEN_COMMANDS
from kiosk.view import Command
from openrosa.question_set import Question, text_in

_ANSWER, _COMMAND = "answer:", "command:"
_NUMBERS = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}


def phrase_of(words: str) -> str:
    """Words as a recogniser knows them: lower-case, no punctuation but the apostrophe, single spaces."""
    return " ".join(re.sub(r"[^\w' ]+|_", " ", words.lower().replace("\u2019", "'")).split())


def meanings(question: Question, language: str, default_language: str) -> tuple[tuple[str, str], ...]:
    """(phrase, meaning) for everything that may be said to this question, commands included.

    Args:
        question: with its choices; a note or a voice message has none.
        language: of the visit.
        default_language: whose labels stand in where the language has none.
    """
    found = _answers(question, language, default_language)
    for command, phrases in commands(language):
        for phrase in phrases:
            # A choice that is called like a command is meant: the author knows the question.
            found.setdefault(phrase, _COMMAND + command.value)
    return tuple((phrase, meaning) for phrase, meaning in found.items() if meaning is not None)


def shared(question: Question, language: str, default_language: str) -> tuple[str, ...]:
    """Phrases that stand for two of its choices, and so for neither. Arguments as for `meanings`."""
    return tuple(phrase for phrase, meaning in _answers(question, language, default_language).items() if not meaning)


def called_like_commands(question: Question, language: str, default_language: str) -> tuple[tuple[str, Command], ...]:
    """Phrases of its choices that are a command's everywhere else. Arguments as for `meanings`."""
    answers = _answers(question, language, default_language)
    return tuple(
        (phrase, command) for command, phrases in commands(language) for phrase in phrases if answers.get(phrase)
    )


def commands(language: str) -> Iterator[tuple[Command, tuple[str, ...]]]:
    """Each command with what may be said for it in this language; nothing where the language has no words for them."""
    spoken = SPOKEN_COMMANDS.get(language) or SPOKEN_COMMANDS.get(language.split("-", maxsplit=1)[0]) or {}
    for name, phrases in spoken.items():
        yield Command(name), phrases


def meant(meaning: str) -> tuple[str | None, Command | None]:
    """The choice's name or the command that a meaning of `meanings` stands for; (None, None) for ""."""
    if meaning.startswith(_ANSWER):
        return meaning.removeprefix(_ANSWER), None
    if meaning.startswith(_COMMAND):
        return None, Command(meaning.removeprefix(_COMMAND))
    return None, None


def _answers(question: Question, language: str, default_language: str) -> dict[str, str | None]:
    """Phrase -> the meaning of its choice; None where two choices have it."""
    found: dict[str, str | None] = {}
    for choice in question.choices:
        for phrase in _phrases(text_in(choice.labels, language, default_language), choice.say, language):
            meaning = _ANSWER + choice.name
            found[phrase] = meaning if found.get(phrase, meaning) == meaning else None
    return found


def _phrases(label: str, say: Mapping[str, tuple[str, ...]], language: str) -> Iterator[str]:
    """The label and its alternatives, as phrases; a figure also as its word."""
    alternatives = say.get(language) or say.get(language.split("-", maxsplit=1)[0]) or ()
    for words in (label, *alternatives):
        phrase = phrase_of(words)
        numbers = _NUMBERS.get(language, ())
        if phrase.isdigit() and int(phrase) < len(numbers):
            phrase = numbers[int(phrase)]
        if phrase:
            yield phrase
