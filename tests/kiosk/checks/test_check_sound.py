"""What the microphone hears of the speaker, measured on virtual sound cards, and each thing that may be wrong with it.

The cards are heard side by side: each takes some seconds by the clock, and nothing else.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pytest
import sound_card
from sound_card import SoundCard

from kiosk.checks.lines import Level
from kiosk.checks.sound import in_words, sound
from kiosk.config import load
from kiosk.keeping.tally import Tally
from kiosk.settings import Config
from kiosk.staff import status
from voice.audio import RATE_HZ, from_float
from voice.errors import VoiceError
from voice.loop import Heard, analysed, tone

MEASURE = """
import sys
from pathlib import Path
from kiosk.checks.sound import sound
from kiosk.config import load
for line in sound(load(Path(sys.argv[1]))):
    print(f"{line.level.value}: {line.met}. {line.todo}")
"""
LOOP = ("load-module", "module-loopback", "source=speaker.monitor", "sink=mic", "latency_msec=20")
CARDS = {
    "looped": (LOOP,),
    "zeros": (),
    "too_loud": (LOOP, ("set-sink-volume", "mic", "900%")),
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> dict[str, str]:
    """What `sayso check` says of each card."""
    if missing := sound_card.missing():
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("sound")
    config = folder / "kiosk.toml"
    config.write_text("sets = ['set.xml']\nstatus = 'status.json'\n[voice]\nengine = 'pocketsphinx'\n")

    def measure(how: str) -> str:
        with SoundCard.start() as card:
            for words in CARDS[how]:
                card._pactl(*words)
            done = subprocess.run(
                [sys.executable, "-c", MEASURE, str(config)],
                env=card.environment,
                capture_output=True,
                text=True,
                check=True,
                timeout=120,
                cwd=Path(__file__).parents[3],
            )
            return done.stdout

    with ThreadPoolExecutor(len(CARDS)) as pool:
        return dict(zip(CARDS, pool.map(measure, CARDS), strict=True))


def test_a_microphone_that_hears_the_speaker_is_fine_with_level_room_and_delay(measured):
    last = measured["looped"].splitlines()[-1]
    assert last.startswith("fine: the microphone hears the speaker: tone -")
    assert "room -120 dBFS" in last
    assert "doesn't" not in measured["looped"]


def test_a_microphone_that_gives_nothing_but_zeros_is_called_switched_off(measured):
    assert measured["zeros"].startswith("error: the microphone gives nothing but zeros")
    assert "Switch the microphone on" in measured["zeros"]


def test_a_microphone_that_is_too_loud_is_told(measured):
    assert "advice: the microphone is too loud" in measured["too_loud"]
    assert "the microphone hears the speaker" in measured["too_loud"]


# --- what is heard in a recording ------------------------------------------------------------------------------------

QUIET = 2 * RATE_HZ
SHAPE = tone(RATE_HZ)
RNG = np.random.default_rng(7)


def recorded(volume=0.1, noise=0.001, delay_s=0.05, speech=0.1, noise_after=None):
    """A second of a room, the tone so much later, then some words."""
    rest = RNG.standard_normal(3 * RATE_HZ).astype(np.float32)
    room = np.concatenate([RNG.standard_normal(RATE_HZ).astype(np.float32), rest])
    room *= np.float32(noise)
    if noise_after is not None:
        room[RATE_HZ:] = rest * np.float32(noise_after)
    place = RATE_HZ + round(delay_s * RATE_HZ)
    room[place : place + len(SHAPE)] += SHAPE * np.float32(volume)
    words = RNG.standard_normal(RATE_HZ).astype(np.float32) * np.float32(speech)
    room[place + len(SHAPE) + 3000 :][: len(words)] += words
    return from_float(room)


def heard(**how) -> Heard:
    return analysed(recorded(**how), QUIET, 1.0)


@pytest.mark.parametrize("noise", [0.0, 0.001, 0.02], ids=["zeros", "quiet", "loud"])
@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.8], ids=str)
def test_the_tone_is_found_where_it_is_in_any_room(noise, delay_s):
    found = heard(noise=noise, delay_s=delay_s)
    assert found.delay_s == pytest.approx(delay_s, abs=0.002)
    assert found.tone_dbfs == pytest.approx(-23, abs=1.5)


def test_a_tone_below_the_rooms_noise_is_found_still_and_called_faint():
    found = heard(volume=0.01, noise=0.02, speech=0.01)
    assert found.hears
    assert "hardly hears" in said(found)


@pytest.mark.parametrize("noise_after", [0.001, 0.3], ids=["quiet", "noise_that_begins_with_the_tone"])
def test_a_room_without_the_tone_is_not_taken_for_it(noise_after):
    found = heard(volume=0.0, speech=0.0, noise_after=noise_after)
    assert said(found).startswith("error: the microphone doesn't hear the speaker")


GOOD = Heard(False, -60.0, 40.0, -25.0, -28.0, 0.0, 0.05, 0)


def said(found: Heard, config: Config | None = None) -> str:
    lines = in_words(found, config or Config(sets=()))
    return "\n".join(f"{line.level.value}: {line.met}. {line.todo}" for line in lines)


@pytest.mark.parametrize(
    ("others", "begins", "words"),
    [
        ({}, "fine", "tone -25 dBFS, sentence -28 dBFS, room -60 dBFS, 50 ms late, 0% clipped"),
        ({"silent": True}, "error", "nothing but zeros"),
        ({"delay_s": None}, "error", "the microphone doesn't hear the speaker"),
        ({"speech_dbfs": -55.0}, "advice", "hardly hears"),
        ({"speech_dbfs": None}, "fine", "tone -25 dBFS, room -60 dBFS"),
        ({"clipped_share": 0.4}, "advice", "40% of what was played came clipped"),
        ({"noise_dbfs": -40.0}, "advice", "is loud: -40 dBFS"),
        ({"delay_s": 0.9}, "advice", "900 ms late"),
        ({"lost": 3}, "advice", "lost on its way in, 3 times"),
    ],
    ids=["good", "zeros", "unheard", "faint", "tone_alone", "clipped", "loud_room", "late", "lost"],
)
def test_each_fault_is_named_with_what_to_do(others, begins, words):
    found = said(replace(GOOD, **others))
    assert found.startswith(f"{begins}: ")
    assert words in found
    assert all(line.todo for line in in_words(replace(GOOD, **others), Config(sets=())) if line.level is not Level.FINE)


def test_where_headphones_are_used_a_speaker_that_is_not_heard_is_advice(tmp_path):
    path = tmp_path / "kiosk.toml"
    path.write_text("sets = ['set.xml']\n[voice]\nheadphones = 'USB'\n")
    assert said(replace(GOOD, delay_s=None), load(path)).startswith("advice: the microphone doesn't hear the speaker")


# --- when it is measured at all --------------------------------------------------------------------------------------


def refuse(_config):
    raise VoiceError("Cannot open the microphone", "'hw:1': it is busy", "Stop the other program.")


def never(_config):
    raise AssertionError("something was played")


def config_with(tmp_path, engine="auto"):
    path = tmp_path / "kiosk.toml"
    path.write_text(f"sets = ['set.xml']\nstatus = 'status.json'\n[voice]\nengine = '{engine}'\n")
    return load(path)


def test_a_device_that_cannot_be_opened_is_an_error(tmp_path):
    (line,) = sound(config_with(tmp_path), refuse)
    assert (line.level, "it is busy" in line.met) == (Level.ERROR, True)


def test_nothing_is_played_where_no_microphone_is_wanted(tmp_path):
    (line,) = sound(config_with(tmp_path, "none"), never)
    assert line.level is Level.FINE


def test_nothing_is_played_beside_a_kiosk_that_runs(tmp_path):
    config = config_with(tmp_path)
    status.write(config.status, Tally(), {}, date(2026, 11, 23))
    (line,) = sound(config, never)
    assert "the kiosk is running" in line.met
    ended = msgspec.structs.replace(status.read(config.status), process="1 1")
    config.status.write_bytes(msgspec.json.encode(ended))
    assert next(sound(config, lambda _config: GOOD)).level is Level.FINE, "of one that has ended only its file is left"
