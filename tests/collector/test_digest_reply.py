"""From a row of decisions to what a kiosk says: the words, the count of visits, and that it is no more than true."""

from __future__ import annotations

import pytest
from digest_bed import SETS, the_set
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.digest.decisions import Decision, Row, advice, problems, row_from
from collector.digest.items import Sort
from collector.digest.month import CalendarMonth
from collector.digest.reply import Heard, decided_words, next_version, sheet, to_tell
from collector.errors import CollectorError
from openrosa.convert import convert
from openrosa.question_set import Kind
from openrosa.xform import read
from sayso.collector_digest import DECISIONS

NOVEMBER = CalendarMonth(2026, 11)
GARDEN = Row(
    "i1a2b3c4d",
    "idea",
    decision="done",
    topic="The garden",
    said="we want to sit in the garden",
    what="There is a bench under the tree now",
    publish="yes",
)
BUS = Row(
    "w5a6b7c8d",
    "worry",
    decision="we_cant",
    said="the last bus leaves too early.",
    because="because the bus company decides",
    publish="yes",
)
PARTY = Row("t9a0b1c2d", "thanks", decision="done", said="thank you for the party", publish="yes")


def heard(visits: int = 20, all_heard: bool | None = True, by: str = "", **what: bool) -> Heard:
    return Heard(NOVEMBER, visits, what.get("all_opened", True), all_heard, by)


def the_replies(tmp_path, *rows: Row, told: Heard | None = None, version: str = "2"):
    """The set as a kiosk reads it, and what is to be known of it."""
    path = tmp_path / "you_said_we_did.md"
    path.write_text(sheet(rows, told or heard(), version), encoding="utf-8")
    converted = convert(path)
    found, findings = read(converted.xform, path.name, places=converted.places)
    assert found is not None, [str(one) for one in findings]
    assert {one.code for one in findings} <= {"QS102", "QS109"}
    return found


def said(question, language: str = "en") -> str:
    return question.spoken.get(language) or question.labels[language]


# --- the words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (GARDEN, "We did it. There is a bench under the tree now."),
        (BUS, "We can't change this, because the bus company decides."),
        (PARTY, "Thank you for telling us."),
        (Row("s1", "story", decision="done", what="We read it!"), "Thank you for telling us. We read it!"),
        (Row("v1", decision="we_will", what="In May"), "We will do it. In May."),
        (Row("v1", decision="not_yet"), "We are still talking about it."),
        (Row("v2", decision="not_yet", because="it rains."), "We are still talking about it, because it rains."),
    ],
    ids=lambda one: one.id + one.decision if isinstance(one, Row) else None,
)  # fmt: skip
def test_what_is_said_of_a_decision(row, words):
    assert decided_words(row) == words


def test_a_reply_is_what_was_said_what_came_of_it_and_whether_that_was_any_good(tmp_path):
    found = the_replies(tmp_path, GARDEN, BUS, PARTY)
    assert (found.form_id, found.version, found.default_language) == ("you_said_we_did", "2", "en")
    names = [one.name for one in found.questions]
    assert names == [
        *("welcome", "month"),
        *("i1a2b3c4d_said", "i1a2b3c4d_did", "i1a2b3c4d_good"),
        *("w5a6b7c8d_said", "w5a6b7c8d_did", "w5a6b7c8d_good"),
        *("t9a0b1c2d_said", "t9a0b1c2d_did"),
        *("what_now", "heard"),
    ]
    assert said(found.question("i1a2b3c4d_said")) == "You said: we want to sit in the garden."
    assert found.question("i1a2b3c4d_said").headings == ({"en": "The garden"},)
    assert said(found.question("i1a2b3c4d_good")) == "The garden: was that any good?"
    assert said(found.question("w5a6b7c8d_good")) == "How is our answer?"


def test_only_after_a_reply_that_is_not_good_it_asks_what_to_do_now(tmp_path):
    found = the_replies(tmp_path, GARDEN, BUS)
    asked = found.question("what_now")
    assert asked.kind is Kind.AUDIO
    assert asked.relevant is not None
    assert asked.relevant.count("'not_good'") == 2
    assert "what_now" not in [one.name for one in the_replies(tmp_path, PARTY).questions]


def test_every_note_question_and_choice_has_a_picture(tmp_path):
    found = the_replies(tmp_path, GARDEN, BUS, PARTY)
    assert [one.name for question in found.questions for one in (question, *question.choices) if not one.image] == []


def test_choices_are_those_of_the_shipped_set(tmp_path):
    ours, shipped = the_replies(tmp_path, GARDEN), the_set("you_said_we_did")
    assert ours.question("i1a2b3c4d_good").choices == shipped.question("garden_good").choices
    assert ours.question("heard").choices == shipped.question("heard").choices


# --- the month -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "english", "welsh"),
    [
        (
            heard(),
            [
                "In November there were 20 visits.",
                "We opened every one.",
                "The panel heard every message that you left for them.",
            ],
            [
                "Ym mis Tachwedd roedd 20 ymweliad.",
                "Rydyn ni wedi agor pob un.",
                "Clywodd y panel bob neges a adawoch chi.",
            ],
        ),
        (
            heard(4, all_heard=False, all_opened=False, by="the panel of Elm Care"),
            [
                "In November there were a few visits.",
                "Some of them we have not opened yet.",
                "The panel of Elm Care has not heard all of your messages yet.",
            ],
            [
                "Ym mis Tachwedd roedd ychydig o ymweliadau.",
                "Mae rhai ohonyn nhw heb eu hagor eto.",
                "Dydy the panel of Elm Care ddim wedi clywed pob un o'ch negeseuon eto.",
            ],
        ),
        (
            heard(5, all_heard=None),
            ["In November there were 5 visits.", "We opened every one."],
            ["Ym mis Tachwedd roedd 5 ymweliad.", "Rydyn ni wedi agor pob un."],
        ),
        (heard(0, all_heard=None), ["In November there were no visits."], ["Ym mis Tachwedd doedd dim ymweliadau."]),
    ],
    ids=["all", "few-and-not-all", "no-messages", "none"],
)
def test_it_says_how_many_visits_there_were_and_that_they_were_heard_only_where_they_were(
    tmp_path, told, english, welsh
):
    month = the_replies(tmp_path, GARDEN, told=told).question("month")
    assert (said(month), said(month, "cy")) == (" ".join(english), " ".join(welsh))


@pytest.mark.parametrize("language", ["en", "cy"])
def test_first_of_all_it_says_who_answers_and_whose_words_are_a_draft(tmp_path, language):
    first = the_replies(tmp_path, GARDEN, told=heard(by="the panel of Elm Care")).questions[0]
    words = said(first, language)
    assert "The panel of Elm Care" in words
    assert {"en": "draft to change together", "cy": "newid gyda'n gilydd"}[language] in words
    assert "Sayso" in words


# --- what may be told ------------------------------------------------------------------------------------------------


def test_only_what_somebody_said_may_be_told_is_told_once_and_at_most_so_many_at_a_time():
    kept = Row("v0", decision="done", said="a secret")
    told = Row("v1", decision="done", said="old news", publish="yes", told="1")
    rows = [kept, told, *(Row(f"i{number}", decision="done", said="x", publish="yes") for number in range(7))]
    first, later = to_tell(rows, 5)
    assert ([row.id for row in first], later) == (["i0", "i1", "i2", "i3", "i4"], 2)
    assert to_tell(rows, 0) == ((), 7)


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("v1", decision="maybe"), "The decision 'maybe' is none."),
        (Row("v1", decision="we_cant"), "because of what?"),
        (Row("v1", decision="done", publish="yes"), "write into said"),
        (Row("v1", publish="yes", said="a bench"), "nothing is decided"),
        (Row("v1", decision="leave_out", publish="yes", said="a bench"), "goes another way"),
        (Row("v1", publish="perhaps"), "Write yes or no"),
        (Row("v1", said="a | b"), "Say it in words"),
        (Row("v1", what="${garden}"), "Say it in words"),
        (Row("v1", because="x" * 301), "301 letters"),
        (Row("v1", picture="tree.png"), "openmoji:1F333"),
        (Row("v1", sort="rumour"), "leave it as it was"),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_a_row_that_cannot_be_told_says_why(row, met):
    assert any(met in sentence for sentence in problems(row)), problems(row)


def test_rows_of_the_examples_have_no_problems_and_what_would_be_better_is_said():
    assert [problems(row) for row in (GARDEN, BUS, PARTY)] == [[], [], []]
    assert advice(GARDEN) == []
    assert any("when" in one for one in advice(Row("v1", decision="we_will", topic="Supper")))
    long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    assert advice(Row("v1", said=f"{long}. And more.")) == ["said: 16 words in one sentence. Make two of it."]


@pytest.mark.parametrize("written", ["We can't", "we can\u2019t", " WE_CANT ", "we cant"])
def test_a_decision_by_hand_may_be_written_as_people_write(written):
    assert row_from({"id": "v1", "decision": written}).decision == Decision.WE_CANT.value


def test_the_command_offers_the_decisions_that_there_are():
    assert tuple(one.value for one in Decision) == DECISIONS


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80)


@settings(max_examples=25, deadline=None)
@given(topic=WORDS, words=WORDS, what=WORDS, decision=st.sampled_from(Decision), sort=st.sampled_from(Sort))
def test_whatever_words_a_row_without_problems_has_a_kiosk_can_say_them(
    tmp_path_factory, topic, words, what, decision, sort
):
    row = row_from(
        {"id": "v1a2b3c4d", "sort": sort.value, "decision": decision.value, "topic": topic, "said": words}
        | {"what": what, "because": "it is so", "publish": "yes"}
    )
    if problems(row):
        return
    found = the_replies(tmp_path_factory.mktemp("said"), row)
    spoken = found.question("v1a2b3c4d_said").labels["en"]
    assert " ".join(row.said.split()) in " ".join(spoken.split())


# --- versions and months ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "following"),
    [([], "1"), (["1"], "2"), (["9", "10", "2"], "11"), (["3", "draft"], "4"), (["2026-11a"], None)],
    ids=["none", "one", "by-number", "some", "no-number"],
)
def test_the_next_version_is_the_highest_number_and_one(known, following):
    assert next_version(known) == following


def test_a_month_is_written_as_a_year_and_a_month():
    assert str(CalendarMonth.of("2026-02")) == "2026-02"
    for written in ("2026-13", "2026", "november", "2026-1", "0000-01", "2026-11-01"):
        with pytest.raises(CollectorError, match="such as 2026-11"):
            CalendarMonth.of(written)


def test_the_readme_of_the_shipped_set_names_the_command():
    assert "sayso collector reply" in (SETS / "you_said_we_did" / "README.md").read_text(encoding="utf-8")
