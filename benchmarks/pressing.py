"""What a key does: first word, silence, new picture. The sound is taken at the virtual speaker's monitor."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from house import MY_HOME, WAITING, House, form, house, tone_form
from measured import Budget, Figure
from monitor import Monitor, SoundCard
from pty_terminal import FOOT, Terminal

FIRST_WORD = Budget(300)
STOPS = Budget(50)
PICTURE = Budget(150)
PROCESSES, VISITS = 4, 5
AGAINS, ANSWERS = 20, 8
BARE = 20
COARSE_MS = 50
KEY_PAUSE_S = 0.9
"""The same key within 0.7 s is a key that is held."""
SAID_BACK_S = 4.0
"""Longer than an answer is said back and the next question's first picture takes."""
THANKS_S = 6.0
"""Longer than the thanks after "stop"."""
MOST_PARTS = 4
START, GREEN, RED, AGAIN, STOP = "\r", "1", "3", "a", "x"


def pressing(folder: Path, card: SoundCard) -> Iterator[Figure]:
    """All that a key does."""
    pictures: dict[str, list[float]] = {}
    talking = house(folder / "talking", form(folder, MY_HOME), card.environment, voice__engine="none")
    sounding = house(
        folder / "sounding",
        tone_form(folder, ANSWERS),
        card.environment,
        voice__engine="none",
        asking__preset_who="i_live_here",
        asking__change_s=1.0,
    )
    for one in (talking, sounding):  # renders the speech
        with one.running() as terminal:
            terminal.shown(WAITING)
    yield first_word(talking, card, pictures)
    yield from stops(sounding, card, pictures)
    yield Figure(
        "key press -> new picture on the screen",
        "ms",
        [one for its in pictures.values() for one in its],
        PICTURE,
        "from the key's byte in the terminal to the last byte of the picture with the new words; drawing it is the "
        "terminal's",
        {name: [round(one, 1) for one in its] for name, its in pictures.items()},
    )
    yield from as_foot_shows(talking, sounding)


def first_word(its: House, card: SoundCard, pictures: dict[str, list[float]]) -> Figure:
    """Start key -> first word; several processes, several visits in each."""
    taken_ms: list[float] = []
    fresh_ms: list[float] = []
    for _ in range(PROCESSES):
        with its.running() as terminal, Monitor.of(card, "speaker.monitor") as monitor:
            terminal.shown(WAITING)
            time.sleep(1.0)
            for visit in range(VISITS):
                pressed_s = terminal.press(START)
                _picture(pictures, "start", terminal, pressed_s, "Who is here?")
                sounded_s = monitor.sound_after(pressed_s)
                taken_ms.append(_ms(pressed_s, sounded_s))
                if not visit:
                    fresh_ms.append(taken_ms[-1])
                pressed_s = terminal.press(STOP)
                _picture(pictures, "stop", terminal, pressed_s, "Goodbye")
                terminal.shown(WAITING, since_s=pressed_s)
                time.sleep(KEY_PAUSE_S)
    return Figure(
        "start key -> first word",
        "ms",
        taken_ms,
        FIRST_WORD,
        "120 ms of it, 150 ms after some seconds of quiet, lets an amplifier wake up (voice.sound.LEAD_IN_S, WAKING_S)",
        {"first_visit_after_start_ms": [round(one, 1) for one in fresh_ms]},
    )


def stops(its: House, card: SoundCard, pictures: dict[str, list[float]]) -> Iterator[Figure]:
    """Key -> speech stops; the same with a coarser sound card; then what the sound system takes by itself."""
    answer_ms: list[float] = []
    with its.running() as terminal, Monitor.of(card, "speaker.monitor") as monitor:
        terminal.shown(WAITING)
        time.sleep(1.0)
        monitor.sound_after(terminal.press(START))
        again_ms = agains(terminal, monitor)
        for number in range(ANSWERS):
            time.sleep(KEY_PAUSE_S)
            pressed_s = terminal.press(GREEN if number % 2 else RED)
            _picture(pictures, "answer", terminal, pressed_s, "You said")
            answer_ms.append(_ms(pressed_s, monitor.silence_after(pressed_s)))
            if number + 1 < ANSWERS:
                shown = terminal.shown(f"Question {number + 2}?", since_s=pressed_s)
                monitor.sound_after(shown.at_s)
    with its.running() as terminal, Monitor.of(card, "speaker.monitor", latency_ms=COARSE_MS) as monitor:
        terminal.shown(WAITING)
        time.sleep(1.0)
        monitor.sound_after(terminal.press(START))
        coarse_ms = agains(terminal, monitor)
    yield Figure(
        "key press -> speech stops",
        "ms",
        [*again_ms, *answer_ms],
        STOPS,
        "the last sound at the speaker's monitor, measured in steps of 5 ms; a loudspeaker's own delay is not in it",
        {"again_ms": [round(one, 1) for one in again_ms], "answer_ms": [round(one, 1) for one in answer_ms]},
    )
    yield Figure(
        f"the same, measured in steps of {COARSE_MS} ms",
        "ms",
        coarse_ms,
        STOPS,
        "a card works in the smallest steps that anybody asks for; the kiosk's own are fine, the measuring need not be",
    )
    started_ms, stopped_ms = bare(card)
    yield Figure(
        "of that, the sound system's own: abort -> silence",
        "ms",
        stopped_ms,
        note="the same stream without the kiosk (bare_sound.py); take it off for the kiosk's own share",
    )
    yield Figure(
        "of the first word, the sound system's own: open -> sound",
        "ms",
        started_ms,
        note="the same, from opening the stream to its first sample at the monitor",
    )


def agains(terminal: Terminal, monitor: Monitor) -> list[float]:
    """Again and again: milliseconds from the key to the last sound before the silence."""
    taken_ms: list[float] = []
    for _ in range(AGAINS):
        time.sleep(KEY_PAUSE_S)
        pressed_s = terminal.press(AGAIN)
        silent_s = monitor.silence_after(pressed_s)
        taken_ms.append(_ms(pressed_s, silent_s))
        monitor.sound_after(silent_s + 0.05)
    return taken_ms


def bare(card: SoundCard) -> tuple[list[float], list[float]]:
    """The sound system without the kiosk: milliseconds from open to sound, and from abort to silence."""
    started_ms: list[float] = []
    stopped_ms: list[float] = []
    command = [sys.executable, str(Path(__file__).parent / "bare_sound.py"), str(BARE + 1)]
    with Monitor.of(card, "speaker.monitor") as monitor:
        process = subprocess.Popen(
            command, env=card.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        for line in process.stdout:
            match json.loads(line):
                case {"start": at_s}:
                    started_ms.append(_ms(at_s, monitor.sound_after(at_s)))
                case {"abort": at_s}:
                    stopped_ms.append(_ms(at_s, monitor.silence_after(at_s)))
        process.wait(10)
    return started_ms[1:], stopped_ms[1:]


def as_foot_shows(talking: House, sounding: House) -> Iterator[Figure]:
    """The same where the screen is made of sixel pictures, as on a kiosk.

    The kiosk keeps what it has drawn once, so what is shown for the first time since it was started stands apart. The
    new picture is the first after the key with most parts of a screen in it: a lamp that goes out is no new picture.
    """
    first_ms: list[float] = []
    later_ms: list[float] = []
    sizes: list[int] = []

    def pressed(terminal: Terminal, key: str, into: list[float]) -> None:
        pressed_s = terminal.press(key)
        shown = terminal.sixel_shown(MOST_PARTS, since_s=pressed_s)
        into.append(_ms(pressed_s, shown.at_s))
        sizes.append(shown.size_bytes)

    for _ in range(PROCESSES):
        with talking.running(FOOT) as terminal:
            terminal.sixel_shown()
            time.sleep(2.0)
            for visit in range(3):
                pressed(terminal, START, later_ms if visit else first_ms)
                time.sleep(KEY_PAUSE_S)
                terminal.press(STOP)
                time.sleep(THANKS_S)
        with sounding.running(FOOT) as terminal:
            terminal.sixel_shown()
            time.sleep(2.0)
            pressed(terminal, START, first_ms)
            for number, key in enumerate((GREEN, RED, GREEN, RED)):
                time.sleep(SAID_BACK_S)
                pressed(terminal, key, later_ms if number > 1 else first_ms)
    note = f"up to {max(sizes) / 1000:.0f} kB of sixels, which the terminal has yet to draw"
    yield Figure("key press -> new picture in sixels, the first time since the start", "ms", first_ms, PICTURE, note)
    yield Figure("key press -> new picture in sixels, drawn before", "ms", later_ms, PICTURE, "foot on 1280 x 800 px")


def _picture(pictures: dict[str, list[float]], name: str, terminal: Terminal, pressed_s: float, words: str) -> None:
    shown = terminal.shown(words, since_s=pressed_s)
    pictures.setdefault(name, []).append(_ms(pressed_s, shown.at_s))


def _ms(begin_s: float, end_s: float) -> float:
    return (end_s - begin_s) * 1000
