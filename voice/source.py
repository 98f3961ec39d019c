"""Where sound comes from: what a microphone and its stand-in have in common, and the stand-in.

`Recordings` ships with the package: rehearsals and tests use it, and nothing behind it can tell the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from voice.audio import size_bytes

BLOCK_S = 0.1
"""Sound comes in pieces of at most this length."""
LOST = b""
"""Stands between the pieces where sound was lost; how much of it nobody knows."""


class Source(Protocol):
    """Sound for one listening. Used by one thread; `close` may come at any time and more than once."""

    def open(self) -> None:
        """Begin.

        Raises:
            VoiceError: it can't be opened.
        """

    def blocks(self) -> Iterator[bytes]:
        """16-bit mono at 16,000 Hz in pieces of at most `BLOCK_S`, until closed; LOST where some is missing.

        Raises:
            VoiceError: it went away.
        """

    def close(self) -> None:
        """End. Never waits for sound."""


SourceFactory = Callable[[], Source]
"""A new source for each listening."""


class Recordings:
    """A factory of sources: the n-th listening hears the n-th recording and then digital silence, without waiting.

    Args:
        recordings: 16-bit mono at 16,000 Hz; None is silence from the start. After the last one all is silence.
    """

    def __init__(self, recordings: Sequence[bytes | None]) -> None:
        self._recordings = list(recordings)
        self._next = 0

    def __call__(self) -> Recording:
        """The source for the next listening."""
        pcm = self._recordings[self._next] if self._next < len(self._recordings) else None
        self._next += 1
        return Recording(pcm or b"")

    def again(self) -> None:
        """Let the next listening hear what the last one heard."""
        self._next = max(0, self._next - 1)


class Recording:
    """One recording as a source.

    Args:
        pcm: what is heard before the silence.
    """

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm
        self._open = False

    def open(self) -> None:
        """Begin."""
        self._open = True

    def blocks(self) -> Iterator[bytes]:
        """The recording, then silence without end: whoever listens decides when it is enough."""
        size = size_bytes(BLOCK_S)
        silence = bytes(size)
        for place in range(0, len(self._pcm), size):
            if not self._open:
                return
            yield self._pcm[place : place + size]
        while self._open:
            yield silence

    def close(self) -> None:
        """End."""
        self._open = False
