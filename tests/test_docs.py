"""The documentation says what is there: every setting with its default and unit and nothing more; every command."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kiosk.config import settings
from sayso.__main__ import COMMANDS, sayso

DOCS = Path(__file__).parent.parent / "docs"
ROW = re.compile(
    r"^\| `(?P<name>[^`]+)` \| (?P<default>[^|]*) \| (?P<takes>[^|]*) \| (?P<unit>[^|]*) \| (?P<sense>.*) \|$"
)


def documented():
    """The rows of docs/configuration.md by setting: default, what it takes, unit, sense."""
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    rows = [match.groupdict() for match in map(ROW.match, text.splitlines()) if match]
    assert len(rows) == len({row["name"] for row in rows}), "no setting stands there twice"
    return {row.pop("name"): row for row in rows}


def test_every_setting_is_documented_and_nothing_more():
    assert list(documented()) == [setting.name for setting in settings()]


@pytest.mark.parametrize("setting", settings(), ids=lambda setting: setting.name)
def test_a_setting_is_documented_with_its_default_limits_unit_and_sense(setting):
    assert documented()[setting.name] == {
        "default": f"`{setting.default}`" if setting.default else "none: it must be set",
        "takes": setting.takes,
        "unit": setting.unit or "-",
        "sense": setting.sense,
    }


def test_every_setting_measured_in_seconds_says_so_in_its_name_and_its_documentation():
    for setting in settings():
        assert setting.key.endswith("_s") == (setting.unit == "seconds"), setting.name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_answers_help(name):
    result = CliRunner().invoke(sayso, [name, "--help"])
    assert result.exit_code == 0, result.output or result.exception
    assert re.match(rf"Usage: .*\b{name} ", result.output)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_docstring_of_its_own_and_a_line_in_the_table(name):
    command = sayso.get_command(click.Context(sayso), name)
    assert command is not None
    assert command.help
    assert COMMANDS[name][1].endswith(".")


def test_help_lists_every_command():
    result = CliRunner().invoke(sayso, ["--help"])
    assert result.exit_code == 0
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", result.output, flags=re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_in_help_keep_their_lines(name):
    result = CliRunner().invoke(sayso, [name, "--help"])
    assert "\\b" not in result.output
    for example in re.findall(r"^ +(?:\$ )?sayso .*", sayso.get_command(click.Context(sayso), name).help, re.MULTILINE):
        assert example.strip() in result.output
