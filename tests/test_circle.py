"""A month's circle by commands alone, as docs/panel.md has them: asked, heard, decided, and told back at a kiosk."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from rehearsed import ROOT, card

from sayso.__main__ import sayso

TEXT = (ROOT / "docs" / "panel.md").read_text(encoding="utf-8")
TRIAL = TEXT.partition("## Try the whole circle")[2]
LOOP = re.compile(r"for n in \$\(seq (\d+)\); do (.+); done")
SERVE, NEW_KEY = "sayso collector serve", "sayso collector keys new"
VISITS = 20


class Ran(NamedTuple):
    """One command of the page."""

    line: str
    stdout: str
    stderr: str


def indented(text: str) -> list[str]:
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


def commands() -> list[str]:
    """Those of the trial in their order, a loop as often as it runs."""
    found = []
    for line in indented(TRIAL):
        loop = LOOP.fullmatch(line)
        found += [loop[2]] * int(loop[1]) if loop else [line] if line.startswith("sayso ") else []
    return found


def run(line: str) -> Ran:
    done = CliRunner().invoke(sayso, shlex.split(line, comments=True)[1:])
    assert done.exit_code == 0, f"{line}\n{done.output}\n{done.exception!r}"
    return Ran(line, done.stdout, done.stderr)


@contextmanager
def serving(line: str) -> Iterator[str]:
    """The collector as a process of its own; its address."""
    command = [sys.executable, "-m", "sayso", *shlex.split(line)[1:], "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def circle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Ran]]:
    """Every command of the trial, run as it stands, with what it printed."""
    folder = tmp_path_factory.mktemp("circle")
    (folder / "question_sets").symlink_to(ROOT / "question_sets")
    for name, number in (("idea.wav", 1), ("worry.wav", 3)):
        shutil.copy(card(number), folder / name)
    month = f"{datetime.now(UTC):%Y-%m}"
    lines = [line.replace("--month 2026-11", f"--month {month}") for line in commands()]
    at = next(number for number, line in enumerate(lines) if line.startswith(SERVE))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ran = [run(line) for line in lines[:at]]
        with serving(lines[at]) as address:
            token = next(one.stdout.strip() for one in ran if one.line.startswith(NEW_KEY))
            toml = "\n".join(line for line in indented(TRIAL) if re.match(r"sets = |\[|url = |folder = |allow_", line))
            Path("trial/kiosk.toml").write_text(toml.replace("http://127.0.0.1:8383/key/TOKEN", address + token))
            ran += [run(line) for line in lines[at + 1 :]]
        yield ran


def of(circle: list[Ran], words: str) -> list[Ran]:
    found = [one for one in circle if one.line.startswith(words)]
    assert found, words
    return found


def test_twenty_visits_are_rehearsed_and_every_one_is_opened(circle):
    visits = [one for one in of(circle, "sayso rehearse") if "--office" in one.line]
    assert len(visits) == VISITS
    assert all("delivered, and opened with the office's key" in one.stdout for one in visits)
    assert all("\ncomplete\n" in one.stdout for one in visits if "my_ideas" in one.line)
    (opened,) = of(circle, "sayso collector open")
    assert f"{VISITS} of {VISITS} visits opened." in opened.stderr


def test_results_know_them(circle):
    (results,) = of(circle, "sayso collector results")
    assert "17 visits" in results.stdout


def test_the_digest_has_the_two_messages_and_both_are_decided(circle):
    (digest,) = of(circle, "sayso collector digest")
    assert "2 messages of 20 visits" in digest.stdout
    listed, garden, bus = of(circle, "sayso collector decide")
    assert [line.split("\t")[1] for line in listed.stdout.splitlines()] == ["idea", "worry"]
    assert "There is a bench under the tree now." in garden.stdout
    assert "because the bus company decides" in bus.stdout


def test_the_reply_is_published_and_the_kiosk_fetches_it(circle):
    (reply,) = of(circle, "sayso collector reply")
    assert "replies: 2. Version 1 is published." in reply.stdout
    (pulled,) = of(circle, "sayso questions pull")
    assert pulled.stdout.startswith("you_said_we_did: new, version '1'")


def test_the_kiosk_says_how_many_visits_there_were_that_they_were_heard_and_what_came_of_them(circle):
    told = json.loads(circle[-1].stdout)
    said = iter(told["said"])
    for sentence in (
        "Here we answer what you told us.",
        f"In {datetime.now(UTC):%B} there were {VISITS} visits.",
        "We opened every one.",
        "The panel heard every message that you left for them.",
        "You said: we want to sit in the garden.",
        "We did it.",
        "There is a bench under the tree now.",
        "The garden: was that any good?",
        "You said: the last bus leaves too early.",
        "We can't change this, because the bus company decides.",
        "The bus: was that any good?",
        "What should we do now?",
        "Do we listen to you?",
    ):
        assert sentence in said, f"{sentence}\nafter what came before it in {told['said']}"
    answers = [one["value"] for one in told["answers"].values()]
    assert (answers, told["complete"]) == (["good", "not_good", "", "yes"], True)


@pytest.mark.parametrize("line", sorted({line for line in indented(TEXT) if line.startswith("sayso ")}))
def test_every_command_of_the_page_has_the_options_that_it_is_shown_with(line):
    words = shlex.split(line, comments=True)[1:]
    command, path = sayso, []
    context = None
    while words and hasattr(command, "get_command"):
        context = command.make_context("sayso", [words[0]], parent=context, resilient_parsing=True)
        command = command.get_command(context, words.pop(0))
        path.append(command.name)
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known, path
