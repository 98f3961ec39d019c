"""Whatever a kiosk cannot ask is refused: code, name, place, what was met, what to write; nothing is dropped."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyxform.xls2xform import convert

from openrosa.findings import CODES
from openrosa.xform import read

HEAD = "| survey |\n| | type | name | label | {columns} |\n"
CHOICES = """
| choices |
| | list_name | name | label | key | say_default |
| | two | a | Yes | | |
| | two | b | No | | |
| | five | a | A | | |
| | five | b | B | | |
| | five | c | C | | |
| | five | d | D | | |
| | five | e | E | | |
| | one | a | A | | |
| | doubled | a | A | red | |
| | doubled | b | B | red | |
| | byplace | a | A | yellow | |
| | byplace | b | B | | |
| | badkey | a | A | purple | |
| | badkey | b | B | | |
| | alike | a | A | | fine, good |
| | alike | b | Good | | |
"""


def findings_of(rows: str, columns: str = "relevant", rest: str = CHOICES) -> list[str]:
    """Codes and names of the errors of a sheet's form."""
    xform = convert(HEAD.format(columns=columns) + rows + rest, validate=False).xform
    found, findings = read(xform.encode(), "f.xml")
    errors = [finding for finding in findings if finding.level == "error"]
    assert (found is None) == bool(errors)
    for finding in errors:
        assert finding.met
        assert finding.write
        assert str(finding).startswith(f"{finding.code} f.xml")
        assert "\n" not in str(finding)
    return [f"{finding.code} {finding.name}" for finding in errors]


@pytest.mark.parametrize(
    "kind",
    [
        "text",
        "geopoint",
        "geotrace",
        "geoshape",
        "barcode",
        "date",
        "time",
        "dateTime",
        "image",
        "video",
        "file",
        "rank:two",
        "select_multiple:two",
        "acknowledge",
    ],
)
def test_a_kind_that_nobody_can_answer_here_is_refused_by_name(kind):
    assert findings_of(f"| | {kind.replace(':', ' ')} | why | Why | |\n") == ["QS004 why"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("| | select_one five | q | Q | |", "QS006 q"),
        ("| | select_one one | q | Q | |", "QS006 q"),
        ("| | select_one doubled | q | Q | |", "QS014 b"),
        ("| | select_one byplace | q | Q | |", "QS014 b"),
        ("| | select_one badkey | q | Q | |", "QS014 a"),
        ("| | select_one alike | q | Q | |", "QS015 b"),
        ("| | integer | q | Q | |", "QS007 q"),
        ("| | decimal | q | Q | |", "QS007 q"),
        ("| | calculate | q | | |", "QS009 q"),
        ("| | today | q | | |", "QS009 q"),
        ("| | deviceid | q | | |", "QS009 q"),
        ("| | background-audio | q | | |", "QS009 q"),
    ],
)
def test_a_question_outside_the_profile_is_refused_by_name(row, code):
    columns = "calculation"
    row = row[:-1] + "1 + 1 |" if "calculate" in row else row
    assert findings_of(row + "\n", columns) == [code]


def test_a_repeat_is_refused_once_by_name():
    rows = "| | begin_repeat | many | Many | |\n| | select_one two | q | Q | |\n| | end_repeat | | | |\n"
    assert "QS005 many" in findings_of(rows)


@pytest.mark.parametrize(
    ("constraint", "fine"),
    [
        (". >= 1 and . <= 4", True),
        ("(. > 0) and (. < 5)", True),
        ("4 >= . and 1 <= .", True),
        (". >= 0 and . <= 4", False),
        (". >= 2 and . <= 2", False),
        (". >= 1", False),
        (". >= 1 or . <= 4", False),
        (". != 3 and . <= 4", False),
        (". >= 1.5 and . <= 4", False),
    ],
)
def test_a_number_needs_bounds_of_two_to_four_whole_steps(constraint, fine):
    assert findings_of(f"| | integer | n | N | {constraint} |\n", "constraint") == ([] if fine else ["QS007 n"])


@pytest.mark.parametrize("steps", ["start=1 end=5 step=1", "start=0 end=10 step=2", "start=1 end=1000000 step=1"])
def test_a_range_of_more_than_four_steps_is_refused(steps):
    assert findings_of(f"| | range | n | N | {steps} |\n", "parameters") == ["QS007 n"]


def test_a_filter_a_search_and_an_external_list_are_refused():
    rows = "| | select_one two | q | Q | name != 'a' | |\n"
    assert findings_of(rows, "choice_filter | appearance") == ["QS008 q"]
    assert findings_of("| | select_one_from_file x.csv | q | Q | |\n")[0].startswith("QS008")


@pytest.mark.parametrize(
    ("relevant", "code"),
    [
        ("/data/nope = 'a'", "QS012"),
        ("../nope = 'a'", "QS012"),
        ("nope = 'a'", "QS012"),
        ("//q = 'a'", "QS012"),
        ("/data/*[1] = 'a'", "QS012"),
        ("/data/* = 'a'", "QS012"),
        ("* = 'a'", "QS012"),
        ("/data/@id = 'a'", "QS012"),
        ("/data/child::q = 'a'", "QS012"),
        ("$q = 'a'", "QS012"),
        ("${later} = 'a'", "QS012"),
        ("pulldata('x', 'y') = 'a'", "QS011"),
        ("today() > 1", "QS011"),
        ("document('file:///etc/passwd') = 'a'", "QS011"),
        ("regex(${q}, '(a+)+$')", "QS011"),
        ("regex(${q}, '(a|aa)*b')", "QS011"),
        ("regex(${q}, .)", "QS011"),
        ("${q} = ", "QS010"),
        ("${q} = 'a", "QS010"),
        ("(${q} = 'a'", "QS010"),
        ("selected(${q})", "QS010"),
        ("${q} = 'a' ;", "QS010"),
        ("'" + "x" * 3000 + "'", "QS010"),
        ("(" * 50 + "1" + ")" * 50, "QS010"),
    ],
)
def test_an_expression_that_cannot_be_worked_out_is_refused(relevant, code):
    rows = "| | select_one two | q | Q | |\n| | select_one two | later | L | MARK |\n"
    xform = convert(HEAD.format(columns="relevant") + rows + CHOICES, validate=False).xform
    written = relevant.replace("${", "/data/").replace("}", "").replace("&", "&amp;").replace("<", "&lt;")
    found, findings = read(xform.replace("MARK", written).encode(), "f.xml")
    assert found is None
    assert {(finding.code, finding.name) for finding in findings if finding.level == "error"} == {(code, "later")}


def test_relevance_in_a_circle_is_refused():
    rows = "| | select_one two | p | P | ${q} = 'a' |\n| | select_one two | q | Q | ${p} = 'a' |\n"
    (found,) = findings_of(rows)
    assert found.startswith("QS012")


def test_relevance_in_a_circle_through_a_group_is_refused():
    rows = "| | begin_group | g | G | ${q} = 'a' |\n| | select_one two | q | Q | |\n| | end_group | | | |\n"
    (found,) = findings_of(rows)
    assert found.startswith("QS012")


def test_an_answer_inside_words_is_refused_because_it_could_be_spoken():
    rows = "| | select_one two | q | Q | |\n| | note | n | You said ${q} | |\n"
    assert findings_of(rows) == ["QS018 n"]


def test_a_read_only_question_is_refused():
    assert findings_of("| | select_one two | q | Q | yes |\n", "read_only") == ["QS020 q"]


def test_one_name_in_two_groups_is_refused():
    rows = (
        "| | begin_group | g | G | |\n| | select_one two | q | Q | |\n| | end_group | | | |\n"
        "| | begin_group | h | H | |\n| | select_one two | q | Q | |\n| | end_group | | | |\n"
    )
    assert findings_of(rows) == ["QS003 q"]


def test_a_question_may_not_take_the_name_of_a_records_own_field():
    rows = "| | select_one two | q | Q | |\n| | select_one two | q_how | How | |\n"
    assert findings_of(rows) == ["QS003 q_how"]


def test_a_film_instead_of_a_picture_is_refused():
    (found,) = findings_of("| | note | q | Q | film.mp4 |\n", "media::video::English (en)")
    assert found.startswith("QS016")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.png", ".hidden", "a\\b.png"])
def test_a_file_name_that_leads_elsewhere_is_refused(name):
    xform = convert(HEAD.format(columns="image") + "| | note | q | Q | MARK.png |\n", validate=False).xform
    _, findings = read(xform.replace("MARK.png", name).encode(), "f.xml")
    assert [finding.code for finding in findings if finding.level == "error"] == ["QS016"]


def test_a_dynamic_default_is_refused():
    assert findings_of("| | select_one two | q | Q | ${p} |\n| | select_one two | p | P | |\n", "default") == [
        "QS009 q"
    ]


def test_a_plain_default_outside_the_choices_is_advice_only():
    xform = convert(
        HEAD.format(columns="default") + "| | select_one two | q | Q | zz |\n" + CHOICES, validate=False
    ).xform
    found, findings = read(xform.encode(), "f.xml")
    assert found is not None
    assert "QS107" in {finding.code for finding in findings}


@pytest.mark.parametrize("kind", ["not base64!", "AAAA", "elliptic", "short"])
def test_a_public_key_that_is_no_rsa_key_of_2048_bits_is_refused(kind):
    if kind in {"elliptic", "short"}:
        short = rsa.generate_private_key(65537, 1024)  # noqa: S505  this is what must be refused
        made = ec.generate_private_key(ec.SECP256R1()) if kind == "elliptic" else short
        der = made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        kind = base64.b64encode(der).decode()
    rest = f"| settings |\n| | form_id | public_key |\n| | f | {kind} |\n"
    assert findings_of("| | note | n | N | |\n", rest=rest) == ["QS017 public_key"]


def test_words_that_no_translation_has_are_refused():
    xform = convert(
        HEAD.format(columns="label::English (en)").replace(" label |", "") + "| | note | n | Hi |\n", validate=False
    )
    broken = xform.xform.replace('<text id="/data/n:label">', '<text id="/data/other:label">')
    _, findings = read(broken.encode(), "f.xml")
    assert {finding.code for finding in findings if finding.level == "error"} == {"QS013"}


def test_two_languages_of_one_code_are_refused():
    sheet = "| survey |\n| | type | name | label::English (en) | label::Scots (en) |\n| | note | n | Hello | Hullo |\n"
    _, findings = read(convert(sheet, validate=False).xform.encode(), "f.xml")
    assert "QS021" in {finding.code for finding in findings}


def said(choice_columns, rows):
    """A form with one question, and its findings; `rows` are its choices."""
    listed = "".join(f"| | two | {row} |\n" for row in rows)
    rest = f"| choices |\n| | list_name | name | {choice_columns} |\n{listed}"
    xform = convert(HEAD.format(columns="hint") + "| | select_one two | q | Q | |\n" + rest, validate=False).xform
    return read(xform.encode(), "f.xml")


def test_a_say_column_of_a_language_that_the_form_lacks_is_advice():
    found, findings = said("label::English (en) | say_cy", ["a | A | ie", "b | B | na"])
    assert found is not None
    assert [finding.name for finding in findings if finding.code == "QS105"] == ["a", "b"]


def test_a_say_column_names_the_language_of_a_form_that_names_none():
    found, findings = said("label | say_cy", ["a | A | ie", "b | B | na, nage"])
    assert found is not None
    assert [choice.say for choice in found.question("q").choices] == [{"cy": ("ie",)}, {"cy": ("na", "nage")}]
    assert not [finding for finding in findings if finding.code == "QS105"]


def test_words_of_a_say_column_may_not_be_another_choices_label_where_no_language_is_named():
    found, findings = said("label | say_cy", ["a | Ie | oes", "b | B | ie"])
    assert found is None
    assert [(finding.code, finding.name) for finding in findings if finding.level == "error"] == [("QS015", "b")]


def test_a_findings_place_is_the_sheets_row_and_column_where_that_is_known():
    xform = convert(HEAD.format(columns="relevant") + "| | text | why | Why | |\n", validate=False).xform
    _, (finding, *_) = read(xform.encode(), "s.md", places={"/data/why": "survey row 2"})
    assert str(finding).startswith('QS004 s.md, survey row 2, column type, "why": met text')


def test_every_code_has_a_sentence_and_advice_begins_at_101():
    for code, sentence in CODES.items():
        assert sentence.endswith(".")
        assert code.startswith("QS")
        assert len(code) == 5
