"""The kiosk does not hear itself: its microphone stands in one room with its speaker here, and hears it later."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sound_card import SoundCard
from sound_card_here import sound_card_here

from kiosk.events import Line, Tone
from kiosk.saying.voicebox import Voicebox
from voice.audio import level_dbfs, size_bytes
from voice.devices import look_again
from voice.engine import Engine
from voice.engines import open_engine
from voice.events import Level, PromptFinished, Silence, SpeechStarted
from voice.listener import Listener
from voice.microphone import Microphone
from voice.speaker import Speaker
from voice.speech import SpeechCache

CARD = Path("/usr/share/pocketsphinx/test/data/cards/005.wav")
ROOM_MS = 200
"""From the speaker to the microphone. PulseAudio's own way adds to it."""
QUIET_DBFS = -60.0


class Kept(Microphone):
    """The microphone, and all that came out of it."""

    def __init__(self, heard: bytearray) -> None:
        super().__init__()
        self._heard = heard

    def blocks(self) -> Iterator[bytes]:
        for piece in super().blocks():
            self._heard += piece
            yield piece


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundCard]:
    """A sound card whose microphone hears its speaker."""
    if not CARD.is_file():
        pytest.skip("no recordings: Debian's pocketsphinx-testdata is not installed")
    with sound_card_here(monkeypatch) as card:
        card._pactl("load-module", "module-loopback", "source=speaker.monitor", "sink=mic", f"latency_msec={ROOM_MS}")
        look_again()
        yield card


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_engine("pocketsphinx", "en", tmp_path)


def heard_after_a_prompt(engine: Engine, folder: Path, tail_s: float) -> tuple[bytes, list[Any]]:
    """Say something and the tone, listen as soon as that is finished: what the microphone gave, and what was told."""
    told: queue.SimpleQueue[Any] = queue.SimpleQueue()
    heard = bytearray()
    speaker, listener = Speaker("", told.put), Listener(lambda: Kept(heard), engine, told.put)
    voicebox = Voicebox(speaker, SpeechCache(folder), {"card": CARD}, volume=1.0, rate_wpm=140, tail_s=tail_s)
    voicebox.say(1, [Line(media="card"), Line(tone=Tone.MICROPHONE_OPEN, pause_after_s=0.1)], "en", {})
    while not isinstance(told.get(timeout=60), PromptFinished):
        pass
    listener.listen(1, {"seven of clubs": "7C"}, 2)
    events = [told.get(timeout=60)]
    while not isinstance(events[-1], Silence):
        events.append(told.get(timeout=60))
    listener.close()
    speaker.close()
    return bytes(heard), [event for event in events if not isinstance(event, Level)]


def test_nothing_of_a_prompts_words_is_in_the_listening_that_follows_it(
    room: SoundCard, engine: Engine, tmp_path: Path
) -> None:
    in_the_room = room.record_microphone()
    heard, events = heard_after_a_prompt(engine, tmp_path, tail_s=0.5)
    assert level_dbfs(in_the_room.end()) > QUIET_DBFS + 20, "the microphone stands in the room with the speaker"
    assert isinstance(events[-1], Silence)
    assert not any(isinstance(event, SpeechStarted) for event in events)
    # Only the end of the tone may still sound, which stands behind half a second of silence.
    assert level_dbfs(heard[size_bytes(0.4) :]) < QUIET_DBFS
