"""The microphone: PortAudio's callback puts sound into a queue, and whoever listens takes it out.

PortAudio calls nothing when a device fails, and closing during a blocked read can crash it: so nobody ever reads, and
no callback for a second means that the microphone is gone. Source: PortAudio issues 600 and 1179.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np
import soxr

from voice.audio import FULL_SCALE, RATE_HZ, from_float
from voice.devices import Device, Direction, find, look_again, portaudio, stream_open
from voice.errors import VoiceError

PERIOD_S = 0.05
LOST_AFTER_S = max(1.0, 4 * PERIOD_S)
FIRST_WITHIN_S = 3.0
"""A slow device (Bluetooth, a busy Pi) may take this long to deliver its first sound."""
_MOST_CHANNELS = 2


class Microphone:
    """A source for one listening.

    Args:
        name: as in `devices.find`; "" for the system's default.
    """

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._stack = ExitStack()
        self._resampler: soxr.ResampleStream | None = None
        self._channels = 1
        self._closed = threading.Event()

    def open(self) -> None:
        """Open the device; its sound is converted where it does not know 16,000 Hz mono.

        Raises:
            VoiceError: no PortAudio, no such device, or it is busy.
        """
        # A microphone may have been plugged in since PortAudio made its list.
        try:
            device = find(Direction.INPUT, self._name)
        except VoiceError:
            if not look_again():
                raise
            device = find(Direction.INPUT, self._name)
        with ExitStack() as stack:
            stack.enter_context(stream_open())
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
        while not self._closed.is_set():
            try:
                raw = self._queue.get(timeout=wait_s)
            except queue.Empty:
                raise _lost(self._name) from None
            if self._closed.is_set():
                return
            if raw is None:
                raise _lost(self._name)
            wait_s = LOST_AFTER_S
            if block := self._convert(raw):
                yield block

    def close(self) -> None:
        """End; what is in the queue is forgotten."""
        self._closed.set()
        self._queue.put(None)
        self._stack.close()

    def _stream(self, device: Device) -> Any:
        """A stream at 16,000 Hz mono, else at the device's own rate and channels."""
        error_type = portaudio().PortAudioError
        ways = [(RATE_HZ, 1), (device.rate_hz, 1), (device.rate_hz, min(device.channels, _MOST_CHANNELS))]
        last: Exception | None = None
        for rate_hz, channels in dict.fromkeys(ways):
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
            if rate_hz != RATE_HZ:
                self._resampler = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32")
            return stream
        raise _cannot_open(device, last) from last

    def _came(self, data: Any, frames: int, time: Any, status: Any) -> None:
        """PortAudio's thread: nothing but the copy. An overflow loses sound, which the evidence will show."""
        del frames, time, status
        self._queue.put(bytes(data))

    def _convert(self, raw: bytes) -> bytes:
        if self._channels == 1 and self._resampler is None:
            return raw
        samples = (
            np.frombuffer(raw, dtype="<i2").reshape(-1, self._channels).mean(axis=1, dtype=np.float32) / FULL_SCALE
        )
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(samples)
        return from_float(samples)


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
