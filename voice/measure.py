"""Recordings through the whole of `hear`, one after the other, and what became of each.

What is measured is what happens: nothing here decides anything. A recording of one answer, command or other word is
one listening, and silence follows it. A recording of the room is a room: the microphone is opened again whenever a
listening has ended, until the recording is over.

Time goes as it would with a microphone: a piece of sound is there when its last sample has sounded, and is worked on
when it is there and the piece before is done. What the work takes is measured by two clocks: the wall's, and the
processor time of this program, which other programs on the same machine do not lengthen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from voice.audio import RATE_HZ, SAMPLE_BYTES, duration_s, load, size_bytes
from voice.decide import Outcome
from voice.engine import Engine
from voice.events import Heard, HearingEvent, Noisy
from voice.hear import Controls, Task, hear
from voice.measure_corpus import Clip, Kind, Phrases
from voice.measure_noise import BEFORE_S, mixed, voiced_frames
from voice.microphone import PERIOD_S
from voice.segment import FRAME_S, Limits
from voice.utterance import Evidence

SURE, ASK, NO_MATCH = Outcome.SURE.value, Outcome.ASK.value, Outcome.NO_MATCH.value
NOISY, NO_SPEECH = "noisy", "no_speech"
_GOES_ON_S = 0.16
"""So much voice behind a decision means that somebody was cut off: less is a breath or a click."""


@dataclass(frozen=True)
class Listened:
    """What became of one listening.

    Attributes:
        clip: the recording.
        snr_db: of the noise that was mixed in, None for none.
        outcome: one of `voice.decide.Outcome`, "noisy" or "no_speech".
        meaning: the phrase that was proposed, "" for none.
        evidence: None where nothing was recognised.
        at_s: where in the recording the listening ended.
        decision_ms: from the end of speech to the decision by the wall's clock; None where there is no decision, or
            where speech went on behind it.
        decision_cpu_ms: the same, the work being measured in processor time.
        cut_off: somebody went on speaking behind the decision.
    """

    clip: Clip
    snr_db: float | None
    outcome: str
    meaning: str = ""
    evidence: Evidence | None = None
    at_s: float = 0.0
    decision_ms: float | None = None
    decision_cpu_ms: float | None = None
    cut_off: bool = False


@dataclass
class Measured:
    """All that was measured so far.

    Attributes:
        listened: every listening; of the room only those in which something was heard.
        room: the recordings of the room that were heard to their end.
        sound_s: all sound that was listened to.
        work_s: the wall's time that it took.
        interrupted: somebody ended it before all was done.
    """

    listened: list[Listened] = field(default_factory=list)
    room: list[Clip] = field(default_factory=list)
    sound_s: float = 0.0
    work_s: float = 0.0
    interrupted: bool = False


@dataclass(frozen=True)
class Plan:
    """What to measure.

    Attributes:
        phrases: what may be said.
        clips: the recordings.
        snrs_db: conditions, in this order; None is without noise. The room is heard without noise only, once.
        noise: recordings to mix in.
        seed: for the noise.
        limits: when speech begins and ends.
    """

    phrases: Phrases
    clips: tuple[Clip, ...]
    snrs_db: tuple[float | None, ...] = (None,)
    noise: tuple[bytes, ...] = ()
    seed: int = 0
    limits: Limits = field(default_factory=Limits)

    def listenings(self) -> Iterator[tuple[Clip, float | None]]:
        """Every recording in every condition."""
        for number, snr_db in enumerate(self.snrs_db):
            for clip in self.clips:
                if clip.kind is not Kind.ROOM:
                    yield clip, snr_db
                elif number == 0:
                    yield clip, None


def measure(plan: Plan, engine: Engine, on_progress: Callable[[int, Measured], None] = lambda _n, _m: None) -> Measured:
    """Hear everything. Ends early, with what there is, when somebody interrupts it.

    Args:
        plan: what to measure.
        engine: recognises.
        on_progress: told after each recording how many are done, and what was measured so far.

    Raises:
        VoiceError: a recording can't be read.
    """
    measured = Measured()
    try:
        for number, (clip, snr_db) in enumerate(plan.listenings(), 1):
            began = time.perf_counter()
            if clip.kind is Kind.ROOM:
                found, sound_s = _room(clip, engine, plan)
                measured.room.append(clip)
            else:
                found, sound_s = _word(clip, snr_db, engine, plan)
            measured.listened += found
            measured.sound_s += sound_s
            measured.work_s += time.perf_counter() - began
            on_progress(number, measured)
    except KeyboardInterrupt:
        measured.interrupted = True
    return measured


def _clocks() -> tuple[float, float]:
    """Seconds by the wall's clock, and of this program's processor time."""
    return time.perf_counter(), time.process_time()


class Stream:
    """A recording as a microphone that delivers in its own time, and what time it is there.

    Args:
        pcm: what is heard before the silence.
        begin: from which byte; `place` is where it has come to.
        clocks: seconds by the wall's clock, and of processor time.
    """

    def __init__(self, pcm: bytes, begin: int = 0, clocks: Callable[[], tuple[float, float]] = _clocks) -> None:
        self._clocks = clocks
        self._pcm = pcm
        self._begin = begin
        self._open = False
        self._since = (0.0, 0.0)
        self._now_s = (0.0, 0.0)
        self.place = begin

    @property
    def heard_s(self) -> float:
        """How much of it was given, silence too."""
        return (self.place - self._begin) / (SAMPLE_BYTES * RATE_HZ)

    def open(self) -> None:
        """Begin."""
        self._open = True
        self._since = self._clocks()

    def blocks(self) -> Iterator[bytes]:
        """The recording from there, then silence without end, in pieces as the microphone gives them."""
        size = size_bytes(PERIOD_S)
        while self._open:
            self._now_s = self.now_s()
            block = self._pcm[self.place : self.place + size].ljust(size, b"\0")
            self.place += size
            self._now_s = max(self._now_s[0], self.heard_s), max(self._now_s[1], self.heard_s)
            self._since = self._clocks()
            yield block

    def close(self) -> None:
        """End."""
        self._open = False

    def now_s(self) -> tuple[float, float]:
        """Seconds since it was opened, by the wall's clock and by processor time, as if it came in real time."""
        wall, cpu = self._clocks()
        return self._now_s[0] + wall - self._since[0], self._now_s[1] + cpu - self._since[1]


def _word(clip: Clip, snr_db: float | None, engine: Engine, plan: Plan) -> tuple[list[Listened], float]:
    """One recording, one listening: what the kiosk does with an answer."""
    alone = load(clip.path)
    sound, begin_s = alone, 0.0
    if snr_db is not None:
        sound, begin_s = mixed(alone, plan.noise, snr_db, f"{plan.seed} {clip.name}"), BEFORE_S
    limits = replace(plan.limits, silence_s=begin_s + duration_s(alone) + 1.0)
    stream = Stream(sound)
    last, now_s = _listen(stream, engine, plan.phrases, limits)
    found = _listened(clip, snr_db, last, stream.heard_s)
    if found.evidence is not None:
        # The end of speech is looked for in the recording alone: noise has none, and can't be cut off.
        voiced = voiced_frames(alone, limits.goes_on)
        ends_s = [begin_s + (n + 1) * FRAME_S for n, voice in enumerate(voiced) if voice]
        behind_s = sum(FRAME_S for end_s in ends_s if end_s - FRAME_S >= stream.heard_s)
        found = _timed(found, [end_s for end_s in ends_s if end_s <= stream.heard_s], now_s, behind_s)
    return [found], stream.heard_s


def _timed(found: Listened, ends_s: list[float], now_s: tuple[float, float], behind_s: float) -> Listened:
    """With the time from the last voice that was heard to the decision, unless more voice followed."""
    if behind_s >= _GOES_ON_S:
        return replace(found, cut_off=True)
    if not ends_s:
        return found
    wall_ms, cpu_ms = ((one - ends_s[-1]) * 1000 for one in now_s)
    return replace(found, decision_ms=wall_ms, decision_cpu_ms=cpu_ms)


def _room(clip: Clip, engine: Engine, plan: Plan) -> tuple[list[Listened], float]:
    """A recording of a room, listened to again and again. Silence is no news."""
    sound, limits = load(clip.path), plan.limits
    found: list[Listened] = []
    place = 0
    over = len(sound) + size_bytes(limits.endpoint_s + 0.2)
    while place < len(sound):
        stream = Stream(sound, place)
        # Somebody who speaks to the end has an endpoint in the silence behind; nobody else is waited for.
        stopped = Controls(stopped=lambda stream=stream: stream.place > over)  # type: ignore[misc]
        last, _now_s = _listen(stream, engine, plan.phrases, limits, stopped)
        place = stream.place
        listened = _listened(clip, None, last, place / size_bytes(1.0))
        if listened.outcome != NO_SPEECH:
            found.append(listened)
    return found, place / size_bytes(1.0)


def _listen(
    stream: Stream, engine: Engine, phrases: Phrases, limits: Limits, controls: Controls | None = None
) -> tuple[HearingEvent | None, tuple[float, float]]:
    """One listening: its last event, and when that was."""
    last: tuple[HearingEvent | None, tuple[float, float]] = None, (0.0, 0.0)

    def on_event(event: HearingEvent) -> None:
        nonlocal last
        last = event, stream.now_s()

    hear(stream, engine, Task(0, limits, phrases.meanings), on_event, controls)
    return last


def _listened(clip: Clip, snr_db: float | None, last: HearingEvent | None, at_s: float) -> Listened:
    match last:
        case Heard(_, utterance, decision):
            return Listened(clip, snr_db, decision.outcome.value, decision.meaning, utterance.evidence, at_s)
        case Noisy():
            return Listened(clip, snr_db, NOISY, at_s=at_s)
        case _:
            return Listened(clip, snr_db, NO_SPEECH, at_s=at_s)
