"""Headphones as a second device, on a private sound card: a sink that comes and goes, and a card that is plugged in."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from sound_card import SoundCard

from voice import devices
from voice.audio import RATE_HZ
from voice.devices import Direction, available, look_again, look_for_new
from voice.events import LineStarted, PromptFinished, SpeakerLost
from voice.microphone import Microphone
from voice.sound import Sound
from voice.speaker import Speaker

SECOND = np.full(RATE_HZ, 8_000, dtype="<i2").tobytes()
HEADSET = """
pcm.headset { type pulse device "headset" hint { show on description "A headset" } }
"""


class Headset:
    """A headset that can be plugged in and pulled out."""

    def __init__(self, card: SoundCard) -> None:
        self._card = card
        self._module = ""

    def plug_in(self) -> None:
        self._module = self._card._pactl("load-module", "module-null-sink", "sink_name=headset").strip()

    def pull_out(self) -> None:
        self._card._pactl("unload-module", self._module)


@pytest.fixture
def headset(sound_card: SoundCard) -> Headset:
    """One that the system knows by name and that is not plugged in."""
    conf = sound_card.folder / "asound.conf"
    conf.write_text(conf.read_text() + HEADSET)
    look_again()
    return Headset(sound_card)


@pytest.fixture
def told() -> queue.SimpleQueue:
    return queue.SimpleQueue()


@pytest.fixture
def speaker(headset: Headset, told: queue.SimpleQueue) -> Iterator[Speaker]:
    made = Speaker("default", told.put, headphones="headset", on_headphones=told.put)
    yield made
    made.close()


def until(told: queue.SimpleQueue, wanted: Callable[[object], bool] | object) -> list:
    got = []
    while not got or got[-1] != wanted:
        got.append(told.get(timeout=60))
        assert not isinstance(got[-1], SpeakerLost), got[-1]
    return got


def loudness(pcm: bytes) -> int:
    return int(np.abs(np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2")).max(initial=0))


def test_what_is_said_goes_to_the_headphones_while_they_are_there_and_back_to_the_speaker(
    sound_card: SoundCard, headset: Headset, speaker: Speaker, told: queue.SimpleQueue
):
    headset.plug_in()
    speaker.look()
    assert until(told, wanted=True) == [True]
    room, ears = sound_card.record_speaker(), sound_card._record("headset.monitor")
    speaker.play(1, [Sound(SECOND)])
    assert until(told, PromptFinished(1)) == [LineStarted(1, 0), PromptFinished(1)]
    assert (loudness(room.end()), loudness(ears.end()) > 7_000) == (0, True)
    headset.pull_out()
    speaker.look()
    assert until(told, wanted=False) == [False]
    room = sound_card.record_speaker()
    speaker.play(2, [Sound(SECOND)])
    until(told, PromptFinished(2))
    assert loudness(room.end()) > 7_000


def test_headphones_are_looked_for_after_each_prompt(headset: Headset, speaker: Speaker, told: queue.SimpleQueue):
    speaker.play(1, [Sound(SECOND)])
    until(told, LineStarted(1, 0))
    headset.plug_in()
    assert until(told, PromptFinished(1)) == [True, PromptFinished(1)]


def test_headphones_that_were_put_on_since_hear_the_next_prompt_from_its_first_word(
    sound_card: SoundCard, headset: Headset, speaker: Speaker, told: queue.SimpleQueue
):
    headset.plug_in()
    room = sound_card.record_speaker()
    speaker.play(1, [Sound(SECOND)])
    assert until(told, PromptFinished(1)) == [True, LineStarted(1, 0), PromptFinished(1)]
    assert loudness(room.end()) == 0


def test_headphones_that_were_taken_off_since_are_told_and_the_room_hears_nothing_of_that_prompt(
    sound_card: SoundCard, headset: Headset, speaker: Speaker, told: queue.SimpleQueue
):
    headset.plug_in()
    speaker.look()
    until(told, wanted=True)
    headset.pull_out()
    room = sound_card.record_speaker()
    speaker.play(1, [Sound(SECOND)])
    assert until(told, PromptFinished(1)) == [False, PromptFinished(1)]
    assert loudness(room.end()) == 0


def test_what_was_begun_for_headphones_ends_with_them(
    sound_card: SoundCard, headset: Headset, speaker: Speaker, told: queue.SimpleQueue
):
    """PulseAudio moves a stream by itself when a sink goes; a card of the kernel ends it, as the server ending does."""
    headset.plug_in()
    speaker.look()
    until(told, wanted=True)
    speaker.play(1, [Sound(SECOND * 20), Sound(SECOND)])
    until(told, LineStarted(1, 0))
    sound_card.stop_server()
    assert until(told, PromptFinished(1)) == [False, PromptFinished(1)]


def test_a_recording_that_cannot_be_read_is_not_taken_for_headphones_that_are_gone(
    headset: Headset, speaker: Speaker, told: queue.SimpleQueue, tmp_path
):
    headset.plug_in()
    speaker.look()
    until(told, wanted=True)
    speaker.play(1, [Sound(tmp_path / "missing.wav")])
    assert isinstance(told.get(timeout=60), SpeakerLost)
    speaker.look()
    speaker.play(2, [Sound(bytes(3_200))])
    assert until(told, PromptFinished(2)) == [LineStarted(2, 0), PromptFinished(2)]


def test_a_house_without_headphones_looks_for_none(sound_card: SoundCard, told: queue.SimpleQueue):
    made = Speaker("", told.put, on_headphones=told.put)
    made.look()
    made.play(1, [])
    assert until(told, PromptFinished(1)) == [PromptFinished(1)]
    made.close()


def test_a_card_that_is_plugged_in_is_seen_and_never_under_an_open_stream(sound_card: SoundCard, tmp_path, monkeypatch):
    cards = tmp_path / "cards"
    monkeypatch.setattr(devices, "CARDS", cards)
    monkeypatch.setattr(devices, "_cards", None)
    assert look_for_new() is False  # a kernel without sound cards
    cards.write_text("0 [vc4hdmi]")
    assert look_for_new() is False  # PortAudio has only just started
    conf = sound_card.folder / "asound.conf"
    conf.write_text(conf.read_text() + HEADSET)
    assert look_for_new() is False  # nothing has changed
    cards.write_text("0 [vc4hdmi]\n1 [headset]")
    microphone = Microphone()
    microphone.open()
    assert look_for_new() is False
    microphone.close()
    assert look_for_new() is True
    assert "headset" in [device.name for device in available(Direction.OUTPUT)]
    assert look_for_new() is False
