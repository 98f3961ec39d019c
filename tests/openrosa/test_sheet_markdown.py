"""One cell of a Markdown sheet is filled, and nothing else of the file is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from openrosa.convert import convert
from openrosa.sheet_markdown import columns, rows, with_cell

SHEET = """# A draft.

| survey |
| | type | name | label::English (en) | hint::English (en) |
|---|---|---|---|---|
| | note | hello | Hello \\| you. | |  # said first
| | select_one yn | lift | Is the lift good? |

| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
"""


def line_of(name: str, sheet: str = "survey") -> int:
    return next(row.line for row in rows(SHEET, sheet) if row.cells["name"] == name)


def test_rows_are_read_as_pyxform_reads_them():
    assert [row.cells["name"] for row in rows(SHEET, "survey")] == ["hello", "lift"]
    assert rows(SHEET, "survey")[0].cells["label::English (en)"] == "Hello | you."
    assert columns(SHEET, "choices") == ("list_name", "name", "label::English (en)")
    assert rows(SHEET, "settings") == columns(SHEET, "settings") == ()


def test_a_new_column_stands_behind_the_one_named_and_every_row_has_it():
    after = with_cell(SHEET, "survey", line_of("lift"), "audio::English (en)", "a.wav", after="label::English (en)")
    assert after.split("\n")[3] == "| | type | name | label::English (en) | audio::English (en) | hint::English (en) |"
    assert after.split("\n")[5] == "| | note | hello | Hello \\| you. | | |  # said first"
    assert after.split("\n")[6] == "| | select_one yn | lift | Is the lift good? | a.wav |"
    assert after.split("\n")[8:] == SHEET.split("\n")[8:]


def test_a_column_that_is_there_is_filled_and_a_short_row_made_longer():
    once = with_cell(SHEET, "survey", line_of("lift"), "hint::English (en)", "Think of it.")
    assert once.split("\n")[6] == "| | select_one yn | lift | Is the lift good? | Think of it. |"
    twice = with_cell(once, "survey", line_of("lift"), "hint::English (en)", "Think.")
    assert rows(twice, "survey")[1].cells["hint::English (en)"] == "Think."
    assert [line for line, old in zip(twice.split("\n"), SHEET.split("\n"), strict=True) if line != old] == [
        twice.split("\n")[6]
    ]


@pytest.mark.parametrize("sheet", ["survey", "choices"])
def test_the_form_of_the_changed_sheet_has_the_recording(tmp_path: Path, sheet):
    row = rows(SHEET, sheet)[-1]
    text = with_cell(SHEET, sheet, row.line, "audio::English (en)", "a.wav")
    (tmp_path / "set.md").write_text(text)
    (tmp_path / "a.wav").write_bytes(b"sound")
    made = convert(tmp_path / "set.md")
    assert made.media == {"a.wav": b"sound"}
    assert b"jr://audio/a.wav" in made.xform
