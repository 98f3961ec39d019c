"""A house with a box of big keys: `sayso run` finds it as an input device, opens it, keeps it to itself and reads it.

umockdev makes the box up and answers for it; what the kernel would tell is written by the tests, with stamps of their
own where a stream is shorter than a finger can be relied on, and as time goes by where it is longer. No key of metal
is pressed: docs/keys.md says what that leaves open.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from house import CARDS, SAYSO, Kiosk, Office
from patience import wait_until
from people import GOODBYE
from sound_card import SoundCard
from terminal import Terminal

pytest.importorskip("evdev", reason="no evdev library: Debian's python3-evdev does not fit this Python")
if shutil.which("umockdev-run") is None:
    pytest.skip("no made-up input devices: umockdev is not installed", allow_module_level=True)
sys.path.append(str(Path(__file__).parent.parent / "kiosk"))

from evdev import ecodes
from input_bed import REPEAT_AFTER_S, REPEAT_EVERY_S, Device, Raw, key, press, pulses

pytestmark = pytest.mark.end_to_end

NAME = "Big Buttons"
GREEN, YELLOW, RED, BLUE = ecodes.KEY_1, ecodes.KEY_2, ecodes.KEY_3, ecodes.KEY_4
EVENT = struct.Struct("@llHHi")
"""struct input_event of linux/input.h: seconds, microseconds, type, code, value."""
WAITING = "Press the big key to start"
PRESSED_S = 0.12
BETWEEN_S = 0.2
"""From one press to the next; a key that comes again sooner than fingers do has bounced."""


@dataclass
class Box:
    """Four big keys, plugged in or not.

    Attributes:
        testbed: umockdev's folder.
    """

    testbed: Path
    _fd: int = field(default=-1, init=False)
    _over_s: float = field(default=0.0, init=False)

    @property
    def node(self) -> Path:
        """Where it is plugged in."""
        return self.testbed / "dev" / "input" / "event0"

    def plug(self) -> None:
        """Plug it in."""
        os.mkfifo(self.node)
        self._fd = os.open(self.node, os.O_RDWR)

    def pull_out(self) -> None:
        """Pull it out."""
        self.node.unlink()
        os.close(self._fd)

    def tell(self, raw: Iterable[Raw]) -> None:
        """Tell this at once, stamped from now on as the kernel would have stamped it. What comes next is later."""
        wait_until(lambda: time.time() > self._over_s + BETWEEN_S, "the last stream to be over by its stamps")
        self._write(time.time(), raw)

    def press(self, code: int) -> None:
        """Press a key as a finger does."""
        self.tell(press(0.0, code, PRESSED_S))

    def hold(self, code: int, for_s: float) -> None:
        """Hold it down for so long in real time, with the kernel's repeats."""
        self.tell(key(0.0, code, 1))
        down_s, due_s = self._over_s, REPEAT_AFTER_S

        def repeated() -> bool:
            nonlocal due_s
            while due_s < min(for_s, time.time() - down_s):
                self._write(down_s, key(due_s, code, 2))
                due_s += REPEAT_EVERY_S
            return due_s >= for_s

        wait_until(repeated, f"{for_s} s of holding")
        self._write(down_s, key(for_s, code, 0))

    def _write(self, from_s: float, raw: Iterable[Raw]) -> None:
        written = b""
        for after_s, kind, code, value in raw:
            self._over_s = from_s + after_s
            seconds, part = divmod(self._over_s, 1)
            written += EVENT.pack(int(seconds), int(part * 1e6), kind, code, value)
        os.write(self._fd, written)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """A box of keys that is plugged in."""
    device = Device(name=NAME, keys=(GREEN, YELLOW, RED, BLUE))
    description, ioctls = tmp_path / "box.umockdev", tmp_path / "box.ioctl"
    description.write_text(device.description(0), encoding="ascii")
    ioctls.write_text(device.ioctls(), encoding="ascii")
    words = ("umockdev-run", "-d", str(description), "-i", f"/dev/input/event0={ioctls}")
    # It answers for its devices as long as `cat` runs, which ends with its stdin.
    with subprocess.Popen(
        [*words, "--", "sh", "-c", 'echo "$UMOCKDEV_DIR"; exec cat'],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as testbed:
        assert testbed.stdout is not None
        one = Box(Path(testbed.stdout.readline().strip()))
        _no_sound_cards(one.testbed)
        one.node.unlink()  # as umockdev made it
        one.plug()
        yield one
        with contextlib.suppress(OSError):
            one.pull_out()


def _no_sound_cards(testbed: Path) -> None:
    """Files in place of sound cards, which ALSA and PortAudio find to be none; PulseAudio's is no device.

    They look for so many, and umockdev 0.17 aborts a program that has tried to open some fifty that are not there.
    """
    devices = testbed / "dev"
    (devices / "snd").mkdir()
    names = [*(f"snd/controlC{number}" for number in range(32)), *(f"aloadC{number}" for number in range(32))]
    for name in (*names, "dsp", *(f"dsp{number}" for number in range(100))):
        (devices / name).touch()


@pytest.fixture
def with_box(kiosk: Callable[..., Kiosk], box: Box) -> Callable[..., Kiosk]:
    """Makes a kiosk that has the box."""

    def made(environment: dict[str, str], **settings: object) -> Kiosk:
        named = {"voice__engine": "none", "input__devices": ["big buttons"], **settings}
        one = kiosk(CARDS, {**environment, "UMOCKDEV_DIR": str(box.testbed)}, **named)
        one.under = ("umockdev-wrapper",)
        return one

    return made


def answer(terminal: Terminal, box: Box, question: str, code: int, choice: str) -> None:
    """Press a big key once the question stands there; the answer is shown."""
    terminal.wait_for(question)
    box.press(code)
    terminal.wait_for(f"You said: {choice}.")


def begin(terminal: Terminal, box: Box) -> None:
    """From the waiting screen to the first question."""
    box.press(GREEN)
    terminal.wait_for("Who is here?")
    box.press(GREEN)
    terminal.wait_for("Which card do you hold?")


def test_four_big_keys_alone_lead_from_start_to_keep_while_the_terminals_keys_do_nothing(
    with_box: Callable[..., Kiosk], box: Box, office: Office, card: SoundCard
) -> None:
    one = with_box(card.environment)
    with office.open_for_post(), one.uploading(), one.running() as terminal:
        terminal.press("Enter", "1")
        box.press(BLUE)
        terminal.wait_for("Who is here?")
        assert "I live here I live here and someone helps me I answer for somebody" in terminal.screen(), "no key caps"
        assert "Again ⏪ Back ✋ Stop" in terminal.screen(), "none on the commands"
        terminal.press("4")
        box.press(GREEN)
        terminal.wait_for("Which card do you hold?")
        terminal.press("3")
        answer(terminal, box, "Which card do you hold?", YELLOW, "Queen")
        terminal.press("1")
        answer(terminal, box, "Why do you hold no seven?", RED, "There is none")
        answer(terminal, box, "What is on the table?", GREEN, "One card")
        terminal.press("x")
        answer(terminal, box, "What is the number?", YELLOW, "Five")
        terminal.wait_for("Shall I keep what you said?")
        terminal.press("4")
        box.press(GREEN)
        terminal.wait_for(GOODBYE)
        (visit,) = office.wait_for_visits()
    names, values = ("card", "why", "hand", "number"), visit["values"]
    assert [values[name] for name in names] == ["queen", "none", "one", "five"]
    assert {values[f"{name}_by"] for name in names} == {"key"}
    assert (values["complete"], values["how"], visit["sealed"]) == ("yes", "self", True)


def test_green_held_for_ten_seconds_is_one_answer_two_keys_are_none_and_a_box_pulled_out_comes_back(
    with_box: Callable[..., Kiosk], box: Box, card: SoundCard
) -> None:
    one = with_box(card.environment)
    with one.running() as terminal:
        begin(terminal, box)
        box.hold(GREEN, 10.0)
        terminal.wait_for("Why do you hold no seven?")
        box.tell(sorted(press(0.0, GREEN, 0.2) + press(0.03, RED, 0.2), key=lambda raw: raw[0]))
        terminal.wait_for("I felt two keys.")
        box.pull_out()
        wait_until(lambda: "keys of 'Big Buttons' are gone" in told(one), "the box to be missed", met=lambda: told(one))
        box.plug()
        wait_until(
            lambda: told(one).count("keys of 'Big Buttons' are read") > 1, "it to be found", met=lambda: told(one)
        )
        answer(terminal, box, "Why do you hold no seven?", RED, "There is none")
        terminal.wait_for("What is on the table?")


def told(one: Kiosk) -> str:
    """The kiosk's log: within a visit staff are told nothing."""
    return (one.data / "kiosk.log").read_text()


def test_a_chattering_key_answers_nothing_and_is_named_and_holding_one_opens_the_menu(
    with_box: Callable[..., Kiosk], box: Box, card: SoundCard
) -> None:
    one = with_box(card.environment, input__menu_hold_s=1)
    with one.running() as terminal:
        chatters = 'The yellow key of "Big Buttons" trembles.'
        box.tell(pulses(0.0, YELLOW, 14, 0.02, 0.02))
        terminal.wait_for(chatters)
        assert WAITING in terminal.screen(), "it began no visit"
        assert one.status()["facts"]["key_problem"] == chatters
        terminal.wait_for("All well")  # ten seconds later
        begin(terminal, box)
        box.tell(pulses(0.0, RED, 14, 0.02, 0.02))
        answer(terminal, box, "Which card do you hold?", GREEN, "Ten")
        terminal.wait_for("Why do you hold no seven?")
        box.hold(GREEN, 1.4)
        terminal.wait_for("This one")
        terminal.wait_for("Go back")


def test_check_names_the_box_and_what_its_keys_do(with_box: Callable[..., Kiosk], card: SoundCard) -> None:
    one = with_box(card.environment)
    done = subprocess.run(
        [*one.under, *SAYSO, "check", "--config", str(one.config), "--json"],
        env=one.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = [(line["what"], line["level"], line["met"]) for line in json.loads(done.stdout)["lines"]]
    assert ("input devices", "fine", "'Big Buttons': green, yellow, red, blue") in lines
