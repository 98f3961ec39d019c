"""Microphones of any rate and number of channels, on a private sound card; and what their own sound says of them."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sound_card import SoundCard

from voice import cards
from voice.audio import RATE_HZ, to_float
from voice.condition import Condition, MicrophoneUsed, Problems
from voice.devices import Device, Direction, choose, look_again, portaudio, ways
from voice.errors import VoiceError
from voice.microphone import PERIOD_S, Converter, Microphone
from voice.source import LOST

INPUT_OVERFLOW = 0x2
"""Source: portaudio.h, paInputOverflow."""
PITCH_HZ = 1_000
LOUD = 8_000


def wave(seconds: float, rate_hz: int) -> np.ndarray:
    """A tone, 16-bit."""
    return np.rint(LOUD * np.sin(2 * math.pi * PITCH_HZ * np.arange(round(seconds * rate_hz)) / rate_hz)).astype("<i2")


def pitch_hz(pcm: bytes) -> float:
    """The strongest pitch of 16,000 Hz mono."""
    return float(np.abs(np.fft.rfft(to_float(pcm))).argmax() * RATE_HZ / (len(pcm) / 2))


def loudness(pcm: bytes) -> float:
    """The tone's height, also where a busy machine left gaps in it."""
    return float(np.percentile(np.abs(np.frombuffer(pcm, dtype="<i2").astype(int)), 98))


class Plugged:
    """A microphone of a rate and a number of channels, under a name of its own."""

    def __init__(self, card: SoundCard, rate_hz: int, channels: int) -> None:
        self._card = card
        self.way = (rate_hz, channels)
        words = ("sink_name=other", f"rate={rate_hz}", f"channels={channels}", "norewinds=1")
        card._pactl("load-module", "module-null-sink", *words)
        conf = card.folder / "asound.conf"
        hint = 'hint { show on description "another microphone" }'
        conf.write_text(f'{conf.read_text()}\npcm.other {{ type pulse device "other.monitor" {hint} }}\n')
        look_again()

    def play(self, path: Path) -> None:
        """Into it, from now on; ended with the card."""
        self._card._run(["paplay", "--device=other", "--latency-msec=50", str(path)])


def heard(microphone: Microphone, plugged: Plugged, path: Path) -> bytes:
    """Half a second of what the microphone makes of a file that is played into it, from its first sound on."""
    microphone.open()
    blocks = microphone.blocks()
    next(blocks)
    plugged.play(path)
    got = b""
    while len(got) < RATE_HZ * 2:
        block = next(blocks)
        if got or np.abs(np.frombuffer(block, dtype="<i2").astype(int)).max(initial=0) > 1_000:
            got += block
    microphone.close()
    # Its middle: the first block may have begun before the sound.
    return got[RATE_HZ // 2 :]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 48_000])
def test_a_microphone_of_any_rate_and_number_of_channels_is_heard_at_its_pitch_and_level(
    sound_card: SoundCard, tmp_path: Path, rate_hz: int, channels: int
):
    plugged = Plugged(sound_card, rate_hz, channels)
    soundfile.write(tmp_path / "tone.wav", np.stack([wave(4.0, rate_hz)] * channels, axis=1), rate_hz)
    got = heard(Microphone("other", ways=[plugged.way]), plugged, tmp_path / "tone.wav")
    assert pitch_hz(got) == pytest.approx(PITCH_HZ, abs=3)
    assert loudness(got) == pytest.approx(LOUD, rel=0.1)


@pytest.mark.parametrize("silent", [0, 1])
def test_a_silent_channel_takes_nothing_from_the_one_that_hears(sound_card: SoundCard, tmp_path: Path, silent: int):
    plugged = Plugged(sound_card, 48_000, 2)
    both = np.stack([wave(4.0, 48_000)] * 2, axis=1)
    both[:, silent] = 0
    soundfile.write(tmp_path / "tone.wav", both, 48_000)
    got = heard(Microphone("other", ways=[plugged.way]), plugged, tmp_path / "tone.wav")
    assert loudness(got) == pytest.approx(LOUD, rel=0.1)


def test_two_channels_that_both_hear_are_heard_above_what_each_adds_of_its_own():
    rng = np.random.default_rng(1)
    tone = wave(4.0, RATE_HZ)
    both = np.stack([tone + rng.normal(0, 2_000, len(tone)) for _ in range(2)], axis=1).astype("<i2")
    made = np.frombuffer(Converter(RATE_HZ, 2).add(both), dtype="<i2")
    assert np.std(made - tone.astype(float)) == pytest.approx(2_000 / math.sqrt(2), rel=0.05)


def test_sound_in_pieces_is_converted_as_one():
    tone = wave(1.0, 44_100)[:, None]
    converter, cuts = Converter(44_100, 1), [*range(0, len(tone), 2_205), len(tone)]
    got = b"".join(converter.add(tone[start:end]) for start, end in pairwise(cuts))
    assert 0.975 < len(got) / 2 / RATE_HZ <= 1, "no more than 25 ms are still on their way"
    assert np.abs(np.diff(np.frombuffer(got, dtype="<i2").astype(int)[RATE_HZ // 4 :])).max() < LOUD * 0.4


def test_all_channels_of_a_card_are_asked_for_first_and_a_sound_server_is_left_to_mix_its_own():
    assert next(ways(Device(0, "card (hw:1,0)", 48_000, 2))) == (RATE_HZ, 2)
    assert (48_000, 6) in ways(Device(0, "array (hw:1,0)", 48_000, 6))
    assert next(ways(Device(0, "default", 44_100, 32))) == (RATE_HZ, 1)
    assert {rate for rate, _ in ways(Device(0, "card", 96_000, 1))} == {RATE_HZ, 96_000, 48_000, 44_100, 32_000, 8_000}


# --- its condition -------------------------------------------------------------------------------------------------


def used(pcm: np.ndarray, *, speed: float = 1.0, overflows: int = 0) -> MicrophoneUsed:
    """A listening to that, in blocks of 50 ms, by a clock of its own."""
    size = RATE_HZ // 20
    condition = Condition(RATE_HZ)
    for number, place in enumerate(range(0, len(pcm), size)):
        block = pcm[place : place + size, None]
        condition.add(block, 100 + number * 0.05 / speed, overflowed=number < overflows)
    return condition.used()


def noise(seconds: float, loud: float = 20) -> np.ndarray:
    return np.random.default_rng(1).normal(0, loud, round(seconds * RATE_HZ)).clip(-32_768, 32_767).astype("<i2")


def zeros(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE_HZ), dtype="<i2")


def problem(*listenings: MicrophoneUsed) -> str:
    problems = Problems()
    for one in listenings:
        problems.add(one)
    return str(problems)


def test_a_quiet_room_and_somebody_who_shouts_once_are_no_problem():
    shout = np.concatenate([noise(4.0), np.full(RATE_HZ, 32_767, dtype="<i2")])
    assert problem(used(noise(30.0, 1)), used(shout), used(zeros(2.0)), used(zeros(0))) == ""


def test_a_microphone_that_gives_only_zeros_is_named_over_several_listenings_until_it_gives_sound():
    assert "no sound" in problem(used(zeros(3.0)), used(zeros(3.0)))
    assert problem(used(zeros(3.0)), used(noise(1.0)), used(zeros(3.0))) == ""
    assert problem(used(zeros(9.0)), used(noise(1.0))) == ""


def test_a_microphone_that_clips_all_the_time_is_named_until_it_does_not():
    assert "too loud" in problem(used(noise(4.0, 40_000)))
    assert problem(used(noise(4.0, 40_000)), used(noise(4.0))) == ""


@pytest.mark.parametrize(("speed", "named"), [(0.5, True), (1.0, False), (1.05, False), (2.0, True)])
def test_sound_that_comes_too_slowly_or_too_fast_is_named(speed: float, named: bool):
    assert ("wrong speed" in problem(used(noise(10.0), speed=speed))) == named


def test_where_sound_was_lost_its_speed_is_not_judged():
    assert problem(used(noise(10.0), speed=0.5, overflows=1)) == ""


def test_overflows_are_counted():
    assert used(noise(1.0), overflows=3).overflows == 3


def test_a_listening_to_a_source_of_zeros_is_told_when_the_microphone_is_closed(sound_card: SoundCard):
    told: list[MicrophoneUsed] = []
    microphone = Microphone(on_used=told.append)
    microphone.open()
    blocks = microphone.blocks()
    for _ in range(10):
        next(blocks)
    assert told == []
    microphone.close()
    microphone.close()
    (one,) = told
    assert one.heard_s == one.zero_s == pytest.approx(10 * PERIOD_S)
    assert (one.clipped_s, one.overflows) == (0, 0)


def test_sound_that_portaudio_says_was_lost_is_counted_and_marked_in_the_stream_which_goes_on(sound_card: SoundCard):
    """PulseAudio keeps more sound than anybody here could be late for, so PortAudio's word is given in its own type."""
    told: list[MicrophoneUsed] = []
    microphone = Microphone(on_used=told.append)
    microphone.open()
    blocks = microphone.blocks()
    next(blocks)
    for _ in range(3):
        microphone._came(bytes(1_600), 800, None, portaudio().CallbackFlags(INPUT_OVERFLOW))
    came = [next(blocks) for _ in range(13)]
    microphone.close()
    assert told[0].overflows == came.count(LOST) == 3


# --- by its USB identity -------------------------------------------------------------------------------------------


@pytest.fixture
def usb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kernel's tree of a board's own card and of three USB ones, two of them alike but for their port."""
    for number, (port, product, serial) in enumerate(
        [("1-1", "046d:0825", "C0FFEE"), ("1-2.1", "0d8c:0014", ""), ("1-2.2", "0d8c:0014", "")], start=1
    ):
        device = tmp_path / "devices" / port
        interface = device / f"{port}:1.0"
        interface.mkdir(parents=True)
        for name, value in zip(("idVendor", "idProduct"), product.split(":"), strict=True):
            (device / name).write_text(f"{value}\n")
        if serial:
            (device / "serial").write_text(f"{serial}\n")
        (tmp_path / "sound" / f"card{number}").mkdir(parents=True)
        (tmp_path / "sound" / f"card{number}" / "device").symlink_to(interface)
    (tmp_path / "devices" / "soc").mkdir()
    (tmp_path / "sound" / "card0").mkdir()
    (tmp_path / "sound" / "card0" / "device").symlink_to(tmp_path / "devices" / "soc")
    monkeypatch.setattr(cards, "SOUND", tmp_path / "sound")
    return tmp_path


DEVICES = (
    Device(0, "vc4-hdmi: MAI (hw:0,0)", 48_000, 2),
    Device(1, "Webcam: USB Audio (hw:1,0)", 48_000, 1),
    Device(2, "USB PnP: Audio (hw:2,0)", 48_000, 1),
    Device(3, "USB PnP: Audio #1 (hw:2,1)", 48_000, 1),
    Device(4, "USB PnP: Audio (hw:3,0)", 48_000, 1),
    Device(5, "default", 44_100, 32),
)


@pytest.mark.parametrize(
    ("setting", "index"),
    [
        ("usb:046d:0825", 1),
        ("usb:046D:0825/C0FFEE", 1),
        ("usb:046d:0825/1-1", 1),
        ("usb:0d8c:0014/1-2.1", 2),
        ("usb:0d8c:0014/1-2.2", 4),
        ("webcam", 1),
    ],
)
def test_a_device_is_chosen_by_its_usb_identity_whatever_its_number(usb: Path, setting: str, index: int):
    assert choose(Direction.INPUT, setting, DEVICES).index == index


def test_what_is_not_there_or_there_twice_is_refused_with_what_there_is(usb: Path):
    with pytest.raises(
        VoiceError, match=r"'usb:1:2': there are .*'Webcam: USB Audio \(hw:1,0\)' or 'usb:046d:0825/1-1'"
    ):
        choose(Direction.INPUT, "usb:1:2", DEVICES)
    with pytest.raises(VoiceError, match=r"it fits .*'usb:0d8c:0014/1-2.1'.*'usb:0d8c:0014/1-2.2'.*Write more of it"):
        choose(Direction.INPUT, "usb:0d8c:0014", DEVICES)
