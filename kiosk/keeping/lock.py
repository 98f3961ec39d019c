"""One process at a time: an advisory lock on a file, gone with the process however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from kiosk.errors import KioskError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Lock:
    """A lock that is held.

    Attributes:
        descriptor: of the open file; closing it lets go.
        path: of the file.
        what: who holds it.
    """

    descriptor: int
    path: Path
    what: str

    @classmethod
    def take(cls, path: Path, what: str) -> Self:
        """Take it, or say who has it. The process's number stands in the file for that sentence only.

        Raises: KioskError: another process holds it, or the file can't be opened.
        """
        op = f"Cannot start a second {what} on"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            hint = "Let the user that runs Sayso write in that folder, or name another one in store.folder."
            raise KioskError("Cannot open", f"{path}: {error.strerror}", hint) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
            os.close(descriptor)
            hint = "Stop that one first, or give this one its own store.folder."
            raise KioskError(op, f"{path.parent}: process {holder or 'unknown'} has it", hint) from error
        with contextlib.suppress(OSError):  # on a full disk the lock still holds; only the number is missing
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        return cls(descriptor, path, what)

    def is_of_its_file(self) -> bool:
        """Whether the file that stands there is still the one that is locked: its folder may have been taken away."""
        try:
            return os.path.samestat(self.path.stat(), os.fstat(self.descriptor))
        except OSError:
            return False

    def take_again(self) -> Self:
        """Lock the file that stands there now, and let go of the one that has gone. Raises: KioskError."""
        again = self.take(self.path, self.what)
        self.release()
        return again

    def release(self) -> None:
        """Let go. The file stays: deleting it could let two in."""
        os.close(self.descriptor)
