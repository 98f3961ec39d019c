"""Views as a visit makes them, with words as long as people write them."""

from __future__ import annotations

from kiosk.view import ANSWER_KEYS, Command, Microphone, ScreenName, Tile, View

COMMANDS = (
    (Command.AGAIN, "Again"),
    (Command.EXPLAIN, "Explain"),
    (Command.DONT_KNOW, "I don't know"),
    (Command.RATHER_NOT_SAY, "I don't want to say"),
    (Command.SKIP, "Skip"),
    (Command.BACK, "Back"),
    (Command.STOP, "Stop"),
    (Command.HELP, "Help"),
)
LONG_QUESTION = (
    "When you want to talk to somebody about your money, your bills or your benefits, is there a person who helps you?"
)
LONG_TILES = tuple(
    Tile(key, word, picture)
    for key, word, picture in zip(
        ANSWER_KEYS,
        (
            "I live here",
            "I live here and someone helps me",
            "I answer for somebody",
            "Most of the time, not at weekends",
        ),
        ("openmoji:1F642", "openmoji:1F46B", "openmoji:1F465", "openmoji:1F9D1-200D-2695-FE0F"),
        strict=True,
    )
)
FEELINGS = (
    Tile("green", "Good", "openmoji:1F642"),
    Tile("yellow", "OK", "openmoji:1F610"),
    Tile("red", "Not good", "openmoji:1F641"),
)
WITH_TILES = {ScreenName.WHO, ScreenName.QUESTION, ScreenName.CONFIRM, ScreenName.MESSAGE, ScreenName.STOPPING}


def question(microphone: Microphone = Microphone.CLOSED, *, turn: int = 7) -> View:
    return View(
        ScreenName.QUESTION,
        turn=turn,
        words="How do you feel about your home?",
        picture="openmoji:1F3E0",
        tiles=FEELINGS,
        step=2,
        steps=6,
        microphone=microphone,
        commands=COMMANDS,
    )


def full(screen: ScreenName, microphone: Microphone) -> View:
    """A screen with as much on it as there can be."""
    if screen is ScreenName.WAITING:
        line = "3 visits could not be sent since Monday. Look at the network, then run sayso status."
        return View(screen, words="Press the big key to start", line=line)
    return View(
        screen,
        words=LONG_QUESTION,
        tiles=LONG_TILES if screen in WITH_TILES else (),
        step=2,
        steps=12,
        microphone=microphone,
        commands=COMMANDS,
    )
