"""docs/security.md names tests: they exist, and each threat has its own part and says what is not stopped."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
THREATS = (
    "A person at the kiosk",
    "Staff",
    "A visitor with a keyboard",
    "A thief of the card",
    "Somebody on the Wi-Fi",
    "A kiosk that somebody has taken over",
    "A hostile question set",
    "The server's host",
)


def test_every_test_that_is_named_is_there():
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"^\s*(?:async )?def (test_\w+)\(", source, flags=re.MULTILINE))
    named = set(re.findall(r"`(test_\w+)`", TEXT))
    assert len(named) > 40
    assert named - there == set()


def test_every_threat_has_a_test_and_says_what_is_not_stopped():
    parts = dict(re.findall(r"^### (.+?)\n(.*?)(?=^##)", TEXT, flags=re.MULTILINE | re.DOTALL))
    assert tuple(parts) == THREATS
    for who, part in parts.items():
        assert "`test_" in part, who
        assert "Not stopped: " in part, who


def test_files_that_are_named_are_there():
    for name in ("SECURITY.md", "docs/security.md", "docs/data-protection.md"):
        for path in re.findall(r"`((?:docs|tests|script)/[\w./-]+|SECURITY\.md)`", (ROOT / name).read_text("utf-8")):
            assert (ROOT / path).exists(), f"{name}: {path}"
