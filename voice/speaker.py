"""The speaker: sounds in order through one output stream, stopped at once by a key.

Every sound is converted to the stream's rate before it is played, so that PortAudio's callback only copies. A stop
empties the list and aborts the stream. The callback knows which sample is handed over; it is heard
the output's latency later, and that is when the events tell of it.

Headphones are another device, and go before the speaker while they are there. They are looked for when asked to, and
before and after each prompt, when no stream is open. A prompt that was begun for headphones is never finished in the
room: it may hold an answer that nobody else should hear.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any, Protocol

from voice.devices import Device, Direction, find, held, look_for_new, portaudio, ready
from voice.errors import VoiceError
from voice.events import LineStarted, PromptFinished, SpeakerLost, SpeakingEvent
from voice.sound import LEAD_IN_S, WAKING_S, Prompt, Sound, fill, lead_in

LATENCY_S = 0.05
BLOCK_S = 0.01
LOST_AFTER_S = 1.0
FIRST_WITHIN_S = 3.0
"""A device that has been asleep may take this long before it takes more than fits into its buffer."""
_POLL_S = 0.02
AWAKE_S = 3.0
"""So long after the last sound an amplifier may have gone to sleep."""


class Speaking(Protocol):
    """What a speaker and its stand-in have in common."""

    def play(self, turn: int, sounds: Sequence[Sound]) -> None:
        """Play them in order; what was playing is stopped. Returns at once."""

    def stop(self) -> None:
        """Silence, at once; nothing more is told of what was playing."""

    def look(self) -> None:
        """See whether headphones were plugged in or pulled out; returns at once."""

    def pulse(self, answered: Callable[[], None]) -> None:
        """Have `answered` called when it has come round: in the middle of a prompt too, never when it hangs."""

    def close(self) -> None:
        """Stop for good."""


class Speaker:
    """A speaker by name, and headphones in its place while they are there.

    Args:
        name: as in `devices.find`; "" for the system's default.
        on_event: told on the speaker's own thread; should only put it into a queue.
        headphones: a part of their name; "" for none.
        on_headphones: told whether they are there, at every change, on the speaker's own thread.
    """

    def __init__(
        self,
        name: str,
        on_event: Callable[[SpeakingEvent], None],
        *,
        headphones: str = "",
        on_headphones: Callable[[bool], None] = lambda _there: None,
    ) -> None:
        self._name = name
        self._on_event = on_event
        self._headphones = headphones
        self._on_headphones = on_headphones
        self._worn = False
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._pulses: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._order = 0
        self._prompt: Prompt | None = None
        self._stream: Any = None
        self._played_at = -math.inf
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
        self._thread.start()

    def play(self, turn: int, sounds: Sequence[Sound]) -> None:
        """See `Speaking`. LineStarted for each, then PromptFinished; SpeakerLost where there is no speaker."""
        self.stop()
        with self._lock:
            number = self._order
        self._orders.put(partial(self._told, turn, tuple(sounds), number))

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

    def look(self) -> None:
        """See `Speaking`. What is played after this goes to where they are."""
        self._orders.put(self._look)

    def pulse(self, answered: Callable[[], None]) -> None:
        """See `Speaking`. On the speaker's own thread: PortAudio can hang in a driver, and tells nobody."""
        self._pulses.put(answered)
        self._orders.put(self._answer)

    def _answer(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._pulses.get_nowait()()

    def _run(self) -> None:
        while (order := self._orders.get()) is not None:
            order()

    def _told(self, turn: int, sounds: tuple[Sound, ...], number: int) -> None:
        """Play a prompt; tell that it is over, or that it can't be heard."""
        if self._stale(number):
            return
        if not self._worn:  # put on since the last prompt: better heard there from its first word
            self._look()
        try:
            finished = self._play(turn, sounds, number)
        except VoiceError as error:
            if self._stale(number):
                return
            worn = self._worn
            self._look()
            if not worn or self._worn:  # it is not that the headphones are gone
                self._on_event(SpeakerLost(turn, str(error)))
                return
            finished = True  # its rest is not for the room
        if finished:
            # Before the end is told: the microphone may be opened then, and PortAudio not started again.
            self._look()
            if not self._stale(number):
                self._on_event(PromptFinished(turn))

    def _look(self) -> None:
        if not self._headphones:
            return
        try:
            look_for_new()
            self._wear(worn=ready(Direction.OUTPUT, find(Direction.OUTPUT, self._headphones)))
        except VoiceError:  # there are none of that name
            self._wear(worn=False)

    def _wear(self, *, worn: bool) -> None:
        if worn != self._worn:
            self._worn = worn
            self._on_headphones(worn)

    def _stale(self, number: int) -> bool:
        with self._lock:
            return number != self._order

    def _play(self, turn: int, sounds: tuple[Sound, ...], number: int) -> bool:
        """Whether it was played to its end."""
        asleep = time.monotonic() - self._played_at > AWAKE_S
        with ExitStack() as stack:
            device = stack.enter_context(held(Direction.OUTPUT, self._headphones if self._worn else self._name))
            if not sounds:
                return True
            prompt = lead_in(turn, WAKING_S if asleep else LEAD_IN_S, device.rate_hz)
            stream = self._open(device, prompt)
            stack.callback(stream.close)
            stack.callback(self._forget)  # nobody may abort a stream that is closed
            with self._lock:
                if number != self._order:
                    return False
                self._prompt, self._stream = prompt, stream
                try:
                    stream.start()
                except portaudio().PortAudioError as error:
                    raise _cannot_open(device, error) from error
            fill(prompt, sounds, device.rate_hz)
            return self._follow(prompt, number, device.rate_hz, float(stream.latency))

    def _forget(self) -> None:
        self._played_at = time.monotonic()
        with self._lock:
            self._prompt = self._stream = None

    def _follow(self, prompt: Prompt, number: int, rate_hz: int, latency_s: float) -> bool:
        """Tell each line when it is heard, until the last sample is; notice a device that takes no more.

        Returns: whether it was heard to its end.

        PortAudio calls nothing when a device fails, so the place in the prompt is the watchdog's food.
        """
        told = 0
        place, moved_at = 0, time.monotonic()
        ends_at: float | None = None
        while not self._stale(number):
            self._answer()
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
                    return True
            elif now - moved_at > (LOST_AFTER_S if place > rate_hz * FIRST_WITHIN_S else FIRST_WITHIN_S):
                raise VoiceError(
                    "Lost the speaker", f"'{self._name or 'default'}': it takes no more sound", "Plug it in again."
                )
            time.sleep(_POLL_S)
        return False

    def _open(self, device: Device, prompt: Prompt) -> Any:
        def wanted(out: Any, frames: int, _time: Any, _status: Any) -> None:
            playing = self._prompt is prompt
            samples = prompt.samples  # they may be put in place of the lead-in meanwhile
            piece = samples[prompt.place : prompt.place + frames].tobytes() if playing else b""
            out[:] = piece + bytes(len(out) - len(piece))
            if playing:
                prompt.place = min(prompt.place + frames, len(samples))

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

    def look(self) -> None:
        """There are no headphones."""

    def pulse(self, answered: Callable[[], None]) -> None:
        """It never hangs."""
        answered()

    def stop(self) -> None:
        """Nothing sounds."""

    def close(self) -> None:
        """Nothing is open."""


def _cannot_open(device: Device, error: Exception) -> VoiceError:
    return VoiceError(
        "Cannot open the speaker",
        f"'{device.name}': {error}",
        "Stop the other program that uses it, or set voice.speaker in kiosk.toml.",
    )
