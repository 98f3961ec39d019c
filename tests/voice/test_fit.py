"""Weights from recordings: what is learnt, from whom, and what is refused."""

import random

import pytest

from voice.audio import write_wav
from voice.errors import VoiceError
from voice.fit import Aims, Example, examples, fit, hear_all, weights_of
from voice.measure import Plan
from voice.measure_corpus import Kind, Phrases, read_manifest

CHANCE = random.Random(4)  # noqa: S311 - to be repeated, not to be secret


def drawn(kind: Kind, number: int, middle: float, *, right: bool) -> list[Example]:
    """Utterances by twenty speakers; the first two pieces of evidence lie round the middle, the others are chance."""
    return [
        Example(
            kind,
            f"speaker {one % 20}",
            right,
            (CHANCE.gauss(middle, 1.0), CHANCE.gauss(middle, 1.0), float(CHANCE.random() < 0.5), 0.0),
        )
        for one in range(number)
    ]


@pytest.fixture
def learnt() -> list[Example]:
    return [
        *drawn(Kind.ANSWER, 300, 2.0, right=True),
        *drawn(Kind.ANSWER, 20, -1.0, right=False),
        *drawn(Kind.OTHER, 400, -1.5, right=False),
        *drawn(Kind.ROOM, 200, -2.0, right=False),
    ]


def test_what_tells_right_from_wrong_gets_weight_and_chance_gets_little(learnt):
    found = fit(learnt).each
    assert min(found["over_others"], found["over_sounds"]) > 0.5
    assert abs(found["open_agrees"]) < 0.5
    assert found["more_words"] == pytest.approx(0.0, abs=1e-6)


def test_no_more_is_taken_wrongly_than_the_aims_allow(learnt):
    aims = Aims(sure_wrong=0.01, other_words_sure=0.02, other_words_asked=0.1)
    found = fit(learnt, aims)
    assert found.shares["answers"]["sure_wrong"] <= 0.01
    assert found.shares["other_words"]["sure_wrong"] <= 0.02
    assert found.shares["other_words"]["sure_wrong"] + found.shares["other_words"]["asked_wrong"] <= 0.1
    assert found.ask <= found.sure


def test_stricter_aims_leave_fewer_sure(learnt):
    strict, loose = fit(learnt, Aims(0.0, 0.0, 0.05)), fit(learnt, Aims(0.01, 0.05, 0.2))
    assert strict.sure > loose.sure
    assert strict.shares["answers"]["sure_right"] < loose.shares["answers"]["sure_right"]


def test_the_same_examples_give_the_same_weights_in_any_order(learnt):
    first, again = fit(learnt), fit(learnt[::-1])
    assert again.each == pytest.approx(first.each)
    assert (again.sure, again.ask) == pytest.approx((first.sure, first.ask))


def test_examples_of_one_kind_only_are_refused_with_what_is_missing(learnt):
    with pytest.raises(VoiceError, match=r"300 answers proposed right and 0 other examples.*at least 20"):
        fit(learnt[:300])
    with pytest.raises(VoiceError, match="0 answers"):
        fit([])


def test_a_perfect_separation_still_gives_finite_weights():
    found = fit([*drawn(Kind.ANSWER, 60, 40.0, right=True), *drawn(Kind.OTHER, 60, -40.0, right=False)])
    assert all(abs(weight) < 100 for weight in found.each.values())


def test_each_pause_of_a_recording_is_an_example_and_the_engine_keeps_its_weights(pocketsphinx_en, tmp_path, cards):
    write_wav(tmp_path / "room.wav", cards[2] + bytes(16_000) + cards[0] + bytes(16_000))
    write_wav(tmp_path / "seven.wav", cards[2])
    (tmp_path / "manifest.csv").write_text("path,label,speaker\nroom.wav,,r\nseven.wav,seven of clubs,a\n")
    phrases = Phrases(("seven of clubs", "queen of spades"))
    before = pocketsphinx_en.weights
    plan = Plan(phrases, tuple(read_manifest(tmp_path, phrases)))
    heard = hear_all(plan, pocketsphinx_en, lambda _number, _measured: None)
    assert pocketsphinx_en.weights is before
    found = examples(heard.listened, {phrase: phrase for phrase in phrases.all})
    assert [one.kind for one in found].count(Kind.ROOM) >= 2
    assert [one.right for one in found if one.kind is Kind.ANSWER] == [True]


def test_weights_say_where_they_are_from(learnt):
    found = weights_of(fit(learnt), "vosk", "small", "our folder", "2026-11-23")
    assert (found.engine, found.model, found.data, found.date) == ("vosk", "small", "our folder", "2026-11-23")
