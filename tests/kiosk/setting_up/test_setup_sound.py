"""Microphone and speaker: how each is named for good, and what is said of what was heard."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from sound_card import SoundCard

from kiosk.setting_up import hearing
from kiosk.setting_up.hearing import SYSTEMS_OWN, devices, hear, play, setting_for
from voice.audio import from_float, write_wav
from voice.devices import Device, Direction, choose
from voice.errors import VoiceError
from voice.segment import Limits

BRIEF = Limits(silence_s=1.0, look_s=0.0, endpoint_s=0.5, longest_s=1.5)
PI = (
    Device(0, "vc4-hdmi-0: MAI PCM i2s-hifi-0 (hw:0,0)", 48_000, 2),
    Device(1, "bcm2835 Headphones: - (hw:1,0)", 44_100, 8),
    Device(2, "USB Audio: first (hw:2,0)", 48_000, 2),
    Device(3, "USB Audio: second (hw:2,1)", 48_000, 2),
    Device(4, "default", 44_100, 128),
)


@pytest.mark.parametrize("device", PI, ids=lambda device: device.name)
def test_a_device_is_named_so_that_the_name_finds_it_and_no_number_is_in_it_unless_it_must(device: Device) -> None:
    name = setting_for(Direction.OUTPUT, device, PI)
    assert choose(Direction.OUTPUT, name, PI) == device
    assert ("hw:" in name) == device.name.startswith("USB Audio")


def test_the_systems_own_choice_comes_first(card: SoundCard) -> None:
    del card
    for direction in Direction:
        found = devices(direction)
        assert (found[0].setting, found[0].title) == ("", SYSTEMS_OWN)
        assert len({one.setting for one in found}) == len(found) > 1


@pytest.mark.parametrize(
    ("loudness", "said", "fine"),
    [
        (0.0, "Nothing was heard", False),
        (0.004, "Very soft", False),
        (0.2, "Heard well", True),
        (3.0, "Too loud", False),
    ],
    ids=["silence", "soft", "right", "too loud"],
)
def test_what_was_heard_is_said_with_what_to_do(
    card: SoundCard, tmp_path: Path, loudness: float, said: str, fine: bool
) -> None:
    tone = tmp_path / "tone.wav"
    seconds = np.arange(16_000 * 3, dtype=np.float32) / 16_000
    write_wav(tone, from_float((loudness * np.sin(2 * np.pi * 220 * seconds)).astype(np.float32)))
    levels: list[float] = []
    player = threading.Thread(target=lambda: (card.wait_until_recording(), card.play_into_microphone(tone)))
    player.start()
    heard = hear("", levels.append, lambda: False, Limits(silence_s=2.0, look_s=0.0, endpoint_s=1.0, longest_s=2.5))
    player.join()
    assert said in heard.sentence
    assert heard.fine is fine
    assert levels


def test_somebody_ends_it(card: SoundCard) -> None:
    del card
    assert hear("", lambda _level: None, lambda: True, BRIEF).pcm


def test_a_device_that_is_not_there_is_said(card: SoundCard, tmp_path: Path) -> None:
    del card
    with pytest.raises(VoiceError, match="no such thing"):
        play("no such thing", hearing.question("en", tmp_path))
    with pytest.raises(VoiceError, match="no such thing"):
        hear("no such thing", lambda _level: None, lambda: False)
