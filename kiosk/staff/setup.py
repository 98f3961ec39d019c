"""Puts the staff screen together from the configuration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from kiosk.keeping.day import today as day_here
from kiosk.settings import Config
from kiosk.staff import requests
from kiosk.staff.desk import StaffDesk
from kiosk.staff.pin import TRIES_FILE, PinGate
from kiosk.staff.rows import Row, read_rows
from kiosk.staff.stick import StickExport


def desk_of(
    config: Config,
    refresh: Callable[[], object],
    test_sound: Callable[[], str],
    today: Callable[[], date] = day_here,
) -> StaffDesk:
    """The staff screen of this house; one that never opens where no PIN is set.

    Args:
        config: the house's.
        refresh: writes the status file anew; what it returns does not matter.
        test_sound: plays a sample and returns one sentence.
        today: the day.

    Raises: KioskError: `staff.pin_hash` is no hash of a PIN.
    """
    staff = config.staff
    gate = PinGate(staff.pin_hash, config.store.folder / TRIES_FILE) if staff.pin_hash else None

    def rows() -> tuple[Row, ...]:
        refresh()
        return read_rows(config.status, today())

    def send_now() -> str:
        requests.leave(config.status, requests.SEND_NOW)
        return "What waits will be sent now. Tomorrow this screen says how it went."

    actions = {"test_sound": test_sound}
    if config.server.url:
        actions["send_now"] = send_now
    if staff.export_folder:
        place = Path(staff.export_folder)
        actions["export"] = StickExport(config.store.folder, place, today, receipt_key=config.server.receipt_key)
    return StaffDesk(staff.sequence, gate, rows, actions)
