"""The server, from what an office pastes: the content of ODK Central's QR code, or an address with its token.

What a QR code holds: base64 of zlib-compressed JSON with `general.server_url`.
Source: https://docs.getodk.org/collect-import-export/.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kiosk.errors import KioskError
from openrosa.client import Client
from openrosa.errors import OpenRosaError
from openrosa.protocol import FormEntry

OP = "Cannot use this"
HINT = (
    "Paste what ODK Central's QR code of the app user holds, or an address such as "
    "https://HOST/v1/key/TOKEN/projects/1 (a collector's: http://HOST:PORT/key/TOKEN)."
)
MOST_BYTES = 100_000
"""Of unpacked settings: a code holds less than 3,000 characters, which may be made to unpack to much more."""
TRY_FOR_S = 20.0
MOST_NAMES = 3


@dataclass(frozen=True)
class Tried:
    """What a server said when it was asked for its forms.

    Attributes:
        fine: it can be used as it is.
        sentence: for whoever sets up; without the token.
        forms: what it offers.
    """

    fine: bool
    sentence: str
    forms: tuple[FormEntry, ...] = ()


def address_in(pasted: str) -> str:
    """The server's address. What was pasted is never repeated in an error: it holds the token.

    Raises: KioskError: neither settings nor an address, or settings with a user name that Sayso cannot use.
    """
    text = "".join(pasted.split())
    if not text:
        raise KioskError(OP, "because it is empty", HINT)
    if "://" in text.partition("?")[0][:12]:
        return _checked(text)
    if text.startswith("{"):
        return _of_settings(_json(pasted.encode()))
    try:
        packed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise KioskError(OP, "because it is no address and no QR code's content", HINT) from None
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, MOST_BYTES)
    except zlib.error:
        met = "because what it packs is damaged: some of it may be missing"
        raise KioskError(OP, met, f"Copy it once more, whole. {HINT}") from None
    if not unpacker.eof:
        raise KioskError(OP, "because it is cut off, or far too large", f"Copy it once more, whole. {HINT}")
    return _of_settings(_json(data))


def hidden(url: str) -> str:
    """An address as it may be shown: where, not with what token."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]} (token hidden)" if url else "none"


def tried(url: str, ca_file: Path | None = None, timeout_s: float = TRY_FOR_S) -> Tried:
    """Ask the server for its forms, and say what came. Raises nothing: whatever is wrong is a sentence.

    Args:
        url: with its token.
        ca_file: certificate of a private authority (PEM); None: those that all the world believes.
        timeout_s: longest wait.
    """
    try:
        with Client(url, timeout_s, ca_file=ca_file) as client:
            forms = client.form_list()
            host = client.host
    except OpenRosaError as error:
        return Tried(fine=False, sentence=_why(error))
    if not forms:
        met = (
            f"{host} answers, and offers no form to this kiosk. Give it the forms there, or use those of this machine."
        )
        return Tried(fine=True, sentence=met)
    count = "1 form" if len(forms) == 1 else f"{len(forms)} forms"
    names = ", ".join(one.name or one.form_id for one in forms[:MOST_NAMES])
    return Tried(
        fine=True,
        sentence=f"{host} answers and offers {count}: {names}{', ...' * (len(forms) > MOST_NAMES)}",
        forms=forms,
    )


def _why(error: OpenRosaError) -> str:
    """A sign-in page is told by its name: it is the commonest thing that is no server."""
    if "it is not XML" in error.subject or "document type" in error.subject:
        return (
            "What answered is a web page and no form list. Check the address; where it is right, a network in between "
            "may want somebody to sign in."
        )
    return str(error)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise KioskError(OP, "because it holds something else than settings", HINT) from None


def _of_settings(settings: Any) -> str:
    general = settings.get("general") if isinstance(settings, dict) else None
    url = general.get("server_url") if isinstance(general, dict) else None
    if not isinstance(url, str) or not url:
        raise KioskError(OP, "because its settings name no server (general.server_url)", HINT)
    if isinstance(general, dict) and (general.get("username") or general.get("password")):
        met = "because it signs in with a user name; a kiosk's token stands in the address"
        raise KioskError(OP, met, "Make an app user (ODK Central) for this kiosk and take its QR code.")
    return _checked(url)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise KioskError(OP, "because the address is none of http:// or https://", HINT)
    return url.rstrip("/")
