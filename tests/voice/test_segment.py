"""Where speech begins and ends, on real recordings; and the rules, on a detector that reads them from the sound."""

import pytest

from voice.audio import duration_s, size_bytes
from voice.segment import (
    FRAME_BYTES,
    FRAME_S,
    Limits,
    Nothing,
    Paused,
    Segmenter,
    SegmentEvent,
    Settled,
    Speech,
    Started,
)


def voiced(seconds: float) -> bytes:
    return b"\x01\x01" * (FRAME_BYTES // 2) * round(seconds / FRAME_S)


def quiet(seconds: float) -> bytes:
    return bytes(FRAME_BYTES) * round(seconds / FRAME_S)


def loud_is_speech(frame: bytes) -> float:
    return 1.0 if frame[0] else 0.0


def events_of(sound: bytes, limits: Limits, piece: int = 3_200) -> list[SegmentEvent]:
    segmenter = Segmenter(limits, loud_is_speech)
    return [event for n in range(0, len(sound), piece) for event in segmenter.add(sound[n : n + piece])]


def names(events: list[SegmentEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_an_answer_is_started_paused_settled_and_ended():
    assert names(events_of(quiet(0.5) + voiced(0.6) + quiet(2), Limits())) == ["Started", "Paused", "Settled", "Speech"]


def test_the_duration_is_that_of_the_speech_alone_and_the_sound_has_what_was_before():
    limits = Limits(before_s=0.32, after_s=0.096)
    *_, speech = events_of(quiet(1) + voiced(0.64) + quiet(2), limits)
    assert isinstance(speech, Speech)
    assert speech.duration_s == pytest.approx(0.64, abs=0.001)
    assert duration_s(speech.pcm) == pytest.approx(0.32 + 0.64 + 0.096, abs=0.001)
    assert speech.pcm.count(b"\x01") == len(voiced(0.64))


def test_silence_is_told_once_and_only_when_its_time_is_over():
    assert names(events_of(quiet(5), Limits(silence_s=3))) == ["Nothing"]
    assert names(events_of(quiet(2.9), Limits(silence_s=3))) == []


def test_somebody_who_begins_at_the_last_moment_is_heard():
    events = events_of(quiet(2.95) + voiced(0.6) + quiet(2), Limits(silence_s=3))
    assert names(events)[0] == "Started"
    assert names(events)[-1] == "Speech"


def test_a_click_is_no_speech():
    assert names(events_of(quiet(1) + voiced(0.064) + quiet(5), Limits(silence_s=3))) == ["Nothing"]


def test_clicks_now_and_then_do_not_keep_a_listening_open_for_ever():
    assert names(events_of((quiet(0.45) + voiced(0.032)) * 30, Limits(silence_s=3))) == ["Nothing"]


def test_a_pause_shorter_than_the_endpoint_keeps_both_parts_in_one_speech():
    *_, speech = events_of(voiced(0.4) + quiet(0.5) + voiced(0.4) + quiet(2), Limits())
    assert isinstance(speech, Speech)
    assert speech.pcm.count(b"\x01") == 2 * len(voiced(0.4))


def test_each_pause_is_looked_at_once_and_what_is_looked_at_is_what_is_said_in_the_end():
    events = events_of(voiced(0.4) + quiet(0.5) + voiced(0.4) + quiet(2), Limits())
    assert names(events) == ["Started", "Paused", "Settled", "Paused", "Settled", "Speech"]
    second, speech = events[3], events[5]
    assert isinstance(second, Paused)
    assert isinstance(speech, Speech)
    assert second.pcm == speech.pcm


def test_a_gap_within_a_word_settles_nothing():
    events = events_of(voiced(0.3) + quiet(0.13) + voiced(0.3) + quiet(0.13) + voiced(0.1), Limits())
    assert Settled() not in events


def test_endless_speech_is_cut_at_the_longest():
    *_, speech = events_of(voiced(20), Limits(longest_s=4))
    assert isinstance(speech, Speech)
    assert speech.duration_s == pytest.approx(4, abs=FRAME_S)


def test_a_key_ends_it_with_what_there_is():
    segmenter = Segmenter(Limits(), loud_is_speech)
    segmenter.add(voiced(1))
    ended = segmenter.finish()
    assert isinstance(ended, Speech)
    assert segmenter.finish() is None
    assert segmenter.add(quiet(5)) == []


def test_a_key_before_anybody_spoke_ends_it_with_nothing():
    segmenter = Segmenter(Limits(), loud_is_speech)
    segmenter.add(quiet(1))
    assert segmenter.finish() == Nothing()


@pytest.mark.parametrize("piece", [2, 1_000, 3_200, 100_000])
def test_the_same_sound_gives_the_same_events_however_it_is_cut(cards: list[bytes], piece):
    def run(size: int) -> list[SegmentEvent]:
        segmenter = Segmenter(Limits())
        sound = bytes(16_000) + cards[0] + bytes(64_000)
        return [event for n in range(0, len(sound), size) for event in segmenter.add(sound[n : n + size])]

    assert run(piece) == run(1_024)


def test_real_speech_is_found_whole_between_silences(cards: list[bytes]):
    for sound in cards:
        segmenter = Segmenter(Limits(look_s=0, endpoint_s=1.0))
        started, speech = segmenter.add(bytes(size_bytes(2)) + sound + bytes(size_bytes(3)))
        assert isinstance(started, Started)
        assert 1.5 < started.at_s < 2 + duration_s(sound)
        assert isinstance(speech, Speech)
        assert 0.5 * duration_s(sound) < speech.duration_s <= duration_s(sound)


def test_it_is_told_when_the_speech_began_and_how_long_its_longest_pause_was():
    started, *_, speech = events_of(
        quiet(0.96) + voiced(0.4) + quiet(0.32) + voiced(0.4) + quiet(0.48) + voiced(0.4) + quiet(2), Limits()
    )
    assert started == Started(pytest.approx(0.96))
    assert isinstance(speech, Speech)
    assert (speech.begun_s, speech.pause_s) == (pytest.approx(0.96), pytest.approx(0.48, abs=FRAME_S))


def test_a_click_behind_the_speech_makes_no_pause_of_the_silence_before_it():
    *_, speech = events_of(voiced(0.4) + quiet(0.5) + voiced(0.064) + quiet(2), Limits())
    assert isinstance(speech, Speech)
    assert speech.pause_s == 0


def test_a_silence_in_which_sound_was_lost_does_not_end_an_answer():
    """Somebody may have spoken in what is missing: their pause is counted anew behind it."""
    segmenter = Segmenter(Limits(look_s=0, endpoint_s=0.704), loud_is_speech)
    assert names(segmenter.add(voiced(0.4) + quiet(0.64))) == ["Started"]
    segmenter.lost()
    assert names(segmenter.add(quiet(0.64))) == []
    assert names(segmenter.add(quiet(0.1))) == ["Speech"]
