"""End of an answer -> decision: on the screen of a real kiosk, in `voice.hear` alone, and what recognising takes.

Recordings of people saying single words: SAYSO_SPEECH, or ../shared/speech beside the project. An answer ends with the
last 5 ms within 25 dB of its loudest: a breath or a noise behind it does not count as speech, and counts as waiting.
"""

from __future__ import annotations

import itertools
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from house import MY_HOME, ROOT, WAITING, form, house, short_form
from measured import Budget, Figure
from monitor import BLOCK, RATE_HZ, Monitor, SoundCard, levels_dbfs
from pty_terminal import Terminal
from using import korean_model

from kiosk.interpret import meanings
from kiosk.sets import load_set
from voice.audio import duration_s, load, size_bytes
from voice.decide import Outcome
from voice.engine import Engine
from voice.engines import open_engine
from voice.events import Heard, HearingEvent
from voice.hear import Task, hear
from voice.microphone import PERIOD_S
from voice.segment import Limits

SPEECH = Path(os.environ.get("SAYSO_SPEECH") or ROOT.parent / "shared" / "speech")
NO_SPEECH = "no recordings of people: neither SAYSO_SPEECH nor ../shared/speech is there"
SURE = Budget(350)
OTHERWISE = Budget(1200)
ENDS_WITHIN_DB = 25.0
ON_SCREEN = 20
IN_PROCESS = 20
"""Of each word."""
NOT_NOTICED_S = 5.0
KEY_PAUSE_S = 0.9
KOREAN = ("좋아요", "보통", "싫어요", "네", "아니요")
SURELY, UNSURELY = ("You said",), ("I heard", "didn't catch", "still didn't", "Please press")
DECIDED = (*SURELY, *UNSURELY)


def recordings(*words: str, each: int) -> list[Path]:
    """So many recordings of each word, one a speaker, always the same ones, the words taking turns."""
    chance = random.Random(3)  # noqa: S311  a fixed choice, no secret
    chosen: list[list[Path]] = []
    for word in words:
        found = sorted(SPEECH.glob(f"gsc_*/{word}/*.flac"))
        chance.shuffle(found)
        chosen.append(list({path.stem.partition("_")[0]: path for path in found}.values())[:each])
    return [path for turn in itertools.zip_longest(*chosen) for path in turn if path is not None]


def answering(folder: Path, card: SoundCard) -> Iterator[Figure]:
    """All of it."""
    yield from on_screen(folder, card)
    yield from in_process(folder)
    yield from recognising(folder)


def on_screen(folder: Path, card: SoundCard) -> Iterator[Figure]:
    """Recordings played into the microphone of a kiosk; the decision is the picture that tells it."""
    whats = [f"end of an answer -> decision on the screen, {name}" for name in ("when sure", "otherwise")]
    paths = recordings("yes", "no", each=ON_SCREEN // 2)
    if not paths:
        yield from (Figure(what, "ms", note=NO_SPEECH) for what in whats)
        return
    its = house(
        folder / "answering",
        short_form(folder, ON_SCREEN),
        card.environment,
        voice__engine="pocketsphinx",
        voice__rate_wpm=300,
        asking__preset_who="i_live_here",
        asking__change_s=0.5,
    )
    taken_ms: dict[bool, list[float]] = {True: [], False: []}
    with its.running() as terminal:
        terminal.shown(WAITING, within_s=120)
        time.sleep(4.0)  # the engine loads
        pressed_s = terminal.press("\r")
        with Monitor.of(card, "microphone", latency_ms=round(PERIOD_S * 1000)) as monitor:
            for number, path in enumerate(paths, 1):
                asked = terminal.shown(f"Number {number}?", since_s=pressed_s)
                # The microphone was open while the last answer was said back, too: that is not the one to speak into.
                terminal.shown("Your turn", since_s=asked.at_s)
                card.wait_until_recording(2)
                time.sleep(0.4)  # a person, too, begins after the tone
                pressed_s = _one_answer(terminal, card, monitor, path, taken_ms, last=number == len(paths))
    unnoticed = len(paths) - len(taken_ms[True]) - len(taken_ms[False])
    note = "pocketsphinx, yes and no by people, through the virtual microphone"
    yield Figure(whats[0], "ms", taken_ms[True], SURE, note)
    yield Figure(
        whats[1],
        "ms",
        taken_ms[False],
        OTHERWISE,
        f"asked again or not understood; {unnoticed} of {len(paths)} clips too short to be noticed",
    )


def _one_answer(
    terminal: Terminal,
    card: SoundCard,
    monitor: Monitor,
    path: Path,
    taken_ms: dict[bool, list[float]],
    *,
    last: bool,
) -> float:
    """Play it, wait for the decision, go on to the next question. Returns: since when that is to be looked for."""
    begin, begin_s = monitor.length(), time.monotonic()
    card.play_into_microphone(path, wait=False)
    sure = False
    try:
        decided = terminal.shown(*DECIDED, since_s=begin_s, within_s=NOT_NOTICED_S)
    except TimeoutError:
        pass  # counted by whoever asked: neither sure nor otherwise
    else:
        monitor.wait_until(decided.at_s)
        ended_s = monitor.made_s(begin + end_of_speech(monitor.samples()[begin:]))
        sure = any(words in decided.words for words in SURELY)
        taken_ms[sure].append((decided.at_s - ended_s) * 1000)
    if not sure and not last:
        time.sleep(KEY_PAUSE_S)
        terminal.press("1")
        terminal.shown("You said", since_s=begin_s)
    return begin_s


def in_process(folder: Path) -> Iterator[Figure]:
    """The same without sound card, screen and store: `voice.hear` with sound that comes as a microphone's does."""
    whats = [f"end of an answer -> decision, hearing alone, {name}" for name in ("when sure", "otherwise")]
    paths = recordings("yes", "no", "happy", each=IN_PROCESS)
    if not paths:
        yield from (Figure(what, "ms", note=NO_SPEECH) for what in whats)
        return
    engine = open_engine("pocketsphinx", "en", ROOT / "models")
    said = _phrases(folder)
    _heard(engine, said, paths[0])  # makes the grammar
    taken_ms: dict[Outcome, list[float]] = {outcome: [] for outcome in Outcome}
    for path in paths:
        taken_s, heard = _heard(engine, said, path)
        if heard is not None:
            taken_ms[heard.decision.outcome].append(taken_s * 1000)
    unnoticed = len(paths) - sum(len(its) for its in taken_ms.values())
    details = {outcome.value: [round(one, 1) for one in its] for outcome, its in taken_ms.items()}
    note = "pocketsphinx, my_home's first question with its commands; sound in blocks of 50 ms in real time"
    yield Figure(whats[0], "ms", taken_ms[Outcome.SURE], SURE, note, details)
    yield Figure(
        whats[1],
        "ms",
        taken_ms[Outcome.ASK] + taken_ms[Outcome.NO_MATCH],
        OTHERWISE,
        f"{unnoticed} of {len(paths)} clips too short to be noticed",
    )


def _heard(engine: Engine, said: dict[str, str], path: Path) -> tuple[float, Heard | None]:
    """How long after the speech's end it was decided; None where no speech was found."""
    pcm = load(path)
    source = PacedRecording(pcm)
    told: list[tuple[float, HearingEvent]] = []
    task = Task(1, Limits(silence_s=duration_s(pcm) + 1.0), said)
    hear(source, engine, task, lambda event: told.append((time.monotonic(), event)))
    at_s, last = told[-1]
    ended_s = source.began_s + end_of_speech(np.frombuffer(pcm, dtype="<i2")) / RATE_HZ
    return at_s - ended_s, last if isinstance(last, Heard) else None


class PacedRecording:
    """A recording and then silence, in a microphone's blocks at a microphone's speed."""

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm
        self._open = False
        self.began_s = 0.0

    def open(self) -> None:
        """Begin."""
        self._open = True

    def blocks(self) -> Iterator[bytes]:
        """Each block when its last sample would have come; as in a queue, a late listener finds them waiting."""
        size = size_bytes(PERIOD_S)
        self.began_s = time.monotonic()
        for number in itertools.count(1):
            time.sleep(max(0.0, self.began_s + number * PERIOD_S - time.monotonic()))
            if not self._open:
                return
            block = self._pcm[(number - 1) * size : number * size]
            yield block + bytes(size - len(block))

    def close(self) -> None:
        """End."""
        self._open = False


def recognising(folder: Path) -> Iterator[Figure]:
    """What the engines take for one word, all passes; no sound is waited for."""
    paths = recordings("yes", "no", "happy", each=IN_PROCESS)
    model = korean_model()
    engines = [("pocketsphinx", "en", ROOT / "models", tuple(_phrases(folder)))]
    if model is not None:
        engines.append(("vosk", "ko", model, KOREAN))
    for name, language, models, phrases in engines:
        what = f"recognising one word, {name} {language}, all passes"
        if not paths:
            yield Figure(what, "ms", note=NO_SPEECH)
            continue
        engine = open_engine(name, language, models)
        taken_ms: list[float] = []
        for path in paths:
            pcm = load(path)
            start_s = time.perf_counter()
            engine.recognise(1, pcm, {phrase: phrase for phrase in phrases})
            taken_ms.append((time.perf_counter() - start_s) * 1000)
        note = "clips of 1 s" + ("; English words, so that only its speed means something" if language == "ko" else "")
        yield Figure(what, "ms", taken_ms[1:], note=note)


def end_of_speech(samples: npt.NDArray[np.int16]) -> int:
    """The sample behind the last 5 ms that are within 25 dB of the loudest."""
    levels = levels_dbfs(samples)
    return (int(np.flatnonzero(levels > levels.max() - ENDS_WITHIN_DB)[-1]) + 1) * BLOCK


def _unsure(unnoticed: int, paths: list[Path]) -> str:
    return f"asked again or not understood; {unnoticed} of {len(paths)} clips were not noticed as speech at all"


def _phrases(folder: Path) -> dict[str, str]:
    """What may be said to my_home's first question, commands too."""
    question_set = load_set(form(folder, MY_HOME)).question_set
    question = next(one for one in question_set.questions if one.choices)
    return dict(meanings(question, "en", question_set.default_language))
