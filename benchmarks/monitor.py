"""What the virtual sound card's speaker or microphone carries, with the time at which each bit of it came.

The sound card is the tests' private PulseAudio with null sinks. A null sink hands sound on in steps of its own
latency; `bare_sound.py` measures what that alone adds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from sound_card import SoundCard, missing

__all__ = ["Monitor", "SoundCard", "levels_dbfs", "missing"]

RATE_HZ = 16_000
BLOCK = 80
"""Samples that are looked at together: 5 ms."""
BLOCK_S = BLOCK / RATE_HZ
FLOOR_DBFS = -55.0
"""The null sink's own silence is digital zero; 35 dB below a usual voice is the end of any sound."""


class Monitor:
    """A recording that grows; made by `Monitor.of`. Times are those of `time.monotonic`, at arrival here."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._sound = bytearray()
        self._ends: list[int] = []
        self._came_s: list[float] = []
        self._news = threading.Condition()
        threading.Thread(target=self._read, name="monitor", daemon=True).start()

    @classmethod
    @contextmanager
    def of(cls, card: SoundCard, source: str, latency_ms: int = 5) -> Iterator[Monitor]:
        """Record for as long as the block lasts.

        Args:
            card: whose.
            source: "speaker.monitor" or "microphone".
            latency_ms: the steps in which the card is asked to work. It works in the smallest that anybody asks for, so
                a finer one here makes it quicker for the kiosk too.
        """
        command = ["parec", f"--device={source}", "--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1"]
        process = subprocess.Popen(
            [*command, f"--latency-msec={latency_ms}"],
            env=card.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        monitor = cls(process)
        try:
            monitor.wait_until(time.monotonic())
            yield monitor
        finally:
            process.terminate()
            process.wait(10)

    def wait_until(self, at_s: float, within_s: float = 20.0) -> None:
        """Wait until sound has come that is later than that. Raises: TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: bool(self._came_s) and self._came_s[-1] > at_s, within_s):
                raise TimeoutError("the sound card's monitor gives no sound")

    def sound_after(self, at_s: float, within_s: float = 10.0) -> float:
        """When the first sound above the floor came after that time. Raises: TimeoutError: none did."""
        deadline = time.monotonic() + within_s
        while True:
            came_s, loud = self._since(at_s)
            if loud.any():
                return came_s[int(loud.argmax())]
            if time.monotonic() > deadline:
                raise TimeoutError("no sound at the speaker")
            self.wait_until(time.monotonic())

    def silence_after(self, at_s: float, lasting_s: float = 0.08, within_s: float = 10.0) -> float:
        """When the last sound came before the first silence that lasts so long. Raises: TimeoutError: it goes on."""
        quiet_blocks = round(lasting_s / BLOCK_S)
        deadline = time.monotonic() + within_s
        while True:
            came_s, loud = self._since(at_s)
            run = 0
            for place, is_loud in enumerate(loud):
                run = 0 if is_loud else run + 1
                if run == quiet_blocks:
                    last = place - quiet_blocks
                    return came_s[last] if last >= 0 else at_s
            if time.monotonic() > deadline:
                raise TimeoutError("the sound does not end")
            self.wait_until(time.monotonic())

    def came_s(self, sample: int) -> float:
        """When that sample came, counted from the start of the recording."""
        with self._news:
            return self._came_s[min(bisect_left(self._ends, sample + 1), len(self._came_s) - 1)]

    def made_s(self, sample: int) -> float:
        """When that sample was made: the earliest that agrees with every piece that came, whatever its size."""
        with self._news:
            zero_s = min(came_s - end / RATE_HZ for came_s, end in zip(self._came_s, self._ends, strict=True))
        return zero_s + sample / RATE_HZ

    def samples(self) -> npt.NDArray[np.int16]:
        """All that has come, 16-bit mono at `RATE_HZ`."""
        with self._news:
            return np.frombuffer(bytes(self._sound[: len(self._sound) // 2 * 2]), dtype="<i2")

    def length(self) -> int:
        """How many samples have come."""
        with self._news:
            return len(self._sound) // 2

    def _since(self, at_s: float) -> tuple[list[float], npt.NDArray[np.bool_]]:
        """The 5 ms blocks that came after that time: when, and which are above the floor."""
        with self._news:
            first = bisect_left(self._came_s, at_s)
            begin = self._ends[first - 1] if first else 0
        samples = self.samples()[begin:]
        loud = levels_dbfs(samples) > FLOOR_DBFS
        return [self.came_s(begin + (block + 1) * BLOCK - 1) for block in range(len(loud))], loud

    def _read(self) -> None:
        out = self._process.stdout
        assert out is not None
        while data := os.read(out.fileno(), 4096):
            now_s = time.monotonic()
            with self._news:
                self._sound += data
                self._ends.append(len(self._sound) // 2)
                self._came_s.append(now_s)
                self._news.notify_all()


def levels_dbfs(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """The level of each 5 ms block; digital silence is -120."""
    whole = samples[: len(samples) // BLOCK * BLOCK].reshape(-1, BLOCK).astype(np.float64) / 32_768
    rms = np.sqrt(np.mean(np.square(whole), axis=1))
    return np.asarray(20 * np.log10(np.maximum(rms, 1e-6)), dtype=np.float64)
