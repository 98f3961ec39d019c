"""What each piece of evidence is worth, by engine and model: a few numbers in a file that says where they are from.

A score is the sum of what speaks for the proposed phrase, each piece times its weight. At `sure` and above it is sure,
at `ask` and above it is asked about. The numbers come from `voice.fit`; without them, sure means unanimous.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice.errors import VoiceError
from voice.utterance import Evidence, clean

FEATURES = ("over_others", "over_sounds", "open_agrees", "more_words")
"""What is weighed, see `features`."""
_MOST_NATS = 3.0
"""A 10 ms piece counts for no more, either way: one excellent fit must not outweigh all else."""
_FRAMES_A_SECOND = 100.0
_MOST_WORDS = 3.0
"""Nor does a long sentence say more than a short one."""
_SHIPPED = Path(__file__).parent.parent / "models"


@dataclass(frozen=True)
class Weights:
    """Fitted weights.

    Attributes:
        engine, model: they are good for these alone.
        data: the recordings that they were fitted on.
        date: of the fit, as 2026-11-23.
        bias: the score of no evidence at all.
        each: the weight of each of FEATURES.
        sure, ask: scores.
    """

    engine: str
    model: str
    data: str
    date: str
    bias: float
    each: Mapping[str, float]
    sure: float
    ask: float

    def score(self, found: Mapping[str, float]) -> float:
        """What all of it is worth; `found` is from `features`."""
        return self.bias + sum(self.each[name] * value for name, value in found.items())


def features(evidence: Evidence, meanings: Mapping[str, str]) -> dict[str, float] | None:
    """What is weighed, by name.

    Args:
        evidence: of one utterance.
        meanings: each allowed phrase, lower-case, to a label.

    Returns: None where the engine can't tell the first two, or nothing was said; else
        over_others, over_sounds: in nats for each 10 ms of speech.
        open_agrees: 1 if the whole text of the open pass means the same as the grammar's, else 0.
        more_words: how many words the open pass heard beyond those of the phrase.
    """
    if evidence.over_others is None or evidence.over_sounds is None or evidence.duration_s <= 0:
        return None
    phrase, open_text = clean(evidence.grammar_text), clean(evidence.open_text)
    opened = meanings.get(open_text)
    frames = evidence.duration_s * _FRAMES_A_SECOND
    return {
        "over_others": max(-_MOST_NATS, min(_MOST_NATS, evidence.over_others / frames)),
        "over_sounds": max(-_MOST_NATS, min(_MOST_NATS, evidence.over_sounds / frames)),
        "open_agrees": float(opened is not None and opened == meanings.get(phrase)),
        "more_words": max(0.0, min(_MOST_WORDS, float(len(open_text.split()) - len(phrase.split())))),
    }


def file_name(engine: str, model: str) -> str:
    """Where the weights of an engine and model are, in a models folder."""
    return f"weights/{engine}-{model}.toml"


def weights_for(engine: str, model: str, models_dir: Path) -> Weights | None:
    """The weights for that engine and model: the organisation's own, else those that come with Sayso, else None.

    Raises:
        VoiceError: the file is damaged, or made for another engine or model.
    """
    for folder in (models_dir, _SHIPPED):
        file = folder / file_name(engine, model)
        if file.is_file():
            found = read(file)
            if (found.engine, found.model) != (engine, model):
                made_for = f"'{file}': they were fitted for {found.engine} {found.model}, not for {engine} {model}"
                raise _wrong(made_for)
            return found
    return None


def read(file: Path) -> Weights:
    """Weights from their file.

    Raises:
        VoiceError: it can't be read, or a value is missing or of the wrong kind.
    """
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        found = Weights(
            engine=str(data["engine"]),
            model=str(data["model"]),
            data=str(data["data"]),
            date=str(data["date"]),
            bias=_number(data["weights"], "bias"),
            each={name: _number(data["weights"], name) for name in FEATURES},
            sure=_number(data["limits"], "sure"),
            ask=_number(data["limits"], "ask"),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(f"'{file}': {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong(f"'{file}': {error} is missing or no number") from error
    if found.ask > found.sure:
        raise _wrong(f"'{file}': 'ask' is above 'sure'")
    return found


def write(weights: Weights, file: Path, remarks: str = "") -> None:
    """Weights into a file that `read` understands and a person can read.

    Args:
        weights: what to write.
        file: made anew, with its folder.
        remarks: lines for its head.

    Raises:
        VoiceError: it can't be written.
    """
    lines = [f"# {line}".rstrip() for line in remarks.splitlines()]
    lines += [f"{name} = {_quoted(getattr(weights, name))}" for name in ("engine", "model", "data", "date")]
    lines += ["", "[weights]", f"bias = {weights.bias:.4f}"]
    lines += [f"{name} = {weights.each[name]:.4f}" for name in FEATURES]
    lines += ["", "[limits]", f"sure = {weights.sure:.4f}", f"ask = {weights.ask:.4f}"]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise VoiceError("Cannot write the weights", f"'{file}': {error.strerror}", "Name another file.") from error


def _number(table: Mapping[str, Any], name: str) -> float:
    value = float(table[name])
    if not math.isfinite(value):
        raise ValueError(name)
    return value


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _wrong(subject: str) -> VoiceError:
    return VoiceError("Cannot read the weights", subject, "Give the file back, or make it anew: `sayso voice fit`.")
