"""Which questions are relevant, and which answers a constraint lets through: XPath 1.0 with ODK's functions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from openrosa.errors import OpenRosaError
from openrosa.question_set import QuestionSet
from openrosa.xform import load
from openrosa.xpath import bare, constraint_holds, holds, relevant_questions

CHOICES = """
| choices |
| | list_name | name | label |
| | g | good | Good |
| | g | bad | Bad |
| | g | good_enough | Good enough |
"""


def made(rows: str) -> QuestionSet:
    head = "| survey |\n| | type | name | label | relevant | constraint | default |\n"
    return load(convert(head + rows + CHOICES, validate=False).xform.encode(), "f.xml")


def chain() -> QuestionSet:
    return made(
        "| | select_one g | first | A | | | |\n"
        "| | select_one g | second | B | ${first} = 'bad' | | |\n"
        "| | select_one g | third | C | ${second} = 'bad' | | |\n"
        "| | note | last | D | ${third} = '' | | |\n"
    )


def test_without_answers_only_what_needs_none_is_relevant():
    assert relevant_questions(chain(), {}) == ("first", "last")


def test_relevance_follows_the_answers_along_a_chain():
    assert relevant_questions(chain(), {"first": "bad", "second": "bad"}) == ("first", "second", "third", "last")
    assert relevant_questions(chain(), {"first": "bad", "second": "bad", "third": "bad"}) == (
        "first",
        "second",
        "third",
    )


def test_an_answer_that_is_no_longer_relevant_counts_as_empty_to_the_end_of_the_chain():
    stale = {"first": "good", "second": "bad", "third": "bad"}
    assert relevant_questions(chain(), stale) == ("first", "last")


def test_a_question_in_a_group_needs_the_groups_round_it_relevant():
    found = made(
        "| | select_one g | first | A | | | |\n"
        "| | begin_group | outer | O | ${first} = 'bad' | | |\n"
        "| | begin_group | inner | I | ${first} != 'good' | | |\n"
        "| | select_one g | within | W | | | |\n"
        "| | end_group | | | | | |\n"
        "| | end_group | | | | | |\n"
    )
    assert found.question("within").relevant_group_paths == ("/data/outer", "/data/outer/inner")
    assert relevant_questions(found, {"first": "bad"}) == ("first", "within")
    assert relevant_questions(found, {"first": "good_enough"}) == ("first",)


def test_a_groups_relative_path_starts_from_the_group():
    found = made(
        "| | select_one g | first | A | | | |\n"
        "| | begin_group | outer | O | ../first = 'bad' | | |\n"
        "| | select_one g | within | W | ../../first = 'bad' | | |\n"
        "| | end_group | | | | | |\n"
    )
    assert relevant_questions(found, {"first": "bad"}) == ("first", "within")
    assert relevant_questions(found, {}) == ("first",)


def test_a_default_does_not_make_anything_relevant():
    found = made("| | select_one g | first | A | | | bad |\n| | note | n | N | ${first} = 'bad' | | |\n")
    assert found.question("first").default == "bad"
    assert relevant_questions(found, {}) == ("first",)


def test_a_records_own_field_can_decide_when_given_by_its_path():
    found = made("| | hidden | who | | | | |\n| | note | n | N | ${who} = 'staff' | | |\n")
    assert relevant_questions(found, {}) == ()
    assert relevant_questions(found, {"/data/who": "staff"}) == ("n",)


@pytest.mark.parametrize(
    ("expression", "answer", "relevant"),
    [
        ("selected(${a}, 'good')", "good", True),
        ("selected(${a}, 'good')", "good_enough", False),
        ("selected(${a}, 'good')", "", False),
        ("not(selected(${a}, 'good'))", "", True),
        ("if(${a} = 'bad', 1, 0) = 1", "bad", True),
        ("if(${a} = 'bad', 'yes', '')", "good", False),
        ("coalesce(${a}, 'none') = 'none'", "", True),
        ("coalesce(${a}, 'none') = 'none'", "bad", False),
        ("count-selected(${a}) = 1", "bad", True),
        ("count-selected(${a}) > 0", "", False),
        ("selected-at(${a}, 0) = 'bad'", "bad", True),
        ("selected-at(${a}, 7) = ''", "bad", True),
        ("regex(${a}, 'go+d')", "good", True),
        ("regex(${a}, 'go+d')", "good_enough", False),
        ("string-length(${a}) > 3", "good", True),
        ("string-length(${a}) > 3", "bad", False),
        ("number(${a}) > 2", "", False),
        ("${a} > 2", "", False),
        ("${a} != ''", "", False),
        ("${a} = 'bad' or ${a} = 'good'", "good", True),
        ("concat(${a}, 'x') = 'badx'", "bad", True),
        ("number('x')", "good", False),
        ("if(number(${a}), 'x', '') = 'x'", "bad", False),
        ("true()", "", True),
        ("false()", "", False),
        ("'false'", "", True),
        ("current()/../a = 'bad'", "bad", True),
        ("../a = 'bad'", "bad", True),
        ("./../a = 'bad'", "bad", True),
    ],
)
def test_expressions_mean_what_odk_says(expression, answer, relevant):
    found = made(f"| | select_one g | a | A | | | |\n| | note | n | N | {expression} | | |\n")
    assert ("n" in relevant_questions(found, {"a": answer})) is relevant


def test_numbers_of_a_scale_compare_as_numbers():
    rows = "| | integer | n | N | | . >= 1 and . <= 4 | |\n| | note | many | M | ${n} > 2 | | |\n"
    found = made(rows)
    assert "many" in relevant_questions(found, {"n": "3"})
    assert "many" not in relevant_questions(found, {"n": "2"})


def test_a_constraint_looks_at_the_value_and_at_the_other_answers():
    found = made("| | select_one g | a | A | | | |\n| | select_one g | b | B | | . != ${a} | |\n")
    question = found.question("b")
    assert constraint_holds(found, question, "good", {"a": "bad"})
    assert not constraint_holds(found, question, "bad", {"a": "bad"})


def test_an_empty_value_and_a_question_without_constraint_always_hold():
    found = made("| | select_one g | a | A | | . = 'bad' | |\n| | select_one g | b | B | | | |\n")
    assert constraint_holds(found, found.question("a"), "", {})
    assert not constraint_holds(found, found.question("a"), "good", {})
    assert constraint_holds(found, found.question("b"), "good", {})


def test_a_record_in_a_namespace_is_asked_by_plain_paths():
    template = b'<d xmlns="http://example.org/n"><a>1</a></d>'
    root = bare(template)
    assert holds("/d/a = 1", root)
    assert not holds("/d/a = 1", bare(template, frozenset({"/d/a"})))


def test_what_cannot_be_worked_out_says_what_it_was():
    with pytest.raises(OpenRosaError, match="nope"):
        holds("nope(1)", bare(b"<d/>"))


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["first", "second", "third", "unknown", "/data/x"]), st.text(max_size=8), max_size=4
    )
)
def test_relevance_never_raises_and_is_settled(values):
    found = chain()
    once = relevant_questions(found, values)
    kept = {name: value for name, value in values.items() if name in once}
    assert relevant_questions(found, kept) == once
