"""`sayso voice measure`: how well a folder of recordings is heard, with how sure each figure is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sayso import voice_corpus as corpus
from sayso.voice_measure_told import lines, log_entry, machine, memory_mb
from voice.errors import VoiceError
from voice.measure import Plan, measure
from voice.measure_corpus import Kind, digest, in_fold, read_manifest, sample
from voice.measure_figures import METHODS, each, figures
from voice.measure_noise import noises
from voice.weights import read


@click.command(name="measure")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@corpus.heard_with
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
@click.option(
    "--each", "each_path", type=click.Path(dir_okay=False, path_type=Path), help="Write a JSON line for each."
)
@click.option("--log", "log_path", type=click.Path(dir_okay=False, path_type=Path), help="Append the figures to this.")
@click.option(
    "--weights",
    "weights_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Decide by these weights in place of the installed ones; 'none' for unanimity.",
)
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
    weights_path: Path | None,
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
    phrases = corpus.phrases(choices, commands, free_from)
    snrs_db = corpus.snrs(snr, given=bool(noise_folders))
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
    engine = corpus.engine(engine_name, language, models_dir, phrases)
    if weights_path is not None:
        engine.weights = None if str(weights_path) == "none" else read(weights_path)
    loaded_mb = memory_mb()
    plan = Plan(phrases, tuple(clips), snrs_db, noise, seed)
    measured = measure(plan, engine, corpus.Progress(plan).told)
    found: dict[str, Any] = {
        "engine": engine.name,
        "model": engine.model,
        "options": {
            "choices": phrases.choices,
            "commands": phrases.commands,
            "snrs_db": snrs_db,
            "noise": [corpus.place(one, folder) for one in noise_folders],
            "language": language,
            "weights": engine.weights and f"{engine.weights.date}, {engine.weights.data}",
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
        corpus.write(each_path, "w", (json.dumps(each(one), ensure_ascii=False) for one in measured.listened))
    if log_path is not None:
        corpus.write(log_path, "a", (json.dumps(log_entry(found), ensure_ascii=False),))
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(lines(found)))
    if measured.interrupted:
        ctx.exit(corpus.INTERRUPTED)
