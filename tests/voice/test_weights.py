"""Weights: what they make of evidence, what they may never do, and the file they live in."""

from dataclasses import replace

import pytest

from voice.decide import Outcome, decide
from voice.errors import VoiceError
from voice.utterance import Evidence
from voice.weights import FEATURES, Weights, features, file_name, read, weights_for, write

MEANINGS = {"yes": "yes", "yeah": "yes", "no": "no", "not good": "bad"}
WEIGHTS = Weights(
    engine="pocketsphinx",
    model="en-us",
    data="nobody's recordings",
    date="2026-11-23",
    bias=0.0,
    each={"over_others": 1.0, "over_sounds": 1.0, "open_agrees": 0.5, "more_words": -1.0},
    sure=2.0,
    ask=0.0,
)


def evidence(over_others: float | None, over_sounds: float | None = 0.0, opened: str = "", **how) -> Evidence:
    """Half a second of "yes"; nats for each 10 ms."""
    nats = [None if one is None else one * 50 for one in (over_others, over_sounds)]
    found = Evidence("yes", "yes", opened, 0.5, -20.0, "pocketsphinx en-us", over_others=nats[0], over_sounds=nats[1])
    return replace(found, **how)


@pytest.mark.parametrize(
    ("one", "outcome"),
    [
        (evidence(1.0, 1.0), Outcome.SURE),
        (evidence(1.0, 0.9), Outcome.ASK),
        (evidence(1.0, 0.9, "yeah"), Outcome.SURE),
        (evidence(0.0, 0.0), Outcome.ASK),
        (evidence(-0.1, 0.0), Outcome.NO_MATCH),
        (evidence(1.5, 1.0, "yes i know that"), Outcome.NO_MATCH),
    ],
)
def test_evidence_is_added_up(one, outcome):
    assert decide(one, MEANINGS, WEIGHTS).outcome is outcome


def test_no_single_piece_of_evidence_outweighs_all_else():
    found = features(evidence(500.0, -500.0), MEANINGS)
    assert found is not None
    assert found["over_others"] == -found["over_sounds"]


def test_nothing_is_sure_where_the_open_pass_understood_another_answer():
    assert decide(evidence(3.0, 3.0, "no"), MEANINGS, WEIGHTS).outcome is Outcome.ASK


def test_two_answers_at_once_stay_two_whatever_fits():
    assert decide(evidence(3.0, 3.0, "yes no"), MEANINGS, WEIGHTS).outcome is Outcome.TWO_ANSWERS


@pytest.mark.parametrize("duration_s", [0.05, 4.0])
def test_a_length_out_of_all_reason_is_no_match_whatever_fits(duration_s):
    assert decide(evidence(9.0, 9.0, duration_s=duration_s), MEANINGS, WEIGHTS).outcome is Outcome.NO_MATCH


@pytest.mark.parametrize(
    ("nats", "duration_s", "outcome"),
    [(0.4, 0.6, Outcome.ASK), (0.4, 1.6, Outcome.NO_MATCH), (0.8, 1.6, Outcome.ASK), (1.05, 2.2, Outcome.SURE)],
)
def test_long_speech_is_asked_about_where_it_fits_well_like_a_word_drawn_out(nats, duration_s, outcome):
    as_well = nats * duration_s / 0.5
    assert decide(evidence(as_well, as_well, duration_s=duration_s), MEANINGS, WEIGHTS).outcome is outcome


def test_where_the_engine_gives_no_such_evidence_sure_is_unanimous():
    assert decide(evidence(None, None, "yes"), MEANINGS, WEIGHTS).outcome is Outcome.SURE
    assert decide(evidence(None, None, "well"), MEANINGS, WEIGHTS).outcome is Outcome.ASK


def test_without_weights_excellent_evidence_of_one_kind_is_only_asked_about():
    assert decide(evidence(3.0, 3.0, "well"), MEANINGS).outcome is Outcome.ASK


def test_weights_come_back_from_their_file_as_they_were(tmp_path):
    file = tmp_path / "weights" / "x.toml"
    write(replace(WEIGHTS, data='a "folder"\\here'), file, "About it.\nAnd more.")
    assert read(file) == replace(WEIGHTS, data='a "folder"\\here')
    assert file.read_text(encoding="utf-8").startswith("# About it.\n# And more.\n")


def test_an_organisations_own_weights_are_taken_before_those_that_come_with_sayso(tmp_path):
    own = replace(WEIGHTS, data="our own people")
    write(own, tmp_path / file_name("pocketsphinx", "en-us"))
    assert weights_for("pocketsphinx", "en-us", tmp_path) == own


def test_the_trial_engine_has_weights_and_an_engine_without_has_none(tmp_path):
    found = weights_for("pocketsphinx", "en-us", tmp_path)
    assert found is not None
    assert set(found.each) == set(FEATURES)
    assert weights_for("vosk", "vosk-model-small-en-us-0.15", tmp_path) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("model = ", "modell = "), "'model' is missing"),
        (("bias = 0.0000", 'bias = "much"'), "missing or no number"),
        (("bias = 0.0000", "bias = nan"), "missing or no number"),
        (("ask = 0.0000", "ask = 3.0"), "'ask' is above 'sure'"),
        (("[weights]", "[weights"), "weights"),
        (('model = "en-us"', 'model = "de-de"'), "fitted for pocketsphinx de-de"),
    ],
)
def test_a_damaged_file_is_named_and_not_guessed_at(tmp_path, change, message):
    file = tmp_path / file_name("pocketsphinx", "en-us")
    write(WEIGHTS, file)
    file.write_text(file.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(VoiceError, match=message) as error:
        weights_for("pocketsphinx", "en-us", tmp_path)
    assert str(file) in str(error.value)
