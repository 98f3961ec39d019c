"""Unpacking a zip that somebody else made: nothing outside the folder, no links, no flood.

Source: the warnings in Python's `zipfile` documentation on untrusted archives.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from voice.errors import VoiceError

MOST_BYTES = 4_000_000_000
MOST_FILES = 2_000
"""The largest model that upstream offers is under 3 GB; the small ones have some twenty files."""
_PIECE_BYTES = 1 << 20
_HINT = "Do not use this zip. Fetch the model again from the manifest's address."


def unpack(archive: Path, folder: Path, *, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES) -> None:
    """Unpack all of a zip into a folder.

    Args:
        archive: the zip.
        folder: an empty one.
        most_bytes: of all files together, counted as they are written: what the zip says of itself is no matter.
        most_files: entries, folders included.

    Raises:
        VoiceError: not a zip, damaged, encrypted, too large, or with an entry that reaches outside or is a link.
        OSError: the disk is full.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
            if len(entries) > most_files:
                raise _unsafe(archive, f"{len(entries)} entries, more than {most_files}")
            for entry in entries:
                _refuse_unsafe(archive, entry)
            left = most_bytes
            for entry in entries:
                left = _write(opened, entry, folder, left, archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise VoiceError("Cannot unpack the model", f"'{archive}': {error}", _HINT) from error


def _refuse_unsafe(archive: Path, entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    drive = entry.filename[1:2] == ":"
    if path.is_absolute() or ".." in path.parts or drive or not path.parts or "\0" in entry.filename:
        raise _unsafe(archive, f"'{entry.filename}' would be written outside the folder")
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise _unsafe(archive, f"'{entry.filename}' is a link or a device")


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, left: int, archive: Path) -> int:
    """Write one entry; returns how many bytes may still come."""
    target = folder / PurePosixPath(entry.filename.replace("\\", "/"))
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return left
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(entry) as source, target.open("xb") as out:
        while piece := source.read(_PIECE_BYTES):
            left -= len(piece)
            if left < 0:
                raise _unsafe(archive, "it unpacks to more than a model can be")
            out.write(piece)
    return left


def _unsafe(archive: Path, met: str) -> VoiceError:
    return VoiceError("Cannot unpack the model", f"'{archive}': {met}", _HINT)
