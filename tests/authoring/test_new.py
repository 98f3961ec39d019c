"""`sayso questions new`: a start that can be asked as it is, teaches by its comments, and writes over nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from authoring import starting
from openrosa.convert import convert
from openrosa.errors import OpenRosaError
from openrosa.question_set import Kind, QuestionSet
from openrosa.xform import load
from sayso.__main__ import sayso
from sayso.questions_new import KINDS

UNCHECKED = "QS109"
"""Said of the Welsh, which a machine has made."""


def run(*words: object) -> tuple[int, str, str]:
    """A command as `sayso.__main__.main` runs it: what a person can act on is one sentence and exit code 2."""
    done = CliRunner().invoke(sayso, [*map(str, words)])
    if isinstance(done.exception, OpenRosaError):
        return 2, done.stdout, str(done.exception)
    return done.exit_code, done.stdout, done.stderr


def new(folder: Path, *words: object) -> Path:
    code, _, said = run("questions", "new", folder, *words)
    assert code == 0, said
    return next(path for path in folder.iterdir() if path.name != "README.md")


def read(sheet: Path) -> QuestionSet:
    return load(convert(sheet).xform, sheet.name)


def codes(sheet: Path, *more: str) -> list[str]:
    code, out, _ = run("questions", "check", sheet, *more)
    assert code == 0, out
    return re.findall(r"^QS\d+", out, re.MULTILINE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_passes_the_check_without_a_word_of_advice(kind, tmp_path):
    assert codes(new(tmp_path / "our_garden", "--kind", kind)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("languages", ["cy", "en,cy", "cy,en"])
def test_of_welsh_only_that_nobody_has_checked_it_is_remarked(kind, languages, tmp_path):
    sheet = new(tmp_path / "our_garden", "--kind", kind, "--language", languages)
    assert codes(sheet, "--engine", "none") == [UNCHECKED]
    found = read(sheet)
    assert found.languages == tuple(languages.split(","))
    assert found.default_language == languages[:2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_can_be_visited_to_its_end(kind, tmp_path):
    sheet = new(tmp_path / "our_garden", "--kind", kind)
    code, out, said = run("rehearse", sheet, "--keys", *["green"] * 6)
    assert code == 0, said
    assert "delivered, and opened with the office's key" in out


def test_opinions_are_one_question_of_three_points_with_pictures_and_a_voice_message(tmp_path):
    found = read(new(tmp_path / "our_garden"))
    assert [(one.name, one.kind) for one in found.questions if one.kind is not Kind.NOTE] == [
        ("today", Kind.SCALE),
        ("why", Kind.AUDIO),
    ]
    today = found.question("today")
    assert len(today.choices) == 3
    assert all(choice.image for choice in today.choices)
    assert found.questions[0].labels == {"en": "This is a draft to change together."}
    assert "The people who make Sayso wrote it." in found.questions[0].spoken["en"]


def test_a_sensitive_start_is_one_and_says_first_what_happens_with_the_answer(tmp_path):
    found = read(new(tmp_path / "worries", "--kind", "sensitive"))
    assert found.sensitive
    assert [one.name for one in found.questions[:3]] == ["welcome", "what_happens", "not_for_emergencies"]
    assert all(one.private for one in found.questions if one.kind is not Kind.NOTE)


def test_a_language_without_words_gets_columns_to_fill_in_and_the_same_pictures(tmp_path):
    sheet = new(tmp_path / "ogrod", "--language", "en,pl")
    text = sheet.read_text(encoding="utf-8")
    assert "label::English (en) | label::Polski (pl) |" in text
    assert "say_en | say_pl |" in text
    assert "Cymraeg" not in text
    assert set(codes(sheet, "--engine", "none")) == {"QS102"}
    found = read(sheet)
    assert found.languages == ("en", "pl")
    assert found.question("today").image["pl"] == found.question("today").image["en"]


def test_the_name_of_the_folder_is_the_forms_and_the_title_is_what_was_given(tmp_path):
    sheet = new(tmp_path / "Our Garden, 2026!", "--title", "Our garden | and the shed")
    assert sheet.name == "our_garden_2026.md"
    found = read(sheet)
    assert (found.form_id, found.title, found.version) == ("our_garden_2026", "Our garden | and the shed", "1")
    assert (sheet.parent / "README.md").read_text(encoding="utf-8").startswith("# Our garden | and the shed\n")
    assert read(new(tmp_path / "2026")).form_id == "set_2026"
    assert read(new(tmp_path / "our_shed")).title == "Our shed"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("languages", ["en", "en,cy"])
def test_nothing_is_left_to_be_filled_in_by_accident_and_the_readme_fits(kind, languages, tmp_path):
    sheet = new(tmp_path / "our_garden", "--kind", kind, "--language", languages)
    readme = (sheet.parent / "README.md").read_text(encoding="utf-8")
    assert "[[" not in readme + sheet.read_text(encoding="utf-8")
    assert ("Welsh" in readme) is ("cy" in languages)
    assert ("safeguarding" in readme) is (kind == "sensitive")
    for heading in ("**For whom.**", "**Who should make them their own.**", "## How to use it", "our_garden.md"):
        assert heading in readme


def test_comments_stand_round_the_tables_and_no_converter_reads_them(tmp_path):
    sheet = new(tmp_path / "our_garden")
    text = sheet.read_text(encoding="utf-8")
    comments = [line for line in text.splitlines() if line and not line.startswith("|")]
    assert sum("comment" in line for line in comments) >= 1
    bare = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "our_garden.md").write_text(bare, encoding="utf-8")
    assert convert(tmp_path / "bare" / "our_garden.md").xform == convert(sheet).xform


@pytest.mark.parametrize("there", ["our_garden.md", "README.md"])
def test_nothing_is_written_over(there, tmp_path):
    folder = tmp_path / "our_garden"
    folder.mkdir()
    (folder / there).write_text("ours", encoding="utf-8")
    code, _, said = run("questions", "new", folder)
    assert code == 2
    assert "nothing is written over" in said
    assert [(path.name, path.read_text(encoding="utf-8")) for path in folder.iterdir()] == [(there, "ours")]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        pytest.param("fr", "--language en,fr", id="no_words"),
        pytest.param("en,xx", "'xx': it is no language's code", id="no_language"),
        pytest.param("en,en", "one stands there twice", id="twice"),
        pytest.param(" , ", "such as --language en,cy", id="none"),
    ],
)
def test_a_language_that_cannot_be_is_one_sentence(language, said, tmp_path):
    code, _, err = run("questions", "new", tmp_path / "x", "--language", language)
    assert code == 2
    assert said in err
    assert not (tmp_path / "x").exists()


def test_the_commands_kinds_are_the_rooms():
    assert KINDS == starting.KINDS
    assert {path.stem for path in starting.START.glob("*.md")} == {*KINDS, "README"}
