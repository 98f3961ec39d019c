"""Small visits, sealed as a kiosk seals them, for the tests of what becomes of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from openrosa.sealing import seal
from openrosa.submission import Attachment, Submission

PUBLIC = (Path(__file__).parent.parent / "vectors" / "test_key.pub.der").read_bytes()


@cache
def sealed_visit(number: int, *, form_id: str = "home", version: str = "1", message_bytes: int = 2000) -> Submission:
    """One visit with a voice message; the same bytes each time."""
    instance_id = f"uuid:00000000-0000-4000-8000-{number:012}"
    xml = (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="{form_id}" version="{version}">'
        f"<house><feel_home>good</feel_home><say_more>message.wav</say_more></house>"
        f"<orx:meta><orx:instanceID>{instance_id}</orx:instanceID></orx:meta></data>"
    ).encode()
    voice = Attachment("message.wav", bytes([number % 256]) * message_bytes, "audio/wav")
    return seal(PUBLIC, form_id, version, instance_id, xml, [voice] if message_bytes else [])
