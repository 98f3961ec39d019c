"""Room that is set by for a disk that fills up: enough to close the visit that is going on, or to forget it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RESERVE_NAME = "reserve"
RESERVE_BYTES = 2_000_000
"""A sealed visit without voice messages is about 10 kB, and the journal of changing it as much again."""


@dataclass(frozen=True)
class Reserve:
    """A file of real blocks.

    Attributes:
        path: in the store's own folder, so that its blocks are that disk's.
        size_bytes: of it.
    """

    path: Path
    size_bytes: int = RESERVE_BYTES

    def is_there(self) -> bool:
        """Whether all of it is set by."""
        try:
            return self.path.stat().st_blocks * 512 >= self.size_bytes
        except OSError:
            return False

    def make(self) -> bool:
        """Set it by, if it is not; whether it is now. What came of half a file is not left lying about."""
        if self.is_there():
            return True
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                # Blocks, not a length: a sparse file has no room in it.
                os.posix_fallocate(descriptor, 0, self.size_bytes)
            finally:
                os.close(descriptor)
        except OSError:
            self.give_up()
            return False
        return self.is_there()

    def give_up(self) -> bool:
        """Let the disk have the room; whether there was any."""
        with contextlib.suppress(OSError):
            self.path.unlink()
            return True
        return False
