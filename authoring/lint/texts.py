"""Every text of a set by itself, with what it is for and where an author finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from kiosk.saying.prompts import sentences_of
from openrosa.question_set import Choice, Kind, Question, QuestionSet, Texts
from openrosa.xform_xml import child, local, parse
from voice.sound_alikes import code_of

_LIST = re.compile(r"instance\(\s*(['\"])(.+?)\1\s*\)")
UNNAMED = "default"
"""The one language of a form that names none."""


class Role(Enum):
    """What a text is for."""

    QUESTION = "question"
    NOTE = "note"
    HINT = "hint"
    HEADING = "heading"
    CHOICE = "choice"


@dataclass(frozen=True)
class Text:
    """One text in one language.

    Attributes:
        where: its path or `list/choice`, for the finding's place.
        name: the question's or choice's name.
        language: its code.
        column: the sheet's column, such as `label::English (en)`.
        words: what stands there.
        role: what it is for.
        choices: of a question: what its choices are called in that language, lower-case.
    """

    where: str
    name: str
    language: str
    column: str
    words: str
    role: Role
    choices: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Its sentences, with their marks."""
        return sentences_of(self.words)

    @property
    def asked(self) -> tuple[str, ...]:
        """The sentences that ask: all of a question's, of other texts those with a question mark; a choice has none."""
        if self.role is Role.CHOICE:
            return ()
        return tuple(one for one in self.sentences if self.role is Role.QUESTION or one.endswith(("?", "\uff1f")))


def texts_of(question_set: QuestionSet) -> Iterator[Text]:
    """Every text that is shown or said, each once: a list of choices that two questions have is told of once."""
    lists = lists_of(question_set)
    seen: set[tuple[str, str, str]] = set()
    for question in question_set.questions:
        for text in (*_own(question, question_set), *_of_choices(question, lists, question_set)):
            known = (text.where, text.column, text.words)
            if known not in seen:
                seen.add(known)
                yield text


def lists_of(question_set: QuestionSet) -> Mapping[str, str]:
    """By a question's path, the list that its choices stand in; a question whose choices stand in the body has none."""
    body = child(parse(question_set.xform, question_set.form_id), "body")
    found: dict[str, str] = {}
    for control in () if body is None else body.iter():
        itemset = child(control, "itemset") if local(control) == "select1" else None
        named = _LIST.search(itemset.get("nodeset", "")) if itemset is not None else None
        if named is not None:
            found[control.get("ref", "")] = named.group(2)
    return found


def place_of(choice: Choice, question: Question, lists: Mapping[str, str]) -> str:
    """Where a choice stands, as `openrosa.convert` names it; the question's own place where it has no list."""
    listed = lists.get(question.path)
    return f"{listed}/{choice.name}" if listed else question.path


def is_english(language: str, question_set: QuestionSet) -> bool:
    """Whether the rules for English are for this language: `en`, or what a form without a language's name says."""
    return code_of(language) in {"en", "english"} or (language == UNNAMED and question_set.languages == (UNNAMED,))


def column_of(column: str, language: str, question_set: QuestionSet) -> str:
    """`label::English (en)`; the column alone where the form names no language."""
    name = question_set.language_names.get(language) or language
    if language == UNNAMED:
        return column
    return f"{column}::{name}" if name == language else f"{column}::{name} ({language})"


def _own(question: Question, question_set: QuestionSet) -> Iterator[Text]:
    """The texts of a question, a note or a voice message itself."""
    role = Role.NOTE if question.kind is Kind.NOTE else Role.QUESTION
    parts: list[tuple[str, Texts, Role]] = [("label", texts, Role.HEADING) for texts in question.headings]
    parts += [
        ("label", question.labels, role),
        ("guidance_hint", question.spoken, role),
        ("hint", question.hints, Role.HINT),
    ]
    for column, texts, what in parts:
        for language, words in texts.items():
            named = column_of(column, language, question_set)
            choices = tuple(one.labels.get(language, "").lower() for one in question.choices)
            yield Text(question.path, question.name, language, named, words, what, choices)


def _of_choices(question: Question, lists: Mapping[str, str], question_set: QuestionSet) -> Iterator[Text]:
    for choice in question.choices:
        where = place_of(choice, question, lists)
        for language, words in choice.labels.items():
            yield Text(where, choice.name, language, column_of("label", language, question_set), words, Role.CHOICE)
