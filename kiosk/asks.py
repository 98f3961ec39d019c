"""The questions that the kiosk itself asks: which set, who is here, whether to stop, whether to keep.

They are `Question`s like those of a set, so that they are asked, shown, heard and confirmed in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import Enum

from kiosk.answer import Who
from kiosk.saying.sentences import CATALOGUES, sentence
from kiosk.view import ANSWER_KEYS, Command
from openrosa.question_set import Choice, Kind, Media, Question, QuestionSet


class Asking(Enum):
    """What is being asked: a question of the set, or one of the kiosk's own."""

    LANGUAGE = "language"
    SET = "set"
    WHO = "who"
    BY_WHOM = "by_whom"
    QUESTION = "question"
    REVIEW = "review"  # a voice message was kept: played back, keep or drop
    OFFER_STOP = "offer_stop"
    KEEP_OR_FORGET = "keep_or_forget"
    FORGET_SURE = "forget_sure"
    ANOTHER = "another"
    MENU = "menu"  # one command after the other


START_ASKINGS = (Asking.LANGUAGE, Asking.SET, Asking.WHO, Asking.BY_WHOM)

WHO_IS: Mapping[str, Who] = {
    "i_live_here": Who(who="resident", how="self"),
    "with_help": Who(who="resident", how="with_help"),
    "for_somebody": Who(who="resident", how="proxy"),
    "work_or_visit": Who(who="", how="self"),
}
"""What each tile of "Who is here?" records; the last two then ask who that is."""

BY_WHOM = ("staff", "family", "visitor")


def _own(name: str, choices: Sequence[tuple[str, str, str]], picture: str = "") -> Question:
    """A question of the kiosk's own, in every language of the catalogues. Choices: (sentence id, key, picture)."""
    return Question(
        name=name,
        path="",
        kind=Kind.SELECT_ONE,
        labels=_in_all(name),
        image=_picture(picture),
        choices=tuple(
            Choice(name=choice, labels=_in_all(choice), key=key, image=_picture(its_picture))
            for choice, key, its_picture in choices
        ),
    )


def _in_all(name: str) -> Mapping[str, str]:
    return {language: sentence(name, language) for language in CATALOGUES}


def _picture(name: str) -> Mapping[str, Media]:
    return {language: Media(name) for language in CATALOGUES} if name else {}


_GREEN, _YELLOW, _RED, _BLUE = ANSWER_KEYS

OWN: Mapping[Asking, Question] = {
    Asking.WHO: _own(
        "who",
        (
            ("i_live_here", _GREEN, "openmoji:1F9D3"),
            ("with_help", _YELLOW, "openmoji:1F46B"),
            ("for_somebody", _RED, "openmoji:1F5E3"),
            ("work_or_visit", _BLUE, "openmoji:1FAAA"),
        ),
        "openmoji:1F465",
    ),
    Asking.BY_WHOM: _own(
        "by_whom",
        (
            ("staff", _GREEN, "openmoji:1FAAA"),
            ("family", _YELLOW, "openmoji:1F46A"),
            ("visitor", _RED, "openmoji:1F44B"),
        ),
        "openmoji:1F465",
    ),
    Asking.REVIEW: _own(
        "review",
        (("keep_message", _GREEN, "openmoji:2705"), ("drop_message", _RED, "openmoji:1F5D1")),
        "openmoji:1F399",
    ),
    Asking.OFFER_STOP: _own(
        "offer_stop",
        (("go_on", _GREEN, "openmoji:25B6"), ("menu", _YELLOW, "command:menu"), ("stop", _RED, "openmoji:270B")),
        "openmoji:270B",
    ),
    Asking.KEEP_OR_FORGET: _own(
        "keep_or_forget", (("keep", _GREEN, "openmoji:2705"), ("forget", _RED, "openmoji:1F5D1")), "openmoji:1F4AC"
    ),
    Asking.FORGET_SURE: _own(
        "forget_sure", (("keep", _GREEN, "openmoji:2705"), ("forget", _RED, "openmoji:1F5D1")), "openmoji:1F5D1"
    ),
    Asking.ANOTHER: _own(
        "another",
        (("yes_please", _GREEN, "openmoji:1F44D"), ("no_thank_you", _RED, "openmoji:1F44B")),
        "openmoji:2753",
    ),
    Asking.MENU: _own(
        "menu",
        (
            ("menu_this", _GREEN, "openmoji:2705"),
            ("menu_next", _YELLOW, "openmoji:25B6"),
            ("menu_leave", _RED, "command:back"),
        ),
    ),
}


def which_set(sets: Sequence[QuestionSet]) -> Question:
    """Ask "What would you like to talk about?" with up to three sets by their titles."""
    return Question(
        name="which_set",
        path="",
        kind=Kind.SELECT_ONE,
        labels=_in_all("which_set"),
        choices=tuple(
            Choice(name=one.form_id, labels=dict.fromkeys(one.languages, one.title), key=key)
            for one, key in zip(sets, ANSWER_KEYS, strict=False)
        ),
    )


def which_language(languages: Mapping[str, Sequence[str]]) -> Question:
    """Ask "Which language would you like?"; up to four, each by its own name.

    Args:
        languages: by code, the language's own name, and what people may say for it in English.
    """
    return Question(
        name="language",
        path="",
        kind=Kind.SELECT_ONE,
        labels=_in_all("language"),
        image=_picture("openmoji:1F4AC"),
        choices=tuple(
            Choice(name=code, labels={code: names[0]}, key=key, say={"en": tuple(names)})
            for (code, names), key in zip(languages.items(), ANSWER_KEYS, strict=False)
        ),
    )


def menu_item(command: Command | None) -> Question:
    """One place of the menu: a command with its sign; None is the way back, where only one switch is to be pressed."""
    name = command.value if command else "menu_leave"
    return replace(
        OWN[Asking.MENU], labels=_in_all(name), image=_picture(f"command:{command.value if command else 'back'}")
    )
