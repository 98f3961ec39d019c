"""`sayso questions check` as an author's lint, as somebody types it: advice, a list of words, acceptances."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lint_sheets import GARDEN, GOOD, NOTE, ROOM, question, sheet

from sayso.questions import command

USUALLY = question(label="Who usually cooks?")
ACCEPT = '[[accept]]\ncode = "QS203"\nname = "room"\nreason = "The panel asks for it."\n'


def check(folder: Path, text: str, *options: str) -> Result:
    path = folder / "visit.md"
    path.write_text(text, encoding="utf-8")
    engine = () if "--engine" in options else ("--engine", "none")  # half a second to load
    return CliRunner().invoke(command, ["check", str(path), *options, *engine])


def test_advice_is_told_and_ends_with_0(tmp_path: Path):
    done = check(tmp_path, USUALLY)
    assert done.exit_code == 0
    told, summary = done.stdout.splitlines()
    assert told.startswith("QS203 visit.md, survey row 3, column label::English (en), \"room\": met 'usually', which")
    assert summary == "visit.md: fine. 1 question, English. 1 piece of advice"


def test_advice_ends_with_1_where_an_organisation_is_strict(tmp_path: Path):
    assert check(tmp_path, USUALLY, "--strict").exit_code == 1
    assert check(tmp_path, sheet(), "--strict").exit_code == 0


def test_what_is_accepted_with_a_reason_is_counted_and_no_longer_told(tmp_path: Path):
    (tmp_path / "wording.toml").write_text(ACCEPT)
    done = check(tmp_path, USUALLY, "--strict")
    assert (done.exit_code, done.stdout) == (0, "visit.md: fine. 1 question, English. 1 accepted\n")


def test_an_acceptance_is_for_that_code_and_that_name_alone(tmp_path: Path):
    (tmp_path / "wording.toml").write_text(ACCEPT.replace('"room"', '"garden"'))
    assert "QS203" in check(tmp_path, USUALLY).stdout
    (tmp_path / "wording.toml").write_text(ACCEPT.replace("QS203", "QS202"))
    assert "QS203" in check(tmp_path, USUALLY).stdout


def test_json_has_code_and_level_and_the_reasons_of_what_is_accepted(tmp_path: Path):
    (tmp_path / "wording.toml").write_text(ACCEPT)
    (told,) = json.loads(check(tmp_path, question(label="Who usually cooks or cleans?"), "--json").stdout)
    assert [(one["code"], one["level"], one["name"]) for one in told["findings"]] == [("QS201", "advice", "room")]
    assert [(one["code"], one["reason"]) for one in told["accepted"]] == [("QS203", "The panel asks for it.")]
    assert told["not_looked_at"] == []


def test_errors_come_before_advice_and_both_are_counted(tmp_path: Path):
    said = sheet((NOTE, ROOM, {**GARDEN, "type": "text"}), ({**GOOD[0], "say_fr": "bien"}, *GOOD[1:]))
    done = check(tmp_path, said)
    assert [line.split()[0] for line in done.stdout.splitlines()[:-1]] == ["QS004", "QS105"]
    assert done.stdout.splitlines()[-1] == "visit.md: refused. 1 error, 1 piece of advice"
    assert done.exit_code == 1


def test_an_organisations_list_lies_upon_ours(tmp_path: Path):
    theirs = tmp_path / "ours.toml"
    theirs.write_text('[words.en]\n"kitchen" = "scullery"\nclient = ""\n[words.cy]\n"cegin" = "ystafell"\n')
    text = question(label="Who does the client meet in the kitchens?")
    ours = check(tmp_path, text).stdout
    assert "'client'" in ours
    assert "kitchen'" not in ours
    with_theirs = check(tmp_path, text, "--wording", str(theirs)).stdout
    assert "met 'kitchen', write 'scullery'" in with_theirs
    assert "'client'" not in with_theirs


def test_a_list_beside_the_set_goes_before_the_one_that_is_named(tmp_path: Path):
    theirs = tmp_path / "ours.toml"
    theirs.write_text('[words.en]\n"kitchen" = "scullery"\n')
    (tmp_path / "wording.toml").write_text('[words.en]\n"kitchen" = "room to cook"\n')
    done = check(tmp_path, question(label="Who is in the kitchen?"), "--wording", str(theirs))
    assert "write 'room to cook'" in done.stdout


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[[accept", "Cannot read"),
        ('[[accept]]\ncode = "QS203"\nname = "room"\n', "missing required field `reason`"),
        (ACCEPT.replace("The panel asks for it.", ""), "length >= 1"),
        (ACCEPT.replace("QS203", "QS004"), "an error cannot be accepted"),
        (ACCEPT.replace("QS203", "QS999"), "Cannot accept"),
        ("[word.en]\n", "unknown field `word`"),
        ("[words]\nclient = 3\n", "Expected `object`"),
        ("\udcff", "Cannot read"),
    ],
    ids=["no-toml", "no-reason", "empty-reason", "an-error", "no-code", "misspelt", "no-language", "no-text"],
)
def test_a_list_that_cannot_be_used_ends_with_2_and_says_what_stands_in_it(written: str, said: str, tmp_path: Path):
    (tmp_path / "wording.toml").write_bytes(written.encode("utf-8", "surrogateescape"))
    done = check(tmp_path, USUALLY)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "wording.toml" in done.stderr


def test_a_list_that_is_not_there_ends_with_2(tmp_path: Path):
    done = check(tmp_path, USUALLY, "--wording", str(tmp_path / "gone.toml"))
    assert done.exit_code == 2
    assert "gone.toml: No such file" in done.stderr


def test_without_the_offices_libraries_all_but_the_reading_age_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "textstat", None)
    many = ". ".join(f"We live here with {one} red things" for one in range(30))
    done = check(tmp_path, USUALLY.replace("The people who live here wrote this.", f"The people wrote this. {many}."))
    assert done.exit_code == 0
    assert "QS203" in done.stdout
    lines = [line for line in done.stdout.splitlines() if "not looked at" in line]
    assert lines == [
        "visit.md: not looked at: the reading age: textstat is not installed here; `script/setup office` installs it"
    ]


def test_no_engine_needs_to_be_there(tmp_path: Path):
    strange = question(label="How is the frumbly?").replace("| Good |", "| Frumbly |")
    assert "QS301" in check(tmp_path, strange, "--engine", "auto").stdout
    assert "QS301" not in check(tmp_path, strange, "--engine", "none").stdout


def test_an_engine_that_is_asked_for_and_not_there_is_told_and_the_rest_is_looked_at(tmp_path: Path):
    done = check(tmp_path, USUALLY, "--engine", "vosk", "--models-dir", str(tmp_path))
    assert done.exit_code == 0
    assert "QS203" in done.stdout
    assert "visit.md: not looked at: words that the model does not know, in 'en': Cannot open the speech" in done.stdout


def test_a_sheet_of_the_old_kind_with_single_colons_is_read(tmp_path: Path):
    old = sheet((NOTE, {**ROOM, "bind::jr:constraintMsg": "No.", "image": ""}), GOOD).replace("::", ":")
    done = check(tmp_path, old)
    assert done.exit_code == 0, done.output
    assert "visit.md: fine. 1 question, English." in done.stdout


def test_a_row_that_pyxform_made_itself_is_told_by_the_row_that_it_clashes_with(tmp_path: Path):
    clash = (NOTE, {**ROOM, "type": "integer", "name": "r_count"}, {"type": "begin_repeat", "name": "r", "label": "R"})
    rows = (*clash, {**GARDEN, "type": "text"}, {"type": "end_repeat", "name": "", "label": ""})
    text = sheet(tuple({**row, "repeat_count": "2" if row["type"] == "begin_repeat" else ""} for row in rows))
    done = check(tmp_path, text)
    assert done.stdout.startswith(
        "QS022 visit.md, survey row 3, column name: met Questions, groups, and repeats must be"
    )


@pytest.mark.parametrize("suffix", [".xls", ".xlsm", ".ods"])
def test_a_workbook_of_another_kind_is_named_as_one(suffix: str, tmp_path: Path):
    path = tmp_path / f"visit{suffix}"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    done = CliRunner().invoke(command, ["check", str(path)])
    assert done.exit_code == 1
    assert f"QS022 visit{suffix}: met a {suffix} workbook, write it as .xlsx" in done.stdout
