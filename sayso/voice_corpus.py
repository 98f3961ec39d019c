"""What `sayso voice measure` and `sayso voice fit` share: phrases, recordings, noise, the engine, and how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sayso.models import MODELS_DIR
from voice.engine import Engine
from voice.engines import ENGINES, open_engine
from voice.errors import VoiceError
from voice.measure import Measured, Plan
from voice.measure_corpus import Phrases
from voice.utterance import clean

INTERRUPTED = 130
"""What a shell calls a program that was ended by Ctrl-C."""
_EVERY_S = 1.0

Command = TypeVar("Command", bound=Callable[..., None])
_OPTIONS = (
    click.option("--choices", default="yes,no,happy", show_default=True, help="What may be answered, commas between."),
    click.option("--commands", default="", help="What may be said beside it, with commas between: stop,again."),
    click.option(
        "--noise",
        "noise_folders",
        multiple=True,
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        help="Mix in recordings of this folder; may be given again.",
    ),
    click.option("--snr", default=None, help="With --noise: decibels of speech above it.  [default: clean,20,10,5]"),
    click.option("--engine", "engine_name", type=click.Choice(ENGINES), default="auto", show_default=True),
    click.option("--language", default="en", show_default=True),
    click.option(
        "--models-dir",
        type=click.Path(file_okay=False, path_type=Path),
        default=MODELS_DIR,
        show_default="models/, or SAYSO_MODELS_DIR",
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="For --limit and --noise."),
    click.option(
        "--free-from",
        type=click.IntRange(min=2),
        default=3,
        show_default=True,
        help="A label of so many words that is none of the above is free speech.",
    ),
)


def heard_with(command: Command) -> Command:
    """What is to be heard, in what noise, and by which engine, as options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def phrases(choices: str, commands: str, free_from: int) -> Phrases:
    """Choices and commands, each with commas between."""
    found = [tuple(dict.fromkeys(clean(one) for one in text.split(",") if one.strip())) for text in (choices, commands)]
    if not found[0]:
        raise VoiceError("Cannot measure", f"for '{choices}': no choice is in it", "Write --choices good,okay,bad.")
    if both := set(found[0]) & set(found[1]):
        raise VoiceError("Cannot measure", f"for '{min(both)}': it is a choice and a command", "Take it out of one.")
    return Phrases(found[0], found[1], free_from)


def snrs(text: str | None, *, given: bool) -> tuple[float | None, ...]:
    """The conditions; without noise there is one."""
    if not given:
        if text is not None:
            raise VoiceError("Cannot measure", f"at --snr {text}: there is no noise", "Give --noise DIR too.")
        return (None,)
    try:
        parts = [part.strip() for part in (text or "clean,20,10,5").split(",")]
        return tuple(dict.fromkeys(None if part == "clean" else float(part) for part in parts))
    except ValueError as error:
        raise VoiceError("Cannot measure", f"at --snr {text}: {error}", "Write decibels: --snr clean,20,10.") from error


def engine(name: str, language: str, models_dir: Path, said: Phrases) -> Engine:
    """The engine, once it is sure that it knows every word."""
    found = open_engine(name, language, models_dir, beside=True)
    if unknown := found.unknown_words(said.all):
        raise VoiceError(
            "Cannot measure",
            f"for '{', '.join(unknown)}': {found.name} {found.model} does not know these words",
            "Choose other words.",
        )
    return found


def place(one: Path, folder: Path) -> str:
    """A folder by a name that says something elsewhere too."""
    inside = one.resolve().is_relative_to(folder.resolve())
    return one.resolve().relative_to(folder.resolve()).as_posix() if inside else one.resolve().name


def write(path: Path, mode: str, written: Any) -> None:
    """Lines into a file."""
    try:
        with path.open(mode, encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in written)
    except OSError as error:
        raise VoiceError("Cannot write", f"'{path}': {error.strerror}", "Give a file that may be written.") from error


class Progress:
    """How far it is, to stderr: about once a second on a terminal, else at each tenth."""

    def __init__(self, plan: Plan) -> None:
        self._seconds = [clip.seconds for clip, _snr_db in plan.listenings()]
        self._began_s = self._told_s = time.monotonic()
        self._tenths = 0

    def told(self, number: int, measured: Measured) -> None:
        """After each recording."""
        of, now_s = len(self._seconds), time.monotonic()
        tenths = number * 10 // of
        terminal = sys.stderr.isatty()
        if number < of and (now_s - self._told_s < _EVERY_S if terminal else tenths == self._tenths):
            return
        self._tenths, self._told_s = tenths, now_s
        done = sum(self._seconds[:number]) / sum(self._seconds)
        left_s = (now_s - self._began_s) / done * (1 - done)
        line = f"{number} of {of} recordings, {measured.sound_s / 60:.1f} minutes heard, about {left_s:.0f} s left"
        click.echo(f"\r\x1b[K{line}" if terminal else line, err=True, nl=not terminal or number == of)
