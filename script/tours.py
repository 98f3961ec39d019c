# ruff: noqa: INP001  # beside the scripts that use it, no package
"""The ways through a kiosk on which every state of its screen is met. Each is one house and one run at each size."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from photographs import ROOT, Kiosk, Unreachable, endless

MY_HOME = ROOT / "question_sets" / "my_home" / "my_home.md"
STORY = Path(__file__).parent / "story.md"


@dataclass(frozen=True)
class Tour:
    """One house, and what is done in it.

    Attributes:
        states: what is photographed, in this order.
        walk: does it, with a kiosk whose waiting screen is up.
        settings: of the house, as {"voice.engine": "none"}.
        sheet: the question set.
        pin: of its staff screen.
    """

    states: tuple[str, ...]
    walk: Callable[[Kiosk], None]
    settings: Mapping[str, object] = field(default_factory=dict)
    sheet: Path = MY_HOME
    pin: str = ""


def to_first_question(kiosk: Kiosk) -> None:
    """From the waiting screen to the first question, being said: English, somebody who lives here."""
    kiosk.press("start", "green", "green", "start")


def by_keys(kiosk: Kiosk) -> None:
    """A visit by keys, to its end."""
    kiosk.take("waiting")
    kiosk.press("start", "start")
    kiosk.take("language")
    kiosk.press("green", "start")
    kiosk.take("who")
    kiosk.press("green")
    kiosk.take("note")
    kiosk.press("start")
    kiosk.settle()  # the group's heading came first
    kiosk.take("question")
    kiosk.settle()
    kiosk.take("choice")
    kiosk.cut_short()
    kiosk.take("keys-only")
    kiosk.press("menu")
    kiosk.take("menu")
    kiosk.press("red", "help")
    kiosk.take("help")
    kiosk.press("start", "green")
    kiosk.take("said-back")
    kiosk.press("back")
    kiosk.take("change")
    kiosk.press("stop")
    kiosk.take("stopping")
    kiosk.press("red")
    kiosk.take("forget")
    kiosk.press("green")
    kiosk.take("thanks")


def by_voice(kiosk: Kiosk) -> None:
    """An answer aloud that the trial engine is not sure of."""
    kiosk.engine_ready("pocketsphinx")
    to_first_question(kiosk)
    kiosk.cut_short()
    kiosk.say(kiosk.recording("gsc_v1_happy/happy/712e4d58_1.flac"), "listening", until_closed=True)
    kiosk.settle()
    kiosk.take("confirm")


def noisy(kiosk: Kiosk) -> None:
    """A room in which somebody reads aloud without an end."""
    kiosk.engine_ready("pocketsphinx")
    to_first_question(kiosk)
    kiosk.cut_short()
    kiosk.say(endless(kiosk.recording("librispeech_librosa/free/198_1.flac"), kiosk.house.folder), until_closed=True)
    kiosk.settle()
    kiosk.take("noisy")


def message(kiosk: Kiosk) -> None:
    """A voice message: being recorded, played back, keep or drop."""
    kiosk.press("start", "green")
    kiosk.cut_short()
    kiosk.say(kiosk.recording("librispeech_librosa/free/198_1.flac"), "message")
    kiosk.press("green")
    kiosk.take("playback")
    kiosk.press("start")
    kiosk.take("review")


def disk_full(kiosk: Kiosk) -> None:
    """Nothing can be written any more: the kiosk says so, and then is out of order."""
    to_first_question(kiosk)
    limit_files(kiosk, 0)
    kiosk.press("green", "green")
    kiosk.take("sorry")
    kiosk.press("start")  # ends what is said; nobody can begin
    kiosk.take("out-of-order")


def limit_files(kiosk: Kiosk, size_bytes: int) -> None:
    """As if the disk were full at that size of a file, for every process in the terminal."""
    children = [kiosk.process.pid]
    for one in children:
        found = subprocess.run(["pgrep", "-P", str(one)], capture_output=True, text=True, check=False)
        children += map(int, found.stdout.split())
    if len(children) == 1:
        raise Unreachable("the kiosk's processes were not found")
    for one in children[1:]:
        subprocess.run(["prlimit", "--pid", str(one), f"--fsize={size_bytes}"], check=True)


def scanned(kiosk: Kiosk) -> None:
    """By one switch: it begins, lights a language and takes it, ends the note; the tiles are lit one by one."""
    kiosk.press("switch", "switch", "switch", "switch", "switch")
    kiosk.take("scanning")


def staff(kiosk: Kiosk) -> None:
    """The keys that staff know, their PIN, what they see and may do."""
    kiosk.press_together("back", "stop", "back", "stop")
    kiosk.press("yellow", "blue")
    kiosk.take("staff-pin")
    kiosk.press("green", "red", "start")
    kiosk.take("staff")
    kiosk.press("blue")
    kiosk.take("staff-buttons")


def question(name: str) -> Callable[[Kiosk], None]:
    """The first question, while its first choice is being said."""

    def walk(kiosk: Kiosk) -> None:
        to_first_question(kiosk)
        kiosk.settle()
        kiosk.settle()
        kiosk.take(name)

    return walk


KEYS_ALONE = {"voice.engine": "none"}
HEARING = {"voice.engine": "pocketsphinx"}
TOURS: Mapping[str, Tour] = {
    "keys": Tour(
        (
            *("waiting", "language", "who", "note", "question", "choice", "keys-only"),
            *("menu", "help", "said-back", "change", "stopping", "forget", "thanks"),
        ),
        by_keys,
        # Nothing hurries away before its picture is taken.
        {**KEYS_ALONE, "asking.change_s": 30.0},
    ),
    "voice": Tour(("listening", "confirm"), by_voice, HEARING),
    "noisy": Tour(("noisy",), noisy, HEARING),
    "message": Tour(
        ("message", "playback", "review"),
        message,
        {**HEARING, "asking.preset_who": "i_live_here"},
        STORY,
    ),
    "full": Tour(("sorry", "out-of-order"), disk_full, KEYS_ALONE),
    "staff": Tour(("staff-pin", "staff", "staff-buttons"), staff, KEYS_ALONE, pin="2413"),
    "switch": Tour(
        ("scanning",),
        scanned,
        {**KEYS_ALONE, "asking.preset_who": "i_live_here", "switch.switches": 1, "switch.step_s": 5.0},
    ),
    "light": Tour(("question-light",), question("question-light"), {**KEYS_ALONE, "screen.theme": "light"}),
    "high-contrast": Tour(
        ("question-high-contrast",), question("question-high-contrast"), {**KEYS_ALONE, "screen.theme": "high_contrast"}
    ),
}
