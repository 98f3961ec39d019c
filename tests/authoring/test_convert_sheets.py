"""`sayso questions convert` to .xlsx and back to Markdown: the same questions, whatever kind of sheet they stand in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree
from openpyxl import Workbook, load_workbook

from authoring import sheets
from authoring.sheets import markdown_of, workbook_of
from openrosa.convert import convert, read_book, write_with_media
from openrosa.errors import OpenRosaError
from openrosa.xform import load
from sayso.__main__ import sayso

FOLDER = Path(__file__).parents[2] / "question_sets"
SETS = sorted(path.parent.name for path in FOLDER.glob("*/README.md"))
SHEET = r"""# Ours. This line is the authors' own.

| survey |
| | type | name | label::English (en) | label::Cymraeg (cy) | image::English (en) | audio::English (en) | relevant |
| | note | hello | = Hello. | Helo. | openmoji:1F44B | hello.wav | |
| | begin_group | house | The house | Y tŷ | | | |
| | select_one yn | lift | Is the lift good? 1\|2 | | lift.png | | |
| | end_group | | | | | | |
| | audio | why | Why? | Pam? | | | ${lift} = '1' |

| choices |
| | list_name | name | label::English (en) | label::Cymraeg (cy) | say_en | key |
| | yn | 1 | Yes | Ie | yes, 007 | 1 |
| | yn | no | No | Na | TRUE, 1.0 | 3 |

| settings |
| | form_title | version | default_language | attribute::sayso_sensitive |
| | 1.10 | 2026010100 | English (en) | yes |
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "ours" / "ours.md"
    (path.parent / "media").mkdir(parents=True)
    (path.parent / "media" / "hello.wav").write_bytes(b"RIFF: somebody's voice")
    (path.parent / "lift.png").write_bytes(b"a picture of our lift")
    path.write_text(SHEET, encoding="utf-8")
    return path


def canonical(xform: bytes) -> bytes:
    return etree.tostring(etree.fromstring(xform), method="c14n")


def questions(*words: object) -> tuple[int, str, str]:
    """The command as `sayso.__main__.main` runs it: what a person can act on is one sentence and exit code 2."""
    done = CliRunner().invoke(sayso, ["questions", *map(str, words)])
    if isinstance(done.exception, OpenRosaError):
        return 2, done.stdout, str(done.exception)
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_the_same_form_from_markdown_from_a_workbook_and_from_markdown_again(name, tmp_path):
    first = FOLDER / name / f"{name}.md"
    book, again = tmp_path / f"{name}.xlsx", tmp_path / "again" / f"{name}.md"
    write_with_media(book, *workbook_of(first))
    text, files = markdown_of(book)
    write_with_media(again, text.encode(), files)
    made = [convert(one) for one in (first, book, again)]
    assert len({canonical(one.xform) for one in made}) == 1
    assert made[0].media == made[1].media == made[2].media
    assert made[0].media
    assert files == {}, "pictures of OpenMoji stay codes"


def test_a_workbook_is_what_pyxforms_own_program_makes_the_same_form_of(sheet, tmp_path):
    book = tmp_path / "ours.xlsx"
    write_with_media(book, *workbook_of(sheet))
    out = tmp_path / "pyxform.xml"
    command = [sys.executable, "-m", "pyxform.xls2xform", str(book), str(out), "--skip_validate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert out.is_file(), done.stderr
    assert canonical(out.read_bytes()) == canonical(convert(sheet).xform)
    found = load(out.read_bytes(), out.name)
    assert [one.name for one in found.questions] == ["hello", "lift", "why"]
    assert found.question("lift").choice("1").say["en"] == ("yes", "007")
    assert found.sensitive
    assert "/data/sayso/who" in found.record_paths
    assert "/data/house/lift_how" in found.record_paths


def test_every_cell_of_a_workbook_is_a_text(sheet, tmp_path):
    book = tmp_path / "ours.xlsx"
    write_with_media(book, *workbook_of(sheet))
    opened = load_workbook(book)
    assert opened.sheetnames == ["survey", "choices", "settings"]
    cells = [cell for one in opened for row in one.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    values = {cell.value for cell in cells}
    assert {"= Hello.", "1.10", "2026010100", "yes, 007", "TRUE, 1.0", "Is the lift good? 1|2"} <= values


def test_a_workbooks_files_lie_beside_it_by_the_names_that_stand_in_it(sheet, tmp_path):
    code, said, _ = questions("convert", sheet, "--to", tmp_path / "office" / "ours.xlsx")
    assert code == 0
    assert "3 files in ours-media" in said
    beside = tmp_path / "office" / "ours-media"
    assert (beside / "lift.png").read_bytes() == b"a picture of our lift"
    survey = load_workbook(tmp_path / "office" / "ours.xlsx")["survey"]
    named = {cell.value for cell in (*survey["E"], *survey["F"])[1:] if cell.value} - {"audio::English (en)"}
    assert named == {one.name for one in beside.iterdir()}


def test_the_records_rows_are_grey_in_a_workbook_and_gone_from_markdown(sheet, tmp_path):
    book = tmp_path / "ours.xlsx"
    write_with_media(book, *workbook_of(sheet))
    survey = load_workbook(book)["survey"]
    grey = {row[1].value for row in survey.iter_rows() if row[0].font.color is not None and row[0].value}
    assert {"lift_how", "lift_by", "lift_order", "why_how", "sayso", "who", "software"} <= grey
    assert not {"hello", "house", "lift", "why", "name"} & grey
    assert "_how" not in markdown_of(book)[0]
    assert "sayso |" not in markdown_of(book)[0]


def test_rows_of_the_record_that_the_authors_wrote_themselves_stay(sheet, tmp_path):
    own = SHEET.replace("| | end_group", "| | hidden | lift_by | | | | | |\n| | end_group")
    sheet.write_text(own, encoding="utf-8")
    book = tmp_path / "ours.xlsx"
    write_with_media(book, *workbook_of(sheet))
    text, files = markdown_of(book)
    write_with_media(tmp_path / "back" / "ours.md", text.encode(), files)
    assert canonical(convert(tmp_path / "back" / "ours.md").xform) == canonical(convert(sheet).xform)


def test_a_picture_that_somebody_drew_over_an_openmoji_stays_theirs(sheet, tmp_path):
    book = tmp_path / "ours.xlsx"
    write_with_media(book, *workbook_of(sheet))
    (tmp_path / "ours-media" / "openmoji-1F44B.png").write_bytes(b"our own wave")
    text, files = markdown_of(book)
    assert "openmoji:1F44B" not in text
    assert files["openmoji-1F44B.png"] == b"our own wave"


def test_what_an_office_typed_as_numbers_and_lines_becomes_texts_on_one_line(tmp_path):
    made = Workbook()
    survey = made.active
    survey.title = "survey"
    for row in (
        ("type", "name", "label", "parameters"),
        ("range", "rooms", "How many\nrooms?", "start=1 end=3 step=1"),
        (None, None, None, None),
        ("note", "thanks", "Thank you.", None),
    ):
        survey.append(row)
    settings = made.create_sheet("settings")
    settings.append(("form_id", "version"))
    settings.append(("rooms", 7))
    made.save(tmp_path / "rooms.xlsx")
    code, _, _ = questions("convert", tmp_path / "rooms.xlsx", "--format", "md")
    assert code == 0
    text = (tmp_path / "rooms.md").read_text(encoding="utf-8")
    assert "| | range | rooms | How many rooms? | start=1 end=3 step=1 |" in text
    assert "| | rooms | 7 |" in text


def test_the_kind_of_file_is_told_by_the_name_and_a_name_that_does_not_fit_is_refused(sheet, tmp_path):
    assert questions("convert", sheet, "--to", tmp_path / "a.xlsx")[0] == 0
    assert questions("convert", sheet, "--to", tmp_path / "forms")[0] == 0
    assert (tmp_path / "a.xlsx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "forms" / "ours.xml").is_file()
    code, _, said = questions("convert", sheet, "--to", tmp_path / "a.md", "--format", "xlsx")
    assert code == 2
    assert "end its name with .xlsx" in said


def test_a_sheet_is_never_written_over_itself_nor_over_another_unless_that_is_wished_for(sheet, tmp_path):
    code, _, said = questions("convert", sheet, "--format", "md")
    assert code == 2
    assert "is the sheet itself" in said
    book = tmp_path / "ours.xlsx"
    assert questions("convert", sheet, "--to", book)[0] == 0
    assert questions("convert", sheet, "--to", book)[0] == 0, "the same questions again are no loss"
    sheet.write_text(SHEET.replace("Why?", "What for?"), encoding="utf-8")
    before = book.read_bytes()
    code, _, said = questions("convert", sheet, "--to", book)
    assert code == 2
    assert "--overwrite" in said
    assert book.read_bytes() == before
    assert questions("convert", sheet, "--to", book, "--overwrite")[0] == 0
    assert "What for?" in {cell.value for cell in load_workbook(book)["survey"]["C"]}


def test_a_set_that_no_kiosk_can_ask_becomes_no_workbook(sheet, tmp_path):
    sheet.write_text(SHEET.replace("| | audio | why", "| | text | why"), encoding="utf-8")
    code, _, said = questions("convert", sheet, "--to", tmp_path / "ours.xlsx")
    assert code == 1
    assert "QS004 ours.md, survey row 6" in said
    assert not (tmp_path / "ours.xlsx").exists()


def test_letters_that_a_workbook_cannot_hold_are_named_with_their_place(sheet):
    sheet.write_text(SHEET.replace("= Hello.", "Hel\x02lo."), encoding="utf-8")
    with pytest.raises(OpenRosaError, match=r"survey row 2, column label::English \(en\)"):
        workbook_of(sheet)


def test_a_sheet_that_would_be_read_differently_is_never_given_out(sheet):
    book, other = read_book(sheet), SHEET.replace("Why?", "What for?").encode()
    with pytest.raises(OpenRosaError, match=r"survey row 6, column label::English \(en\) would be read differently"):
        sheets._proven(other, book, sheet, ".md")


def test_a_space_that_keeps_words_together_is_a_plain_one_in_a_workbook(sheet):
    sheet.write_text(SHEET.replace("Why?", "Why\u00a0?"), encoding="utf-8")
    book = sheet.with_name("book.xlsx")
    write_with_media(book, *workbook_of(sheet))
    assert "Why ?" in {cell.value for cell in load_workbook(book)["survey"]["C"]}


def test_a_name_that_the_record_has_too_is_told_for_kobotoolbox_refuses_it(sheet, tmp_path):
    assert "KoboToolbox" not in questions("convert", sheet, "--to", tmp_path / "a.xlsx")[2]
    sheet.write_text(SHEET.replace("| why |", "| day |"), encoding="utf-8")
    code, _, said = questions("convert", sheet, "--to", tmp_path / "b.xlsx")
    assert code == 0
    assert "KoboToolbox takes no name twice: rename 'day' for it." in said


def test_a_key_goes_into_a_workbook_and_never_into_markdown(sheet, tmp_path):
    pair = CliRunner().invoke(sayso, ["collector", "keys", "pair", str(tmp_path / "key")])
    assert pair.exit_code == 0
    public = tmp_path / "key" / "public_key.txt"
    assert questions("convert", sheet, "--to", tmp_path / "a.xlsx", "--public-key", public)[0] == 0
    assert convert(tmp_path / "a.xlsx").xform.count(b"base64RsaPublicKey") == 1
    assert questions("convert", sheet, "--to", tmp_path / "a.md", "--public-key", public)[0] == 2
