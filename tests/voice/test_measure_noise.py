"""Noise is as far below the speech as was asked, and the same again."""

import numpy as np
import pytest

from voice.audio import duration_s, from_float, size_bytes, to_float, write_wav
from voice.errors import VoiceError
from voice.measure_noise import BEFORE_S, BEHIND_S, active_rms, mixed, noises

CHANCE = np.random.default_rng(1)
HISS = from_float((0.1 * CHANCE.standard_normal(40_000)).astype(np.float32))


def rms(samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


@pytest.mark.parametrize("snr_db", [20.0, 10.0, 0.0])
def test_the_noise_is_so_much_below_the_active_speech(cards, snr_db):
    begin = size_bytes(BEFORE_S) // 2
    speech = to_float(cards[2])
    under = to_float(mixed(cards[2], [HISS], snr_db, "1"))
    under[begin : begin + len(speech)] -= speech
    assert 20 * np.log10(active_rms(cards[2]) / rms(under)) == pytest.approx(snr_db, abs=0.1)


def test_a_pause_in_a_recording_does_not_make_its_speech_quieter(cards):
    assert active_rms(cards[2] + bytes(size_bytes(5))) == pytest.approx(active_rms(cards[2]), rel=0.05)


def test_what_would_be_clipped_is_made_quieter_and_noise_and_speech_alike(cards):
    loud = from_float(to_float(cards[2]) * np.float32(0.99 / np.abs(to_float(cards[2])).max()))
    sum_of_both = to_float(mixed(loud, [HISS], -10.0, "1"))
    assert np.abs(sum_of_both).max() <= 0.9991
    before = sum_of_both[: size_bytes(BEFORE_S) // 2]
    behind = sum_of_both[-size_bytes(BEHIND_S) // 2 :]
    assert rms(before) == pytest.approx(rms(behind), rel=0.05)
    assert rms(before) < active_rms(loud) * 10**0.5


def test_noise_begins_before_the_recording_and_goes_on_behind_it(cards):
    assert duration_s(mixed(cards[2], [HISS], 10.0, "1")) == pytest.approx(BEFORE_S + duration_s(cards[2]) + BEHIND_S)


def test_the_same_seed_gives_the_same_noise_and_another_seed_another(cards):
    assert mixed(cards[2], [HISS], 10.0, "1") == mixed(cards[2], [HISS], 10.0, "1")
    assert mixed(cards[2], [HISS], 10.0, "1") != mixed(cards[2], [HISS], 10.0, "2")


def test_every_recording_of_a_folder_and_of_those_within_is_a_noise(tmp_path):
    (tmp_path / "kitchen").mkdir()
    write_wav(tmp_path / "b.wav", HISS)
    write_wav(tmp_path / "kitchen" / "a.WAV", HISS[:1000])
    (tmp_path / "notes.txt").write_text("no sound", encoding="utf-8")
    assert sorted(map(len, noises((tmp_path,)))) == [1000, len(HISS)]


def test_a_folder_without_noise_is_told(tmp_path):
    with pytest.raises(VoiceError, match="has no recordings"):
        noises((tmp_path,))
    write_wav(tmp_path / "nothing.wav", bytes(100))
    with pytest.raises(VoiceError, match="digital silence"):
        noises((tmp_path,))
