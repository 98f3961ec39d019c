"""`sayso voice measure`: how well a folder of recordings is heard, with how sure each figure is."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from sayso.models import MODELS_DIR
from sayso.voice_measure_told import lines, log_entry, machine, memory_mb
from voice.engine import Engine
from voice.engines import ENGINES, open_engine
from voice.errors import VoiceError
from voice.measure import Measured, Plan, measure
from voice.measure_corpus import Kind, Phrases, clean, digest, in_fold, read_manifest, sample
from voice.measure_figures import METHODS, each, figures
from voice.measure_noise import noises

_INTERRUPTED = 130
"""What a shell calls a program that was ended by Ctrl-C."""
_EVERY_S = 1.0


@click.command(name="measure")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--choices", default="yes,no,happy", show_default=True, help="What may be answered, with commas between.")
@click.option("--commands", default="", help="What may be said beside it, with commas between: stop,again.")
@click.option(
    "--noise",
    "noise_folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Mix in recordings of this folder; may be given again.",
)
@click.option("--snr", default=None, help="With --noise: decibels of speech above it.  [default: clean,20,10,5]")
@click.option("--engine", "engine_name", type=click.Choice(ENGINES), default="auto", show_default=True)
@click.option("--language", default="en", show_default=True)
@click.option(
    "--models-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=MODELS_DIR,
    show_default="models/, or SAYSO_MODELS_DIR",
)
@click.option(
    "--folds", type=click.Path(dir_okay=False, path_type=Path), help="JSON with the speakers of each fold; with --fold."
)
@click.option("--fold", type=click.IntRange(min=1), help="Only this fold's speakers, from 1; with --folds.")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([kind.value for kind in Kind]),
    help="Only these recordings; may be given again.",
)
@click.option("--limit", type=click.IntRange(min=1), help="At most so many recordings of each kind, drawn by the seed.")
@click.option("--seed", type=int, default=0, show_default=True, help="For --limit and --noise.")
@click.option(
    "--free-from",
    type=click.IntRange(min=2),
    default=3,
    show_default=True,
    help="A label of so many words that is none of the above is free speech.",
)
@click.option(
    "--each", "each_path", type=click.Path(dir_okay=False, path_type=Path), help="Write a JSON line for each."
)
@click.option("--log", "log_path", type=click.Path(dir_okay=False, path_type=Path), help="Append the figures to this.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout instead of lines.")
@click.pass_context
def measure_command(  # noqa: PLR0913 - an option each
    ctx: click.Context,
    *,
    folder: Path,
    choices: str,
    commands: str,
    noise_folders: tuple[Path, ...],
    snr: str | None,
    engine_name: str,
    language: str,
    models_dir: Path,
    folds: Path | None,
    fold: int | None,
    only: tuple[str, ...],
    limit: int | None,
    seed: int,
    free_from: int,
    each_path: Path | None,
    log_path: Path | None,
    as_json: bool,
) -> None:
    r"""How well the recordings of DIR are heard: right, wrong, asked about, missed; how fast; and how sure that is.

    Each recording goes through all that a kiosk does with a microphone. DIR has a file manifest.csv, in UTF-8, with
    the columns path, label and speaker; others are left alone:

    \b
      path,label,speaker
      yes/anna_1.wav,yes,anna
      kitchen.flac,,kitchen
      dog/ben_1.wav,dog,ben

    A label that is a choice or a command was meant to be heard. No label is noise or free speech, and so is a sentence
    of three words or more: it is listened to as a room, again and again, for its whole length. Anything else is an
    other word, which should not be taken for an answer. A recording without a speaker counts as a speaker of its own.

    \b
    Examples:
      $ sayso voice measure recordings --choices good,okay,bad --commands stop,again,skip,help
      $ sayso voice measure recordings --choices yes,no --noise recordings/kitchen --snr clean,20,10,5
      $ sayso voice measure recordings --choices yes,no --limit 100 --seed 1 --json > figures.json
      $ sayso voice measure recordings --choices yes,no --engine vosk --each listened.jsonl

    Ctrl-C ends it and prints what was measured so far.

    Exit codes: 0 measured, 2 wrong use or recordings that can't be read, 130 ended by Ctrl-C.
    """
    phrases = _phrases(choices, commands, free_from)
    snrs_db = _snrs(snr, given=bool(noise_folders))
    if (folds is None) != (fold is None):
        raise VoiceError("Cannot measure", "with one of --folds and --fold alone", "Give both: --folds FILE --fold 1.")
    clips = read_manifest(folder, phrases)
    if folds is not None and fold is not None:
        clips = in_fold(clips, folds, fold)
    clips = [clip for clip in clips if not only or clip.kind.value in only]
    if limit is not None:
        clips = sample(clips, limit, seed)
    if not clips:
        raise VoiceError(
            "Cannot measure", f"'{folder}': no recording is left to hear", "Look at --only, --fold, labels."
        )
    noise = tuple(noises(noise_folders))
    engine = _engine(engine_name, language, models_dir, phrases)
    loaded_mb = memory_mb()
    plan = Plan(phrases, tuple(clips), snrs_db, noise, seed)
    measured = measure(plan, engine, _Progress(plan).told)
    found: dict[str, Any] = {
        "engine": engine.name,
        "model": engine.model,
        "options": {
            "choices": phrases.choices,
            "commands": phrases.commands,
            "snrs_db": snrs_db,
            "noise": [_place(one, folder) for one in noise_folders],
            "language": language,
            "fold": fold,
            "only": only,
            "limit": limit,
            "seed": seed,
            "free_from_words": free_from,
        },
        "corpus": {"folder": folder.resolve().name, "manifest_sha256": digest(folder), "recordings": len(clips)},
        "machine": machine(),
        "interrupted": measured.interrupted,
        "methods": METHODS,
        **figures(measured, plan),
        "memory_mb": {"engine_loaded": loaded_mb, "peak": memory_mb()},
    }
    if each_path is not None:
        _write(each_path, "w", (json.dumps(each(one), ensure_ascii=False) for one in measured.listened))
    if log_path is not None:
        _write(log_path, "a", (json.dumps(log_entry(found), ensure_ascii=False),))
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(lines(found)))
    if measured.interrupted:
        ctx.exit(_INTERRUPTED)


def _phrases(choices: str, commands: str, free_from: int) -> Phrases:
    found = [tuple(dict.fromkeys(clean(one) for one in text.split(",") if one.strip())) for text in (choices, commands)]
    if not found[0]:
        raise VoiceError("Cannot measure", f"for '{choices}': no choice is in it", "Write --choices good,okay,bad.")
    if both := set(found[0]) & set(found[1]):
        raise VoiceError("Cannot measure", f"for '{min(both)}': it is a choice and a command", "Take it out of one.")
    return Phrases(found[0], found[1], free_from)


def _snrs(text: str | None, *, given: bool) -> tuple[float | None, ...]:
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


def _engine(name: str, language: str, models_dir: Path, phrases: Phrases) -> Engine:
    engine = open_engine(name, language, models_dir)
    if unknown := engine.unknown_words(phrases.all):
        raise VoiceError(
            "Cannot measure",
            f"for '{', '.join(unknown)}': {engine.name} {engine.model} does not know these words",
            "Choose other words.",
        )
    return engine


def _place(one: Path, folder: Path) -> str:
    """A folder by a name that says something elsewhere too."""
    inside = one.resolve().is_relative_to(folder.resolve())
    return one.resolve().relative_to(folder.resolve()).as_posix() if inside else one.resolve().name


def _write(path: Path, mode: str, written: Any) -> None:
    try:
        with path.open(mode, encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in written)
    except OSError as error:
        raise VoiceError("Cannot write", f"'{path}': {error.strerror}", "Give a file that may be written.") from error


class _Progress:
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
