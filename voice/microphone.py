"""The microphone: PortAudio's callback puts sound into a queue, and whoever listens takes it out.

PortAudio calls nothing when a device fails, and closing during a blocked read can crash it: so nobody ever reads, and
no callback for a second means that the microphone is gone. Source: PortAudio issues 600 and 1179.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from voice.audio import FULL_SCALE, RATE_HZ, from_float
from voice.condition import Condition, MicrophoneUsed
from voice.devices import Device, Direction, held, portaudio, ways
from voice.errors import VoiceError
from voice.source import LOST

PERIOD_S = 0.02
"""Sound comes in such pieces: a decision can't come sooner after a word than the piece in which its silence is."""
LOST_AFTER_S = max(1.0, 4 * PERIOD_S)
FIRST_WITHIN_S = 3.0
"""A slow device (Bluetooth, a busy Pi) may take this long to deliver its first sound."""
DEAD_SHARE = 0.01
"""A channel with less than this of the loudest one's energy, -20 dB, has no part in what is heard."""


class Microphone:
    """A source for one listening, of a device of any rate and number of channels.

    Args:
        name: as in `devices.find`; "" for the system's default.
        on_used: told when it is closed, if any sound came.
        ways: (rate in Hz, channels) to try, in this order; those of `devices.ways` if None.
    """

    def __init__(
        self,
        name: str = "",
        on_used: Callable[[MicrophoneUsed], None] = lambda _used: None,
        ways: Sequence[tuple[int, int]] | None = None,
    ) -> None:
        self._name = name
        self._on_used = on_used
        self._ways = ways
        self._queue: queue.SimpleQueue[tuple[bytes, float, bool] | None] = queue.SimpleQueue()
        self._stack = ExitStack()
        self._channels = 1
        self._condition: Condition | None = None
        self._convert: Callable[[npt.NDArray[np.int16]], bytes] = _as_it_is
        self._closed = threading.Event()

    def open(self) -> None:
        """Open the device; its sound is converted where it does not know 16,000 Hz mono.

        Raises:
            VoiceError: no PortAudio, no such device, or it is busy.
        """
        with ExitStack() as stack:
            device = stack.enter_context(held(Direction.INPUT, self._name))
            stream = self._stream(device)
            stack.callback(stream.close)
            # Aborted before it is closed: stopping would wait for buffers that may never come.
            stack.callback(stream.abort)
            try:
                stream.start()
            except portaudio().PortAudioError as error:
                raise _cannot_open(device, error) from error
            self._stack = stack.pop_all()

    def blocks(self) -> Iterator[bytes]:
        """Sound as it comes, until closed.

        Raises:
            VoiceError: it went away.
        """
        wait_s = FIRST_WITHIN_S
        condition = self._condition or Condition(RATE_HZ)
        while not self._closed.is_set():
            try:
                came = self._queue.get(timeout=wait_s)
            except queue.Empty:
                raise _lost(self._name) from None
            if self._closed.is_set():
                return
            if came is None:
                raise _lost(self._name)
            wait_s = LOST_AFTER_S
            raw, at_s, overflowed = came
            samples = np.frombuffer(raw, dtype="<i2").reshape(-1, self._channels)
            if overflowed and condition.heard:
                yield LOST
            condition.add(samples, at_s, overflowed=overflowed)
            if block := self._convert(samples):
                yield block

    def close(self) -> None:
        """End; what is in the queue is forgotten."""
        self._closed.set()
        self._queue.put(None)
        self._stack.close()
        condition, self._condition = self._condition, None
        if condition is not None and (used := condition.used()).heard_s:
            self._on_used(used)

    def _stream(self, device: Device) -> Any:
        """A stream at 16,000 Hz if it can be, with all channels."""
        error_type = portaudio().PortAudioError
        last: Exception | None = None
        for rate_hz, channels in self._ways or ways(device):
            try:
                stream = portaudio().RawInputStream(
                    samplerate=rate_hz,
                    blocksize=round(rate_hz * PERIOD_S),
                    device=device.index,
                    channels=channels,
                    dtype="int16",
                    latency="low",
                    callback=self._came,
                    finished_callback=lambda: self._queue.put(None),
                )
            except error_type as error:
                last = error
                continue
            self._channels = channels
            self._condition = Condition(rate_hz)
            if (rate_hz, channels) != (RATE_HZ, 1):
                self._convert = Converter(rate_hz, channels).add
            return stream
        raise _cannot_open(device, last) from last

    def _came(self, data: Any, frames: int, _time: Any, status: Any) -> None:
        """PortAudio's thread: nothing but the copy."""
        del frames
        self._queue.put((bytes(data), time.monotonic(), bool(status.input_overflow)))


def _as_it_is(samples: npt.NDArray[np.int16]) -> bytes:
    return bytes(samples.tobytes())


class Converter:
    """Any rate and number of channels as 16,000 Hz mono.

    The mean of the channels, for what all of them hear grows over what each adds of its own. But a channel with nothing
    on it would halve what the other hears: it is left out, judged by all that has come so far.

    Args:
        rate_hz: of what comes.
        channels: how many there are.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        same = rate_hz == RATE_HZ
        self._resampler = None if same else soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32")
        self._energy = np.zeros(channels)

    def add(self, samples: npt.NDArray[np.int16]) -> bytes:
        """The next of it; what is still within the resampler comes with what follows.

        Args:
            samples: frames by channels.
        """
        scaled = samples.astype(np.float32) / np.float32(FULL_SCALE)
        # About its own mean: a channel that stands at a constant level hears nothing.
        self._energy += scaled.var(axis=0, dtype=np.float64) * len(scaled)
        mono = scaled[:, self._energy >= self._energy.max() * DEAD_SHARE].mean(axis=1, dtype=np.float32)
        if self._resampler is not None:
            mono = self._resampler.resample_chunk(mono)
        return from_float(mono)


def _cannot_open(device: Device, error: Exception | None) -> VoiceError:
    return VoiceError(
        "Cannot open the microphone",
        f"'{device.name}': {error}",
        "Stop the other program that uses it, or set voice.microphone in kiosk.toml.",
    )


def _lost(name: str) -> VoiceError:
    return VoiceError(
        "Lost the microphone", f"'{name or 'default'}': no more sound comes", "Plug it in again; keys work without it."
    )
