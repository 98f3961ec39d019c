"""Whatever bytes come, `read` answers with a set or with findings; it never raises, and reads nothing but the bytes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from openrosa.xform import read
from openrosa.xform_xml import MAX_BYTES

HAND = (Path(__file__).with_name("forms") / "hand.xml").read_bytes()
SHEET = """
| survey |
| | type | name | label::English (en) | label::Cymraeg (cy) | relevant | constraint | image::English (en) | parameters |
| | note | intro | Hello | Helo | | | x.png | |
| | begin_group | house | Home | | | | | |
| | select_one g | feel | How? | Sut? | | . != 'b' | | |
| | range | stars | Stars? | | selected(${feel}, 'a') | | | start=1 end=3 step=1 |
| | end_group | | | | | | | |
| choices |
| | list_name | name | label::English (en) | say_en | key |
| | g | a | A | yes, happy | green |
| | g | b | B | no | red |
"""
MADE = convert(SHEET, validate=False).xform.encode()


def refused(data: bytes) -> str:
    found, findings = read(data, "f.xml")
    assert found is None
    return " ".join(map(str, findings))


def test_an_entity_bomb_is_refused_unopened():
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "ha">{levels}]><x a="&e11;">&e11;</x>'
    assert "QS001" in refused(bomb.encode())


def test_an_external_entity_is_refused_and_its_file_not_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret words")
    data = HAND.replace(b"<html:html", f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]><html:html'.encode(), 1)
    said = refused(data.replace(b"Hello there", b"&s;"))
    assert "QS001" in said
    assert "secret words" not in said


def test_a_document_type_is_refused_in_any_encoding():
    data = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>'
    assert "QS001" in refused(data.encode("utf-16"))


def test_a_form_beyond_the_bound_is_refused_unparsed():
    assert "QS001" in refused(b"<x>" + b" " * MAX_BYTES + b"</x>")


def test_a_servers_reply_in_place_of_a_form_is_refused_in_one_readable_sentence():
    """What `curl -o my_home.xml` keeps where ODK Central knows no such form."""
    said = refused(b'{"message":"Could not find the resource you were looking for.","code":404.1}')
    assert said == (
        "QS001 f.xml: met Start tag expected, '<' not found, line 1, column 1, "
        "write an XForm without a document type, of at most 4,194,304 bytes"
    )


def test_nesting_without_end_is_refused():
    assert "QS001" in refused(b"<a>" * 100_000 + b"</a>" * 100_000)


def test_deep_groups_are_read_or_refused_but_never_a_crash():
    deep = HAND.replace(b'<group ref="house">', b'<group ref="house">' + b"<group>" * 200).replace(
        b"</html:body>", b"</group>" * 200 + b"</html:body>"
    )
    found, findings = read(deep, "f.xml")
    assert found is not None or findings


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"hello", b"<x", b"\xff\xfe", b'<?xml version="1.0" encoding="no"?><x/>', b"<x/>"]
)
def test_what_is_no_form_is_refused_with_a_finding(data):
    assert refused(data)


@pytest.mark.parametrize("form", [HAND, MADE], ids=["hand", "made"])
@pytest.mark.parametrize(
    "part", [b"<bind", b"ref=", b"<instance", b"</html:body", b"<item", b"id=", b"<value", b"nodeset=", b"lang="]
)
def test_a_form_without_one_kind_of_part_gets_an_answer(form, part):
    found, findings = read(form.replace(part, part[:1] + b"z" + part[1:]), "f.xml")
    assert found is not None or findings


def test_words_beside_the_record_do_not_disturb_it():
    found, _ = read(HAND.replace(b"</visit>", b"</visit>some words"), "f.xml")
    assert found is not None
    assert b"some words" not in found.template


def test_a_namespace_that_is_no_uri_gets_an_answer():
    for old, new in [(b"http://example.org/visit", b"]aa]="), (b"http://openrosa.org/javarosa", b"]aa]=")]:
        found, findings = read(HAND.replace(old, new), "f.xml")
        assert found is not None or findings


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_change_to_a_form_makes_reading_it_raise(data):
    form = bytearray(data.draw(st.sampled_from([HAND, MADE])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(form)))
        length = data.draw(st.integers(0, 40))
        new = data.draw(
            st.one_of(
                st.binary(max_size=12),
                st.sampled_from([b"/", b"<a/>", b"'", b"../..", b"instance('g')", b"jr:itext('x')"]),
            )
        )
        form[at : at + length] = new
    found, findings = read(bytes(form), "f.xml")
    assert (found is None) == any(finding.level == "error" for finding in findings)


@settings(max_examples=200, deadline=None)
@given(expression=st.text(alphabet="/.,()'\"<>=+-*[]@$:| \n\tabdefiklnorsu0123456789é&", max_size=40))
def test_no_expression_makes_reading_it_raise(expression):
    escaped = expression.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    form = HAND.replace(b"../feel = 'bad'", escaped.encode())
    found, findings = read(form, "f.xml")
    assert (found is None) == any(finding.level == "error" for finding in findings)
