# ruff: noqa: INP001  # a script that script/screenshots runs, no package
"""Shows every state of the screen in this terminal, one after the other, and takes a picture of each with grim.

Started by script/screenshots inside a terminal of a headless compositor. Usage: screens.py FOLDER SIZE
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

from kiosk.screens.app import KioskApp
from kiosk.screens.layout import Spoken
from kiosk.view import Command, Microphone, ScreenName, Tile, View

DRAWN_S = 0.5
"""How long the terminal has to put a new picture on the screen."""
KEYS = {
    "space": "start",
    "1": "green",
    "2": "yellow",
    "3": "red",
    "4": "blue",
    "r": "again",
    "e": "explain",
    "k": "dont_know",
    "p": "rather_not_say",
    "b": "back",
    "s": "stop",
    "h": "help",
}
COMMANDS = (
    (Command.AGAIN, "Again"),
    (Command.EXPLAIN, "Explain"),
    (Command.DONT_KNOW, "I don't know"),
    (Command.RATHER_NOT_SAY, "I don't want to say"),
    (Command.BACK, "Back"),
    (Command.STOP, "Stop"),
    (Command.HELP, "Help"),
)
FEW = (COMMANDS[0], *COMMANDS[-3:])
QUESTION = "How do you feel about your home?"


def feelings(chosen: str = "") -> tuple[Tile, ...]:
    """The three tiles of the question, one of them chosen."""
    return (
        Tile("green", "Good", "openmoji:1F642", chosen == "green"),
        Tile("yellow", "OK", "openmoji:1F610", chosen == "yellow"),
        Tile("red", "Not good", "openmoji:1F641", chosen == "red"),
    )


def question(microphone: Microphone = Microphone.CLOSED) -> View:
    """The question, as it is asked."""
    return View(
        ScreenName.QUESTION,
        words=QUESTION,
        picture="openmoji:1F3E0",
        tiles=feelings(),
        step=3,
        steps=8,
        microphone=microphone,
        commands=COMMANDS,
    )


WHO = View(
    ScreenName.WHO,
    words="Who is here?",
    tiles=(
        Tile("green", "I live here", "openmoji:1F9D3"),
        Tile("yellow", "I live here and someone helps me", "openmoji:1F46B"),
        Tile("red", "I answer for somebody", "openmoji:1F465"),
        Tile("blue", "I work here or visit", "openmoji:1FAAA"),
    ),
    microphone=Microphone.OPEN,
    commands=FEW,
)
STOPPING = View(
    ScreenName.STOPPING,
    words="Shall I keep what you said?",
    tiles=(
        Tile("green", "Keep what I said", "openmoji:2705"),
        Tile("red", "Forget what I said", "openmoji:1F5D1"),
    ),
    microphone=Microphone.KEYS_ONLY,
    commands=FEW,
)
NOTE_WORDS = "Hello. I have eight questions about your home. You can speak, or press the big keys."
HEARD = "I heard: Good. Press Green for Good, or say it again."
STATES: dict[str, tuple[View, Spoken | None, float | None]] = {
    "waiting": (View(ScreenName.WAITING, words="Press the big key to start", line="All well"), None, None),
    "who": (WHO, None, -30.0),
    "note": (View(ScreenName.NOTE, words=NOTE_WORDS, step=1, steps=8, commands=FEW), Spoken(None, NOTE_WORDS), None),
    "question": (question(), Spoken(None, QUESTION), None),
    "choice": (question(), Spoken("green", "Green: Good."), None),
    "listening": (question(Microphone.OPEN), None, -26.0),
    "keys-only": (question(Microphone.KEYS_ONLY), None, None),
    "confirm": (
        View(ScreenName.CONFIRM, words="I heard: Good", tiles=feelings("green"), step=3, steps=8, commands=FEW),
        Spoken(None, HEARD),
        None,
    ),
    "said-back": (
        View(ScreenName.SAID_BACK, words="You said: Good.", tiles=feelings("green"), step=3, steps=8, commands=FEW),
        Spoken(None, "You said: Good."),
        None,
    ),
    "message": (
        View(
            ScreenName.MESSAGE,
            words="I am listening. Press green when you have finished.",
            tiles=(Tile("green", "Finished", "openmoji:2705"),),
            step=7,
            steps=8,
            microphone=Microphone.OPEN,
            commands=FEW,
        ),
        None,
        -18.0,
    ),
    "stopping": (STOPPING, None, None),
    "thanks": (View(ScreenName.THANKS, words="Thank you. Goodbye."), Spoken(None, "Thank you. Goodbye."), None),
    "sorry": (
        View(ScreenName.SORRY, words="Sorry, I can't save answers now. Please tell somebody. Thank you."),
        None,
        None,
    ),
}


def main() -> None:
    """Show each state, take its picture, go on."""
    folder, size = Path(sys.argv[1]), sys.argv[2]
    ready = threading.Event()
    app = KioskApp(KEYS, on_key=lambda *_: None, on_ready=ready.set)

    def photograph() -> None:
        ready.wait()
        for name, (view, spoken, level_dbfs) in STATES.items():
            app.show(view)
            if spoken:
                app.light(spoken.key, spoken.words)
            if level_dbfs is not None:
                app.level(level_dbfs)
            time.sleep(DRAWN_S)
            subprocess.run(["grim", str(folder / f"{size}-{name}.png")], check=True)
        app.close()

    thread = threading.Thread(target=photograph)
    thread.start()
    app.run(mouse=False)
    thread.join()


if __name__ == "__main__":
    main()
