"""A folder of recordings and what was said in them: manifest.csv, folds of speakers, and which recordings are taken.

manifest.csv has the columns path, label and speaker; others are left alone. What a recording is follows from its label:

    one of the choices           an answer
    one of the commands          a command
    none, or a whole sentence    the room: free speech, noise
    anything else                an other word
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import soundfile

from voice.errors import VoiceError
from voice.utterance import clean

MANIFEST = "manifest.csv"
_COLUMNS = ("path", "label", "speaker")
_EXAMPLE = "Its first line is path,label,speaker and a recording's is yes/anna_1.wav,yes,anna"


class Kind(Enum):
    """What a recording is for."""

    ANSWER = "answers"
    COMMAND = "commands"
    OTHER = "other_words"
    ROOM = "room"


@dataclass(frozen=True)
class Phrases:
    """What may be said, lower-case.

    Attributes:
        choices: the answers.
        commands: what may be said beside them.
        free_from_words: a label of so many words that is neither is free speech.
    """

    choices: tuple[str, ...]
    commands: tuple[str, ...] = ()
    free_from_words: int = 3

    @property
    def all(self) -> tuple[str, ...]:
        """Answers and commands."""
        return self.choices + self.commands

    @property
    def meanings(self) -> dict[str, str]:
        """Each means itself."""
        return {phrase: phrase for phrase in self.all}

    def kind_of(self, label: str) -> Kind:
        """What a recording with that label is."""
        if label in self.choices:
            return Kind.ANSWER
        if label in self.commands:
            return Kind.COMMAND
        return Kind.ROOM if not label or len(label.split()) >= self.free_from_words else Kind.OTHER


@dataclass(frozen=True)
class Clip:
    """One recording.

    Attributes:
        name: as the manifest has it.
        path: the file.
        label: what was said, lower-case; "" where nobody wrote it down or nobody speaks.
        speaker: who; the name of the recording where the manifest does not know.
        seconds: its length.
        kind: what it is for.
    """

    name: str
    path: Path
    label: str
    speaker: str
    seconds: float
    kind: Kind


def read_manifest(folder: Path, phrases: Phrases) -> list[Clip]:
    """Every recording of a folder, in the manifest's order.

    Raises:
        VoiceError: no manifest, a column or a value is missing, a recording is not there or is no sound; with the line.
    """
    try:
        with (folder / MANIFEST).open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            _look_at_columns(folder, rows.fieldnames or ())
            return [_clip(folder, rows.line_num, row, phrases) for row in rows]
    except OSError as error:
        raise _wrong(f"'{folder}': it has no {MANIFEST} that can be read", f"Write one. {_EXAMPLE}.") from error
    except UnicodeDecodeError as error:
        raise _wrong(f"'{folder / MANIFEST}': it is not UTF-8", "Save it as UTF-8.") from error
    except csv.Error as error:
        raise _wrong(f"'{folder / MANIFEST}': {error}", "Put a label with commas into double quotes.") from error


def digest(folder: Path) -> str:
    """SHA-256 of the manifest, so that two runs can be seen to be of the same recordings."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def fold_of(speaker: str, folds: int) -> int:
    """The fold, from 1, in which a speaker belongs: by the SHA-256 of the name alone."""
    return int.from_bytes(hashlib.sha256(speaker.encode()).digest()[:8], "big") % folds + 1


def in_fold(clips: Iterable[Clip], file: Path, number: int) -> list[Clip]:
    """The recordings of the speakers of one fold.

    Args:
        clips: of all speakers.
        file: JSON, {"folds": [[speaker, ...], ...]}.
        number: from 1.

    Raises:
        VoiceError: no such file or fold, or a speaker that stands in none of them.
    """
    try:
        folds: list[list[str]] = json.loads(file.read_text(encoding="utf-8"))["folds"]
        taken = [{*map(str, fold)} for fold in folds]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _wrong(
            f"by the folds of '{file}': {type(error).__name__}: {error}", 'It holds {"folds": [["anna"], ["ben"]]}.'
        ) from error
    if not 1 <= number <= len(taken):
        raise _wrong(f"fold {number} of '{file}': it has {len(taken)}", f"Write --fold 1 to {len(taken)}.")
    clips = list(clips)
    known = set().union(*taken)
    if lost := sorted({clip.speaker for clip in clips} - known):
        raise _wrong(
            f"by the folds of '{file}': '{lost[0]}' and {len(lost) - 1} other speakers stand in none of them",
            "The folds belong to other recordings: make a new file of them.",
        )
    return [clip for clip in clips if clip.speaker in taken[number - 1]]


def sample(clips: Iterable[Clip], limit: int, seed: int) -> list[Clip]:
    """At most `limit` recordings of each kind, the same for the same seed; a smaller sample is part of a larger one."""

    def rank(clip: Clip) -> bytes:
        return hashlib.sha256(f"{seed} {clip.name}".encode()).digest()

    clips = list(clips)
    taken: set[str] = set()
    for kind in Kind:
        taken |= {clip.name for clip in sorted((c for c in clips if c.kind is kind), key=rank)[:limit]}
    return [clip for clip in clips if clip.name in taken]


def _look_at_columns(folder: Path, columns: Sequence[str]) -> None:
    if lacking := [column for column in _COLUMNS if column not in columns]:
        has = ", ".join(columns) or "none"
        raise _wrong(
            f"'{folder / MANIFEST}', line 1: it has no column {', '.join(lacking)}; it has {has}", f"{_EXAMPLE}."
        )


def _clip(folder: Path, line: int, row: dict[str, str], phrases: Phrases) -> Clip:
    where = f"'{folder / MANIFEST}', line {line}"
    if None in row or None in row.values():
        raise _wrong(
            f"{where}: it has {'more' if None in row else 'fewer'} values than line 1 has columns",
            "Put a label with commas into double quotes; leave an empty value between its commas.",
        )
    name, label = row["path"].strip(), clean(row["label"])
    if not name:
        raise _wrong(f"{where}: it has no path", "Write the recording's path, from the folder of the manifest.")
    path = folder / name
    if not path.is_file():
        raise _wrong(f"{where}: there is no recording '{name}'", "Write its path from the folder of the manifest.")
    try:
        seconds = float(soundfile.info(str(path)).duration)
    except (OSError, soundfile.SoundFileError) as error:
        raise _wrong(f"{where}: '{name}' is not sound that can be read", "Give a WAV or FLAC file.") from error
    return Clip(name, path, label, row["speaker"].strip() or name, seconds, phrases.kind_of(label))


def _wrong(subject: str, hint: str) -> VoiceError:
    return VoiceError("Cannot measure", subject, hint)
