"""docs/publishing.md names commands and options that there are, and Python that can be read."""

from __future__ import annotations

import ast
import re
import shlex
import textwrap
from pathlib import Path

import click
import pytest

from authoring.sheets import doubled_names
from openrosa.xform_record import RECORD_FIELDS
from sayso.__main__ import sayso

DOC = Path(__file__).parents[2] / "docs" / "publishing.md"
SETS = DOC.parents[1] / "question_sets"
TEXT = DOC.read_text(encoding="utf-8")
COMMANDS = [*re.findall(r"^    (sayso .*)$", TEXT, re.MULTILINE), *re.findall(r"`(sayso [^`]+)`", TEXT)]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_that_is_named_is_there_with_its_options(line):
    words = shlex.split(re.split(r" {3,}", line)[0])[1:]
    command: click.Command = sayso
    context = click.Context(sayso)
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found
    known = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_python_can_be_read():
    block = re.search(r"((?:^    .*\n|^\n)+)", TEXT[TEXT.index("    from pathlib") :], re.MULTILINE)
    assert block is not None
    ast.parse(textwrap.dedent(block.group(1)))


def test_the_names_that_kobotoolbox_would_refuse_are_all_of_the_records():
    told = TEXT[TEXT.index("the record has") : TEXT.index("so a question may not be called so")]
    assert tuple(re.findall(r"`(\w+)`", told)) == RECORD_FIELDS


@pytest.mark.parametrize("name", sorted(path.parent.name for path in SETS.glob("*/README.md")))
def test_no_name_stands_twice_in_a_shipped_set_for_kobotoolbox_refuses_it(name):
    assert not doubled_names(SETS / name / f"{name}.md")


@pytest.mark.parametrize("name", re.findall(r"\]\((\w[\w-]*\.md)\)", TEXT))
def test_a_page_that_is_named_is_there(name):
    assert (DOC.parent / name).is_file()
