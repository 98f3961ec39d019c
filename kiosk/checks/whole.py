"""Is this kiosk fit to open? One line for each thing that has to be there: fine, advice, or an error with what to do.

Nothing is recorded or played, no lock is taken, nothing is made and no visit is read: it may run beside the kiosk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.checks import keys, machine, staff
from kiosk.checks.lines import Level, Line, advice, fine, refused
from kiosk.checks.sets import check_sets
from kiosk.config import Config
from kiosk.errors import KioskError
from kiosk.house import rules_of
from openrosa.errors import OpenRosaError
from openrosa.signing import check_public
from openrosa.unreachable import trusting
from voice.engine import Engine
from voice.engines import open_engine
from voice.errors import VoiceError

TRIAL_ENGINE = "pocketsphinx"
HERE = ("localhost", "127.0.0.1", "::1")


def check(config: Config, source: Path) -> Iterator[Line]:
    """Look at everything; each line comes when it is known, because a model takes seconds to load.

    Args:
        config: as read; a wrong one has been refused by `config.load` already.
        source: the file that it was read from.
    """
    yield configuration(config, source)
    engine, line = open_ear(config)
    yield from check_sets(config, engine)
    yield line
    yield from machine.devices(config)
    yield machine.speaks(config.home.language, config.voice.rate_wpm)
    yield from machine.store(config)
    yield server(config)
    yield machine.status_file(config)
    yield from keys.findings(config)
    yield from staff.findings(config)


def fit(lines: Iterable[Line]) -> bool:
    """Whether the kiosk may open with these."""
    return all(line.level is not Level.ERROR for line in lines)


def configuration(config: Config, source: Path) -> Line:
    """What the file's own reader cannot know."""
    try:
        rules_of(config)
    except KioskError as unusable:
        return refused("configuration", unusable)
    return fine("configuration", str(source))


def open_ear(config: Config) -> tuple[Engine | None, Line]:
    """The engine that the kiosk would hear with, and what to know of it."""
    what, voice = "speech engine", config.voice
    if voice.engine == "none":
        return None, fine(what, "none: answers are taken by key alone, as configured")
    try:
        engine = open_engine(voice.engine, voice.language, voice.models_dir)
    except VoiceError as unusable:
        return None, refused(what, unusable)
    name = f"{engine.name}, model {engine.model}"
    language = voice.language.split("-", maxsplit=1)[0].lower()
    if engine.name == TRIAL_ENGINE:
        met = f"{name}, the trial engine: it mishears many people, and nobody should be judged by it"
        return engine, advice(what, met, f"Install the better one: `sayso models install {language}`.")
    if engine.weights is None:
        met = (
            f"{name}, without weights of its own: an answer is taken at once only when all its passes agree, and how "
            "often it is right, wrong or asks is not known"
        )
        return engine, advice(what, met, "With recordings, run `sayso voice fit` and `sayso voice measure`.")
    return engine, fine(what, f"{name}, weights of {engine.weights.date} from {engine.weights.data}")


def server(config: Config) -> Line:
    """Where visits go. Nothing is sent, and the address is not printed: it holds the token."""
    url = config.server.url
    if not url:
        return advice("server", "none is configured", "Visits stay on this kiosk until server.url is set.")
    try:
        if config.server.ca_file != Path():
            trusting(config.server.ca_file)
        if config.server.receipt_key:
            check_public(config.server.receipt_key)
    except OpenRosaError as unusable:
        return refused("server", unusable)
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in HERE:
        met = "its address begins with http://, so that its token can be read on the way"
        return advice("server", met, "Begin server.url with https:// if the server can do that.")
    return fine("server", "one is configured; `sayso upload` tries it")
