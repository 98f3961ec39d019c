"""A whole kiosk to kill: `sayso run` in a terminal of its own, driven by keys, and what it has said back."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from kiosk_house import House
from patience import wait_until
from terminal import Terminal

QUESTIONS = ("lift", "lights", "garden", "kitchen")
KEYS = {"yes": "1", "no": "3"}
WAITS = "Press the big key to start"
MAIN = "import sys\nsys.argv[0] = 'sayso'\nfrom sayso.__main__ import main\nmain()\n"
SAYS_BEFORE_KEEPING = """
import threading
from kiosk.keeping.keeper import Keeper
keep, finish = Keeper.keep, Keeper.finish
lock, late = threading.Lock(), []
def later(visit, messages):
    late.append((visit, dict(messages)))
    threading.Timer(0.3, write, [keeper_of[0], len(late)]).start()
keeper_of = []
def write(keeper, number):
    with lock:
        if number == len(late):
            keep(keeper, *late[-1])
def said_first(self, visit, messages):
    keeper_of[:] = [self]
    later(visit, messages)
Keeper.keep = said_first
"""
"""The store commits 0.3 s after the kiosk has gone on: what a kiosk is that says an answer back before it is kept."""


@dataclass
class Driven:
    """What somebody saw in a visit.

    Attributes:
        said_back: the answers that stood on the screen as "You said: ...", by question, in order.
        pressed: how many answers were pressed.
    """

    said_back: dict[str, str] = field(default_factory=dict)
    pressed: int = 0


def command(patch: str = "") -> Sequence[str]:
    """What runs `sayso`; a patch is done to the program in its own process, for a test that has to fail."""
    return [sys.executable, "-c", patch + MAIN]


def drive_and_kill(
    one: House,
    dice: random.Random,
    *,
    patch: str = "",
    at_once: bool | None = None,
    check: Callable[[], None] = lambda: None,
) -> Driven:
    """Start the kiosk, answer questions, and kill it at a random moment of that.

    Args:
        one: its house, with a set of `QUESTIONS`.
        dice: for the answers, the number of them, and the moment.
        patch: as for `command`.
        at_once: kill it as soon as the last answer was said back; None: at any moment, that one among them.
        check: called when it waits for somebody, before anybody presses a key.
    """
    driven = Driven()
    if at_once is None:
        at_once = dice.random() < 0.3  # the hardest moment, often enough
    answers = 1 if patch else dice.randint(1, len(QUESTIONS))
    with in_terminal(one, patch) as terminal:
        terminal.wait_for(WAITS)
        check()
        terminal.press("Enter")
        terminal.wait_for("A draft to change together.")
        terminal.press("2")  # any key goes on from a note
        answer = dice.choice(tuple(KEYS))
        for question in QUESTIONS[:answers]:
            terminal.wait_for(f"Is {question} good?")
            answer = "no" if answer == "yes" else "yes"  # the same key again at once would be a held one
            terminal.press(KEYS[answer])
            driven.pressed += 1
            if driven.pressed == answers and not at_once:
                break
            terminal.wait_for(f"You said: {answer.title()}.")
            driven.said_back[question] = answer
            if driven.pressed < answers:
                terminal.press("Enter")  # it need not be shown for as long as people need to read it
        if not at_once:
            wait_until(partial(_later, time.monotonic() + dice.uniform(0, 0.4)), "the moment")
        terminal.kill()
        # The last thing that stood on the screen, which may have come in that very moment.
        if f"You said: {answer.title()}." in terminal.screen():
            driven.said_back[question] = answer
    return driven


def _later(moment_s: float) -> bool:
    return time.monotonic() > moment_s


@contextmanager
def in_terminal(one: House, patch: str = "") -> Iterator[Terminal]:
    """The kiosk in a terminal whose screen can be read, without speech: it would only take its time."""
    words = [*command(patch), "run", "--config", str(one.config), "--quit-key", "ctrl+q"]
    nothing = one.folder / "nothing"
    environment = {**os.environ, "PATH": f"{nothing}:{os.environ['PATH']}", "LD_LIBRARY_PATH": str(nothing)}
    with Terminal.start(words, environment, one.folder) as terminal:
        yield terminal
        if terminal.running:
            terminal.kill()


def without_speech(one: House) -> None:
    """Have neither espeak-ng's program nor its library in that house."""
    nothing = one.folder / "nothing"
    nothing.mkdir(exist_ok=True)
    for name in ("libespeak-ng.so.1", "libespeak.so.1"):
        (nothing / name).write_bytes(b"no library")
