"""Every state of the screen as a visit shows it, for the snapshots.

The words are fixed here: a sentence that is worded otherwise is no other screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from views import FEELINGS, LONG_TILES, ROWS, question

from kiosk.screens.cells import Signs
from kiosk.screens.layout import Spoken
from kiosk.view import Command, Microphone, ScreenName, Tile, View

KEEP, FORGET = Tile("green", "Keep what I said", "openmoji:2705"), Tile("red", "Forget what I said", "openmoji:1F5D1")
WITHOUT_A_COMMAND = ((Command.BACK, "Back"), (Command.STOP, "Stop"))
AGAIN = ((Command.AGAIN, "Again"), *WITHOUT_A_COMMAND)
QUESTION = replace(question(Microphone.OPEN), words="Are you happy in your home?")
CHOSEN = tuple(replace(tile, chosen=tile.key == "yellow") for tile in FEELINGS)
STAFF_LINE = "3 visits could not be sent since Monday. Look at the network, then run sayso status."
WELSH = View(
    ScreenName.QUESTION,
    turn=7,
    words="Ydy'r staff yn gwrando arnoch chi yn eich tŷ?",
    picture="openmoji:1F442",
    tiles=(Tile("green", "Ie"), Tile("yellow", "Weithiau"), Tile("red", "Na"), Tile("blue", "Ddim yn dda")),
    step=2,
    steps=6,
    microphone=Microphone.KEYS_ONLY,
    commands=(
        (Command.AGAIN, "Eto"),
        (Command.DONT_KNOW, "Dydw i ddim yn gwybod"),
        (Command.RATHER_NOT_SAY, "Dydw i ddim eisiau dweud"),
        (Command.SKIP, "Hepgor"),
        (Command.BACK, "Yn ôl"),
        (Command.STOP, "Stopio"),
    ),
)
ENGLISH = Signs()
WELSH_SIGNS = Signs("Gwrandewch", "Eich tro chi", "Pwyswch fotwm", "Pwyswch y botwm mawr i ddechrau")


@dataclass(frozen=True)
class State:
    """A view, and what goes on while it is shown.

    Attributes:
        view: what is shown.
        spoken: what is being said.
        dbfs: of the microphone.
        theme: its colours.
        signs: the screen's own words.
    """

    view: View
    spoken: Spoken | None = None
    dbfs: float = -30.0
    theme: str = "dark"
    signs: Signs = ENGLISH


def _asks(screen: ScreenName, words: str, picture: str | None, *tiles: Tile) -> View:
    """One of the kiosk's own questions."""
    return View(screen, 7, words, picture, tiles, microphone=Microphone.KEYS_ONLY, commands=AGAIN)


def _of_the_question(screen: ScreenName, words: str, *tiles: Tile) -> View:
    """What follows a question of the set."""
    return replace(
        QUESTION, screen=screen, words=words, tiles=tiles, microphone=Microphone.CLOSED, commands=WITHOUT_A_COMMAND
    )


STATES: Mapping[ScreenName, State] = {
    ScreenName.WAITING: State(View(ScreenName.WAITING, words="Press the big key to start", line=STAFF_LINE)),
    ScreenName.LANGUAGE: State(
        _asks(
            ScreenName.LANGUAGE,
            "Which language would you like?",
            None,
            Tile("green", "English"),
            Tile("yellow", "Cymraeg"),
        ),
        Spoken("yellow", "Cymraeg"),
    ),
    ScreenName.WHO: State(_asks(ScreenName.WHO, "Who is here?", "openmoji:1F465", *LONG_TILES)),
    ScreenName.NOTE: State(
        _of_the_question(ScreenName.NOTE, "These questions are a draft. Change them together."),
        Spoken(None, "Hello. These questions are about your home."),
    ),
    ScreenName.QUESTION: State(QUESTION),
    ScreenName.CONFIRM: State(
        replace(
            _of_the_question(ScreenName.CONFIRM, "I heard: OK. Press yellow for OK, or say it again.", *CHOSEN),
            microphone=Microphone.OPEN,
        )
    ),
    ScreenName.CHANGE: State(replace(QUESTION, screen=ScreenName.CHANGE, tiles=CHOSEN)),
    ScreenName.SAID_BACK: State(_of_the_question(ScreenName.SAID_BACK, "You said: OK.", CHOSEN[1])),
    ScreenName.NOISY: State(replace(QUESTION, screen=ScreenName.NOISY, microphone=Microphone.KEYS_ONLY)),
    ScreenName.MESSAGE: State(
        replace(
            _of_the_question(
                ScreenName.MESSAGE,
                "I am listening. Press green when you have finished.",
                Tile("green", "Finished", "openmoji:2705"),
            ),
            microphone=Microphone.OPEN,
        ),
        dbfs=-20.0,
    ),
    ScreenName.PLAYBACK: State(_of_the_question(ScreenName.PLAYBACK, "This is what you said."), Spoken(None)),
    ScreenName.REVIEW: State(
        _asks(
            ScreenName.REVIEW,
            "Shall I keep your message?",
            "openmoji:1F399",
            Tile("green", "Keep it", "openmoji:2705"),
            Tile("red", "Drop it", "openmoji:1F5D1"),
        )
    ),
    ScreenName.MENU: State(
        replace(
            _asks(
                ScreenName.MENU,
                "Louder",
                "command:louder",
                Tile("green", "This one", "openmoji:2705"),
                Tile("yellow", "Next", "openmoji:25B6"),
                Tile("red", "Go back", "command:back"),
            ),
            commands=(),
        )
    ),
    ScreenName.STOPPING: State(
        _asks(
            ScreenName.STOPPING,
            "Would you like to stop?",
            "openmoji:270B",
            Tile("green", "Go on", "openmoji:25B6"),
            Tile("yellow", "Something else", "command:menu"),
            Tile("red", "Stop", "openmoji:270B"),
        )
    ),
    ScreenName.FORGET: State(
        _asks(
            ScreenName.FORGET,
            "Press red to forget everything you said. Press green to keep it.",
            "openmoji:1F5D1",
            *(KEEP, FORGET),
        )
    ),
    ScreenName.HELP: State(
        View(ScreenName.HELP, 7, "Help is coming. I have called somebody.", "openmoji:1F64B"), Spoken(None)
    ),
    ScreenName.THANKS: State(View(ScreenName.THANKS, 7, "Thank you. Goodbye.", "openmoji:1F44B"), Spoken(None)),
    ScreenName.SORRY: State(
        View(
            ScreenName.SORRY,
            7,
            "Sorry, I can't save answers now. Please tell somebody. Thank you.",
            "openmoji:1F64B",
        )
    ),
    ScreenName.OUT_OF_ORDER: State(
        View(
            ScreenName.OUT_OF_ORDER, 7, "Sorry, I am not working. Please tell staff.", "openmoji:1F527", line=STAFF_LINE
        )
    ),
    ScreenName.CLOSED: State(
        View(ScreenName.CLOSED, 7, "I am closed now. Please come back later.", "openmoji:1F319", line=STAFF_LINE)
    ),
    ScreenName.STAFF: State(
        View(
            ScreenName.STAFF,
            7,
            "For staff, page 1 of 3",
            tiles=(
                Tile("green", "Next page", "openmoji:25B6"),
                Tile("yellow", "Test and send", "openmoji:1F527"),
                Tile("blue", "Leave", "openmoji:1F6AA"),
            ),
            rows=ROWS,
        )
    ),
}
"""As often met. The question is the one that waits for an answer aloud."""
OF_THE_QUESTION: Mapping[str, State] = {
    "question-said": State(QUESTION, Spoken(None, QUESTION.words)),
    "question-tile-lit": State(QUESTION, Spoken("red", "Red: Not good.")),
    "question-scanning": State(replace(QUESTION, scanned="green"), Spoken("green", "Green: Good.")),
    "question-scanning-menu": State(replace(QUESTION, scanned="menu", commands=((Command.MENU, "Something else"),))),
    "question-light": State(QUESTION, Spoken("yellow", "Yellow: OK."), theme="light"),
    "question-high_contrast": State(QUESTION, Spoken("yellow", "Yellow: OK."), theme="high_contrast"),
    "question-welsh": State(WELSH, signs=WELSH_SIGNS),
}
ALL: Mapping[str, State] = {**{screen.value: state for screen, state in STATES.items()}, **OF_THE_QUESTION}
