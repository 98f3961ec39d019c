"""Did the new version do better: what can be concluded, and what cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest
from said import Said, gathered

from collector.errors import CollectorError
from collector.figures.compared import Compared, Comparison, clustered, compare
from collector.figures.stats import wilson
from collector.figures.tally import Tally


def many(count: int, start: int = 1, **what: object) -> list[Said]:
    return [replace(Said(number=start + place), **what) for place in range(count)]


def compared(*said: Said, least: int = 5, old: str = "1", new: str = "2") -> Compared:
    found = gathered(*said)
    tallies = {key: Tally(one) for key, one in found.sets.items()}
    for visit in found.visits:
        tallies[visit.form_id, visit.version].add(visit)
    return compare(tallies, "my_home", old, new, least)


def of(found: Compared, what: str) -> Comparison:
    (group,) = found.groups
    return next(one for one in group.comparisons if one.what == what)


BROKEN_OFF = {"complete": False, "home": "good", "more": ""}


def test_a_difference_that_chance_would_not_make_is_said_with_its_numbers() -> None:
    old = [*many(11), *many(19, 101, **BROKEN_OFF)]
    finished = of(compared(*old, *many(28, 201, version="2"), *many(2, 301, version="2", **BROKEN_OFF)), "finished")
    assert finished.sentence == (
        "More visits were finished: 28 of 30, before 11 of 30. That is more than chance would make."
    )
    assert (finished.alone, finished.together) == (True, True)


def test_one_that_is_so_by_itself_alone_is_no_conclusion_where_four_were_compared() -> None:
    """18 of 20 beside 11 of 20: Newcombe's interval leaves 0 out at 95 %, and not at 98.75 %."""
    old = [*many(11), *many(9, 101, **BROKEN_OFF)]
    finished = of(compared(*old, *many(18, 201, version="2"), *many(2, 301, version="2", **BROKEN_OFF)), "finished")
    assert (finished.low > 0, finished.alone, finished.together) == (True, True, False)
    assert finished.sentence == (
        "It may be that more visits were finished: 18 of 20, before 11 of 20. By itself that is more than chance would "
        "make; of 4 things that are compared it may be chance."
    )


def test_where_we_cant_tell_it_says_so_and_how_far_apart_they_may_be() -> None:
    old = [*many(4), *many(1, 101, **BROKEN_OFF)]
    finished = of(compared(*old, *many(5, 201, version="2")), "finished")
    assert finished.sentence == (
        "We can't tell whether more visits were finished: 5 of 5, before 4 of 5. "
        "It may be anything from 26 in 100 fewer to 62 in 100 more."
    )
    assert (finished.low, finished.high) == pytest.approx((-0.2644, 0.6245), abs=0.0001)


def test_it_always_says_what_cannot_be_concluded() -> None:
    said = " ".join(compared(*many(5), *many(5, 11, version="2", at="Oak Lane")).cautions)
    for words in ("Different people", "different months", "not be the reason", "not people", "4 things", "same homes"):
        assert words in said


def test_where_the_versions_ask_other_questions_it_says_how_many() -> None:
    found = gathered(*many(5), *many(5, 11, version="2"))
    (old, first), (new, second) = found.sets.items()
    shorter = replace(second, questions=tuple(one for one in second.questions if one.name != "trouble"))
    tallies = {old: Tally(first), new: Tally(shorter)}
    for visit in found.visits:
        tallies[visit.form_id, visit.version].add(visit)
    assert compare(tallies, "my_home", "1", "2").cautions[-1] == (
        "The versions do not ask the same: 2 questions are in both, 1 in the old one alone, 0 in the new one alone."
    )
    assert not any("do not ask the same" in one for one in compared(*many(5), *many(5, 11, version="2")).cautions)


def test_dont_knows_and_skips_are_of_the_questions_that_were_asked() -> None:
    old = many(10, home="dont_know", more="skipped")
    found = compared(*old, *many(10, 101, version="2", more="dont_know"))
    dont_know, skipped = of(found, "dont_know"), of(found, "skipped")
    assert [(one.count, one.of) for one in (dont_know.old, dont_know.new)] == [(10, 20), (10, 20)]
    assert [(one.count, one.of) for one in (skipped.old, skipped.new)] == [(10, 20), (0, 20)]


def test_questions_reached_are_of_those_that_were_relevant() -> None:
    found = of(compared(*many(10, more=""), *many(10, 101, version="2")), "reached")
    assert [(one.count, one.of) for one in (found.old, found.new)] == [(10, 20), (20, 20)]


def test_groups_are_compared_apart_and_one_with_few_is_named_and_left_out() -> None:
    said = [*many(9), *many(9, 101, version="2"), *many(5, 201, who="staff_for")]
    found = compared(*said, *many(4, 301, who="staff_for", version="2"))
    assert [one.code for one in found.groups] == ["resident-self"]
    assert (found.left_out, found.compared) == (("answered for somebody: by staff",), 4)


def test_a_question_that_figures_hide_is_in_no_sum_from_which_it_could_be_worked_out() -> None:
    """Two were asked about trouble and didn't know: with them in the sum, taking away what is shown would tell."""
    told = {"home": "not_good", "trouble": "dont_know"}
    found = compared(*many(9), *many(2, 51, **told), *many(11, 101, version="2"))
    old = of(found, "dont_know").old
    assert (old.count, old.of) == (0, 22)


def test_ten_answers_of_one_visit_are_worth_no_more_than_a_visit_where_all_say_the_same() -> None:
    """Half of the visits knew nothing at all, the other half everything: there are 20 answers there, not 200."""
    assert clustered([(10, 10, 10), (0, 10, 10)]).worth == pytest.approx(19)  # n - 1, as in any sample's variance


def test_answers_that_have_nothing_to_do_with_each_other_are_worth_themselves() -> None:
    """Visits of one answer each: there is nothing to heed."""
    one = clustered([(1, 1, 15), (0, 1, 25)])
    assert one.worth == pytest.approx(39)
    assert (one.share.low, one.share.high) == pytest.approx(wilson(15 * 39 / 40, 39))


def test_where_nobody_did_it_a_visit_is_worth_one_answer() -> None:
    nobody = clustered([(0, 7, 12)])
    assert (nobody.share.count, nobody.share.of, nobody.worth) == (0, 84, 12)


def test_a_version_without_visits_is_told_with_those_that_have_some() -> None:
    with pytest.raises(CollectorError, match=r"no visits of version '3'.*version 1"):
        compared(*many(5), new="3")


def test_centrals_suffix_makes_no_other_version() -> None:
    found = compared(*many(5), *many(5, 101, version="2[encrypted:abc]"), new="2[encrypted:abc]")
    assert (found.old, found.new, len(found.groups)) == ("1", "2", 1)
