"""Whether the answers of a question can be told apart and heard: by their sounds, and by the words a model knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from authoring.lint.phonemes import alike, phonemes
from authoring.lint.texts import UNNAMED, column_of, lists_of
from kiosk.interpret import called_like_commands, commands, meanings, meant, shared
from kiosk.view import Command
from openrosa.question_set import Question, QuestionSet
from voice.engine import Engine
from voice.errors import VoiceError
from voice.sound_alikes import Said, code_of

Add = Callable[..., None]
Hear = Callable[[str], Engine | None]
"""The engine that hears a language; None where nobody listens for it. May raise VoiceError: it cannot be had."""

_UNLIKE = frozenset({Command.LOUDER, Command.QUIETER, Command.SLOWER, Command.FASTER})
"""Taken for an answer, or an answer for them: what was meant is said again, and nothing is lost."""
_MOST_PHRASES = 60
"""Of a choice: each is compared with each of the others. Nobody writes more; a form from anywhere may."""


def hearing(question_set: QuestionSet, add: Add, hear: Hear) -> Iterator[str]:
    """Tell what cannot be heard.

    Returns: what could not be looked at, and why.
    """
    for language in question_set.languages:
        spoken = "en" if language == UNNAMED else language
        asked = list(_once(question_set))
        said = {phrase for one in asked for phrase, _ in meanings(one, spoken, question_set.default_language)}
        said |= {phrase for one in asked for phrase in shared(one, spoken, question_set.default_language)}
        sounds = phonemes(sorted(said), spoken)
        if sounds is None:
            yield f"choices that sound alike in '{spoken}': espeak-ng is missing, or does not speak it"
        engine: Engine | None = None
        try:
            engine = hear(spoken)
        except VoiceError as error:
            yield f"words that the model does not know, in '{spoken}': {error}"
        for question in asked:
            _Choices(question, language, spoken, question_set, add).tell(sounds or {}, engine)


def _once(question_set: QuestionSet) -> Iterator[Question]:
    """Questions with choices; of those that share a list, the first."""
    lists = lists_of(question_set)
    seen: set[str] = set()
    for question in question_set.questions:
        listed = lists.get(question.path, question.path)
        if question.choices and listed not in seen:
            seen.add(listed)
            yield question


class _Choices:
    """One question's choices in one language."""

    def __init__(self, question: Question, language: str, spoken: str, question_set: QuestionSet, add: Add) -> None:
        self._question = question
        self._spoken = spoken
        self._default = question_set.default_language
        self._column = column_of("label", language, question_set) if language == UNNAMED else f"say_{code_of(language)}"
        self._add = add
        self._of_choice: dict[str, list[str]] = {}
        for phrase, meaning in meanings(question, spoken, self._default):
            choice, _ = meant(meaning)
            if choice is not None:
                self._of_choice.setdefault(choice, []).append(phrase)

    def tell(self, sounds: Mapping[str, Said], engine: Engine | None) -> None:
        for phrase in shared(self._question, self._spoken, self._default):
            self._met(
                "QS300", f"'{phrase}' for two choices, so that it counts for neither", "words of its own for each"
            )
        self._alike(sounds)
        as_commands = called_like_commands(self._question, self._spoken, self._default)
        for phrase, command in as_commands:
            met = f"'{phrase}', which means '{command.value}' everywhere else"
            self._met("QS302", met, "another word for the choice")
        self._like_commands(sounds, {phrase for phrase, _ in as_commands})
        if engine is not None:
            self._unknown(engine)

    def _alike(self, sounds: Mapping[str, Said]) -> None:
        pairs = [(choice, phrase) for choice, phrases in self._of_choice.items() for phrase in phrases[:_MOST_PHRASES]]
        for at, (choice, phrase) in enumerate(pairs):
            for other_choice, other in pairs[at + 1 :]:
                if other_choice != choice and _near(phrase, other, sounds):
                    met = f"'{phrase}' for {choice} and '{other}' for {other_choice}, which sound alike"
                    self._met("QS300", met, "another word for one of them")

    def _like_commands(self, sounds: Mapping[str, Said], called: set[str]) -> None:
        for choice, phrases in self._of_choice.items():
            for phrase in (one for one in phrases[:_MOST_PHRASES] if one not in called):
                for command, words in commands(self._spoken):
                    like = next((word for word in words if _near(phrase, word, sounds)), None)
                    if command not in _UNLIKE and like is not None:
                        met = f"'{phrase}' for {choice}, which sounds like '{like}', said for '{command.value}'"
                        self._met("QS303", met, "another word for the choice")

    def _unknown(self, engine: Engine) -> None:
        """Words that the model does not know, and choices for which no phrase is left."""
        for choice, phrases in self._of_choice.items():
            unknown = engine.unknown_words(phrases)
            if not unknown:
                continue
            words = ", ".join(f"'{word}'" for word in unknown)
            lost = all(engine.unknown_words((phrase,)) for phrase in phrases)
            only = ": it can be answered by key alone" if lost else ""
            met = f"{words} for {choice}, not known to {engine.model}{only}"
            self._met("QS301", met, "other words for it too, that people use")

    def _met(self, code: str, met: str, write: str) -> None:
        self._add(code, self._question.path, self._question.name, met, write, column=self._column)


def _near(phrase: str, other: str, sounds: Mapping[str, Said]) -> bool:
    one, two = sounds.get(phrase), sounds.get(other)
    return one is not None and two is not None and alike(one, two)
