"""Opening a bundle: nothing of it is used before every file has the hash that its list gives."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from installing import tree
from installing.errors import InstallError
from installing.machine import Machine

SUMS = "SHA256SUMS"
"""Every other file's hash, as `sha256sum -c` reads it."""
TREE, WHEELS, MODELS, DEBS = "tree", "wheels", "models", "debs"
_PIECE_BYTES = 1 << 20
_OP = "Cannot use the bundle"
_AGAIN = "Copy it again from where it was made; nothing was installed."


@dataclass(frozen=True)
class Bundle:
    """One that was looked at.

    Attributes:
        folder: unpacked.
    """

    folder: Path

    @property
    def tree(self) -> Path:
        """The source tree in it."""
        return self.folder / TREE

    @property
    def wheels(self) -> Path:
        """The libraries in it."""
        return self.folder / WHEELS

    @property
    def models(self) -> Path:
        """The speech models' zips in it."""
        return self.folder / MODELS


@contextmanager
def opened(path: Path, machine: Machine) -> Iterator[Bundle]:
    """A bundle, unpacked on that machine and looked at; what was unpacked is gone afterwards.

    Args:
        path: a tar file, or a folder that one was unpacked to.
        machine: that will read it.

    Raises: InstallError: not a bundle, or not the one that was made.
    """
    if not path.exists():
        raise InstallError(_OP, f"{path}: there is no such file", "Give the path of what script/bundle made.")
    if path.is_dir() and not machine.is_whole:
        verify(path)
        yield Bundle(path)
        return
    temporary = machine.path("/var/tmp")  # noqa: S108  a folder of a random name is made in it, not in memory as /tmp is
    temporary.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="sayso-bundle-", dir=temporary))
    try:
        if path.is_dir():
            shutil.copytree(path, folder, dirs_exist_ok=True)
        else:
            _unpack(path, folder)
        verify(folder)
        folder.chmod(0o755)
        yield Bundle(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def verify(folder: Path) -> int:
    """Look at every file of a bundle; how many there are. Raises: InstallError: one lacks, is more, or is another."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InstallError(_OP, f"{folder} has no {SUMS}", "Give what script/bundle made.") from error
    sums = {name: wanted for wanted, _, name in (line.partition("  ") for line in lines)}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() or path.is_symlink()}
    there.discard(SUMS)
    if lacking := sorted(sums.keys() - there):
        raise InstallError(_OP, f"{lacking[0]} is missing in it", _AGAIN)
    if more := sorted(there - sums.keys()):
        raise InstallError(_OP, f"{more[0]} is in it, but not on its list", _AGAIN)
    for name, wanted in sorted(sums.items()):
        if sha256_of(folder / name) != wanted:
            raise InstallError(_OP, f"{name} is not what it was when the bundle was made", _AGAIN)
    tree.checked(folder / TREE)
    return len(sums)


def sha256_of(path: Path) -> str:
    """A file's SHA-256, in hexadecimal digits."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            whole.update(piece)
    return whole.hexdigest()


def _unpack(path: Path, folder: Path) -> None:
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = Path(member.name)
                if not (member.isfile() or member.isdir()) or name.is_absolute() or ".." in name.parts:
                    raise InstallError(_OP, f"{path}: {member.name} does not belong into one", _AGAIN)
            # Python 3.11.2, which Debian 12 has, knows no filters yet.
            archive.extraction_filter = getattr(tarfile, "data_filter", lambda one, _to: one)
            archive.extractall(folder)  # noqa: S202  every member was looked at above
    except (tarfile.TarError, OSError, EOFError) as error:
        raise InstallError(_OP, f"{path}: {error}", _AGAIN) from error
