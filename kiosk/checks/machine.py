"""The check's part for the machine: devices, speech synthesis, the data folder, the status file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kiosk.checks.lines import Line, advice, error, fine, refused
from kiosk.config import Config
from kiosk.errors import KioskError
from kiosk.keeping.lasting import FORGETFUL, HINT, file_system, why
from kiosk.keeping.store import DATABASE_NAME, Role, Store
from voice.devices import Direction, find
from voice.errors import VoiceError
from voice.speech import SpeechCache


def devices(config: Config) -> Iterator[Line]:
    """The microphone and the speaker, by PortAudio's list."""
    if config.voice.engine == "none":
        yield fine("microphone", "none is wanted: the speech engine is none")
    else:
        yield _device(
            Direction.INPUT, config.voice.microphone, 'Where keys alone are wanted, set voice.engine = "none".'
        )
    yield _device(Direction.OUTPUT, config.voice.speaker, "Without it the words are on the screen only.")


def _device(direction: Direction, name: str, besides: str) -> Line:
    try:
        return fine(direction.value, f"'{find(direction, name).name}'")
    except VoiceError as met:
        return error(direction.value, f"{met.op} {met.subject}", f"{met.hint} {besides}")


def speaks(language: str, rate_wpm: int) -> Line:
    """Whether espeak-ng speaks a language, by having it make a word: program, library and voice at once."""
    what = "speech synthesis"
    try:
        with tempfile.TemporaryDirectory(prefix="sayso-check-") as folder:
            SpeechCache(Path(folder)).render("Sayso", language, rate_wpm)
    except VoiceError as met:
        return refused(what, met)
    except OSError as met:
        return error(what, f"it cannot be tried in {tempfile.gettempdir()}: {met.strerror}", "Free some space there.")
    return fine(what, f"espeak-ng speaks '{language}'")


def store(config: Config) -> Iterator[Line]:
    """The data folder and the database in it. None is made: it would belong to whoever runs the check."""
    folder = config.store.folder
    there, cannot = _writable("store", folder)
    if cannot is not None:
        yield cannot
        return
    kind = file_system(there)
    if kind in FORGETFUL:
        allowed = advice if config.store.allow_volatile else error
        yield allowed("store", f"{folder} lies on {kind}, {why(kind)}", HINT)
    if os.geteuid() == 0:
        met = "looked at as root, who may write everywhere"
        yield advice("store", met, "Check as the user that runs the kiosk.")
    if not (folder / DATABASE_NAME).exists():
        yield fine("store", f"{folder}: the kiosk makes it at its first start")
        return
    try:
        with Store.open(folder, Role.READER) as opened:
            counts = opened.tally()
    except KioskError as met_error:
        yield refused("store", met_error)
        return
    if counts.set_aside:
        met = f"{counts.set_aside} submissions were set aside, {counts.damaged} of them damaged"
        yield advice("store", met, "Nothing of them is deleted; ask whoever looks after the server.")
    yield fine("store", f"{folder}: {counts.waiting} waited to be sent at midnight, {counts.delivered} were delivered")


def status_file(config: Config) -> Line:
    """Whether the kiosk can write what `sayso status` reads."""
    _, cannot = _writable("status file", config.status.parent)
    return cannot or fine("status file", str(config.status))


def _writable(what: str, folder: Path) -> tuple[Path, Line | None]:
    """The folder, or the nearest above it that is there, and what keeps the kiosk from writing in it."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        return there, error(what, f"{there} is not a folder", f"Move it away, or name another place for {folder}.")
    if not os.access(there, os.W_OK | os.X_OK):
        return there, error(what, f"{there} cannot be written in", "Let the user that runs Sayso write there.")
    return there, None
