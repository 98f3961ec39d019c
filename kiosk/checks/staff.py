"""The check's part for staff: the PIN, the keys that lead to it, the program that calls help."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from kiosk.checks.lines import Line, advice, error, fine, refused
from kiosk.errors import KioskError
from kiosk.settings import Config
from kiosk.staff.help import PATH
from kiosk.staff.pin import TRIES_FILE, PinGate
from kiosk.view import ANSWER_KEYS, START_KEY


def findings(config: Config) -> Iterator[Line]:
    """Nothing is started and nothing made."""
    yield staff_screen(config)
    yield helper(config.help.command)


def staff_screen(config: Config) -> Line:
    """Whether staff can get to their screen."""
    what, staff = "staff screen", config.staff
    if not staff.pin_hash:
        return fine(what, "none: no PIN is set")
    try:
        PinGate(staff.pin_hash, config.store.folder / TRIES_FILE)
    except KioskError as unusable:
        return refused(what, unusable)
    if not staff.sequence:
        return advice(what, "staff.sequence is empty, so that it never opens", "Leave staff.sequence out.")
    used_by = config.buttons if config.input.devices else config.keys
    reached = {*used_by.values()}
    needed = {*staff.sequence, *ANSWER_KEYS, START_KEY}
    if missing := sorted(needed - reached):
        met = f"no key does {', '.join(repr(name) for name in missing)}, which opening it takes"
        return advice(what, met, "Add one, or name other keys in staff.sequence; the PIN is entered by the start key.")
    starts = {START_KEY, *(ANSWER_KEYS if config.input.any_key_starts else ())}
    if first := next((name for name in staff.sequence[:-1] if name in starts), None):
        met = f"'{first}' in staff.sequence starts a visit, so that it never opens"
        return advice(what, met, "Name keys there that do nothing while the kiosk waits, such as back and stop.")
    return fine(what, "behind " + ", ".join(staff.sequence) + " and a PIN")


def helper(command: tuple[str, ...]) -> Line:
    """Whether the program that calls somebody is there."""
    if not command:
        return fine("help", "no program: the kiosk says to ask somebody near")
    program = Path(command[0])
    if program.is_absolute():
        found = program.is_file() and os.access(program, os.X_OK)
    else:
        found = shutil.which(command[0], path=PATH) is not None
    if not found:
        met = f"'{command[0]}' is no program that can be started, so that nobody is called"
        return error("help", met, "Correct help.command, or leave it out: then the kiosk says to ask somebody near.")
    return fine("help", f"'{command[0]}' calls somebody; it is not tried")
