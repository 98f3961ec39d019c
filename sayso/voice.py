"""`sayso voice`: what the kiosk hears in a recording, with the evidence; and how well it hears a folder of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from sayso.models import MODELS_DIR
from sayso.voice_fit import fit_command
from sayso.voice_measure import measure_command
from voice.audio import load
from voice.engine import Engine
from voice.engines import ENGINES, open_engine
from voice.errors import VoiceError
from voice.events import Heard, HearingEvent, Noisy
from voice.hear import Task, hear
from voice.segment import Limits
from voice.source import Recordings
from voice.utterance import clean


@click.group()
def command() -> None:
    """What the kiosk hears in a recording, how well it hears a folder of them, and learning from one."""


command.add_command(measure_command)
command.add_command(fit_command)


@command.command(name="hear")
@click.argument("recordings", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--choices", required=True, help="What may be answered, with commas between: good,okay,bad.")
@click.option("--engine", "engine_name", type=click.Choice(ENGINES), default="auto", show_default=True)
@click.option("--language", default="en", show_default=True)
@click.option(
    "--models-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=MODELS_DIR,
    show_default="models/, or SAYSO_MODELS_DIR",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON list on stdout.")
def hear_command(
    *, recordings: tuple[Path, ...], choices: str, engine_name: str, language: str, models_dir: Path, as_json: bool
) -> None:
    """What is heard in each WAV or FLAC of RECORDINGS, the evidence for it, and the decision."""
    phrases = tuple(dict.fromkeys(clean(choice) for choice in choices.split(",") if choice.strip()))
    if not phrases:
        raise VoiceError("Cannot listen", f"for '{choices}': no choice is in it", "Write --choices good,okay,bad.")
    sounds = [load(path) for path in recordings]
    engine = open_engine(engine_name, language, models_dir)
    if unknown := engine.unknown_words(phrases):
        raise VoiceError(
            "Cannot listen",
            f"for '{', '.join(unknown)}': {engine.name} {engine.model} does not know these words",
            "Choose other words.",
        )
    results = [_heard(str(path), sound, engine, phrases) for path, sound in zip(recordings, sounds, strict=True)]
    if as_json:
        click.echo(json.dumps(results, ensure_ascii=False, indent=2))
        return
    for result in results:
        click.echo(_line(result))


def _heard(name: str, sound: bytes, engine: Engine, phrases: tuple[str, ...]) -> dict[str, object]:
    """One recording, as a listening would take it. Its own silence is part of it, so the wait is longer than it is."""
    events: list[HearingEvent] = []
    limits = Limits(silence_s=len(sound) / 32_000 + 1.0)
    hear(Recordings([sound])(), engine, Task(0, limits, {phrase: phrase for phrase in phrases}), events.append)
    last = events[-1]
    if not isinstance(last, Heard):
        outcome = "noisy" if isinstance(last, Noisy) else "silence"
        return {"recording": name, "outcome": outcome, "meaning": "", "text": "", "evidence": None}
    return {
        "recording": name,
        "outcome": last.decision.outcome.value,
        "meaning": last.decision.meaning,
        "text": last.utterance.text,
        "evidence": asdict(last.utterance.evidence),
    }


def _line(result: dict[str, object]) -> str:
    """One recording for people."""
    evidence = result["evidence"]
    if not isinstance(evidence, dict):
        said = "speech without an end: noisy" if result["outcome"] == "noisy" else "no speech"
        return f"{result['recording']}: {said}"
    return (
        f"{result['recording']}: {result['outcome']} {result['meaning']}\n"
        f"    grammar '{evidence['grammar_text']}', among decoys '{evidence['decoy_text']}', "
        f"open '{evidence['open_text']}', {evidence['duration_s']:.2f} s, {evidence['level_dbfs']:.0f} dBFS, "
        f"{evidence['engine']}{_fits(evidence)}"
    )


def _fits(evidence: dict[str, float | None]) -> str:
    """How well the grammar's phrase fits, where the engine can tell."""
    others, sounds = evidence["over_others"], evidence["over_sounds"]
    if others is None or sounds is None:
        return ""
    return f"\n    fits better than anything else by {others:.0f} nats, than free phonemes by {sounds:.0f}"
