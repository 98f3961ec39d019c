"""Words of the record that both ends use: the kiosk that writes it and the office that reads it. docs/record.md."""

from __future__ import annotations

from enum import Enum

HEALTH_FORM_ID = "kiosk_health"
"""The form in which a kiosk tells the office how it is."""


class How(Enum):
    """What became of a question: the values of NAME_how."""

    GIVEN = "given"
    DONT_KNOW = "dont_know"
    RATHER_NOT_SAY = "rather_not_say"
    SKIPPED = "skipped"
    NOT_REACHED = "not_reached"
    NOT_ASKED = "not_asked"  # no longer relevant, or never
