"""Recordings through the whole of hearing, what became of each, and the figures made of that."""

import pytest

from voice.audio import size_bytes, write_wav
from voice.decide import Outcome
from voice.events import Heard
from voice.hear import Task, hear
from voice.measure import ASK, NO_MATCH, NO_SPEECH, NOISY, SURE, Listened, Measured, Plan, Stream, measure
from voice.measure_corpus import Clip, Kind, Phrases, read_manifest
from voice.measure_figures import figures
from voice.segment import Limits
from voice.source import Recording

PHRASES = Phrases(("seven of clubs", "ten of clubs", "queen of spades"), ("stop",))


@pytest.fixture
def folder(tmp_path, cards):
    """Card 3 is "seven of clubs", the second of the list below is another card, and one is a room."""
    write_wav(tmp_path / "seven.wav", cards[2])
    write_wav(tmp_path / "other.wav", cards[0])
    write_wav(tmp_path / "silence.wav", bytes(32_000))
    write_wav(tmp_path / "room.wav", bytes(64_000) + cards[2] + bytes(64_000) + cards[2] + bytes(64_000))
    rows = "seven.wav,seven of clubs,a\nother.wav,other,a\nsilence.wav,ten of clubs,b\nroom.wav,,room\n"
    (tmp_path / "manifest.csv").write_text(f"path,label,speaker\n{rows}", encoding="utf-8")
    return tmp_path


def plan_of(folder, **how) -> Plan:
    return Plan(PHRASES, tuple(read_manifest(folder, PHRASES)), **how)


def without_times(measured: Measured) -> list[tuple[object, ...]]:
    return [(one.clip.name, one.snr_db, one.outcome, one.meaning, one.evidence, one.at_s) for one in measured.listened]


def test_a_recording_becomes_what_hearing_makes_of_it(pocketsphinx_en, folder, cards):
    events: list = []
    meanings = {phrase: phrase for phrase in PHRASES.all}
    hear(Recording(cards[2]), pocketsphinx_en, Task(0, Limits(), meanings), events.append)
    heard = events[-1]
    assert isinstance(heard, Heard)
    assert heard.decision.outcome in {Outcome.SURE, Outcome.ASK}
    first = measure(plan_of(folder), pocketsphinx_en).listened[0]
    assert (first.outcome, first.meaning) == (heard.decision.outcome.value, "seven of clubs")
    assert first.evidence == heard.utterance.evidence


def test_silence_is_no_speech(pocketsphinx_en, folder):
    assert measure(plan_of(folder), pocketsphinx_en).listened[2].outcome == NO_SPEECH


def test_a_room_is_listened_to_again_and_again_to_its_end(pocketsphinx_en, folder):
    of_room = [one for one in measure(plan_of(folder), pocketsphinx_en).listened if one.clip.kind is Kind.ROOM]
    assert [one.meaning for one in of_room] == ["seven of clubs", "seven of clubs"]
    assert of_room[0].at_s < of_room[1].at_s


def test_the_same_recordings_are_heard_the_same_again_with_noise_too(pocketsphinx_en, folder, cards):
    plan = plan_of(folder, snrs_db=(None, 10.0), noise=(cards[1],), seed=3)
    assert without_times(measure(plan, pocketsphinx_en)) == without_times(measure(plan, pocketsphinx_en))


def test_every_condition_has_every_word_and_the_room_is_heard_once_as_it_is(folder):
    listenings = list(plan_of(folder, snrs_db=(20.0, 10.0), noise=(b"\1\1",)).listenings())
    assert [(clip.name, snr) for clip, snr in listenings if clip.kind is Kind.ROOM] == [("room.wav", None)]
    assert sum(snr == 10.0 for _clip, snr in listenings) == 3


def test_a_decision_takes_at_least_the_silence_that_it_waits_for(pocketsphinx_en, folder):
    first = measure(plan_of(folder), pocketsphinx_en).listened[0]
    assert first.decision_ms is not None
    assert first.decision_cpu_ms is not None
    waits_ms = 1000 * (Limits().early_s if first.outcome == SURE else Limits().endpoint_s)
    assert first.decision_ms > waits_ms - 40
    assert first.decision_cpu_ms > waits_ms - 40


def test_somebody_who_goes_on_behind_the_decision_was_cut_off_and_has_no_time(pocketsphinx_en, tmp_path, cards):
    write_wav(tmp_path / "a.wav", cards[2] + bytes(size_bytes(1.5)) + cards[2])
    (tmp_path / "manifest.csv").write_text("path,label,speaker\na.wav,seven of clubs,a\n", encoding="utf-8")
    (one,) = measure(plan_of(tmp_path), pocketsphinx_en).listened
    assert one.cut_off
    assert one.decision_ms is None


def test_somebody_interrupting_keeps_what_was_measured(pocketsphinx_en, folder):
    def interrupt(number: int, _measured: Measured) -> None:
        if number == 2:
            raise KeyboardInterrupt

    plan = plan_of(folder)
    measured = measure(plan, pocketsphinx_en, interrupt)
    assert measured.interrupted
    assert len(measured.listened) == 2
    assert figures(measured, plan)["conditions"][0]["other_words"]["recordings"] == 1


class Clocks:
    """Time that goes only when told."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> tuple[float, float]:
        return self.s, self.s / 2


def test_sound_is_worked_on_when_it_is_there_and_the_sound_before_is_done():
    clocks = Clocks()
    stream = Stream(bytes(32_000), clocks=clocks)
    stream.open()
    blocks = stream.blocks()
    next(blocks)
    assert stream.now_s() == pytest.approx((0.02, 0.02))
    clocks.s += 0.01
    next(blocks)
    assert stream.now_s() == pytest.approx((0.04, 0.04)), "work that is done in time costs nothing"
    clocks.s += 0.18
    assert stream.now_s() == pytest.approx((0.22, 0.13))
    next(blocks)
    assert stream.now_s() == pytest.approx((0.22, 0.13)), "the sound came meanwhile"
    clocks.s += 0.01
    assert stream.now_s() == pytest.approx((0.23, 0.135))


def said(label: str, speaker: str, outcome: str, meaning: str = "", kind: Kind = Kind.ANSWER, **more) -> Listened:
    clip = Clip(f"{label}/{speaker}", None, label, speaker, 1800.0, kind)  # type: ignore[arg-type]
    return Listened(clip, None, outcome, meaning, **more)


YES_NO = Phrases(("yes", "no"))


def figures_of(*listened: Listened, room: tuple[Clip, ...] = ()) -> dict:
    return figures(Measured(listened=list(listened), room=list(room)), Plan(YES_NO, ()))


def test_every_answer_is_counted_once_as_sure_asked_no_match_noisy_or_without_speech():
    found = figures_of(
        said("yes", "a", SURE, "yes"),
        said("yes", "a", SURE, "no"),
        said("no", "a", ASK, "no"),
        said("no", "b", ASK, "yes"),
        said("no", "b", NO_MATCH),
        said("no", "b", NOISY),
        said("no", "c", NO_SPEECH),
    )["conditions"][0]["answers"]
    counts = {name: one["count"] for name, one in found.items() if isinstance(one, dict) and "count" in one}
    parts = ("sure_right", "sure_wrong", "asked", "no_match", "noisy", "no_speech")
    assert sum(counts[name] for name in parts) == found["recordings"] == 7
    assert (counts["proposed_right"], counts["asked"], counts["asked_wrong"]) == (2, 2, 1)
    assert found["speakers"] == 3
    assert found["per_word"]["yes"]["sure_wrong"]["count"] == 1
    assert next(iter(found["worst_speakers"])) == "a", "whoever was taken wrongly for sure comes first"
    assert [one["meaning"] for one in found["taken_wrongly"]] == ["no", "yes"]


def test_a_share_has_its_interval_its_bound_and_the_interval_by_speakers():
    found = figures_of(*[said("yes", str(n), SURE, "yes" if n else "no") for n in range(20)])
    wrong = found["conditions"][0]["answers"]["sure_wrong"]
    assert wrong["share"] == 0.05
    assert wrong["interval_95"] == pytest.approx([0.0089, 0.2361], abs=1e-4)
    assert wrong["upper_95"] == pytest.approx(0.2161, abs=1e-4)
    assert wrong["by_speaker_95"] == [0.0, 0.15]


def test_only_ten_speakers_are_named_and_one_bad_recording_is_not_worse_than_five():
    many = [said("yes", "five", NO_MATCH) for _ in range(5)]
    found = figures_of(*many, *[said("yes", str(n), NO_MATCH) for n in range(15)])["conditions"][0]["answers"]
    assert len(found["worst_speakers"]) == 10
    assert next(iter(found["worst_speakers"])) == "five"


def test_other_words_are_taken_as_sure_or_asked_about():
    found = figures_of(
        said("dog", "a", SURE, "no", Kind.OTHER),
        said("dog", "a", ASK, "no", Kind.OTHER),
        said("cat", "a", NO_MATCH, kind=Kind.OTHER),
    )["conditions"][0]["other_words"]
    assert (found["other_words_sure"]["count"], found["other_words_asked"]["count"]) == (1, 1)
    assert list(found["worst_words"]) == ["dog", "cat"]


def test_the_room_is_counted_by_the_hour_with_the_poisson_interval():
    taken = said("", "tv", SURE, "yes", Kind.ROOM)
    silent = Clip("hum/b", None, "", "b", 5400.0, Kind.ROOM)  # type: ignore[arg-type]
    found = figures_of(taken, room=(taken.clip, silent))["room"]
    assert found["hours"] == 2.0
    assert found["false_sure_per_hour"] == {
        "events": 1,
        "per_hour": 0.5,
        "interval_95": [0.0127, 2.7858],
        "upper_95": 2.372,
    }
    assert found["false_asked_per_hour"]["upper_95"] == 1.498
    assert found["by_folder"]["hum"]["false_sure_per_hour"]["events"] == 0


def test_times_are_of_decisions_alone_and_sure_ones_apart():
    found = figures_of(
        *[said("yes", "a", SURE, "yes", decision_ms=float(n), decision_cpu_ms=1.0) for n in range(1, 101)],
        said("yes", "a", NO_MATCH, decision_ms=700.0),
        said("yes", "a", NO_SPEECH),
    )["conditions"][0]["decision_ms"]
    assert found["sure"]["samples"] == 100
    assert (found["sure"]["p50"]["ms"], found["sure"]["p95"]["ms"]) == (50.0, 95.0)
    assert found["sure"]["p50"]["interval_95"] == [40.0, 61.0]
    assert found["all"]["samples"] == 101
    assert found["sure_cpu"]["p95"]["ms"] == 1.0
