"""Files by which the kiosk asks for what it may not do itself: it has no network. systemd's .path units act on them.

Each is empty and stands beside the status file, in memory: that it was left says nothing of anybody.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from kiosk.errors import KioskError
from kiosk.keeping.record import is_sensitive

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.state import Visit

log = logging.getLogger(__name__)

SEND_NOW = "send-now"
"""Staff ask for all that waits to be sent now."""
SEND_DUE = "send-due"
"""A sensitive form's visit has ended: what is due is to be sent now."""
HELP = "help"
"""Somebody asks for help."""
HELP_FAILED = "help-failed"
"""The last call for help came to nothing; left by the unit that made it."""


def leave(status: Path, name: str) -> None:
    """Leave a request beside the status file. Raises: KioskError."""
    try:
        status.with_name(name).touch(mode=0o600)
    except OSError as error:
        hint = "Let the user that runs Sayso write in that folder."
        op = "Cannot ask the uploader" if name == SEND_NOW else "Cannot leave a request"
        raise KioskError(op, f"{status.with_name(name)}: {error.strerror}", hint) from error


def after(status: Path, over: Visit) -> None:
    """A visit is over: one of a sensitive form is to be sent now. Whatever comes of it, the next hour tries again."""
    if is_sensitive(over):
        try:
            leave(status, SEND_DUE)
        except KioskError as error:
            log.error("%s", error)  # noqa: TRY400  a sentence for staff


def taken(status: Path, name: str) -> bool:
    """Whether it was left; it is taken away."""
    try:
        status.with_name(name).unlink()
    except OSError:  # hardly ever anything but "there is none"; and what can't be taken away must not be acted on twice
        return False
    return True


def is_there(status: Path, name: str) -> bool:
    """Whether it was left, and nobody has taken it."""
    return status.with_name(name).exists()
