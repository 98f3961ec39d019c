"""The real screen: key -> new picture in foot under sway, and what the kiosk and its terminal take of the machine.

A key's time is when wtype hands it to the compositor, a picture's when the compositor showed the frame: both as the
Wayland library writes them down (WAYLAND_DEBUG). Pictures are taken one after the other as fast as grim can, so what
is found is up to one taking late; how long one takes stands beside the figure.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from measured import Budget, Figure
from monitor import SoundCard
from using import memory_mb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "script"))

from photographs import KEYS, House, Kiosk, Unreachable, width_changed
from tours import MY_HOME

PICTURE = Budget(150)
IDLE = Budget(1.0)
SIZES = ((800, 480), (1024, 600), (1280, 800), (1920, 1080), (720, 1280))
PROCESSES, VISITS = 2, 2
WAY = ("start", "green", "green", "stop")
"""To the language; who is here; the note, which is one long line; the end. Each is another screen."""
HALF = 0.5
"""A new picture differs in more than half of the width: a lamp that goes out is none."""
WATCHED_S = 10.0
_KEY = re.compile(r"\[ *([\d.]+)\] +-> zwp_virtual_keyboard_v1@\d+\.key\(\d+, \d+, 1\)")
_SHOWN = re.compile(r"zwlr_screencopy_frame_v1@\d+\.ready\((\d+), (\d+), (\d+)\)")
_WRAPS_MS = 2**32 / 1000
"""The Wayland library counts microseconds of the day's clock in 32 bits."""


@dataclass(frozen=True)
class Frame:
    """One picture that was taken: when it was on the screen, by the monotonic clock, and what it was."""

    at_ms: float
    pixels: bytes


def on_screen(folder: Path, card: SoundCard) -> Iterator[Figure]:
    """All of it, size by size; then idle."""
    house = House.made(folder / "on-screen", MY_HOME, {"voice.engine": "none"})
    for size_px in SIZES:
        yield from keys_at(house, size_px, card)
    yield from idle(folder, house, card)


def keys_at(house: House, size_px: tuple[int, int], card: SoundCard) -> Iterator[Figure]:
    """Key -> new picture at one size: what is shown for the first time since the start, and what was shown before."""
    first_ms: list[float] = []
    later_ms: list[float] = []
    late_ms: list[float] = []
    memory: list[tuple[float, float]] = []
    for _ in range(PROCESSES):
        with Kiosk.running(house, size_px, card) as kiosk:
            waiting = kiosk.screen.still()
            for visit in range(VISITS):
                for key in WAY:
                    if key == "green":  # nothing may change by itself while a key is waited for
                        kiosk.cut_short()
                    took_ms, error_ms = pressed(kiosk, key)
                    (later_ms if visit else first_ms).append(took_ms)
                    late_ms.append(error_ms)
                kiosk.wait_until(lambda: kiosk.screen.pixels() == waiting, "the waiting screen")  # noqa: B023  at once
            memory.append((memory_mb(python_of(kiosk))[0], memory_mb(kiosk.process.pid)[0]))
    size = "{}x{}".format(*size_px)
    found_late = f"up to {statistics.median(late_ms):.0f} ms of it are the measuring's"
    yield Figure(f"key -> new picture in foot, {size}, first time", "ms", first_ms, PICTURE, found_late)
    yield Figure(f"key -> new picture in foot, {size}, shown before", "ms", later_ms, PICTURE, found_late)
    sayso, foot = (statistics.median(its) for its in zip(*memory, strict=True))
    yield Figure(f"memory after {VISITS} visits, {size}, sayso", "MB", [sayso], details={"foot_mb": round(foot, 1)})
    yield Figure(f"memory after {VISITS} visits, {size}, foot", "MB", [foot])


def pressed(kiosk: Kiosk, key: str) -> tuple[float, float]:
    """Press it; milliseconds to the new picture, and how long after the picture taken before that one was taken."""
    kiosk.screen.still()
    before = kiosk.screen.pixels(strip(kiosk))
    time.sleep(1.0)  # the same key sooner would be one that is held
    with taking(kiosk) as frames:
        command = ["wtype", "-s", "250", "-k", KEYS[key], "-s", "50"]
        traced = {**kiosk.screen.environment, "WAYLAND_DEBUG": "1"}
        done = subprocess.run(command, env=traced, capture_output=True, text=True, check=True)
        at_ms = _key_ms(done.stderr)
        deadline = time.monotonic() + 10
        seen = 0
        while True:
            for number, frame in enumerate(frames[seen:], start=seen):
                if frame.at_ms > at_ms and width_changed(before, frame.pixels) > HALF:
                    late = frame.at_ms - frames[number - 1].at_ms if number else 0.0
                    return frame.at_ms - at_ms, late
            seen = len(frames)
            if time.monotonic() > deadline:
                raise Unreachable(f"no new picture came of {key}")
            time.sleep(0.01)


@contextmanager
def taking(kiosk: Kiosk) -> Iterator[list[Frame]]:
    """Take pictures without a pause for as long as the block lasts."""
    frames: list[Frame] = []
    over = threading.Event()

    left, top, right, bottom = strip(kiosk)
    command = ["grim", "-g", f"{left},{top} {right - left}x{bottom - top}", "-t", "ppm", "-"]

    def take() -> None:
        traced = {**kiosk.screen.environment, "WAYLAND_DEBUG": "1"}
        while not over.is_set():
            done = subprocess.run(command, env=traced, capture_output=True, check=False)
            if found := _SHOWN.search(done.stderr.decode(errors="replace")):
                frames.append(Frame(int(found[2]) * 1000 + int(found[3]) / 1e6, done.stdout))

    thread = threading.Thread(target=take)
    thread.start()
    try:
        yield frames
    finally:
        over.set()
        thread.join()


def strip(kiosk: Kiosk) -> tuple[int, int, int, int]:
    """An eighth of the screen, through its tiles: taking all of it would take the processor from what is measured."""
    width, height = kiosk.screen.size_px
    return 0, height // 2, width, height // 2 + height // 8


def _key_ms(trace: str) -> float:
    """When the key went down, on the monotonic clock. The trace has the day's, without its upper bits."""
    found = _KEY.search(trace)
    assert found is not None
    now_ms, monotonic_ms = time.time() * 1000, time.monotonic() * 1000
    return monotonic_ms - (now_ms - float(found[1])) % _WRAPS_MS


def idle(folder: Path, house: House, card: SoundCard) -> Iterator[Figure]:
    """Processor of the kiosk and of its terminal with one screen up, in two stretches."""
    hearing = House.made(folder / "hearing", MY_HOME, {"voice.engine": "pocketsphinx", "asking.ask_again_s": 300.0})
    to_question = ("start", "green", "green", "start", "start")
    yield from _idle_with(house, "waiting", (), card)
    yield from _idle_with(house, "question, by keys", to_question, card)
    yield from _idle_with(hearing, "question, listening", to_question, card)


def _idle_with(house: House, name: str, keys: tuple[str, ...], card: SoundCard) -> Iterator[Figure]:
    with Kiosk.running(house, (1024, 600), card) as kiosk:
        if "listening" in name:
            kiosk.engine_ready("pocketsphinx")
        kiosk.press(*keys)
        pids = {"sayso": python_of(kiosk), "foot": kiosk.process.pid}
        time.sleep(3.0)
        marks = []
        for _ in range(3):
            marks.append((time.monotonic(), {who: _processor_s(pid) for who, pid in pids.items()}))
            time.sleep(WATCHED_S)
        for who in pids:
            shares = [(b[1][who] - a[1][who]) / (b[0] - a[0]) * 100 for a, b in pairwise(marks)]
            budget = IDLE if name == "waiting" else None
            yield Figure(f"processor with the screen up: {name}, {who}", "% of a core", shares, budget)


def python_of(kiosk: Kiosk) -> int:
    """The process of `sayso run` within the terminal."""
    (shell,) = _children(kiosk.process.pid)
    (python,) = _children(shell)
    return python


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
