"""The speaker: sounds in order through one output stream, stopped at once by a key.

Every sound is converted to the stream's rate before it is played, so that PortAudio's callback only copies. A stop
empties the list and aborts the stream. The callback knows which sample is handed over; it is heard
the output's latency later, and that is when the events tell of it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from voice.audio import from_float, resample, samples_at, to_float
from voice.devices import Device, Direction, find, look_again, portaudio, stream_open
from voice.errors import VoiceError
from voice.events import LineStarted, PromptFinished, SpeakerLost, SpeakingEvent

LEAD_IN_S = 0.12
"""Silence before the first sound: amplifiers and HDMI wake up slowly and would swallow the first word."""
LATENCY_S = 0.05
BLOCK_S = 0.01
LOST_AFTER_S = 1.0
FIRST_WITHIN_S = 3.0
"""A device that has been asleep may take this long before it takes more than fits into its buffer."""
_POLL_S = 0.02


@dataclass(frozen=True)
class Sound:
    """One thing to play.

    Attributes:
        sound: a WAV or FLAC file, several that follow on one another, or 16-bit mono samples.
        pause_after_s: silence behind it.
        volume: 0.0 to 1.0.
        rate_hz: of the samples; a file knows its own.
    """

    sound: Path | bytes | tuple[Path, ...]
    pause_after_s: float = 0.0
    volume: float = 1.0
    rate_hz: int = 16_000


class Speaking(Protocol):
    """What a speaker and its stand-in have in common."""

    def play(self, turn: int, sounds: Sequence[Sound]) -> None:
        """Play them in order; what was playing is stopped. Returns at once."""

    def stop(self) -> None:
        """Silence, at once; nothing more is told of what was playing."""

    def close(self) -> None:
        """Stop for good."""


@dataclass
class _Prompt:
    """What is being played: all of it as samples, and where each line begins."""

    turn: int
    samples: npt.NDArray[np.int16]
    starts: list[int]
    place: int = 0


class Speaker:
    """A speaker by name.

    Args:
        name: as in `devices.find`; "" for the system's default.
        on_event: told on the speaker's own thread; should only put it into a queue.
    """

    def __init__(self, name: str, on_event: Callable[[SpeakingEvent], None]) -> None:
        self._name = name
        self._on_event = on_event
        self._orders: queue.SimpleQueue[tuple[int, tuple[Sound, ...], int] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._order = 0
        self._prompt: _Prompt | None = None
        self._stream: Any = None
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
        self._thread.start()

    def play(self, turn: int, sounds: Sequence[Sound]) -> None:
        """See `Speaking`. LineStarted for each, then PromptFinished; SpeakerLost where there is no speaker."""
        self.stop()
        with self._lock:
            number = self._order
        self._orders.put((turn, tuple(sounds), number))

    def stop(self) -> None:
        """See `Speaking`. The callback hands over silence from its next block on and the stream is aborted."""
        with self._lock:
            self._order += 1
            self._prompt = None
            stream, self._stream = self._stream, None
            if stream is not None:
                stream.abort()

    def close(self) -> None:
        """Stop, and end the thread."""
        self.stop()
        self._orders.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (order := self._orders.get()) is not None:
            turn, sounds, number = order
            if self._stale(number):
                continue
            try:
                self._play(turn, sounds, number)
            except VoiceError as error:
                if not self._stale(number):
                    self._on_event(SpeakerLost(turn, str(error)))

    def _stale(self, number: int) -> bool:
        with self._lock:
            return number != self._order

    def _play(self, turn: int, sounds: tuple[Sound, ...], number: int) -> None:
        device = self._device()
        prompt = _prepare(turn, sounds, device.rate_hz)
        if not len(prompt.samples):
            self._on_event(PromptFinished(turn))
            return
        with ExitStack() as stack:
            stack.enter_context(stream_open())
            stream = self._open(device, prompt)
            stack.callback(stream.close)
            with self._lock:
                if number != self._order:
                    return
                self._prompt, self._stream = prompt, stream
                try:
                    stream.start()
                except portaudio().PortAudioError as error:
                    self._prompt = self._stream = None
                    raise _cannot_open(device, error) from error
            self._follow(prompt, number, device.rate_hz, float(stream.latency))
            with self._lock:
                # Nobody may abort a stream that is closed.
                self._stream = None

    def _follow(self, prompt: _Prompt, number: int, rate_hz: int, latency_s: float) -> None:
        """Tell each line when it is heard, until the last sample is; notice a device that takes no more.

        PortAudio calls nothing when a device fails, so the place in the prompt is the watchdog's food.
        """
        told = 0
        place, moved_at = 0, time.monotonic()
        ends_at: float | None = None
        while not self._stale(number):
            now = time.monotonic()
            if prompt.place != place:
                place, moved_at = prompt.place, now
            heard = place - latency_s * rate_hz if ends_at is None else place
            while told < len(prompt.starts) and heard >= prompt.starts[told]:
                self._on_event(LineStarted(prompt.turn, told))
                told += 1
            if place >= len(prompt.samples):
                ends_at = ends_at if ends_at is not None else now + latency_s
                if now >= ends_at and told == len(prompt.starts):
                    self._on_event(PromptFinished(prompt.turn))
                    return
            elif now - moved_at > (LOST_AFTER_S if place > rate_hz * FIRST_WITHIN_S else FIRST_WITHIN_S):
                raise VoiceError(
                    "Lost the speaker", f"'{self._name or 'default'}': it takes no more sound", "Plug it in again."
                )
            time.sleep(_POLL_S)

    def _device(self) -> Device:
        try:
            return find(Direction.OUTPUT, self._name)
        except VoiceError:
            if not look_again():
                raise
            return find(Direction.OUTPUT, self._name)

    def _open(self, device: Device, prompt: _Prompt) -> Any:
        def wanted(out: Any, frames: int, _time: Any, _status: Any) -> None:
            playing = self._prompt is prompt
            piece = prompt.samples[prompt.place : prompt.place + frames].tobytes() if playing else b""
            out[:] = piece + bytes(len(out) - len(piece))
            if playing:
                prompt.place = min(prompt.place + frames, len(prompt.samples))

        try:
            return portaudio().RawOutputStream(
                samplerate=device.rate_hz,
                blocksize=round(device.rate_hz * BLOCK_S),
                device=device.index,
                channels=1,
                dtype="int16",
                latency=LATENCY_S,
                callback=wanted,
            )
        except portaudio().PortAudioError as error:
            raise _cannot_open(device, error) from error


class NoSpeaker:
    """A speaker that makes no sound and takes no time: for rehearsal, and for a machine without one.

    Args:
        on_event: told at once, on the caller's thread.
    """

    def __init__(self, on_event: Callable[[SpeakingEvent], None]) -> None:
        self._on_event = on_event

    def play(self, turn: int, sounds: Sequence[Sound]) -> None:
        """The same events as a speaker's."""
        for index in range(len(sounds)):
            self._on_event(LineStarted(turn, index))
        self._on_event(PromptFinished(turn))

    def stop(self) -> None:
        """Nothing sounds."""

    def close(self) -> None:
        """Nothing is open."""


def _prepare(turn: int, sounds: tuple[Sound, ...], rate_hz: int) -> _Prompt:
    """All sounds as one stretch of samples at the device's rate.

    Raises:
        VoiceError: a file can't be read.
    """
    if not sounds:
        return _Prompt(turn, np.zeros(0, dtype=np.int16), [])
    parts = [np.zeros(round(LEAD_IN_S * rate_hz), dtype=np.float32)]
    starts: list[int] = []
    for sound in sounds:
        starts.append(sum(len(part) for part in parts))
        if isinstance(sound.sound, bytes):
            samples = resample(to_float(sound.sound), sound.rate_hz, rate_hz)
        else:
            files = (sound.sound,) if isinstance(sound.sound, Path) else sound.sound
            samples = to_float(b"".join(samples_at(file, rate_hz) for file in files))
        parts += [samples * np.float32(sound.volume), np.zeros(round(sound.pause_after_s * rate_hz), dtype=np.float32)]
    return _Prompt(turn, np.frombuffer(from_float(np.concatenate(parts)), dtype="<i2"), starts)


def _cannot_open(device: Device, error: Exception) -> VoiceError:
    return VoiceError(
        "Cannot open the speaker",
        f"'{device.name}': {error}",
        "Stop the other program that uses it, or set voice.speaker in kiosk.toml.",
    )
