"""What visits say together: each answer counted as what it was, and nothing that could be said of one person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said import SCALE, Said, gathered

from collector.figures.figures import GroupFigures, QuestionFigures, SetFigures, figures
from collector.figures.hiding import hidden_parts, merged_homes

BACK = SCALE[::-1]


def made(*said: Said, least: int = 5, language: str | None = None, sensitive: bool = False) -> SetFigures:
    (found,) = figures(gathered(*said, sensitive=sensitive), "my_home", least_visits=least, language=language)
    return found


def many(count: int, start: int = 1, **what: object) -> list[Said]:
    return [replace(Said(number=start + place), **what) for place in range(count)]


def group(found: SetFigures, code: str = "resident-self", homes: int = 0) -> GroupFigures:
    return next(one for one in found.homes[homes].groups if one.code == code)


def question(found: SetFigures, name: str, code: str = "resident-self", homes: int = 0) -> QuestionFigures:
    return next(one for one in group(found, code, homes).questions if one.name == name)


def test_every_way_in_which_a_question_can_end_is_a_number_of_its_own() -> None:
    said = [
        *many(3, 1),
        *many(2, 11, home="dont_know"),
        *many(1, 21, home="rather_not_say"),
        *many(4, 31, home="skipped"),
        *many(5, 41, home="", more=""),
    ]
    home = question(made(*said), "home")
    counted = (home.given, home.dont_know, home.rather_not_say, home.skipped, home.not_reached, home.not_asked)
    assert counted == (3, 2, 1, 4, 5, 0)
    assert home.asked == 10


def test_i_dont_know_is_no_part_of_what_the_choices_shares_are_taken_of() -> None:
    found = question(made(*many(4), *many(1, 11, home="not_good", trouble=""), *many(5, 21, home="dont_know")), "home")
    assert [(one.name, one.share.count, one.share.of) for one in found.choices] == [
        ("good", 4, 5),
        ("okay", 0, 5),
        ("not_good", 1, 5),
    ]


def test_what_fewer_people_said_is_shown_even_if_nobody_or_one_said_it() -> None:
    home = question(made(*many(19), *many(1, 51, home="not_good", trouble="noise")), "home")
    assert [(one.label, one.share.count) for one in home.choices] == [("Good", 19), ("Okay", 0), ("Not good", 1)]


def test_labels_are_in_the_language_that_was_asked_for_and_else_in_the_sets_own() -> None:
    said = many(5)
    assert question(made(*said, language="cy"), "home").choices[0].label == "Da"
    assert made(*said, language="cy").language == "cy"
    assert question(made(*said, language="fr"), "home").choices[0].label == "Good"


def test_proxies_and_each_kind_of_person_are_groups_that_are_never_merged() -> None:
    said = [one for place, who in enumerate(WAYS) for one in many(5 + place, 100 * place + 1, who=who)]
    found = made(*said)
    assert [(one.code, one.visits) for one in found.homes[0].groups] == [
        ("resident-self", 5),
        ("resident-with_help", 6),
        ("proxy-staff", 7),
        ("proxy-family", 8),
        ("staff", 9),
    ]


WAYS = ("self", "with_help", "staff_for", "family_for", "staff")


def test_somebody_who_stands_in_no_record_is_nobody_whom_we_know() -> None:
    (one,) = many(1)
    visits = tuple(replace(one.visit(), instance_id=str(n), who="resident", how="self; x") for n in range(5))
    (found,) = figures(replace(gathered(one), visits=visits), "my_home")
    assert [(each.code, each.who) for each in found.homes[0].groups] == [("unknown", "nobody said who")]


def test_a_group_of_four_is_named_and_nothing_else_is_said_of_it() -> None:
    found = made(*many(5), *many(4, 11, who="staff_for", home="not_good", trouble="noise"))
    assert [one.code for one in found.homes[0].groups] == ["resident-self"]
    assert found.hidden_groups == ("answered for somebody: by staff",)
    assert found.days is not None


def test_four_visits_of_a_set_show_nothing_at_all() -> None:
    found = made(*many(4))
    assert (found.homes[0].groups, len(found.homes), found.days) == ((), 1, None)


def test_the_number_of_visits_that_is_enough_can_be_set() -> None:
    assert group(made(*many(4), least=4)).visits == 4


def test_a_question_that_four_were_asked_has_its_words_and_no_figures() -> None:
    trouble = question(made(*many(20), *many(4, 51, home="not_good", trouble="noise")), "trouble")
    assert trouble.hidden
    assert trouble == QuestionFigures(name="trouble", label="What should get better?", kind=trouble.kind, hidden=True)


def test_homes_are_merged_smallest_first_until_each_part_has_enough() -> None:
    assert merged_homes({"A": 20, "B": 4, "C": 1, "D": 9}, 5) == (("A",), ("D",), ("B", "C"))
    assert merged_homes({"A": 20, "B": 2, "C": 1, "D": 9}, 5) == (("A",), ("B", "C", "D"))


def test_one_small_home_is_never_what_is_left_of_the_whole() -> None:
    """With home A shown alone, home B would be all homes without A."""
    assert merged_homes({"A": 20, "B": 4}, 5) == ()
    assert len(made(*many(20, at="A"), *many(4, 51, at="B")).homes) == 1


def test_homes_are_split_for_each_group_by_itself() -> None:
    said = [*many(6, 1, at="A"), *many(6, 11, at="B"), *many(5, 21, at="A", who="staff_for")]
    found = made(*said, *many(2, 31, at="B", who="staff_for"))
    told = [(one.names, [each.code for each in one.groups]) for one in found.homes]
    assert told == [
        (("A", "B"), ["resident-self", "proxy-staff"]),
        (("A",), ["resident-self"]),
        (("B",), ["resident-self"]),
    ]


def test_a_question_hidden_in_one_home_is_hidden_in_as_many_as_it_takes() -> None:
    """8 were asked about trouble: 5 in A, 3 in B. With A's figures shown, B's would be the whole without A's."""
    ask = {"home": "not_good", "trouble": "noise"}
    said = [*many(5, 1, at="A", **ask), *many(3, 11, at="B", **ask), *many(5, 21, at="B"), *many(9, 31, at="C")]
    found = made(*said)
    assert question(found, "trouble").asked == 8
    assert [question(found, "trouble", homes=place).hidden for place in (1, 2, 3)] == [True, True, True]
    assert not question(found, "home", homes=1).hidden


@given(st.lists(st.integers(0, 12), max_size=7), st.integers(2, 6))
@settings(max_examples=200, deadline=None)
def test_what_is_hidden_of_a_sum_is_nothing_or_enough(counts: list[int], least: int) -> None:
    hidden = hidden_parts(counts, least)
    left = sum(counts[place] for place in hidden)
    assert all(counts[place] >= least for place in range(len(counts)) if place not in hidden)
    assert left == 0 or left >= least or len(hidden) == len(counts)


@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 12)), st.integers(2, 6))
@settings(max_examples=200, deadline=None)
def test_each_home_is_in_one_part_and_each_part_has_enough(visits: dict[str, int], least: int) -> None:
    parts = merged_homes(visits, least)
    assert parts == merged_homes(dict(reversed(visits.items())), least)
    if parts:
        assert sorted(name for part in parts for name in part) == sorted(one for one, count in visits.items() if count)
        assert all(sum(visits[name] for name in part) >= least for part in parts)


def test_a_sensitive_set_is_never_split_by_home_and_its_voices_are_not_handed_on() -> None:
    said = [*many(6, 1, at="A", more="voice"), *many(6, 11, at="B", more="voice")]
    found = made(*said, sensitive=True)
    assert (len(found.homes), found.sensitive) == (1, True)
    assert (question(found, "more").given, question(found, "more").messages) == (12, ())


def test_voice_messages_are_with_all_homes_and_their_sound_is_read_when_it_is_asked_for() -> None:
    said = [*many(5, 1, at="A", more="voice", voice=b"one voice"), *many(6, 11, at="B", more="voice")]
    found = made(*said)
    messages = question(found, "more").messages
    assert (len(messages), messages[0].data, messages[0].name) == (11, b"one voice", said[0].message)
    assert messages[0].who == "people who live there, by themselves"
    assert [question(found, "more", homes=place).messages for place in (1, 2)] == [(), ()]


def test_voice_key_and_corrected_answers_are_counted() -> None:
    said = [*many(4, by="voice"), *many(3, 11, by="voice corrected"), *many(2, 21, by="touch")]
    home = question(made(*said), "home")
    assert (home.by, home.corrected) == ({"touch": 2, "voice": 7}, 3)


def test_a_scales_order_effect_counts_the_ends_alone() -> None:
    """An answer at an end comes first in half of the visits; one in the middle in none."""
    said = [*many(6, order=SCALE), *many(2, 11, order=BACK), *many(9, 21, home="okay")]
    effect = question(made(*said), "home").order_effect
    assert effect is not None
    assert (effect.kind, effect.first.count, effect.first.of, effect.expected) == ("scale", 6, 8, 0.5)
    assert effect.p_value == pytest.approx(74 / 256)  # two-sided: 6, 7, 8 or 2, 1, 0 heads of 8


def test_choices_order_effect_is_the_first_against_one_of_n() -> None:
    ask = {"home": "not_good", "trouble": "noise"}
    said = [*many(7, **ask), *many(3, 11, trouble_order=("broken", "noise"), **ask)]
    effect = question(made(*said), "trouble").order_effect
    assert effect is not None
    assert (effect.kind, effect.first.count, effect.first.of, effect.expected) == ("choices", 7, 10, 0.5)


def test_without_an_order_in_the_record_there_is_no_order_effect() -> None:
    assert question(made(*many(9, order=())), "home").order_effect is None


def test_a_value_that_is_no_choice_is_counted_as_given_and_never_shown() -> None:
    found = question(made(*many(5), *many(1, 11, home="=SUM(A1)")), "home")
    assert (found.given, [one.share.count for one in found.choices]) == (6, [5, 0, 0])


def test_versions_are_apart() -> None:
    found = figures(gathered(*many(5), *many(6, 11, version="2[encrypted:abc]")), "my_home")
    assert [(one.version, one.homes[0].groups[0].visits) for one in found] == [("1", 5), ("2", 6)]
