"""Who says so: Ed25519 keys of a kiosk and of a collector, and small signed documents that travel on a USB stick.

Sealing keeps others from reading; it does not tell who sealed, since anybody who has the form can. A signature does.
A signed document is one file, so that it is replaced whole: a line with the signature, then exactly the signed bytes.
Source: RFC 8032, as `cryptography` has it.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
from pathlib import Path
from secrets import token_hex

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from openrosa.errors import OpenRosaError
from openrosa.folders import sync_folder

HEAD = b"sayso-signed-1 "
_MARK_LETTERS = 16


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The private key in that file; a new one, for its owner alone, where there is none. Two at once get the same.

    Raises: OpenRosaError: it can't be read or written, or holds something else.
    """
    try:
        if not path.exists():
            _make(path)
        pem = path.read_bytes()
    except OSError as error:
        hint = "Let the user that runs Sayso read and write there."
        raise OpenRosaError("Cannot use", f"the signing key {path}: {error.strerror}", hint) from None
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        hint = "Move it away: a new one is made, and has to be made known as this one was."
        raise OpenRosaError("Cannot use", f"the signing key {path}: it is no Ed25519 key in PEM form", hint)
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half, as people copy it: base64 of its 32 bytes."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def mark_of(public: str) -> str:
    """A short name for a public key, fit for a file's name."""
    return hashlib.sha256(public.encode("ascii", "replace")).hexdigest()[:_MARK_LETTERS]


def check_public(text: str) -> str:
    """The same public key, without blanks around it. Raises: OpenRosaError: it is none."""
    _public_key(text)
    return text.strip()


def signed(key: Ed25519PrivateKey, body: bytes) -> bytes:
    """The document with its signature before it."""
    return HEAD + base64.b64encode(key.sign(body)) + b"\n" + body


def body_of(document: bytes) -> bytes:
    """What is signed, unproven. Raises: OpenRosaError: it is no signed document."""
    head, newline, body = document.partition(b"\n")
    if not head.startswith(HEAD) or not newline:
        raise OpenRosaError("Cannot read", "the signed document: it does not begin as one", "Take it from the sender.")
    return body


def is_signed_by(document: bytes, public: str) -> bool:
    """Whether the document, to its last byte, was signed with that key. Raises: OpenRosaError: `public` is no key."""
    key = _public_key(public)
    head, _, body = document.partition(b"\n")
    try:
        signature = base64.b64decode(head.removeprefix(HEAD), validate=True)
        key.verify(signature, body)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    # Base64 can say the same in several ways; one document is one row of bytes.
    return head == HEAD + base64.b64encode(signature)


def _public_key(text: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (binascii.Error, ValueError):
        hint = "Copy it whole: 44 letters that end with =."
        raise OpenRosaError("Cannot use", f"the public key {text[:60]!r}: it is none", hint) from None


def _make(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # A link comes whole or not at all, and never over another's: who comes second uses the first one's key.
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
    finally:
        partial.unlink()
    sync_folder(path.parent)
