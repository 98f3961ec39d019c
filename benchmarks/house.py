"""A kiosk to measure: a form, a configuration and a data folder of its own, set up with the `sayso` command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from pty_terminal import PLAIN, Terminal

ROOT = Path(__file__).resolve().parent.parent
SAYSO = Path(sys.executable).parent / "sayso"
MY_HOME = ROOT / "question_sets" / "my_home" / "my_home.md"
WAITING = "Press the big key to start"
TONE_S = 20.0
TONE_SHEET = """
| survey |
| | type | name | label::English (en) | audio::English (en) |
{rows}

| choices |
| | list_name | name | label::English (en) | key |
| | yes_no | yes | Yes | green |
| | yes_no | no | No | red |

| settings |
| | form_title | form_id | version | default_language |
| | Tone | tone | 1 | English (en) |
"""
"""Questions whose recorded voice is a tone: when it falls silent there can be no doubt."""
SHORT_SHEET = TONE_SHEET.replace(" | audio::English (en) |\n", " |\n").replace("Tone", "Short").replace("tone", "short")
"""Questions that are soon asked, to be answered aloud."""


@dataclass(frozen=True)
class House:
    """A kiosk's configuration, and the environment that gives it its sound card."""

    config: Path
    environment: Mapping[str, str]

    @contextmanager
    def running(self, kind: tuple[int, int, int, int] = PLAIN) -> Iterator[Terminal]:
        """`sayso run` in a terminal of that kind, for as long as the block lasts."""
        command = [str(SAYSO), "run", "--config", str(self.config)]
        with Terminal.start(command, self.environment, self.config.parent, kind) as terminal:
            yield terminal


def house(folder: Path, form: Path, environment: Mapping[str, str], **settings: object) -> House:
    """A kiosk that asks that form.

    Args:
        folder: made here.
        form: an XForm.
        environment: of the kiosk.
        settings: `voice__engine="none"` is `engine = "none"` in [voice].
    """
    folder.mkdir()
    home = {"name": "Elm Road", "languages": ["en"]}  # no question for a language before the first
    tables: dict[str, dict[str, object]] = {
        "home": home,
        "store": {"folder": str(folder / "data"), "allow_volatile": True},
    }
    for key, value in settings.items():
        table, name = key.split("__")
        tables.setdefault(table, {})[name] = value
    # Strings, numbers and booleans stand in TOML as they do in JSON.
    lines = [f"sets = [{json.dumps(str(form))}]", f"status = {json.dumps(str(folder / 'status.json'))}"]
    for table, its in tables.items():
        lines += [f"[{table}]", *(f"{name} = {json.dumps(value)}" for name, value in its.items())]
    config = folder / "kiosk.toml"
    config.write_text("\n".join(lines) + "\n")
    return House(config, environment)


def form(folder: Path, sheet: Path) -> Path:
    """The form of that sheet, sealed to a key made for it."""
    key = folder / "key"
    if not key.exists():
        _sayso("collector", "keys", "pair", str(key))
    _sayso("questions", "convert", str(sheet), "--to", str(folder), "--public-key", str(key / "public_key.txt"))
    return folder / f"{sheet.stem}.xml"


def tone_form(folder: Path, questions: int = 8) -> Path:
    """A form of yes-or-no questions whose recorded voice is a tone of `TONE_S`."""
    time_s = np.arange(round(TONE_S * 16_000)) / 16_000
    (folder / "sheets").mkdir(exist_ok=True)
    soundfile.write(folder / "sheets" / "tone.wav", 0.5 * np.sin(2 * np.pi * 440 * time_s), 16_000)
    rows = "\n".join(f"| | select_one yes_no | q{n} | Question {n}? | tone.wav |" for n in range(1, questions + 1))
    sheet = folder / "sheets" / "tone.md"
    sheet.write_text(TONE_SHEET.format(rows=rows))
    return form(folder, sheet)


def short_form(folder: Path, questions: int = 20) -> Path:
    """A form of many yes-or-no questions in few words."""
    (folder / "sheets").mkdir(exist_ok=True)
    rows = "\n".join(f"| | select_one yes_no | q{n} | Number {n}? |" for n in range(1, questions + 1))
    sheet = folder / "sheets" / "short.md"
    sheet.write_text(SHORT_SHEET.format(rows=rows))
    return form(folder, sheet)


def _sayso(*words: str) -> None:
    done = subprocess.run([str(SAYSO), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"sayso {' '.join(words)}: {done.stdout}{done.stderr}")
