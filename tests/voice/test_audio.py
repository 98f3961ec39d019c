from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice.audio import QUIETEST_DBFS, duration_s, from_float, level_dbfs, load, write_wav
from voice.errors import VoiceError


def _tone(rate_hz: int, seconds: float = 1.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate_hz * seconds)) / rate_hz)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("ending", ["wav", "flac"])
def test_a_recording_of_any_rate_becomes_16_khz_of_the_same_length_and_level(tmp_path: Path, rate_hz, ending):
    path = tmp_path / f"tone.{ending}"
    soundfile.write(path, _tone(rate_hz), rate_hz)
    pcm = load(path)
    assert duration_s(pcm) == pytest.approx(1.0, abs=0.01)
    assert level_dbfs(pcm) == pytest.approx(-9.03, abs=0.1)


def test_two_channels_are_mixed_to_one(tmp_path: Path):
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.stack([_tone(16_000), np.zeros(16_000)], axis=1), 16_000)
    assert level_dbfs(load(path)) == pytest.approx(-15.05, abs=0.1)


def test_what_is_too_loud_is_clipped_and_never_wraps_round():
    assert from_float(np.array([2.0, -2.0], dtype=np.float32)) == np.array([32767, -32768], dtype="<i2").tobytes()


def test_silence_and_nothing_have_the_lowest_level():
    assert level_dbfs(bytes(3_200)) == level_dbfs(b"") == QUIETEST_DBFS


def test_what_is_written_is_read_back_unchanged(tmp_path: Path):
    pcm = from_float(_tone(16_000).astype(np.float32))
    write_wav(tmp_path / "a.wav", pcm)
    assert load(tmp_path / "a.wav") == pcm


@pytest.mark.parametrize("content", [None, b"", b"not sound at all" * 9], ids=["missing", "empty", "text"])
def test_a_file_that_is_no_recording_is_named_in_one_sentence(tmp_path: Path, content):
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VoiceError, match=r"Cannot read the recording '.*a\.wav'.*Give a WAV or FLAC file"):
        load(path)
