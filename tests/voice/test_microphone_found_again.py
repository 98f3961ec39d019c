"""Devices that go and come back on a private sound card are found again without a restart, and nobody is disturbed."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sound_card import SoundCard

from voice import devices
from voice.devices import Direction, look_again, starts
from voice.engine import Engine
from voice.errors import VoiceError
from voice.events import Heard, Listening, MicrophoneLost, PromptFinished, SpeakerLost
from voice.listener import Listener
from voice.microphone import Microphone
from voice.sound import Sound
from voice.speaker import Speaker
from voice.watcher import AGAIN_S, LONGEST_S, LOOK_S, Watcher

CARD = Path("/usr/share/pocketsphinx/test/data/cards/003.wav")
FOUND_WITHIN_S = 10.0
NAMED = """
pcm.jabra { type pulse device "microphone" hint { show on description "A microphone by name" } }
"""


class Told:
    """Everything that sound and the watcher tell, in order, on one clock."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue = queue.SimpleQueue()
        self.put = self._queue.put

    def changed(self, direction: Direction, name: str, why: str) -> None:
        self._queue.put((direction, name, bool(why)))

    def until(self, wanted: Callable[[object], bool], within_s: float = 60) -> object:
        """The next that is wanted; the others are dropped."""
        deadline = time.monotonic() + within_s
        while True:
            got = self._queue.get(timeout=max(0.001, deadline - time.monotonic()))
            if wanted(got):
                return got

    def found(self, direction: Direction, within_s: float = FOUND_WITHIN_S) -> None:
        self.until(lambda one: isinstance(one, tuple) and one[0] is direction and one[1] != "", within_s)

    def all(self) -> list:
        got = []
        while not self._queue.empty():
            got.append(self._queue.get())
        return got


@pytest.fixture
def told() -> Told:
    return Told()


def a(kind: type) -> Callable[[object], bool]:
    return lambda one: isinstance(one, kind)


def test_a_microphone_that_is_pulled_out_of_a_listening_is_found_within_ten_seconds_and_hears_again(
    sound_card: SoundCard, pocketsphinx_en: Engine, told: Told, cards
):
    watcher = Watcher({Direction.INPUT: ""}, told.changed)

    def put(event: object) -> None:
        if isinstance(event, MicrophoneLost):
            watcher.lost(Direction.INPUT)
        told.put(event)

    listener = Listener(Microphone, pocketsphinx_en, put)
    with watcher.watching():
        listener.listen(1, {"seven of clubs": "7C"}, 30)
        told.until(a(Listening))
        sound_card.unplug()
        told.until(a(MicrophoneLost))
        sound_card.plug_in()
        told.found(Direction.INPUT)
        listener.listen(2, {"seven of clubs": "7C"}, 30)
        told.until(a(Listening))
        sound_card.play_into_microphone(CARD, wait=False)
        heard = told.until(a(Heard))
    listener.close()
    assert heard.utterance.text == "seven of clubs"


def test_a_speaker_that_was_lost_while_nobody_was_there_is_found_and_speaks(sound_card: SoundCard, told: Told):
    watcher = Watcher({Direction.OUTPUT: ""}, told.changed)
    speaker = Speaker("", told.put)
    sound_card.unplug()
    speaker.play(1, [Sound(bytes(3_200))])
    told.until(a(SpeakerLost))
    watcher.lost(Direction.OUTPUT)
    with watcher.watching():
        sound_card.plug_in()
        told.found(Direction.OUTPUT)
    speaker.play(2, [Sound(bytes(3_200))])
    told.until(a(PromptFinished))
    speaker.close()


def test_one_that_was_never_there_is_found_when_it_is_plugged_in(sound_card: SoundCard, told: Told):
    sound_card.unplug()
    watcher = Watcher({Direction.INPUT: ""}, told.changed)
    watcher.look(0)
    assert told.all() == [(Direction.INPUT, "", True)]
    watcher.look(AGAIN_S)
    assert told.all() == [], "it is told once"
    sound_card.plug_in()
    watcher.look(2 * AGAIN_S)
    assert told.all() == [(Direction.INPUT, "default", False)]


def test_a_microphone_by_name_is_found_while_the_speaker_speaks(sound_card: SoundCard, told: Told):
    """PulseAudio would hand another microphone to a listening; one that is opened by name is missing."""
    conf = sound_card.folder / "asound.conf"
    conf.write_text(conf.read_text() + NAMED)
    look_again()
    watcher = Watcher({Direction.INPUT: "jabra"}, told.changed)
    speaker = Speaker("default", told.put)
    (remapped,) = [
        line.split("\t")[0]
        for line in sound_card._pactl("list", "short", "modules").splitlines()
        if "module-remap-source" in line
    ]
    sound_card._pactl("unload-module", remapped)
    with pytest.raises(VoiceError, match="Cannot open the microphone 'jabra'"):
        Microphone("jabra").open()
    watcher.lost(Direction.INPUT)
    speaker.play(1, [Sound(bytes(32_000 * 60))])
    told.until(lambda one: not isinstance(one, tuple))
    with watcher.watching():
        sound_card._pactl("load-module", "module-remap-source", "master=mic.monitor", "source_name=microphone")
        told.found(Direction.INPUT)
    speaker.close()
    microphone = Microphone("jabra")
    microphone.open()
    assert next(microphone.blocks())
    microphone.close()


def test_a_whole_sound_server_that_goes_and_comes_is_found(sound_card: SoundCard, told: Told, monkeypatch):
    watcher = Watcher({Direction.INPUT: "", Direction.OUTPUT: ""}, told.changed)
    watcher.look(0)
    told.all()
    sound_card.stop_server()
    look_again()
    watcher.look(1)
    assert told.all() == [(Direction.INPUT, "", True), (Direction.OUTPUT, "", True)]
    with SoundCard.start() as other:
        for key, value in other.settings.items():
            monkeypatch.setenv(key, value)
        watcher.look(1 + AGAIN_S)
    assert told.all() == [(Direction.INPUT, "default", False), (Direction.OUTPUT, "default", False)]


def test_a_device_in_use_is_not_disturbed_and_its_user_tells_of_it(sound_card: SoundCard, told: Told):
    watcher = Watcher({Direction.INPUT: "", Direction.OUTPUT: ""}, told.changed)
    microphone = Microphone()
    microphone.open()
    before = starts()
    watcher.look(0)
    assert [one[0] for one in told.all()] == [Direction.OUTPUT]
    assert starts() == before
    microphone.close()
    watcher.look(1)
    assert [one[0] for one in told.all()] == [Direction.INPUT]


def test_what_is_there_and_works_is_left_alone(sound_card: SoundCard, told: Told, monkeypatch):
    watcher = Watcher({Direction.INPUT: "", Direction.OUTPUT: ""}, told.changed)
    watcher.look(0)
    told.all()
    tried = []
    monkeypatch.setattr("voice.watcher.try_out", lambda *of: tried.append(of))
    for second in range(100):
        watcher.look(second)
    assert tried == []


def test_a_card_of_the_kernel_that_comes_is_found_at_the_next_look(
    sound_card: SoundCard, told: Told, tmp_path, monkeypatch
):
    listed = tmp_path / "cards"
    listed.write_text("0 [vc4hdmi]")
    monkeypatch.setattr(devices, "CARDS", listed)
    monkeypatch.setattr(devices, "_cards", None)
    watcher = Watcher({Direction.INPUT: "jabra"}, told.changed)
    watcher.look(0)
    assert told.all() == [(Direction.INPUT, "", True)]
    conf = sound_card.folder / "asound.conf"
    conf.write_text(conf.read_text() + NAMED)
    listed.write_text("0 [vc4hdmi]\n1 [jabra]")
    watcher.look(LOOK_S)
    assert told.all() == [(Direction.INPUT, "jabra", False)]


def test_one_that_opens_and_is_lost_each_time_is_tried_less_often_until_it_works(sound_card: SoundCard, told: Told):
    """A device that hangs would take each question's microphone away anew."""
    watcher = Watcher({Direction.INPUT: ""}, told.changed)

    def found_after_s(start_s: float) -> float:
        watcher.lost(Direction.INPUT)
        second = start_s
        while not told.all():
            watcher.look(second)
            second += LOOK_S
        return second - LOOK_S - start_s

    watcher.look(0)
    told.all()
    pauses = [found_after_s(1_000.0 * one) for one in range(1, 8)]
    assert pauses == [4, 8, 16, 32, 60, 60, 60]
    assert (pauses[0], pauses[-1]) == (AGAIN_S, LONGEST_S)
    watcher.works(Direction.INPUT)
    assert found_after_s(9_000) == AGAIN_S
