"""`sayso questions`, as somebody types it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from openrosa.findings import CODES
from openrosa.xpath import ODK_FUNCTIONS, XPATH_FUNCTIONS

ROOT = Path(__file__).parents[2]
HOME = ROOT / "question_sets" / "my_home" / "my_home.md"
UNCHECKED = (
    "QS109 my_home.md: met Cymraeg: machine-made words that nobody has checked, write them as people who speak it say "
    "them, and take the code out of attribute::sayso_unchecked\n"
)
"""What is said of the shipped set's Welsh until somebody has read it."""
HAND = Path(__file__).with_name("forms") / "hand.xml"
REFUSED = "| survey |\n| | type | name | label |\n| | note | n | Hi |\n| | text | why | Why? |\n"


def sayso(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = [str(argument) for argument in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "sayso", "questions", *words], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert "Traceback" not in done.stderr
    return done


def test_a_fine_set_is_one_line_and_exit_code_0():
    done = sayso("check", HOME)
    assert (done.returncode, done.stdout) == (
        0,
        f"{UNCHECKED}my_home.md: fine. 7 questions, English, Cymraeg. 1 piece of advice, 1 accepted\n",
    )


def test_advice_is_told_and_the_set_is_fine_all_the_same():
    done = sayso("check", HAND)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].startswith("QS101 hand.xml: met a record without")
    assert re.fullmatch(r"hand.xml: fine. 2 questions. \d+ pieces of advice", done.stdout.splitlines()[-1])


def test_a_refused_set_says_where_and_exits_with_1(tmp_path):
    path = tmp_path / "visit.md"
    path.write_text(REFUSED)
    done = sayso("check", path)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith('QS004 visit.md, survey row 3, column type, "why": met text')
    assert done.stdout.splitlines()[-1] == "visit.md: refused. 1 error"


def test_a_sheet_that_pyxform_refuses_is_a_finding_too(tmp_path):
    path = tmp_path / "visit.md"
    path.write_text(REFUSED.replace("| text |", "| question |"))
    done = sayso("check", path)
    assert done.returncode == 1
    assert done.stdout.startswith("QS022 visit.md, survey row 3: met Unknown question type 'question'")


def test_a_file_that_is_not_there_exits_with_2_and_the_others_are_told(tmp_path):
    done = sayso("check", HOME, tmp_path / "gone.xml", tmp_path)
    assert done.returncode == 2
    assert "my_home.md: fine" in done.stdout
    assert "gone.xml" in done.stderr
    assert "No such file" in done.stderr


def test_json_is_alone_on_stdout_and_says_the_same(tmp_path):
    path = tmp_path / "visit.md"
    path.write_text(REFUSED)
    done = sayso("check", "--json", HOME, path)
    fine, refused = json.loads(done.stdout)
    assert done.returncode == 1
    assert (fine["outcome"], fine["languages"], fine["questions"][0]) == ("fine", ["en", "cy"], "welcome")
    assert (refused["outcome"], refused["findings"][0]["code"], refused["findings"][0]["name"]) == (
        "refused",
        "QS004",
        "why",
    )


def test_a_forms_words_cannot_steer_the_terminal(tmp_path):
    path = tmp_path / "f.xml"
    path.write_text(HAND.read_text().replace('mediatype="audio/*"', 'mediatype="&#x9b;31m&#x202e;x"'))
    done = sayso("check", path)
    assert done.returncode == 1
    assert all(character.isprintable() or character == "\n" for character in done.stdout)


def test_convert_writes_a_form_that_check_finds_fine(tmp_path):
    done = sayso("convert", HOME, "--to", tmp_path)
    assert done.returncode == 0
    assert "Without a public key" in done.stdout
    (tmp_path / "wording.toml").write_bytes(HOME.with_name("wording.toml").read_bytes())
    assert sayso("check", tmp_path / "my_home.xml").stdout == (
        f"{UNCHECKED.replace('.md', '.xml', 1)}my_home.xml: fine. 7 questions, English, Cymraeg. "
        "1 piece of advice, 1 accepted\n"
    )


def test_a_form_whose_pictures_are_gone_gets_advice(tmp_path):
    sayso("convert", HOME, "--to", tmp_path)
    (tmp_path / "my_home-media" / "openmoji-1F3E0.png").unlink()
    done = sayso("check", tmp_path / "my_home.xml")
    assert done.returncode == 0
    assert 'QS106 my_home.xml, "openmoji-1F3E0.png"' in done.stdout


def test_convert_of_a_set_that_a_kiosk_refuses_writes_nothing(tmp_path):
    path = tmp_path / "visit.md"
    path.write_text(REFUSED)
    done = sayso("convert", path, "--to", tmp_path / "out")
    assert done.returncode == 1
    assert "QS004" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("key", ["not a key", None])
def test_convert_with_a_key_that_is_none_exits_with_2(tmp_path, key):
    path = tmp_path / "key.pem"
    if key:
        path.write_text(key)
    done = sayso("convert", HOME, "--to", tmp_path / "out", "--public-key", path)
    assert done.returncode == 2
    assert done.stderr.startswith("sayso: Cannot")


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"], ["convert", "--help"]])
def test_help_teaches_with_an_example(words):
    done = sayso(*words)
    assert done.returncode == 0
    assert "Example:" in done.stdout


def test_the_docs_list_every_code_and_function_and_no_other():
    text = (ROOT / "docs" / "question-sets.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| (QS\d+) \| (.+) \|$", text, re.MULTILINE)) == dict(CODES)
    examples = re.findall(r"^\| `(QS\d+)` \| [^|]+ \| [^|]+ \|$", text, re.MULTILINE)
    assert examples == list(CODES)  # what was met and what to write, for each
    functions = re.search(r"^- Functions: (.+?)\.$", text, re.MULTILINE | re.DOTALL)
    assert functions is not None
    assert set(re.findall(r"`([\w-]+)`", functions.group(1))) == XPATH_FUNCTIONS | set(ODK_FUNCTIONS)


def test_every_code_is_used_by_the_code_that_finds():
    rooms = ("openrosa", "sayso", "authoring/lint")
    written = "".join(path.read_text(encoding="utf-8") for room in rooms for path in (ROOT / room).glob("*.py"))
    assert {code for code in CODES if written.count(f'"{code}"') < 2} == set()
