"""The kiosks whose sticks are taken: public keys by name, in one small file in the collector's folder.

A kiosk's public key is shown by `sayso export` and `sayso status --json`. It is no secret; who may write this file may
have visits taken that no kiosk has made, and no more: every visit is sealed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from collector.errors import CollectorError
from openrosa.folders import write_whole
from openrosa.signing import check_public

if TYPE_CHECKING:
    from pathlib import Path

KIOSKS_NAME = "kiosks.json"
LONGEST_NAME = 100


def known(folder: Path) -> dict[str, str]:
    """Name by public key. Raises: CollectorError: the file can't be read or is none."""
    path = folder / KIOSKS_NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        met = error.strerror if isinstance(error, OSError) else "it is no list of kiosks"
        raise CollectorError("Cannot use", f"{path}: {met}", "Restore it, or move it away and add them anew.") from None


def add(folder: Path, name: str, public: str) -> None:
    """Make a kiosk's public key known under its name; a kiosk that was set up anew may have several.

    Raises: CollectorError: the name can't be used, or the key is another kiosk's. OpenRosaError: it is no key.
    """
    op = "Cannot add"
    public = check_public(public)
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise CollectorError(op, f"{name!r}", f"Use a name of 1 to {LONGEST_NAME} letters, as in `keys list`.")
    kiosks = known(folder)
    if kiosks.get(public, name) != name:
        hint = "Remove that one first, if it was a mistake."
        raise CollectorError(op, f"{name!r}: that key is known as {kiosks[public]!r}", hint)
    _write(folder, kiosks | {public: name})


def remove(folder: Path, name: str) -> None:
    """Forget a kiosk's keys: its sticks are no longer taken. Raises: CollectorError: there is none of that name."""
    kiosks = known(folder)
    left = {public: each for public, each in kiosks.items() if each != name}
    if left == kiosks:
        raise CollectorError("Cannot remove", f"{name!r}: no kiosk of that name is known", "See `kiosks list`.")
    _write(folder, left)


def _write(folder: Path, kiosks: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(folder / KIOSKS_NAME, msgspec.json.format(msgspec.json.encode(kiosks), indent=2) + b"\n")
    except OSError as error:
        hint = "Name a folder that you may write to."
        raise CollectorError("Cannot write", f"{folder / KIOSKS_NAME}: {error.strerror}", hint) from None
