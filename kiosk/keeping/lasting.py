"""Whether a folder is still there after a restart: told by the kind of file system that it lies on."""

from __future__ import annotations

from pathlib import Path

from kiosk.errors import KioskError

FORGETFUL = ("tmpfs", "ramfs", "overlay")
"""File systems that are empty again after a restart, or may be.

The last is what `raspi-config` calls the overlay file system: it covers every partition, a data partition too, and
keeps what is written in memory. A container's own disk is an overlay as well, and goes with the container.
"""
MOUNTS = Path("/proc/self/mounts")


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    r"""What kind of file system a path lies on, such as "ext4"; "" where that can't be told.

    Args:
        path: of a folder, or where one will be made.
        mounts: for tests.

    Source: fstab(5), whose fields /proc/self/mounts has: device, where, kind; a blank is written \040.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    # The last one on a place is the one that is seen there.
    kinds = {Path(where.replace("\\040", " ")): kind for _, where, kind, *_ in map(str.split, lines)}
    real = path.resolve()
    return next((kinds[place] for place in (real, *real.parents) if place in kinds), "")


def refuse_forgetful(folder: Path, mounts: Path = MOUNTS) -> None:
    """Refuse to keep answers where a restart may take them. Raises: KioskError."""
    kind = file_system(folder, mounts)
    if kind in FORGETFUL:
        raise KioskError("Cannot keep answers in", f"{folder}: it lies on {kind}, {why(kind)}", HINT)


def why(kind: str) -> str:
    """What is wrong with that kind, as the rest of a sentence."""
    if kind == "overlay":
        return "which may be memory: raspi-config's overlay covers every partition, this one too"
    return "which is memory and empty after a restart"


HINT = (
    "Switch the overlay off and name a store.folder on a real disk. To try Sayso without keeping anything, set "
    "allow_volatile = true under [store]."
)
