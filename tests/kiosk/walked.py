"""What an office would paste, and where the shipped sheet is."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHEET = ROOT / "question_sets" / "my_home" / "my_home.md"
SHIPPED = ROOT / "question_sets"


def code(settings: object) -> str:
    """A QR code's content, as ODK's documentation has it made."""
    return b64encode(zlib.compress(json.dumps(settings).encode("utf-8"))).decode("ascii")


def central(url: str) -> str:
    """What ODK Central's code of an app user holds."""
    general = {"server_url": url, "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"}
    return code({"general": general, "project": {"name": "My home"}, "admin": {}})
