"""Who this kiosk is: its own Ed25519 key, made when it is first needed, and what is derived from it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from openrosa.signing import signing_key

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_NAME = "kiosk-key.pem"
"""In the data folder, for its owner alone. Whoever has it can sign lists as this kiosk; it opens no visit."""


def kiosk_key(folder: Path) -> Ed25519PrivateKey:
    """This kiosk's key. Raises: OpenRosaError: its file can't be read, written or used."""
    return signing_key(folder / KEY_NAME)


def night_seed(key: Ed25519PrivateKey) -> bytes:
    """What the moment of each night's sending is drawn from: nobody outside can tell it beforehand."""
    return hashlib.sha256(b"sayso night\n" + key.private_bytes_raw()).digest()
