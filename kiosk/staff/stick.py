"""A USB stick: what is one, and the staff screen's button that exports to it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

from kiosk.errors import KioskError
from kiosk.keeping.identity import kiosk_key
from kiosk.keeping.lasting import FORGETFUL, file_system
from kiosk.keeping.store import Role, Store
from kiosk.staff.export import export, meeting_stick
from kiosk.staff.receipts import take_receipts
from openrosa.errors import OpenRosaError


def check_target(target: Path, data: Path, *, anywhere: bool = False, root: Path = Path("/")) -> None:
    """Refuse what is no stick.

    Args:
        target: where to export to.
        data: the kiosk's data folder.
        anywhere: the kiosk's own disk, or memory, is meant.
        root: of the file system.

    Raises: KioskError: no folder, not writable, read-only, or on the kiosk's own disk.
    """
    op = "Cannot export"
    if not target.is_dir():
        raise KioskError(op, f"to {target}: there is no such folder", "Put the stick in and name where it is mounted.")
    with meeting_stick(target):
        if os.statvfs(target).f_flag & os.ST_RDONLY:
            hint = "Slide the stick's lock, or mount it again so that it can be written."
            raise KioskError(op, f"to {target}: it is read-only", hint)
        own = {place.stat().st_dev for place in (root, data) if place.exists()}
        on_own_disk = target.stat().st_dev in own
    if not os.access(target, os.W_OK | os.X_OK):
        raise KioskError(op, f"to {target}: it cannot be written", "Let the user that runs this command write there.")
    if anywhere:
        return
    hint = "Put the stick in and mount it there, or add --anywhere if that place is meant."
    if on_own_disk:
        raise KioskError(op, f"to {target}: it is on the kiosk's own disk, so no stick is mounted there", hint)
    if (kind := file_system(target)) in FORGETFUL:
        raise KioskError(op, f"to {target}: it is in memory ({kind}), so no stick is mounted there", hint)


class StickExport:
    """The export button: copies beside the kiosk, one copy at a time. No number is told: it would count today's visits.

    For the same reason it leaves today's visits for another day; `sayso export` takes them too.

    Args:
        data: the kiosk's data folder.
        target: `staff.export_folder`.
        today: the day.
        receipt_key: `server.receipt_key`; receipts on the stick are taken before anything is copied.
        patience_s: how long a press waits for the end.
        anywhere: for tests, which have no stick.
    """

    def __init__(
        self,
        data: Path,
        target: Path,
        today: Callable[[], date],
        *,
        receipt_key: str = "",
        patience_s: float = 3.0,
        anywhere: bool = False,
    ) -> None:
        self._data = data
        self._target = target
        self._today = today
        self._receipt_key = receipt_key
        self._patience_s = patience_s
        self._anywhere = anywhere
        self._copying: threading.Thread | None = None
        self._said = ""

    def __call__(self) -> str:
        """Begin, or ask how far it is; one sentence."""
        if self._copying is None:
            self._copying = threading.Thread(target=self._copy, name="export", daemon=True)
            self._copying.start()
        self._copying.join(self._patience_s)
        if self._copying.is_alive():
            return "Copying. Leave the stick in; press again to see whether it is done."
        self._copying = None
        return self._said

    def _copy(self) -> None:
        try:
            check_target(self._target, self._data, anywhere=self._anywhere)
            with Store.open(self._data, Role.READER, self._today) as store:
                received = take_receipts(store, self._target, self._receipt_key, self._today())
                found = export(store, self._target, key=kiosk_key(self._data), before=self._today())
        except (KioskError, OpenRosaError) as error:
            self._said = str(error)
            return
        except Exception as error:  # noqa: BLE001  a thread of its own: nobody else would hear of it
            self._said = f"Copying failed for a fault of Sayso's own ({type(error).__name__}). Report it."
            return
        self._said = "Everything up to yesterday is on the stick. You can take it out."
        if received.refused or received.other:
            self._said = "The receipt on the stick does not fit. Please tell the people who look after Sayso."
        if found.damaged or found.unsealed:
            self._said = "Not everything could be copied. Please tell the people who look after Sayso."
