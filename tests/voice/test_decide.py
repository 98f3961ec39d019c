"""The decision's table: what each combination of witnesses is good for."""

import pytest

from voice.decide import Decision, Outcome, decide, may_go_on, plausible
from voice.utterance import Evidence

MEANINGS = {"good": "A", "very good": "A", "okay": "B", "bad": "C", "not good": "C", "i don't know": "D"}


def evidence(grammar: str, decoy: str, opened: str, duration_s: float = 0.5) -> Evidence:
    return Evidence(grammar, decoy, opened, duration_s, -20.0, "none")


@pytest.mark.parametrize(
    ("grammar", "decoy", "opened", "expected"),
    [
        ("good", "good", "good", Decision(Outcome.SURE, "good", "A")),
        ("good", "very good", "good", Decision(Outcome.SURE, "good", "A")),
        ("good", "good", "", Decision(Outcome.ASK, "good", "A")),
        ("good", "good", "would", Decision(Outcome.ASK, "good", "A")),
        ("good", "", "good", Decision(Outcome.ASK, "good", "A")),
        ("bad", "good", "good", Decision(Outcome.ASK, "good", "A")),
        ("good", "", "", Decision(Outcome.NO_MATCH)),
        ("good", "", "good morning", Decision(Outcome.NO_MATCH)),
        ("good", "good", "bad", Decision(Outcome.NO_MATCH)),
        ("good", "bad", "good", Decision(Outcome.NO_MATCH)),
        ("good", "good bad", "good bad", Decision(Outcome.TWO_ANSWERS)),
        ("good", "good", "good bad", Decision(Outcome.TWO_ANSWERS)),
        ("good", "", "good um no bad", Decision(Outcome.TWO_ANSWERS)),
        ("good", "good bad", "it was good in the morning and bad later", Decision(Outcome.NO_MATCH)),
        ("good", "good", "very good good", Decision(Outcome.ASK, "good", "A")),
        ("good", "good bad", "good", Decision(Outcome.ASK, "good", "A")),
        ("good", "good bad", "would", Decision(Outcome.NO_MATCH)),
        ("bad", "not good", "not good", Decision(Outcome.SURE, "not good", "C")),
        ("", "", "", Decision(Outcome.NO_MATCH)),
    ],
)
def test_sure_is_unanimous_ask_has_a_witness_and_two_answers_are_told_apart_from_none(grammar, decoy, opened, expected):
    assert decide(evidence(grammar, decoy, opened), MEANINGS) == expected


def test_the_grammars_own_word_is_no_evidence_at_all():
    for phrase in MEANINGS:
        assert decide(evidence(phrase, "", ""), MEANINGS).outcome is Outcome.NO_MATCH


@pytest.mark.parametrize("duration_s", [0.05, 9.0])
def test_unanimous_witnesses_of_an_impossible_length_are_no_match(duration_s):
    assert decide(evidence("good", "good", "good", duration_s), MEANINGS) == Decision(Outcome.NO_MATCH)


def test_somebody_who_draws_a_word_out_is_plausible():
    assert plausible(2.4, "good")
    assert plausible(0.2, "no")


def test_an_answer_that_may_go_on_to_mean_another_waits():
    meanings = {"good": "A", "good for nothing": "C", "bad": "C", "bad indeed": "C"}
    assert may_go_on("good", meanings)
    assert not may_go_on("bad", meanings)
    assert not may_go_on("good for nothing", meanings)


def test_upper_case_and_spaces_of_an_engine_are_no_matter():
    assert decide(evidence("GOOD", " good ", "Good"), MEANINGS).outcome is Outcome.SURE
