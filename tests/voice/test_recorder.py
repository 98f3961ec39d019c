"""Recordings of people, trimmed and made as loud as the others; nothing clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice.audio import RATE_HZ, active_dbfs, duration_s, from_float, load, size_bytes, to_float
from voice.recorder import (
    MOST_GAIN_DB,
    MOST_LIMITED_DB,
    PEAK_DBFS,
    SPEECH_DBFS,
    levelled,
    listen,
    take,
    trimmed,
)
from voice.source import Recording

SECOND = bytes(size_bytes(1.0))


@pytest.fixture(scope="module")
def person(speech: Path) -> bytes:
    """Somebody who says a sentence."""
    return load(min((speech / "librispeech_librosa").rglob("*.[fw][la][av]*")))[: size_bytes(6.0)]


def at(pcm: bytes, gain_db: float) -> bytes:
    return from_float(to_float(pcm) * np.float32(10 ** (gain_db / 20)))


def peak_dbfs(pcm: bytes) -> float:
    return 20 * float(np.log10(np.max(np.abs(to_float(pcm)))))


def noise(seconds: float, dbfs: float) -> bytes:
    drawn = np.random.default_rng(7).normal(0, 10 ** (dbfs / 20), round(seconds * RATE_HZ))
    return from_float(drawn.astype(np.float32))


def test_it_ends_by_itself_after_the_last_word_and_tells_how_loud_it_is(person):
    levels: list[float] = []
    heard = listen(Recording(person + SECOND * 10), lambda: False, levels.append)
    assert duration_s(heard) == pytest.approx(duration_s(person) + 2.5, abs=1.0)
    assert max(levels) > -40


def test_somebody_can_end_it_at_once(person):
    heard = listen(Recording(person), lambda: True, lambda _level: None)
    assert duration_s(heard) < 0.2


def test_the_silence_around_it_goes_and_the_words_stay(person):
    once = trimmed(person)
    around = trimmed(noise(2.0, -45) + person + noise(3.0, -45))
    assert duration_s(around) == pytest.approx(duration_s(once), abs=0.35)
    assert (to_float(around)[0], to_float(around)[-1]) == (0, 0)  # no click at its ends


@pytest.mark.parametrize("gain_db", [-18, -10, 0, 6])
def test_whoever_speaks_loudly_or_softly_is_as_loud_as_the_others(person, gain_db):
    kept = take(at(person, gain_db))
    assert active_dbfs(kept.pcm) == pytest.approx(SPEECH_DBFS, abs=1.5)
    assert peak_dbfs(kept.pcm) <= PEAK_DBFS + 0.05


def test_pauses_do_not_count_for_how_loud_it_is(person):
    assert active_dbfs(person + SECOND * 20) == pytest.approx(active_dbfs(person), abs=0.2)


def test_peaks_go_before_the_target(person):
    click = to_float(person).copy()
    click[RATE_HZ : RATE_HZ + 40] = 0.9
    pcm, gain_db = levelled(from_float(click), target_dbfs=0.0)
    assert peak_dbfs(pcm) == pytest.approx(PEAK_DBFS, abs=0.05)
    assert gain_db == pytest.approx(PEAK_DBFS + MOST_LIMITED_DB - 20 * np.log10(0.9), abs=0.01)


def test_what_was_too_loud_for_the_microphone_is_told(person):
    assert take(at(person, 30)).clipped
    assert not take(person).clipped


def test_a_whisper_far_away_is_told(person):
    kept = take(at(person, -50))
    assert not kept.pcm or (kept.quiet and kept.gain_db == MOST_GAIN_DB)


@pytest.mark.parametrize("nothing", [b"", SECOND * 2, noise(3.0, -50)], ids=["nothing", "silence", "a room"])
def test_where_nobody_speaks_there_is_nothing_to_keep(nothing):
    assert take(nothing).pcm == b""
