"""One listening from its first sound to its end, on whatever thread calls it.

The kiosk's listener and a rehearsal both come through here, so that what is rehearsed is what happens.

The microphone is open only within `hear`. Its first sound is told by `Listening`: whoever invites to speak waits for
that, so that no first word is lost while the device opens.

A clear answer need not wait for the whole endpoint: when somebody pauses, the speech so far is recognised, and if it is
still silent then, a sure answer that can't go on to mean something else is taken. Anything less waits for the endpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from voice.audio import RATE_HZ, active_dbfs, duration_s, level_dbfs, size_bytes
from voice.condition import clipped_samples
from voice.decide import Decision, Outcome, decide, may_go_on
from voice.doubt import doubted
from voice.engine import Engine
from voice.errors import EngineGone, VoiceError
from voice.events import (
    EngineFailed,
    Heard,
    HearingEvent,
    Level,
    Listening,
    MicrophoneFound,
    MicrophoneLost,
    Noisy,
    Recorded,
    Silence,
    SpeechStarted,
)
from voice.noise_floor import NoiseFloor
from voice.segment import Limits, Nothing, Paused, Segmenter, SegmentEvent, Settled, Speech, Started
from voice.source import LOST, Source
from voice.utterance import Evidence, Utterance

_LOOK_UP_TO_S = 3.0
"""Longer speech is not looked at before its end: that takes a part of its length, and the sound waits meanwhile."""
_LEVEL_BYTES = size_bytes(0.1)
_LOST_BEFORE_S = 0.5
"""Sound that was lost so shortly before the speech may have been its beginning."""

Spoken = Paused | Speech


@dataclass(frozen=True)
class Task:
    """What to listen for.

    Attributes:
        turn: every event of it carries this.
        limits: when speech begins and ends.
        meanings: allowed phrases, lower-case, to labels; None for a voice message, which is recorded.
        said: what the kiosk last said: it must not be taken for somebody's answer.
    """

    turn: int
    limits: Limits
    meanings: Mapping[str, str] | None
    said: str = ""


@dataclass(frozen=True)
class Controls:
    """How somebody else ends it, asked about ten times a second of audio.

    Attributes:
        stopped: end at once and say nothing more.
        finished: end now with what there is (a key ends a voice message).
        was_lost: the microphone was lost the last time: say when it is found.
    """

    stopped: Callable[[], bool] = lambda: False
    finished: Callable[[], bool] = lambda: False
    was_lost: bool = False


def hear(
    source: Source,
    engine: Engine,
    task: Task,
    on_event: Callable[[HearingEvent], None],
    controls: Controls | None = None,
    floor: NoiseFloor | None = None,
) -> bool:
    """Listen once, to the end.

    Args:
        source: opened and closed here.
        engine: recognises, on this thread.
        task: what to listen for.
        on_event: told everything, on this thread, in order. The last is Heard, Recorded, Silence, MicrophoneLost or
            EngineFailed; none when stopped.
        controls: how somebody else ends it.
        floor: of this microphone, as followed so far; it goes on being followed. A new one if None.

    Returns: False when the microphone was lost.
    """
    return _Hearing(source, engine, task, on_event, controls or Controls(), floor or NoiseFloor()).run()


class _Hearing:
    """The state of one listening."""

    def __init__(
        self,
        source: Source,
        engine: Engine,
        task: Task,
        on_event: Callable[[HearingEvent], None],
        controls: Controls,
        floor: NoiseFloor,
    ) -> None:
        self._source = source
        self._engine = engine
        self._task = task
        self._on_event = on_event
        self._controls = controls
        self._floor = floor
        self._guess: tuple[Spoken, Utterance, Decision] | None = None
        self._loud = b""
        self._heard_s = 0.0
        self._lost_at_s: list[float] = []

    def run(self) -> bool:
        turn = self._task.turn
        try:
            self._source.open()
            self._listen()
        except EngineGone as error:
            self._source.close()
            if not self._controls.stopped():
                self._on_event(EngineFailed(turn, str(error)))
        except VoiceError as error:
            self._source.close()
            if not self._controls.stopped():
                self._on_event(MicrophoneLost(turn, str(error)))
            return False
        finally:
            self._source.close()
        return True

    def _listen(self) -> None:
        segmenter = Segmenter(self._task.limits)
        first = True
        for block in self._source.blocks():
            if self._controls.stopped():
                return
            if first:
                first = False
                if self._controls.was_lost:
                    self._on_event(MicrophoneFound(self._task.turn))
                self._on_event(Listening(self._task.turn))
            if block == LOST:
                self._lost_at_s.append(self._heard_s)
                segmenter.lost()
                continue
            self._heard_s += duration_s(block)
            self._floor.add(block)
            self._level(block)
            for event in segmenter.add(block):
                if self._on_segment(event):
                    return
            if self._controls.finished() and (ended := segmenter.finish()) is not None:
                self._on_segment(ended)
                return

    def _on_segment(self, event: SegmentEvent) -> bool:
        """Whether the listening is over."""
        turn = self._task.turn
        match event:
            case Started(at_s):
                self._on_event(SpeechStarted(turn, at_s))
                return False
            case Nothing():
                self._source.close()
                self._on_event(Silence(turn))
                return True
            case Paused():
                self._look(event)
                return False
            case Settled():
                return self._guessed_surely()
            case Speech(pcm):
                # Closed before recognising: what people say while the kiosk thinks is not its business.
                self._source.close()
                if self._task.meanings is None:
                    self._on_event(Recorded(turn, pcm))
                else:
                    utterance, decision = self._recognised(event, self._task.meanings)
                    if event.cut and decision.outcome not in {Outcome.SURE, Outcome.ASK}:
                        self._end_noisy()
                    else:
                        self._tell(utterance, decision)
                return True

    def _end_noisy(self) -> None:
        """A television, or others talking: asking for it again would not help."""
        if not self._controls.stopped():
            self._on_event(Noisy(self._task.turn))

    def _look(self, spoken: Paused) -> None:
        """Somebody pauses: what would it be, if this were all?"""
        self._guess = None
        if self._task.meanings is not None and spoken.duration_s <= _LOOK_UP_TO_S:
            self._guess = (spoken, *self._recognised(spoken, self._task.meanings))

    def _guessed_surely(self) -> bool:
        """Whether what was looked at is sure and can only mean that; then it is told."""
        if self._guess is None or self._task.meanings is None:
            return False
        _, utterance, decision = self._guess
        if decision.outcome is not Outcome.SURE or may_go_on(decision.phrase, self._task.meanings):
            return False
        self._source.close()
        self._tell(utterance, decision)
        return True

    def _recognised(self, spoken: Spoken, meanings: Mapping[str, str]) -> tuple[Utterance, Decision]:
        if self._guess is not None and self._guess[0].pcm == spoken.pcm:
            return self._guess[1], self._guess[2]
        utterance = self._engine.recognise(self._task.turn, spoken.pcm, meanings)
        evidence = self._with_circumstances(utterance.evidence, spoken)
        decision = doubted(decide(evidence, meanings, self._engine.weights), evidence, self._task.said)
        return replace(utterance, evidence=evidence), decision

    def _with_circumstances(self, evidence: Evidence, spoken: Spoken) -> Evidence:
        """What the recognisers can't know: when and how it was said, and what became of the sound on its way."""
        floor_dbfs = self._floor.dbfs
        clipped = clipped_samples(spoken.pcm) / max(1.0, spoken.duration_s * RATE_HZ)
        return replace(
            evidence,
            duration_s=spoken.duration_s,
            begun_s=spoken.begun_s,
            pause_s=spoken.pause_s,
            snr_db=None if floor_dbfs is None else active_dbfs(spoken.pcm) - floor_dbfs,
            clipped_share=min(1.0, clipped),
            lost=sum(at_s >= spoken.begun_s - _LOST_BEFORE_S for at_s in self._lost_at_s),
        )

    def _tell(self, utterance: Utterance, decision: Decision) -> None:
        if not self._controls.stopped():
            self._on_event(Heard(self._task.turn, utterance, decision, self._heard_s))

    def _level(self, block: bytes) -> None:
        self._loud += block
        while len(self._loud) >= _LEVEL_BYTES:
            self._on_event(Level(self._task.turn, level_dbfs(self._loud[:_LEVEL_BYTES]), self._floor.dbfs))
            self._loud = self._loud[_LEVEL_BYTES:]
