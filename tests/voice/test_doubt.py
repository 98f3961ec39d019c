"""What takes certainty away: the kiosk's own words, sound that was cut off or lost, a room that talks."""

from dataclasses import replace

import pytest

from voice.decide import NOTHING, Decision, Outcome
from voice.doubt import AT_ONCE_S, EARLY_S, LOW_SNR_DB, doubted, in_noise, is_talk
from voice.utterance import Evidence

SAID = "How is your home? Good. A bit better. Bad."
SURE = Decision(Outcome.SURE, "bad", "C")
ASK = Decision(Outcome.ASK, "bad", "C")


def heard(text: str, begun_s: float = 1.2, **more) -> Evidence:
    return replace(Evidence(text, text, text, 0.5, -20.0, "none", begun_s), **more)


def outcome(decision: Decision, evidence: Evidence, said: str = SAID) -> Outcome:
    return doubted(decision, evidence, said).outcome


def test_what_nobody_doubts_stays_as_it_was_decided():
    for decision in (SURE, ASK, NOTHING, Decision(Outcome.TWO_ANSWERS)):
        assert doubted(decision, heard("something else"), SAID) == decision


@pytest.mark.parametrize("text", ["how is your home", "is your home good", "oh how is your home", "bit better bad"])
def test_three_words_in_a_row_of_the_prompt_that_are_no_answer_are_the_kiosks_own(text):
    assert outcome(NOTHING, heard(text)) is Outcome.OWN_PROMPT


@pytest.mark.parametrize(
    "text", ["", "home", "your home", "i think your home is good", "i like how is your home in the summer"]
)
def test_fewer_words_or_a_sentence_with_some_of_them_are_somebodys(text):
    assert outcome(NOTHING, heard(text)) is Outcome.NO_MATCH


def test_somebody_who_says_a_choice_over_is_answering():
    choice = Decision(Outcome.SURE, "a bit better", "B")
    assert doubted(choice, heard("a bit better", begun_s=0.3), SAID) == choice
    assert doubted(SURE, heard("bad"), SAID) == SURE


def test_a_sure_answer_so_early_that_it_may_be_the_prompts_echo_is_asked_about():
    assert doubted(SURE, heard("bad", begun_s=EARLY_S - 0.1), SAID) == ASK
    assert doubted(ASK, heard("bad", begun_s=EARLY_S - 0.1), SAID) == ASK
    assert doubted(SURE, heard("bad", begun_s=EARLY_S + 0.1), SAID) == SURE


def test_the_prompts_last_words_that_sound_as_the_microphone_opens_are_its_echo_whatever_they_mean():
    """Or "say it again" would have the kiosk say it again for ever."""
    at_once = AT_ONCE_S - 0.05
    assert outcome(SURE, heard("bad", begun_s=at_once)) is Outcome.OWN_PROMPT
    again = Decision(Outcome.SURE, "again", "command:again")
    assert outcome(again, heard("again", begun_s=at_once), "Press green, or say it again.") is Outcome.OWN_PROMPT
    assert outcome(NOTHING, heard("better bad", begun_s=EARLY_S - 0.1)) is Outcome.OWN_PROMPT


def test_without_a_prompt_nothing_is_an_echo():
    assert outcome(SURE, heard("bad", begun_s=0.0), "") is Outcome.SURE


def test_a_word_in_which_sound_was_lost_is_asked_about():
    assert doubted(SURE, heard("bad", lost=1), "") == ASK


def test_speech_that_is_cut_off_is_told_only_where_nothing_was_made_of_it():
    assert outcome(NOTHING, heard("had", clipped_share=0.2)) is Outcome.CLIPPED
    assert outcome(NOTHING, heard("had", clipped_share=0.01)) is Outcome.NO_MATCH
    assert outcome(SURE, heard("bad", clipped_share=0.2), "") is Outcome.SURE
    assert outcome(ASK, heard("bad", clipped_share=0.2), "") is Outcome.ASK


def test_doubt_never_makes_anything_surer():
    order = [Outcome.NO_MATCH, Outcome.ASK, Outcome.SURE]
    for decision in (SURE, ASK, NOTHING):
        for begun_s in (0.0, 0.3, 2.0):
            for lost in (0, 1):
                after = outcome(decision, heard("bad", begun_s, lost=lost, clipped_share=0.5))
                assert after not in order or order.index(after) <= order.index(decision.outcome)


@pytest.mark.parametrize(("snr_db", "expected"), [(LOW_SNR_DB - 1, True), (LOW_SNR_DB + 1, False), (None, False)])
def test_speech_hardly_above_the_room_is_in_noise(snr_db, expected):
    assert in_noise(heard("x", snr_db=snr_db)) is expected


@pytest.mark.parametrize(
    ("begun_s", "duration_s", "expected"),
    [(0.0, 2.0, True), (0.0, 0.6, False), (1.2, 2.0, False), (1.2, 4.0, True)],
)
def test_talk_is_longer_than_any_answer_or_a_sentence_from_before_the_microphone_opened(begun_s, duration_s, expected):
    assert is_talk(heard("x", begun_s, duration_s=duration_s)) is expected
