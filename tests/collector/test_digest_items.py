"""Which voice messages go before a panel, and how little each says of who left it."""

from __future__ import annotations

import random

import pytest
from digest_bed import IDEA, NEWS, SETS, digest, items, shipped, the_set, visits
from lxml import html
from made_visits import BY_STAFF, SELF
from page_read import words_of

from collector.digest.decisions import Row
from collector.digest.items import SHIPPED, Sort
from collector.digest.month import CalendarMonth
from collector.digest.write import digest_page
from collector.visits import How
from openrosa.question_set import Kind

NOVEMBER = CalendarMonth(2026, 11)


def media(*names: str):
    return {(name, the_set(name).version): shipped(name).media for name in names}


# --- what goes in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["idea", "worry", "thanks"])
def test_a_message_is_what_the_person_said_it_is_and_has_the_answers_beside_it(kind):
    (one,) = items(visits("my_ideas", {**IDEA, "kind": kind}))
    assert one.sort is Sort(kind)
    assert [(said.question, said.answer) for said in one.answers] == [
        ("What is it about?", "My home"),
        ("Where shall we answer?", "At the forum"),
    ]
    assert one.voice.startswith("data:audio/mpeg;base64,")


def test_without_a_message_an_idea_is_counted_and_no_page():
    found = digest(visits("my_ideas", {**IDEA, "message": How.SKIPPED}, 2))
    assert (found.items, found.silent) == ((), {Sort.IDEA: 2})


def test_messages_of_a_group_of_their_own_have_that_groups_answers_alone():
    (one,) = items(visits("forum", {"buses": "good", "topic": "money", "own_topic": "1.wav", "turn": "everybody"}))
    assert (one.sort, [said.answer for said in one.answers]) == (Sort.VOICE, ["Money", "Everybody"])


def test_what_a_question_depends_on_stands_beside_it_from_wherever_it_was_asked():
    answers = {"garden_good": "not_good", "supper_good": "good", "bus_good": How.SKIPPED, "what_now": "1.wav"}
    (one,) = items(visits("you_said_we_did", answers))
    assert [said.answer for said in one.answers] == ["Not good", "Good"]


@pytest.mark.parametrize("name", sorted(path.name for path in SETS.iterdir() if path.is_dir()))
def test_only_sets_for_everybodys_ears_and_the_one_that_names_the_panel_go_in(name):
    asked = [one.name for one in the_set(name).questions if one.kind is Kind.AUDIO]
    answers = {one: f"{number}.wav" for number, one in enumerate(asked)}
    consent = {"hear": "everybody", "share": "voice", "about": "me"} if name == "good_news" else {}
    found = digest(visits(name, answers | consent))
    assert bool(found.items) == (name in SHIPPED)
    if asked and name not in SHIPPED:
        assert set(found.left_out) == {f"{name}/{one}: not for the panel unless you name it" for one in asked}


def test_another_set_goes_in_where_it_is_named_but_never_by_itself_its_question_for_a_name():
    every = visits("what_i_am_like", {"know": "1.wav", "wish": "2.wav", "my_name": "3.wav"})
    asked = {"know": "What should a new support worker know?", "wish": "What do you wish for?"}
    assert {one.question for one in items(every, also={"what_i_am_like"})} == set(asked.values())
    assert [one.question for one in items(every, also={"what_i_am_like/wish"})] == [asked["wish"]]
    assert len(items(every, also={"what_i_am_like", "what_i_am_like/my_name"})) == 3


@pytest.mark.parametrize("without", ["forum", "forum/own_topic"])
def test_a_set_or_a_question_can_be_left_out(without):
    every = visits("forum", {"own_topic": "1.wav"}) + visits("my_ideas", IDEA)
    assert [one.form_id for one in items(every, without={without})] == ["my_ideas"]


@pytest.mark.parametrize(
    "changed",
    [
        {"hear": "home"},
        {"hear": "team"},
        {"hear": How.DONT_KNOW},
        {"hear": How.NOT_REACHED},
        {"share": "writing"},
        {"share": How.SKIPPED},
        {"about": "other"},
    ],
    ids=lambda changed: "-".join(f"{name}-{getattr(value, 'value', value)}" for name, value in changed.items()),
)
def test_a_story_stays_out_unless_the_person_said_that_everybody_may_hear_it_in_this_voice(changed):
    assert [one.sort for one in items(visits("good_news", NEWS))] == [Sort.STORY]
    found = digest(visits("good_news", NEWS | changed), also={"good_news", "good_news/story"})
    assert found.items == ()
    assert sum(found.left_out.values()) >= 1


def test_nobody_agrees_in_somebody_elses_place():
    assert items(visits("good_news", NEWS, group=BY_STAFF)) == ()


def test_name_and_consent_of_a_story_are_no_messages_for_the_panel():
    (one,) = items(visits("good_news", NEWS))
    assert one.question == "What is your good news?"


def test_what_nobody_has_opened_yet_waits_and_is_counted():
    every = visits("my_ideas", IDEA, 3)
    found = digest(every, waiting={every[1].instance_id})
    assert (found.visits, found.waiting, len(found.items)) == (3, 1, 2)


# --- who it was ------------------------------------------------------------------------------------------------------


def test_items_come_in_no_order_of_arrival_and_in_the_same_one_each_time():
    every = visits("my_ideas", IDEA, 30)
    first = [one.id for one in items(every)]
    shuffled = list(every)
    random.Random(1).shuffle(shuffled)  # noqa: S311 - an order, no secret
    assert [one.id for one in items(shuffled)] == first == sorted(first)
    arrived = [next(one.id for one in items([visit])) for visit in every]
    assert arrived != first
    assert set(arrived) == set(first)


@pytest.mark.parametrize(
    ("counts", "named"),
    [
        ({"Elm": 5, "Oak": 7}, {"Elm", "Oak"}),
        ({"Elm": 5, "Oak": 4}, set()),
        ({"Elm": 5, "Oak": 9, "Ash": 4}, {"Oak"}),
        ({"Elm": 5, "Oak": 2, "Ash": 2}, set()),
        ({"Elm": 5, "Oak": 3, "Ash": 3}, {"Elm"}),
        ({"Elm": 4}, set()),
        ({"": 9, "Elm": 9, "Oak": 10}, {"Oak"}),
    ],
    ids=lambda one: "-".join(f"{key}{value}" for key, value in one.items()) if isinstance(one, dict) else None,
)
def test_a_home_is_named_only_where_neither_it_nor_those_without_a_name_are_few(counts, named):
    every = [
        visit for home, count in counts.items() for visit in visits("forum", {"own_topic": "1.wav"}, count, home=home)
    ]
    assert {one.home for one in items(every)} - {""} == named


def test_a_sensitive_sets_home_is_never_named():
    assert {one.home for one in items(visits("my_ideas", IDEA, 9) + visits("my_ideas", IDEA, 9, home="Oak"))} == {""}


def test_the_pages_say_nothing_of_who_when_and_of_which_visit():
    every = visits("my_ideas", IDEA, 2) + visits("forum", {"own_topic": "1.wav"}, 2, home="Oak Lane")
    page = digest_page(NOVEMBER, digest(every), media("my_ideas", "forum"))
    told = [one.instance_id.removeprefix("uuid:") for one in every]
    told += ["Elm Road", "Oak Lane", "resident", "2026-11-0", "2026-11-2"]
    assert [one for one in told if one in page] == []


def test_what_somebody_said_for_another_person_is_marked_as_that():
    for group, marked in ((BY_STAFF, True), (SELF, False)):
        page = digest_page(NOVEMBER, digest(visits("my_ideas", IDEA, group=group)), media("my_ideas"))
        assert ("Somebody said this for a person who lives there." in page) is marked


# --- the pages -------------------------------------------------------------------------------------------------------


def test_each_message_is_a_page_with_its_picture_its_message_and_room_for_a_decision():
    every = visits("my_ideas", IDEA) + visits("my_ideas", {**IDEA, "kind": "worry"})
    found = digest(every)
    page = html.document_fromstring(digest_page(NOVEMBER, found, media("my_ideas")))
    first, second = page.xpath("//section")
    assert words_of(page.xpath("//h1")[0]) == "What people told us in November 2026"
    assert words_of(first).startswith("1. An idea What do you want to say? Listen to message 1")
    assert words_of(second).startswith("2. A worry")
    assert [one.get("src") for one in page.xpath("//audio")] == [one.voice for one in found.items]
    for words in ("We will do it.", "We can't, because:", "We did it.", "They said:", found.items[0].id):
        assert words in words_of(first)
    assert page.xpath("//script | //link") == []


def test_what_is_decided_stands_on_the_page_and_what_goes_another_way_is_on_none():
    found = digest(visits("my_ideas", IDEA, 2))
    one, other = found.items
    rows = {
        one.id: Row(one.id, decision="done", said="we want a bench", what="There is a bench."),
        other.id: Row(other.id, decision="leave_out"),
    }
    text = digest_page(NOVEMBER, found, media("my_ideas"), rows)
    page = html.document_fromstring(text)
    (shown,) = page.xpath("//section")
    assert "not ticked We will do it." in words_of(shown)
    assert "ticked X We did it. " in words_of(shown)
    assert "They said: we want a bench We say: There is a bench." in words_of(shown)
    assert other.id not in text
    assert "1 idea" in words_of(page)


def test_words_of_a_set_and_of_a_table_are_words_on_the_page():
    found = digest(visits("my_ideas", IDEA))
    row = Row(found.items[0].id, decision="done", said="<script>alert(1)</script>")
    page = html.document_fromstring(digest_page(NOVEMBER, found, media("my_ideas"), {row.id: row}))
    assert page.xpath("//script") == []
    assert "<script>alert(1)</script>" in words_of(page)


def test_a_month_with_a_few_visits_does_not_say_how_many_and_one_without_says_so():
    for count, said in ((0, "There were no visits."), (4, "There were a few visits."), (5, "There were 5 visits.")):
        page = digest_page(NOVEMBER, digest(visits("my_ideas", IDEA, count)), media("my_ideas"))
        assert said in words_of(html.document_fromstring(page))
