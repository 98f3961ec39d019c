"""docs/admin.md says what is there: every status line, and every command as it is printed."""

from __future__ import annotations

import ast
import inspect
import os
import re
import shlex
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from collector.folders import write_key_pair
from kiosk.checks.by_itself import A_SET, PLAIN, plain
from kiosk.checks.lines import advice
from kiosk.config import load
from kiosk.ear import Ear
from kiosk.keys.buttons import Buttons
from kiosk.keys.contacts import Contact
from kiosk.staff import help as helping
from kiosk.staff import status
from sayso.__main__ import sayso
from voice.condition import Problems

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "admin.md").read_text(encoding="utf-8")
TABLE = TEXT.partition("## What the staff line says")[2].partition("\n## ")[0]
WHO_SAYS_IT: tuple[Callable[..., object] | type, ...] = (
    status.closed,
    status.line,
    status._of_devices,
    Contact,
    Problems,
    Ear._engine_is,
    helping.Helper,
    Buttons._know,
    Buttons._refuse,
)
"""Whatever makes a sentence that comes into the line, besides the nightly check's, which are a table."""
CODE = [line.strip() for line in TEXT.splitlines() if re.match(r" {4,}\S", line)]
INLINE = re.findall(r"`((?:sudo |sayso )[^`]+)`", TEXT)


def shown(source: Callable[..., object] | type) -> list[str]:
    """The fixed words of what it returns or sets, as far as they are words of a sentence."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(source)))
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return | ast.Assign) and node.value]
    constants = [inner.value for value in values for inner in ast.walk(value) if isinstance(inner, ast.Constant)]
    return [one.strip(" :.(") for one in constants if isinstance(one, str) and re.search(r"[a-z]+ [a-z]+", one)]


@pytest.mark.parametrize("source", WHO_SAYS_IT, ids=lambda source: source.__qualname__)
def test_every_line_for_staff_is_in_the_table(source):
    found = shown(source)
    assert found, "it says nothing any more: look at the list above"
    for words in found:
        assert words in TABLE, words


@pytest.mark.parametrize(
    "fault", [Contact("green", "Box", has_up=True, **{which: True}).fault for which in ("stuck", "trembles")]
)
def test_a_key_that_is_not_listened_to_is_in_the_table(fault):
    assert fault.replace("Box", "NAME") in TABLE


def test_every_sentence_of_the_nightly_check_is_in_the_table():
    for words in (*PLAIN.values(), A_SET.format(name="NAME"), plain(advice("something", "else", "to do"))):
        assert words in TABLE, words


def test_all_is_well_in_the_table_too():
    assert status.ALL_WELL in TABLE
    assert status.CALL in TABLE.partition("|")[2]


# --- the commands ---------------------------------------------------------------------------------------------------


def of_sayso() -> list[str]:
    """Every command of sayso that is printed, without who runs it."""
    return list(
        dict.fromkeys(
            re.sub(r"^sudo (-u sayso )?", "", one)
            for one in (*CODE, *INLINE)
            if re.match(r"(sudo (-u sayso )?)?sayso ", one)
        )
    )


@pytest.mark.parametrize("printed", of_sayso())
def test_every_command_is_one_with_these_options(printed):
    words = shlex.split(printed)[1:]
    context, command = click.Context(sayso), sayso
    while isinstance(command, click.Group):
        command = command.get_command(context, words[0])
        assert command is not None, printed
        words = words[1:]
    if words:  # named with all it needs
        assert command.make_context("sayso", words) is not None


def test_the_scripts_can_be_run_and_are_whole():
    scripts = {path for one in (*CODE, *INLINE) for path in re.findall(r"(?:\./)?(script/[a-z-]+)", one)}
    assert {"script/install", "script/uninstall"} <= scripts
    for path in scripts:
        assert os.access(ROOT / path, os.X_OK), path
        subprocess.run(["sh", "-n", ROOT / path], check=True)


@pytest.mark.parametrize(("script", "option"), [("install", "--bundle"), ("uninstall", "--erase-data")])
def test_the_options_of_the_scripts_are_theirs(script, option):
    assert f"script/{script} kiosk {option}" in TEXT
    done = subprocess.run([ROOT / "script" / script, "--help"], capture_output=True, text=True, check=True, timeout=60)
    assert option in done.stdout


def test_the_units_that_are_named_are_there():
    for name in set(re.findall(r"sayso-[a-z-]+\.(?:service|timer|path)", TEXT)):
        assert (ROOT / "systemd" / name).is_file(), name


def test_a_kiosk_is_set_up_without_a_screen_as_printed(tmp_path, monkeypatch):
    printed = next(one for one in CODE if one.startswith("sayso setup --config"))
    monkeypatch.chdir(tmp_path)
    write_key_pair(tmp_path / "office")
    (tmp_path / "office" / "public_key.txt").rename(tmp_path / "public_key.txt")
    done = CliRunner().invoke(sayso, shlex.split(printed)[1:])
    assert done.exit_code in (0, 1), done.exception  # 1: what this machine lacks, such as a speaker
    assert load(tmp_path / "kiosk.toml").home.name == "Elm Road"
