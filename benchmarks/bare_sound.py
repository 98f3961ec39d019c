"""What PortAudio, ALSA and PulseAudio take by themselves: a tone started and aborted, with nothing of the kiosk.

Run as a process of its own, so that the sound card of its environment is the one used. Prints a JSON line for each
start and each abort, with the time on the monotonic clock, which all processes share.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import sounddevice

RATE_HZ = 44_100
BLOCK = RATE_HZ // 100
PLAYED_S = 0.6
"""The stream is set up exactly as `voice.speaker` does it: 10 ms blocks, 50 ms wanted as latency."""


def main() -> None:
    """Play so many tones as the first argument says."""
    tone = (12_000 * np.sin(2 * np.pi * 441 * np.arange(BLOCK) / RATE_HZ)).astype("<i2").tobytes()

    def wanted(out: memoryview, _frames: int, _time: object, _status: object) -> None:
        out[:] = tone

    for _ in range(int(sys.argv[1])):
        asked_s = time.monotonic()
        stream = sounddevice.RawOutputStream(
            samplerate=RATE_HZ, blocksize=BLOCK, channels=1, dtype="int16", latency=0.05, callback=wanted
        )
        stream.start()
        print(json.dumps({"start": asked_s}), flush=True)
        time.sleep(PLAYED_S)
        aborted_s = time.monotonic()
        stream.abort()
        print(json.dumps({"abort": aborted_s}), flush=True)
        stream.close()
        time.sleep(0.4)


if __name__ == "__main__":
    main()
