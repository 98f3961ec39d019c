"""What is on the screen: made by the visit, drawn by `kiosk.screens`.

Words and picture names only: no widget, no colour.

The words here have their language chosen already. Pictures are media names of the question set, or `openmoji:CODE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

ANSWER_KEYS = ("green", "yellow", "red", "blue")
"""The big keys in their places, left to right; colours and places never move."""


class Command(Enum):
    """What a key, or a word while the microphone is open, may ask for at any moment."""

    AGAIN = "again"
    EXPLAIN = "explain"
    LOUDER = "louder"
    QUIETER = "quieter"
    SLOWER = "slower"
    FASTER = "faster"
    DONT_KNOW = "dont_know"
    RATHER_NOT_SAY = "rather_not_say"
    SKIP = "skip"
    BACK = "back"
    STOP = "stop"
    HELP = "help"
    SPEAK_ANSWERS = "speak_answers"  # say answers aloud that are given by key, for this visit; again: no longer
    MENU = "menu"  # all of these, one by one, for three keys or one switch


START_KEY = "start"
SWITCH, NEXT_SWITCH = "switch", "next"
"""The one switch that takes what is lit; the second one, which moves on to the next."""
KEYS = (START_KEY, *ANSWER_KEYS, SWITCH, NEXT_SWITCH, *(command.value for command in Command))
"""Every key there is, by the name that configuration, `rehearse --keys` and events use."""


class ScreenName(Enum):
    """Which screen."""

    WAITING = "waiting"
    LANGUAGE = "language"
    WHO = "who"  # who is here, which set: the questions before the first
    NOTE = "note"
    QUESTION = "question"
    CONFIRM = "confirm"  # "I heard ..."
    CHANGE = "change"  # a question that was answered, put again: its answer stands until another one is kept
    SAID_BACK = "said_back"
    NOISY = "noisy"  # a question in a noisy room: please press a key
    MESSAGE = "message"  # a voice message is being recorded
    PLAYBACK = "playback"  # it is being played back
    REVIEW = "review"  # keep it or drop it
    MENU = "menu"  # one command at a time: this one, the next, back
    STOPPING = "stopping"  # the offer to stop; the end: shall I keep what you said; another set
    FORGET = "forget"  # sure to forget what was said
    HELP = "help"  # help is coming, or: ask somebody near you
    THANKS = "thanks"
    SORRY = "sorry"  # something can't be saved
    OUT_OF_ORDER = "out_of_order"
    CLOSED = "closed"  # outside opening hours
    STAFF = "staff"  # behind sequence and PIN


class Microphone(Enum):
    """What the person is told about the microphone."""

    CLOSED = "closed"
    OPEN = "open"
    KEYS_ONLY = "keys_only"


@dataclass(frozen=True)
class Tile:
    """One thing that can be answered, in its place.

    Attributes:
        key: "green", "yellow", "red" or "blue": its place and colour.
        word: what it says.
        picture: media name, `openmoji:CODE`, or None.
        chosen: it is the answer said back, or the one that was heard.
    """

    key: str
    word: str
    picture: str | None = None
    chosen: bool = False


@dataclass(frozen=True)
class View:
    """One whole screen.

    Attributes:
        screen: which.
        turn: keys pressed while this is shown carry it.
        words: the question, or what is being said, as words.
        picture: the question's picture; `command:NAME` is the sign of that command.
        tiles: zero to four, in the order of their places.
        step, steps: "question 2 of 6"; steps 0 where it makes no sense.
        microphone: closed, open, or keys only.
        commands: the command keys worth showing now, with their words.
        line: the one plain line for staff on the waiting screen.
        scanned: what the one switch would take now: a tile's key, or "menu" for the commands; "" while nothing is.
        rows: what the staff screen lists, as (name, value).
    """

    screen: ScreenName
    turn: int = 0
    words: str = ""
    picture: str | None = None
    tiles: tuple[Tile, ...] = ()
    step: int = 0
    steps: int = 0
    microphone: Microphone = Microphone.CLOSED
    commands: tuple[tuple[Command, str], ...] = ()
    line: str = ""
    scanned: str = ""
    rows: tuple[tuple[str, str], ...] = ()
