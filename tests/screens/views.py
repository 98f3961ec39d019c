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
ROWS = (
    ("Visits finished", "12"),
    ("Waiting to be sent", "3"),
    ("Set aside", "1, 400: unknown form"),
    ("Last contact", "20 November"),
    ("Microphone", "USB Audio"),
    ("Disk", "12.3 GB free"),
    ("Clock", "right"),
    ("Temperature", "51 C"),
)
"""What the staff's screen may list."""
WITH_TILES = set(ScreenName) - {
    ScreenName.WAITING,
    ScreenName.NOTE,
    ScreenName.SAID_BACK,
    ScreenName.PLAYBACK,
    ScreenName.HELP,
    ScreenName.THANKS,
    ScreenName.SORRY,
    ScreenName.OUT_OF_ORDER,
    ScreenName.CLOSED,
}
WAYS_OUT_IN_WORDS = (
    "[@click=app.quit]x[/] [red] $primary \x1b]0;gone\x07 \x1b[2J \x1b[?1049l \x9b2J \x1bc [link=file:///]"
)
MARKUP = View(
    ScreenName.QUESTION,
    turn=7,
    words=f"Where? {WAYS_OUT_IN_WORDS}",
    picture=WAYS_OUT_IN_WORDS,
    tiles=tuple(Tile(key, f"{key} {WAYS_OUT_IN_WORDS}", WAYS_OUT_IN_WORDS) for key in ANSWER_KEYS),
    commands=((Command.AGAIN, WAYS_OUT_IN_WORDS),),
    line=WAYS_OUT_IN_WORDS,
    rows=((WAYS_OUT_IN_WORDS, WAYS_OUT_IN_WORDS),),
)
"""What a set may hold that looks like Textual's markup, or like a terminal's commands, in every part."""


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
