"""A sheet becomes a form with the record's own rows, its pictures beside it, whatever the sheet is saved as."""

import base64
import csv
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openpyxl import Workbook

from openrosa.convert import Converted, convert, write
from openrosa.convert_refused import SheetRefusedError
from openrosa.errors import OpenRosaError
from openrosa.question_set import Kind
from openrosa.xform import load, read
from openrosa.xform_record import ANSWER_FIELDS, RECORD_FIELDS, record_field_paths

HOME = Path(__file__).parents[2] / "question_sets" / "my_home" / "my_home.md"

SURVEY = [
    ["type", "name", "label::English (en)", "image::English (en)", "audio::English (en)", "bind::sayso_private"],
    ["note", "hello", "Hello", "openmoji:1F44B", "", ""],
    ["begin_group", "house", "The house", "", "", ""],
    ["select_one g", "feel", "How is it?", "house.png", "feel.wav", "yes"],
    ["end_group", "", "", "", "", ""],
    ["audio", "more", "Say more", "", "", ""],
]
CHOICES = [
    ["list_name", "name", "label::English (en)", "say_en", "key"],
    ["g", "good", "Good", "yes, happy", "green"],
    ["g", "bad", "Bad", "no", "red"],
]
SETTINGS = [["form_title", "form_id", "version"], ["My set", "my_set", "3"]]
SHEETS = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}


def saved(folder: Path, suffix: str, sheets: dict[str, list[list[str]]]) -> Path:
    """The sheets as a file of that kind, with the two files that they name."""
    path = folder / f"set{suffix}"
    (folder / "media").mkdir(exist_ok=True)
    (folder / "house.png").write_bytes(b"a picture")
    (folder / "media" / "feel.wav").write_bytes(b"a recording")
    if suffix == ".xlsx":
        book = Workbook()
        book.remove(book.worksheets[0])
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append([cell or None for cell in row])
        book.save(path)
    elif suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            for name, rows in sheets.items():
                csv.writer(file).writerows([[name], *(["", *row] for row in rows)])
    else:
        lines = [
            line
            for name, rows in sheets.items()
            for line in [f"| {name} |", *(f"| | {' | '.join(row)} |" for row in rows)]
        ]
        path.write_text("\n".join(lines), encoding="utf-8")
    return path


def changed(row: int, column: str, value: str, sheet: str = "survey") -> dict[str, list[list[str]]]:
    """The sheets with one cell changed; rows as in a spreadsheet, the header being 1."""
    copied = {name: [list(cells) for cells in rows] for name, rows in SHEETS.items()}
    copied[sheet][row - 1][copied[sheet][0].index(column)] = value
    return copied


def key_pem() -> str:
    key = rsa.generate_private_key(65537, 2048).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_markdown_xlsx_and_csv_give_the_same_form(tmp_path):
    made = [convert(saved(tmp_path, suffix, SHEETS)) for suffix in (".md", ".xlsx", ".csv")]
    assert made[0].xform == made[1].xform == made[2].xform
    assert made[0].media == made[1].media == made[2].media
    assert made[0].places == made[1].places == made[2].places


def test_a_converted_form_declares_everything_that_a_record_says(tmp_path):
    found, findings = read(convert(saved(tmp_path, ".md", SHEETS)).xform, "set.xml")
    assert found is not None
    assert findings == ()
    answered = tuple(question for question in found.questions if question.kind is not Kind.NOTE)
    assert found.record_paths == set(record_field_paths("data", answered))
    assert {"/data/sayso/who", "/data/house/feel_how", "/data/more_order"} <= found.record_paths
    assert len(found.record_paths) == len(RECORD_FIELDS) + len(ANSWER_FIELDS) * len(answered)


@pytest.mark.parametrize("given", [["sayso"], ["sayso", "who", "day"], ["feel"]])
def test_rows_that_the_sheet_has_already_are_not_doubled(tmp_path, given):
    sheets = {name: [list(row) for row in rows] for name, rows in SHEETS.items()}
    blank = ["", "", "", ""]
    if given[0] == "sayso":
        fields = [["hidden", name, *blank] for name in given[1:]]
        sheets["survey"] += [["begin_group", "sayso", *blank], *fields, ["end_group", "", *blank]]
    else:
        sheets["survey"].insert(4, ["hidden", "feel_how", *blank])
    plain = load(convert(saved(tmp_path, ".md", SHEETS)).xform, "set.xml")
    found = load(convert(saved(tmp_path, ".md", sheets)).xform, "set.xml")
    assert found.record_paths == plain.record_paths


def test_pictures_and_recordings_go_with_the_form_under_plain_names(tmp_path):
    made = convert(saved(tmp_path, ".md", SHEETS))
    assert made.media["house.png"] == b"a picture"
    assert made.media["feel.wav"] == b"a recording"
    assert made.media["openmoji-1F44B.png"].startswith(b"\x89PNG")
    found = load(made.xform, "set.xml")
    assert {media.name for media in found.media} == made.media.keys()
    assert found.question("hello").image["en"].name == "openmoji-1F44B.png"


@pytest.mark.parametrize("value", ["gone.png", "openmoji:FFFFF", "openmoji:nonsense", "../house.png", "/etc/hostname"])
def test_a_picture_that_is_not_there_is_refused_with_sheet_row_and_column(tmp_path, value):
    with pytest.raises(SheetRefusedError) as refused:
        convert(saved(tmp_path, ".md", changed(4, "image::English (en)", value)))
    assert refused.value.finding.place == "set.md, survey row 4, column image::English (en)"
    assert "Traceback" not in str(refused.value)


@pytest.mark.parametrize(
    ("row", "column", "value", "place"),
    [
        (4, "type", "select_one nowhere", "set.md, survey row 4"),
        (4, "type", "question", "set.md, survey row 4"),
        (4, "name", "a b", "set.md, survey row 4, column name"),
        (5, "type", "end_grop", "set.md, survey row 5"),
        (6, "name", "hello", "set.md, survey row 6, column name"),
        (4, "label::English (en)", "Is it ${gone}?", "set.md, survey row 4, column label::English (en)"),
    ],
)
def test_what_pyxform_refuses_is_told_with_the_sheets_row(tmp_path, row, column, value, place):
    with pytest.raises(SheetRefusedError) as refused:
        convert(saved(tmp_path, ".md", changed(row, column, value)))
    assert refused.value.finding.place == place
    assert refused.value.finding.code == "QS022"


def test_a_findings_row_is_the_sheets_own_although_rows_were_added(tmp_path):
    made = convert(saved(tmp_path, ".xlsx", changed(6, "type", "text")))
    _, findings = read(made.xform, "set.xlsx", places=made.places)
    assert [finding.place for finding in findings] == ["set.xlsx, survey row 6, column type"]


def test_a_findings_choice_is_named_by_its_row(tmp_path):
    made = convert(saved(tmp_path, ".md", changed(3, "key", "green", "choices")))
    _, findings = read(made.xform, "set.md", places=made.places)
    assert str(findings[0]).startswith('QS014 set.md, choices row 3, column key, "bad": met the key green')


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\xff\xfe\x00", b"PK\x03\x04broken", b"| survey |\n", b"| a | b | c | d |\n"]
)
@pytest.mark.parametrize("suffix", [".md", ".xlsx", ".csv"])
def test_a_file_that_is_no_sheet_is_refused_in_one_sentence(tmp_path, suffix, data):
    path = tmp_path / f"f{suffix}"
    path.write_bytes(data)
    with pytest.raises(SheetRefusedError, match="f"):
        convert(path)


@pytest.mark.parametrize("suffix", [".md", ".csv"])
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path, suffix):
    path = saved(tmp_path, suffix, SHEETS)
    plain = convert(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert convert(path).xform == plain.xform


def test_a_sheet_that_is_not_utf_8_says_so(tmp_path):
    path = saved(tmp_path, ".csv", changed(2, "label::English (en)", "Caf\u00e9"))
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    with pytest.raises(SheetRefusedError, match="not UTF-8"):
        convert(path)


def test_a_file_that_is_not_there_and_a_kind_that_is_not_read_are_errors(tmp_path):
    with pytest.raises(OpenRosaError, match="No such file"):
        convert(tmp_path / "gone.md")
    with pytest.raises(OpenRosaError, match="not one of"):
        convert(tmp_path / "form.docx")


@pytest.mark.parametrize("lines", [True, False], ids=["pem", "base64"])
def test_a_public_key_goes_into_the_form(tmp_path, lines):
    pem = key_pem()
    text = pem if lines else "".join(pem.splitlines()[1:-1])
    found = load(convert(saved(tmp_path, ".md", SHEETS), text).xform, "set.xml")
    assert found.public_key == base64.b64decode("".join(pem.splitlines()[1:-1]))
    assert found.form_id == "my_set"


def test_a_public_key_that_is_none_is_an_error_before_anything_is_made(tmp_path):
    with pytest.raises(OpenRosaError, match="public key"):
        convert(saved(tmp_path, ".md", SHEETS), "not a key")


def test_a_form_is_written_with_its_files_beside_it_and_nothing_else_is_touched(tmp_path):
    made = convert(saved(tmp_path, ".md", SHEETS))
    target = tmp_path / "out" / "set.xml"
    write(made, target)
    (target.parent / "set-media" / "mine.png").write_bytes(b"mine")
    write(made, target)
    assert target.read_bytes() == made.xform
    assert {path.name for path in (target.parent / "set-media").iterdir()} == {*made.media, "mine.png"}
    assert {path.name for path in target.parent.iterdir()} == {"set.xml", "set-media"}


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OpenRosaError, match="Cannot write"):
        write(Converted(b"<x/>"), tmp_path / "file" / "set.xml")


def test_the_shipped_set_can_be_asked_and_can_be_said_with_plain_words():
    made = convert(HOME)
    found, findings = read(made.xform, HOME.name, places=made.places)
    assert found is not None
    assert [finding.code for finding in findings] == ["QS109"]  # until somebody has read its Welsh
    assert made.warnings == ()
    assert found.questions[0].kind is Kind.NOTE
    assert "draft" in found.questions[0].labels["en"]
    said = found.question("home")
    assert [(choice.key, choice.labels["en"]) for choice in said.choices] == [
        ("green", "Good"),
        ("yellow", "Okay"),
        ("red", "Not good"),
    ]
    assert {"happy", "very good"} <= set(said.choices[0].say["en"])
    assert "bad" in said.choices[2].say["en"]
    assert all(len(question.choices) >= 3 for question in found.questions if question.kind is not Kind.NOTE)
