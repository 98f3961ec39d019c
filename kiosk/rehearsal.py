"""Stand-ins that send the same events as a house's devices, without waiting: for `sayso rehearse` and tests.

The visit, the runner, hearing, the store and everything behind it are the real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kiosk import events
from kiosk.asks import Asking
from kiosk.inbox import RehearsalInbox
from kiosk.state import Stage, Visit
from kiosk.view import START_KEY, Command, View
from voice import events as sound
from voice.engine import Engine
from voice.hear import Task, hear
from voice.listener import patient
from voice.segment import VOICE_MESSAGE, Limits
from voice.source import Recording

A_KEY = b""
"""In place of a recording: nobody speaks into that listening, a key is pressed."""


class NoScreen:
    """A screen that nobody looks at."""

    def __init__(self) -> None:
        self.views: list[View] = []

    def show(self, view: View) -> None:
        """Remember it."""
        self.views.append(view)

    def light(self, key: str | None, words: str = "") -> None:
        """Nothing to light."""

    def level(self, dbfs: float) -> None:
        """Nothing to move."""

    def hush(self) -> None:
        """Nothing is lit."""

    def expect(self, views: Sequence[View]) -> None:
        """Nothing is drawn ahead."""


class SilentVoice:
    """Says everything in no time."""

    def __init__(self, put: Callable[[Any], None]) -> None:
        self._put = put
        self.said: list[str] = []

    def say(self, turn: int, lines: Sequence[events.Line], language: str, messages: dict[str, bytes]) -> None:
        """Every line begins, and the prompt is finished."""
        del language, messages
        self.said.extend(line.words for line in lines if line.words)
        for index in range(len(lines)):
            self._put(sound.LineStarted(turn, index))
        self._put(sound.PromptFinished(turn))

    def stop(self) -> None:
        """Silent already."""

    def adjust(self, command: Command) -> None:
        """Nothing to turn."""

    def reset(self) -> None:
        """Nothing to turn back."""

    def look(self) -> None:
        """There are no headphones."""


@dataclass
class HeardOnce:
    """One listening of a rehearsal.

    Attributes:
        question: name of what was asked.
        stage: "ask", "confirm", "said_back" or "recording".
        recording: index of the recording that was played, which may be silence; None: none was left or belongs here.
        happened: what sound's last event was.
    """

    question: str
    stage: str
    recording: int | None
    happened: sound.HearingEvent


@dataclass
class RecordedEar:
    """Plays the n-th recording into the n-th listening for an answer, the same again into a confirmation of it.

    Args:
        engine: the real one.
        recordings: 16-bit mono at 16,000 Hz; None is silence, `A_KEY` leaves the answer to a key.
        put: the inbox.
        visit: the visit as it stands.
        key_comes: whether somebody will press a key where nothing is left to be heard.
    """

    engine: Engine
    recordings: Sequence[bytes | None]
    put: Callable[[Any], None]
    visit: Callable[[], Visit]
    key_comes: Callable[[], bool]
    heard: list[HeardOnce] = field(default_factory=list)
    used: int = 0

    def listen(
        self, turn: int, meanings: dict[str, str], silence_s: float, *, pause_s: float | None = None, said: str = ""
    ) -> None:
        """Hear the recording that belongs here, at once."""
        self._hear(Task(turn, replace(patient(Limits(), pause_s), silence_s=silence_s), meanings, said))

    def record(self, turn: int, silence_s: float, max_s: float) -> None:
        """Take the recording that belongs here as a voice message."""
        limits = replace(VOICE_MESSAGE, endpoint_s=silence_s, longest_s=max_s, silence_s=silence_s)
        self._hear(Task(turn, limits, None))

    def finish(self) -> None:
        """It is over already."""

    def stop(self) -> None:
        """It is over already."""

    def _hear(self, task: Task) -> None:
        visit = self.visit()
        index = self._index(visit)
        if index is None and self.key_comes() and visit.stage is not Stage.SAID_BACK:
            return
        pcm = self.recordings[index] if index is not None else None
        if pcm == A_KEY and self.key_comes():
            return
        last: list[sound.HearingEvent] = []

        def told(event: sound.HearingEvent) -> None:
            last[:] = [event]
            self.put(event)

        hear(Recording(pcm or b""), self.engine, task, told)
        asked = visit.question.name if visit.question else ""
        if last:
            self.heard.append(HeardOnce(asked, visit.stage.value, index, last[0]))

    def _index(self, visit: Visit) -> int | None:
        """Which recording: the next for an answer, the last again for its confirmation, none for anything else."""
        if visit.asking is not Asking.QUESTION or visit.stage is Stage.SAID_BACK:
            return None
        if visit.stage is Stage.CONFIRM:
            return self.used - 1 if self.used else None
        if self.used >= len(self.recordings):
            return None
        self.used += 1
        return self.used - 1


class DeafEar:
    """No microphone at all: keys alone."""

    def listen(
        self, turn: int, meanings: dict[str, str], silence_s: float, *, pause_s: float | None = None, said: str = ""
    ) -> None:
        """Never asked for: a visit without a microphone does not listen."""

    def record(self, turn: int, silence_s: float, max_s: float) -> None:
        """Nor does it record."""

    def finish(self) -> None:
        """Nothing to end."""

    def stop(self) -> None:
        """Nothing to end."""


class Person(RehearsalInbox):
    """The inbox of a rehearsal, with a person who presses the next key whenever the kiosk waits for one.

    Args:
        keys: names of `kiosk.view.KEYS`, in order.
        visits: how many visits to make; then everything ends.
    """

    def __init__(self, keys: Sequence[str], visits: int = 1) -> None:
        super().__init__()
        self._keys = list(keys)
        self._started = 0
        self._visits = visits
        self.visit: Callable[[], Visit] | None = None

    def take(self, until_s: float | None) -> Any | None:
        """What happened; else a key; else the clock goes on."""
        visit = self.visit() if self.visit else None
        if visit is None or self._happened:
            return super().take(until_s)
        if visit.stage is Stage.WAITING:
            if self._started >= self._visits:
                return None
            self._started += 1
            return events.KeyPressed(START_KEY, visit.turn)
        waits = visit.stage in {Stage.ASK, Stage.CONFIRM, Stage.RECORDING} and not visit.speaking
        if self._keys and waits:  # what was to be heard has been put in already
            return events.KeyPressed(self._keys.pop(0), visit.turn)
        return super().take(until_s)

    def has_keys(self) -> bool:
        """Whether there are keys left to press."""
        return bool(self._keys)
