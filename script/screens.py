# ruff: noqa: INP001  # a script that script/screenshots runs, no package
"""Shows every state of the screen in this terminal, one after the other, and takes a picture of each with grim.

Started by script/screenshots inside a terminal of a headless compositor. Usage: screens.py FOLDER SIZE
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from kiosk.answer import Who
from kiosk.events import Event, Heard, KeepFailed, Kept, KeyPressed, PromptFinished, TimePassed
from kiosk.present import view_of
from kiosk.screens.app import KioskApp
from kiosk.screens.layout import Spoken
from kiosk.screens.terminal_pixels import sixel_cell
from kiosk.settings import DEFAULT_KEYS
from kiosk.state import Rules, Stage, Visit
from kiosk.view import View
from kiosk.visit import step
from openrosa.convert import Converted, convert
from openrosa.question_set import Kind, Question, QuestionSet
from openrosa.xform import load

DRAWN_S = 1.0
"""How long the terminal has to put a new picture on the screen."""
SET = Path(__file__).parent.parent / "question_sets" / "my_home" / "my_home.md"
Shot = tuple[View, Spoken | None, float | None]
"""A view, what is being said, and the microphone's level in dBFS."""


def on(visit: Visit, *events: Event) -> Visit:
    """The visit after these events; what is to be kept is kept at once."""
    for event in events:
        visit, _ = step(visit, event)
        while visit.stage in {Stage.KEEPING, Stage.FINISHING}:
            visit, _ = step(visit, Kept(visit.turn))
    return visit


def key(visit: Visit, name: str) -> Visit:
    """The visit after a key."""
    return on(visit, KeyPressed(name, visit.turn))


def heard(visit: Visit, answer: str, *, sure: bool) -> Visit:
    """The visit after the prompt and an answer by voice."""
    visit = on(visit, PromptFinished(visit.turn))
    return on(visit, Heard(visit.turn, answer=answer, sure=sure))


def gone_on(visit: Visit) -> Visit:
    """The visit after what was said back."""
    visit = on(visit, PromptFinished(visit.turn))
    return on(visit, TimePassed(visit.turn, visit.timer.number if visit.timer else 0))


def with_message(question_set: QuestionSet) -> QuestionSet:
    """The set with a voice message at its end, which the shipped draft has not."""
    last = question_set.questions[-1]
    story = Question(last.name, last.path, Kind.AUDIO, {"en": "Is there anything you want to tell?"})
    return replace(question_set, questions=(*question_set.questions[:1], story))


def shots(converted: Converted) -> dict[str, Shot]:
    """Every state of a visit to the shipped set, by its name."""
    question_set = load(converted.xform, SET.name)
    waiting = Visit(sets=(question_set,), instance_id="uuid:0", seed=1)
    who = key(waiting, "start")
    note = key(who, "green")
    home = on(note, PromptFinished(note.turn))
    listening = on(home, PromptFinished(home.turn))
    unsure = heard(home, "good", sure=False)
    kept = heard(home, "good", sure=True)
    stopping = key(gone_on(kept), "stop")
    failing, _ = step(home, KeyPressed("green", home.turn))
    again, _ = step(failing, KeepFailed(failing.turn))
    failing, _ = step(again, KeyPressed("green", again.turn))
    sorry, _ = step(failing, KeepFailed(failing.turn))
    rules = Rules(preset_who=Who("resident", "self"))
    told = Visit(sets=(with_message(question_set),), instance_id="uuid:0", rules=rules)
    message = key(key(told, "start"), "green")
    recording = on(message, PromptFinished(message.turn))
    asked = view_of(home).words
    return {
        "waiting": (replace(view_of(waiting), line="All well"), None, None),
        "who": (view_of(on(who, PromptFinished(who.turn))), None, -30.0),
        "note": (view_of(note), Spoken(None, view_of(note).words), None),
        "question": (view_of(home), Spoken(None, asked), None),
        "choice": (view_of(home), Spoken("green", "Green: Good."), None),
        "listening": (view_of(listening), None, -26.0),
        "keys-only": (view_of(on(replace(home, voice=False), PromptFinished(home.turn))), None, None),
        "confirm": (view_of(unsure), Spoken("green", view_of(unsure).words), None),
        "said-back": (view_of(kept), Spoken("green", view_of(kept).words), None),
        "message": (view_of(recording), None, -18.0),
        "stopping": (view_of(on(stopping, PromptFinished(stopping.turn))), None, -40.0),
        "thanks": (view_of(key(stopping, "green")), Spoken(None, "Thank you. Goodbye."), None),
        "sorry": (view_of(sorry), None, None),
    }


def main() -> None:
    """Show each state, take its picture, go on."""
    folder, size = Path(sys.argv[1]), sys.argv[2]
    ready = threading.Event()
    converted = convert(SET)
    media = folder / "media"
    media.mkdir(exist_ok=True)
    for name, content in converted.media.items():
        (media / name).write_bytes(content)
    app = KioskApp(
        DEFAULT_KEYS,
        on_key=lambda *_: None,
        on_ready=ready.set,
        picture=lambda name: media / name,
        cell=sixel_cell(),
    )

    def photograph() -> None:
        ready.wait()
        for name, (view, spoken, level_dbfs) in shots(converted).items():
            app.show(view)
            if spoken:
                app.light(spoken.key, spoken.words)
            if level_dbfs is not None:
                app.level(level_dbfs)
            drawn = threading.Event()
            app.call_from_thread(app.call_after_refresh, drawn.set)
            drawn.wait()
            time.sleep(DRAWN_S)
            subprocess.run(["grim", str(folder / f"{size}-{name}.png")], check=True)
        app.close()

    thread = threading.Thread(target=photograph)
    thread.start()
    app.run(mouse=False)
    thread.join()


if __name__ == "__main__":
    main()
