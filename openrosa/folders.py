"""What files and folders owe to a power cut."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


PARTIAL = ".partial-"
"""Before the name of what is not whole yet."""


def sync_folder(folder: Path) -> None:
    """Have the names in it on the disk: a file that was synced can still be without one. Raises: OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_synced(path: Path, data: bytes) -> None:
    """Write a file that nobody reads yet; its bytes are on the disk when this returns. Raises: OSError."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replace a file, whole or not at all, whatever happens meanwhile.

    Args:
        path: the file.
        data: all of it.
        mode: who may read it.

    Raises: OSError.
    """
    partial = path.with_name(f"{PARTIAL}{path.name}")
    partial.unlink(missing_ok=True)  # left half written, or a link into this machine that somebody has put there
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(path.parent)
