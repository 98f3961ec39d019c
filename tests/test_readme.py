"""The README's commands are there and do what it says; what it links to exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line.strip() for line in README.splitlines() if line.startswith("    ") and line.strip()]
SCRIPTS = [command for command in COMMANDS if command.startswith("./script/")]
PAGES = ["README.md", "ARCHITECTURE.md", *(f"docs/{one.name}" for one in (ROOT / "docs").glob("*.md"))]
NEEDS_THE_NETWORK = ".venv/bin/sayso models install en"
SAYSO = [command for command in COMMANDS if command.startswith(".venv/bin/sayso ") and command != NEEDS_THE_NETWORK]


def test_every_command_of_the_readme_is_looked_at_here() -> None:
    assert set(COMMANDS) == {*SCRIPTS, *SAYSO, NEEDS_THE_NETWORK}
    assert len(SCRIPTS) == 2
    assert len(SAYSO) >= 2


@pytest.mark.parametrize("command", SCRIPTS)
def test_a_script_of_the_readme_can_be_run_and_is_whole(command: str) -> None:
    path = ROOT / command.split(maxsplit=1)[0]
    assert os.access(path, os.X_OK)
    subprocess.run(["sh", "-n", path], check=True)


@pytest.mark.parametrize("command", SAYSO)
def test_a_sayso_command_of_the_readme_does_its_work(command: str, tmp_path: Path) -> None:
    (tmp_path / "question_sets").symlink_to(ROOT / "question_sets")
    words = [sys.executable, "-m", "sayso", *shlex.split(command)[1:]]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_model_of_the_readme_has_a_manifest() -> None:
    assert (ROOT / "models" / f"{NEEDS_THE_NETWORK.rsplit(maxsplit=1)[-1]}.toml").is_file()


@pytest.mark.parametrize(
    "page", ["README.md", "ARCHITECTURE.md", *(f"docs/{one.name}" for one in (ROOT / "docs").glob("*.md"))]
)
def test_what_a_page_links_to_is_there(page: str) -> None:
    words = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", words):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), target


def test_every_place_named_by_the_architecture_is_there() -> None:
    words = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = "voice|openrosa|kiosk|authoring|collector|sayso|models|docs|tests|script|benchmarks"
    places = set(re.findall(rf"\b((?:{rooms})/[\w./*-]*\w(?:\*\.py)?)", words))
    assert len(places) > 40
    for place in places:
        assert list(ROOT.glob(place)), place
