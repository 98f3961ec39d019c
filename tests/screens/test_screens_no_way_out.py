"""No way out (issue 4 item 8): nothing that a terminal can send leaves the kiosk, and only mapped keys are passed on.

Everything goes through the parser that a terminal's bytes go through; the likeliest of it, and touch, through a
pseudo-terminal into a running kiosk's screen, whose words look like ways out too.
"""

from __future__ import annotations

import fcntl
import os
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pseudo_terminal import COLUMNS, LEAVE_ALTERNATE_SCREEN, ROWS, PseudoTerminal
from textual import constants
from textual._xterm_parser import XTermParser
from views import question

from kiosk.screens.keys import Strays

HERE = Path(__file__).parent
SENTINEL, SENTINEL_NAME = "k", "dont_know"
WITHIN_S = 60.0
_QUIET_S = 0.16
"""Longer than Textual waits for the rest of a lone escape, and than a run of strays lasts."""
MAPPED = " 1234r?+-wfkpnbsham.\t"


class Running:
    """A kiosk's screen in a terminal, and what it passed on."""

    def __init__(self, terminal: PseudoTerminal, presses: Path) -> None:
        self.terminal = terminal
        self.presses = presses
        self.seen = 0

    def passed_on(self, *sent: str | bytes) -> list[str]:
        """What these bytes pressed, each sent and read on its own; it is still there, for it takes the next key."""
        for one in sent:
            os.write(self.terminal._master, one if isinstance(one, bytes) else one.encode())
        pressed: list[str] = []
        deadline = time.monotonic() + WITHIN_S
        while f"{SENTINEL_NAME} 7 key" not in pressed:
            assert time.monotonic() < deadline, f"it takes no key any more after {sent!r}"
            assert self.terminal.process.poll() is None, f"it ended after {sent!r}: {self.terminal.drawn()[-500:]}"
            self.terminal.press(SENTINEL)
            while self.terminal._read(_QUIET_S):
                pass
            lines = self.presses.read_text(encoding="utf-8").splitlines()
            pressed += lines[self.seen :]
            self.seen = len(lines)
        return [one for one in pressed if not one.startswith(SENTINEL_NAME)]


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("kiosk")
    presses = folder / "presses"
    presses.touch()
    environment = {**os.environ, "PYTHONPATH": f"{HERE}:{HERE.parent}:{HERE.parent.parent}", "COLORTERM": "truecolor"}
    command = [sys.executable, str(HERE / "kiosk_in_a_terminal.py"), str(presses)]
    with PseudoTerminal.start(command, environment, folder) as terminal:
        terminal.wait_for("Where?")
        yield Running(terminal, presses)
        assert terminal.process.poll() is None
        assert LEAVE_ALTERNATE_SCREEN not in terminal.raw


CONTROLS = [chr(code) for code in (*range(32), 127) if chr(code) not in MAPPED]
PLAIN = [chr(code) for code in range(32, 127) if chr(code) not in MAPPED]
ALT = ["\x1b" + chr(code) for code in range(33, 127) if chr(code) not in "[]OPX^_+-?"]
"""Textual takes alt and a sign for the sign alone."""
FUNCTION = [
    *(f"\x1bO{c}" for c in "ABCDFHPQRS"),
    *(f"\x1b[{c}" for c in "ABCDEFHZ"),
    *(f"\x1b[{number}~" for number in (*range(1, 9), *range(11, 32))),  # Textual takes 32~, which is F18, for a space
    *(f"\x1b[1;{modifier}{c}" for modifier in range(2, 9) for c in "ABCDFHPQRS"),
    *(f"\x1b[{number};{modifier}~" for modifier in range(2, 9) for number in (2, 3, 5, 6, 15, 24)),
]
MODIFIED = [f"\x1b[{ord(c)};{modifier}u" for c in "1234cqzp\\sd" for modifier in (3, 5, 6, 7, 9)]
PASTES = [
    "\x1b[200~4\x1b[201~",
    "\x1b[200~1 2 3 4 s\r\n\x03\x1b[201~",
    "\x1b[200~4\x1b[200~4 1\x1b[201~",
    "\x1b[200~" + "4" * 20_000 + "\x1b[201~",
    "\x1b[200~[@click=app.quit]4[/]\x1b[201~",
]
MOUSE = [
    *(f"\x1b[<{button};{x};8M" for button in (64, 65, 66, 67, 1, 2, 35, 32, 33, 34) for x in (5, 50, 95)),
    "\x1b[<0;1;1M\x1b[<32;30;12M\x1b[<32;60;14M\x1b[<0;60;14m",  # a drag from beside the tiles over two of them
    "\x1b[<2;10;14M\x1b[<2;10;14m",
    "\x1b[<1;10;14M\x1b[<1;10;14m",
    "\x1b[<0;10;14m",  # a finger that only goes up
]
ANSWERS = [
    "\x1b[I",
    "\x1b[O",
    "\x1b[?62;4;22c",
    "\x1b[6;30;16t",
    "\x1b[6;30;16t\x1b[?62;4;22c",
    "\x1b[12;40R",
    "\x1b[?2026;2$y",
    "\x1b[?1u",
    "\x1b]11;rgb:1111/2222/4444\x1b\\",
    "\x1b]52;c;NDEyMw==\x07",
    "\x1bP>|foot(1.13.1)\x1b\\",
]
EVERYTHING = {
    "control": CONTROLS,
    "unmapped": PLAIN,
    "alt": ALT,
    "function": FUNCTION,
    "modified": MODIFIED,
    "paste": PASTES,
    "mouse": MOUSE,
    "answer": ANSWERS,
}


@pytest.mark.parametrize("kind", EVERYTHING)
async def test_nothing_that_a_terminal_can_send_presses_another_key(start, kind, monkeypatch):
    monkeypatch.setattr(constants, "ESCAPE_DELAY", 0.0)  # a lone escape is known for one at once
    async with start(view=question()) as kiosk:
        for sent in EVERYTHING[kind]:
            parser = XTermParser()
            kiosk.app._strays = Strays()  # each alone: nothing is hidden behind the one before
            for event in (*parser.feed(sent), *parser.tick()):
                kiosk.app._driver.process_message(event)
            await kiosk.pilot.pause()
            assert kiosk.pressed == [], repr(sent)
            kiosk.clock.now_s += 10
        kiosk.app._strays = Strays()
        await kiosk.pilot.press(SENTINEL)
        assert kiosk.pressed == [(SENTINEL_NAME, 7)]
        assert len(kiosk.app.screen_stack) == 1


WAYS_OUT = [
    *("\x03", "\x04", "\x10", "\x11", "\x13", "\x1a", "\x1c", "\x1b", "\x1b\x1b", "\x1bOP", "\x1b[24~", "\x1b1"),
    *("\x1b[113;5u", "\x1b[1;5P", PASTES[1], PASTES[2], PASTES[3], MOUSE[-4], MOUSE[0], MOUSE[-3], ANSWERS[4]),
]
"""Of all those the likeliest, through a real terminal: Ctrl-C, D, P, Q, S, Z and backslash, escape, paste, mouse."""


def test_no_way_out_of_a_running_kiosk(kiosk):
    for sent in WAYS_OUT:
        assert kiosk.passed_on(sent) == [], repr(sent)


def test_a_change_of_size_leaves_nothing_behind(kiosk):
    for rows, columns in ((10, 20), (1, 1), (60, 200), (ROWS, COLUMNS)):
        fcntl.ioctl(kiosk.terminal._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        assert kiosk.passed_on() == []


def test_a_finger_on_a_tile_is_its_key_and_what_follows_is_nothing(kiosk):
    x, y = 10, 14
    press, release = f"\x1b[<0;{x};{y}M", f"\x1b[<0;{x};{y}m"
    assert kiosk.passed_on(press) == ["green 7 touch"]
    assert kiosk.passed_on(f"\x1b[<32;{x + 40};{y}M", f"\x1b[<0;{x + 40};{y}m") == []
    assert kiosk.passed_on(press, release)[0] == "green 7 touch"


def test_words_of_a_set_reach_the_terminal_as_words(kiosk):
    kiosk.passed_on()
    for command in ("\x1b]0;gone", "\x1b[?1049l", "\x1bc", "\x9b2J"):
        assert command.encode() not in kiosk.terminal.raw
