"""The lint on what a set is made of: recordings, pictures, what is said first, and what can be overheard."""

from pathlib import Path

import pytest
from lint_sheets import GARDEN, GOOD, NOTE, ROOM, SETTINGS, Row, found, linted, sheet

SENSITIVE = {**SETTINGS, "attribute::sayso_sensitive": "yes"}
RULE_11 = {
    **NOTE,
    "guidance_hint": (
        "The people who live here wrote this. The panel gets what you say. This is no emergency line. "
        "I may be offline. Then your answers go later."
    ),
}
WHO_TELLS = {**ROOM, "label": "Who do you tell when somebody hurts you?"}
FOUR: tuple[Row, ...] = (
    *GOOD,
    {"list_name": "good", "name": "mixed", "label": "Mixed", "image": "openmoji:1F914"},
)
PRIVATE = {**ROOM, "bind::sayso_private": "yes"}
DEPENDS = {**GARDEN, "relevant": "${room} = 'good'"}


def without(row: Row, *columns: str) -> Row:
    return {column: value for column, value in row.items() if column not in columns}


def all_recorded(*rows: Row) -> tuple[Row, ...]:
    return tuple({**row, "audio": "said.wav"} for row in rows)


CASES = {
    "some-recordings": (
        "QS110",
        sheet((NOTE, {**ROOM, "audio": "said.wav"})),
        sheet(all_recorded(NOTE, ROOM), all_recorded(*GOOD)),
    ),
    "a-question-without-a-picture": ("QS111", sheet((NOTE, without(ROOM, "image"))), sheet()),
    "a-choice-without-a-picture": ("QS111", sheet(choices=(*GOOD[:2], without(GOOD[2], "image"))), sheet()),
    "no-picture-at-all": (
        "QS112",
        sheet(
            tuple(without(row, "image") for row in (NOTE, ROOM)),
            tuple(without(row, "image") for row in GOOD),
        ),
        sheet(),
    ),
    "nobody-made-it": ("QS113", sheet(({**NOTE, "label": "Hello, welcome."}, ROOM)), sheet()),
    "sensitive-without-rule-11": (
        "QS114",
        sheet((NOTE, WHO_TELLS), settings=SENSITIVE),
        sheet((RULE_11, WHO_TELLS), settings=SENSITIVE),
    ),
    "hurt-in-a-set-that-is-not-marked": (
        "QS115",
        sheet((NOTE, WHO_TELLS)),
        sheet((RULE_11, WHO_TELLS), settings=SENSITIVE),
    ),
    "no-other-words": ("QS116", sheet((NOTE, without(ROOM, "hint"))), sheet()),
    "a-private-answer-that-can-be-overheard": (
        "QS117",
        sheet((NOTE, PRIVATE, DEPENDS)),
        sheet((NOTE, PRIVATE, without(DEPENDS, "relevant"))),
    ),
    "four-choices": ("QS206", sheet(choices=FOUR), sheet()),
}


@pytest.mark.parametrize(("code", "bad", "mended"), CASES.values(), ids=CASES.keys())
def test_what_is_missing_is_told_with_its_place_and_is_gone_when_mended(
    code: str, bad: str, mended: str, tmp_path: Path
):
    (tmp_path / "said.wav").write_bytes(b"RIFF")
    told = found(bad, tmp_path, code)
    assert told
    assert all(finding.met and finding.write and finding.level == "advice" for finding in told)
    assert found(mended, tmp_path, code) == []


def test_recordings_that_are_missing_are_counted_and_told_once(tmp_path: Path):
    (tmp_path / "said.wav").write_bytes(b"RIFF")
    (told,) = found(CASES["some-recordings"][1], tmp_path, "QS110")
    assert told.met.startswith("1 of 5 texts with a recording in English")
    assert told.place == "visit.md, survey row 2, column audio::English (en)"


def test_a_picture_that_a_choice_lacks_is_told_where_the_choice_stands(tmp_path: Path):
    (told,) = found(CASES["a-choice-without-a-picture"][1], tmp_path, "QS111")
    assert (told.place, told.name) == ("visit.md, choices row 4, column image", "not_good")


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("This is no emergency line. ", "that it is no emergency line"),
        ("I may be offline. Then your answers go later.", "that it may be offline"),
        ("The panel gets what you say. ", "what happens with the answer"),
    ],
    ids=["emergency", "offline", "who-gets-it"],
)
def test_each_part_of_what_a_sensitive_set_says_first_is_missed(left_out: str, said: str, tmp_path: Path):
    words = RULE_11["guidance_hint"].replace(left_out, "")
    text = sheet(({**RULE_11, "guidance_hint": words}, WHO_TELLS), settings=SENSITIVE)
    (told,) = found(text, tmp_path, "QS114")
    assert said in told.met


def test_what_is_said_after_the_first_question_comes_too_late(tmp_path: Path):
    late = {**RULE_11, "name": "late"}
    assert found(sheet((NOTE, ROOM, late), settings=SENSITIVE), tmp_path, "QS114")


def test_a_name_inside_a_text_is_no_question_that_another_depends_on(tmp_path: Path):
    other = {**GARDEN, "relevant": "${other} = 'room'"}
    third = {**ROOM, "name": "other"}
    assert found(sheet((NOTE, PRIVATE, third, other)), tmp_path, "QS117") == []


def test_a_form_without_a_sheet_is_looked_at_too(tmp_path: Path):
    """Its choices stand in the body, and it names no language: it is taken for English."""
    from authoring.lint.lint import lint  # noqa: PLC0415
    from authoring.lint.wording_list import wording_for  # noqa: PLC0415
    from openrosa.xform import load  # noqa: PLC0415

    form = Path(__file__).parents[1] / "openrosa" / "forms" / "hand.xml"
    met = lint(load(form.read_bytes(), "hand.xml"), "hand.xml", wording_for(tmp_path / "hand.xml"))
    assert {"QS112", "QS116"} <= {finding.code for finding in met.findings}


def test_of_a_set_with_nothing_to_mend_nothing_is_told(tmp_path: Path):
    assert linted(sheet((RULE_11, WHO_TELLS), settings=SENSITIVE), tmp_path).findings == ()
