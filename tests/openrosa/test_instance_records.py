"""Answers become the form's own record and come back by path."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from openrosa.convert import convert
from openrosa.errors import OpenRosaError
from openrosa.instance import fill, values_of
from openrosa.xform import load

HAND = load((Path(__file__).with_name("forms") / "hand.xml").read_bytes(), "hand.xml")
HOME = Path(__file__).parents[2] / "question_sets" / "my_home" / "my_home.md"


@pytest.fixture(scope="module")
def home():
    return load(convert(HOME).xform, "my_home.xml")


def test_what_is_filled_in_comes_back(home):
    values = {"/data/house/home": "good", "/data/house/home_how": "given", "/data/sayso/who": "resident"}
    found = values_of(home, fill(home, "uuid:1", values))
    assert found == {**values, "/data/meta/instanceID": "uuid:1"}


def test_the_root_keeps_the_forms_id_version_and_namespace():
    root = etree.fromstring(fill(HAND, "uuid:1", {}))
    assert (root.get("id"), root.get("version")) == ("by_hand", "2[encrypted:AbC]")
    assert etree.QName(root).namespace == "http://example.org/visit"


def test_a_record_of_a_form_that_gives_it_no_namespace_is_in_none(home):
    root = etree.fromstring(fill(home, "uuid:1", {}))
    assert {etree.QName(element).namespace for element in root.iter()} == {None}


def test_a_default_is_not_sent_unless_given_but_a_constant_is():
    assert values_of(HAND, fill(HAND, "uuid:1", {})) == {"/visit/region": "north", "/visit/meta/instanceID": "uuid:1"}
    assert values_of(HAND, fill(HAND, "uuid:1", {"/visit/house/feel": "good"}))["/visit/house/feel"] == "good"


def test_a_path_that_the_form_does_not_declare_is_left_out():
    filled = fill(HAND, "uuid:1", {"/visit/sayso/who": "resident", "/visit/house": "x", "nonsense": "y"})
    assert b"resident" not in filled
    assert values_of(HAND, filled).keys() == {"/visit/region", "/visit/meta/instanceID"}


def test_the_forms_own_meta_block_is_used_whatever_its_prefix():
    root = etree.fromstring(fill(HAND, "uuid:1", {}))
    assert root.findtext("{http://openrosa.org/xforms}meta/{http://openrosa.org/xforms}instanceID") == "uuid:1"
    assert len(root.findall("{*}meta")) == 1


def test_a_form_without_a_meta_block_gets_openrosas():
    form = HAND.xform.replace(b"<x:meta><x:instanceID/></x:meta>", b"")
    form = b"\n".join(line for line in form.splitlines() if b'nodeset="/visit/x:meta' not in line)
    filled = fill(load(form, "f.xml"), "uuid:9", {})
    assert etree.fromstring(filled).findtext("{*}meta/{http://openrosa.org/xforms}instanceID") == "uuid:9"
    assert values_of(load(form, "f.xml"), filled)["/visit/meta/instanceID"] == "uuid:9"


def test_control_characters_are_left_out_and_markup_is_only_text():
    filled = fill(HAND, "uuid:1", {"/visit/house/why": 'a\x00\x1b<b attr="1">&amp;\ud800\uffff'})
    assert values_of(HAND, filled)["/visit/house/why"] == 'a<b attr="1">&amp;'


def test_an_empty_instance_id_is_refused():
    with pytest.raises(OpenRosaError, match="instance id"):
        fill(HAND, " ", {})


@pytest.mark.parametrize(
    "record", [b"", b"<x/>", b'<visit id="another"/>', b'<!DOCTYPE x [<!ENTITY a "b">]><visit id="by_hand"/>']
)
def test_a_record_of_another_form_or_no_record_is_refused(record):
    with pytest.raises(OpenRosaError):
        values_of(HAND, record)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_any_text_that_xml_can_hold_survives(text):
    got = values_of(HAND, fill(HAND, "uuid:1", {"/visit/house/why": text})).get("/visit/house/why", "")
    kept = "".join(
        c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )
    assert got == kept
