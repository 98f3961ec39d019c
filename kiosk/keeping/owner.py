"""Whose the data folder is: what root makes there the kiosk's own user could not use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kiosk.errors import KioskError

if TYPE_CHECKING:
    from pathlib import Path


def refuse_root(folder: Path, op: str, command: str) -> None:
    """Refuse to go on as root in another user's folder.

    Args:
        folder: the data folder.
        op: what could not be done, as in `KioskError`.
        command: what to run as that user, such as "questions pull".

    Raises: OSError: there is no such folder. KioskError: it belongs to another user.
    """
    owner = folder.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        hint = f"Run it as that user: `sudo -u sayso sayso {command} ...`."
        raise KioskError(op, f"as root: {folder} belongs to another user", hint)
