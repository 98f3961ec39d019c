"""The real microphone and speaker classes, through PortAudio and ALSA, on a private virtual sound card."""

import queue
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sound_card import SoundCard

from voice.audio import RATE_HZ, level_dbfs, load, write_wav
from voice.devices import Direction, available, find, look_again
from voice.engine import Engine
from voice.errors import VoiceError
from voice.events import Heard, LineStarted, Listening, MicrophoneLost, PromptFinished, SpeakerLost, SpeakingEvent
from voice.listener import Listener
from voice.microphone import Microphone
from voice.sound import Sound
from voice.speaker import NoSpeaker, Speaker
from voice.tones import Tone, tone

CARD = Path("/usr/share/pocketsphinx/test/data/cards/003.wav")
SECOND = np.full(RATE_HZ, 8_000, dtype="<i2").tobytes()


def until(events: queue.SimpleQueue, *kinds: type) -> list:
    got = []
    while not got or not isinstance(got[-1], kinds):
        got.append(events.get(timeout=60))
        assert not isinstance(got[-1], MicrophoneLost | SpeakerLost) or isinstance(got[-1], kinds), got[-1]
    return got


def loud_samples(pcm: bytes) -> np.ndarray:
    return np.nonzero(np.abs(np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2")) > 200)[0]


@pytest.fixture
def speaker(sound_card: SoundCard):
    events: queue.SimpleQueue[SpeakingEvent] = queue.SimpleQueue()
    made = Speaker("", events.put)
    yield made, events
    made.close()


def test_what_people_say_into_the_microphone_is_heard(sound_card: SoundCard, pocketsphinx_en: Engine, cards):
    events: queue.SimpleQueue = queue.SimpleQueue()
    listener = Listener(Microphone, pocketsphinx_en, events.put)
    listener.listen(5, {"seven of clubs": "7C", "ten of hearts": "10H"}, 30)
    until(events, Listening)
    sound_card.play_into_microphone(CARD, wait=False)
    heard = until(events, Heard)[-1]
    listener.close()
    assert heard.turn == 5
    assert heard.utterance.text == "seven of clubs"


def test_the_microphone_is_open_only_while_listening(sound_card: SoundCard, pocketsphinx_en: Engine):
    events: queue.SimpleQueue = queue.SimpleQueue()
    listener = Listener(Microphone, pocketsphinx_en, events.put)
    assert sound_card.recorders() == 0
    listener.listen(1, {"good": "A"}, 30)
    until(events, Listening)
    sound_card.wait_until_recording(1)
    listener.close()
    sound_card.wait_until_recording(0)


def test_a_sound_card_that_is_pulled_out_while_listening_is_lost(sound_card: SoundCard, pocketsphinx_en: Engine):
    events: queue.SimpleQueue = queue.SimpleQueue()
    listener = Listener(Microphone, pocketsphinx_en, events.put)
    listener.listen(1, {"good": "A"}, 30)
    until(events, Listening)
    sound_card.stop_server()
    assert "microphone" in until(events, MicrophoneLost)[-1].reason
    listener.listen(2, {"good": "A"}, 30)
    assert until(events, MicrophoneLost)[-1].turn == 2
    listener.close()


def test_sounds_play_in_order_and_each_line_is_told(sound_card: SoundCard, speaker, tmp_path):
    made, events = speaker
    write_wav(tmp_path / "a.wav", SECOND)
    recording = sound_card.record_speaker()
    made.play(3, [Sound(tmp_path / "a.wav", pause_after_s=0.5), Sound(SECOND, volume=0.25)])
    assert until(events, PromptFinished) == [LineStarted(3, 0), LineStarted(3, 1), PromptFinished(3)]
    samples = np.frombuffer(recording.end(), dtype="<i2")
    first, *_, last = loud_samples(samples.tobytes())
    assert (last - first) / RATE_HZ == pytest.approx(2.5, abs=0.15)
    assert np.median(samples[first + 4_000 : first + 12_000]) == pytest.approx(8_000, rel=0.05)
    assert np.median(samples[last - 12_000 : last - 4_000]) == pytest.approx(2_000, rel=0.05)


def test_the_first_word_is_not_lost(sound_card: SoundCard, speaker):
    made, events = speaker
    recording = sound_card.record_speaker()
    made.play(1, [Sound(SECOND)])
    until(events, PromptFinished)
    assert len(loud_samples(recording.end())) / RATE_HZ == pytest.approx(1.0, abs=0.05)


def test_a_stopped_prompt_is_silent_and_tells_nothing_more(sound_card: SoundCard, speaker):
    made, events = speaker
    recording = sound_card.record_speaker()
    made.play(1, [Sound(SECOND * 20), Sound(SECOND)])
    until(events, LineStarted)
    made.stop()
    made.play(2, [Sound(bytes(3_200))])
    assert until(events, PromptFinished) == [LineStarted(2, 0), PromptFinished(2)]
    assert len(loud_samples(recording.end())) / RATE_HZ < 2


def test_a_new_prompt_stops_the_one_before(speaker):
    made, events = speaker
    made.play(1, [Sound(SECOND * 20)])
    until(events, LineStarted)
    made.play(2, [Sound(tone(Tone.OPEN), rate_hz=44_100)])
    assert until(events, PromptFinished)[-1].turn == 2


def test_a_speaker_that_comes_round_says_so_while_it_waits_and_in_the_middle_of_a_prompt(speaker):
    made, events = speaker
    round_ = threading.Event()
    made.pulse(round_.set)
    assert round_.wait(60), "nothing plays"
    made.play(1, [Sound(SECOND * 60)])
    until(events, LineStarted)
    round_.clear()
    made.pulse(round_.set)
    assert round_.wait(30), "a prompt of a minute plays"
    assert events.empty(), "it was not interrupted"


def test_a_speaker_that_hangs_answers_nobody_and_then_everybody(sound_card: SoundCard):
    hanging, go_on, answers = threading.Event(), threading.Event(), queue.SimpleQueue()

    def hang(_event: SpeakingEvent) -> None:
        hanging.set()
        go_on.wait(60)

    made = Speaker("", hang)
    made.play(1, [Sound(bytes(320))])
    assert hanging.wait(60)
    for number in range(2):
        made.pulse(partial(answers.put, number))
    with pytest.raises(queue.Empty):
        answers.get(timeout=0.2)
    go_on.set()
    assert [answers.get(timeout=60) for _ in range(2)] == [0, 1]
    made.close()


def test_a_prompt_without_sounds_is_finished(speaker):
    made, events = speaker
    made.play(4, [])
    assert until(events, PromptFinished) == [PromptFinished(4)]


def test_a_recording_that_cannot_be_read_is_told_and_the_speaker_goes_on(speaker, tmp_path):
    made, events = speaker
    made.play(1, [Sound(tmp_path / "missing.wav")])
    assert "there is no such file" in until(events, SpeakerLost)[-1].reason
    made.play(2, [Sound(bytes(3_200))])
    assert until(events, PromptFinished)[-1].turn == 2


def test_a_sound_card_that_is_pulled_out_while_speaking_is_lost(sound_card: SoundCard, speaker):
    made, events = speaker
    made.play(1, [Sound(SECOND * 20)])
    until(events, LineStarted)
    sound_card.stop_server()
    assert "speaker" in until(events, SpeakerLost)[-1].reason


def test_devices_are_found_by_a_part_of_their_name_and_unknown_ones_list_what_there_is(sound_card: SoundCard):
    names = [device.name for device in available(Direction.INPUT)]
    assert find(Direction.INPUT, names[0][:4].upper()).name == names[0]
    with pytest.raises(
        VoiceError, match=rf"Cannot find the microphone 'hw:7': there are '{names[0]}'.*voice.microphone"
    ):
        find(Direction.INPUT, "hw:7")


def test_portaudio_is_not_started_again_under_an_open_stream(sound_card: SoundCard):
    microphone = Microphone()
    microphone.open()
    assert look_again() is False
    microphone.close()
    assert look_again() is True


def test_the_stand_in_for_a_speaker_sends_the_same_events_at_once():
    events: list[SpeakingEvent] = []
    NoSpeaker(events.append).play(3, [Sound(b""), Sound(b"")])
    assert events == [LineStarted(3, 0), LineStarted(3, 1), PromptFinished(3)]


def test_two_sound_cards_do_not_hear_each_other(sound_card: SoundCard):
    with SoundCard.start() as other:
        here, there = sound_card.record_microphone(), other.record_microphone()
        other.play_into_microphone(CARD if CARD.is_file() else _written(other.folder))
        assert level_dbfs(there.end()) > -50
        assert len(loud_samples(here.end())) == 0


def test_a_machine_without_portaudio_says_so_and_the_room_can_still_be_imported(tmp_path: Path):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    code = (
        "import voice.listener, voice.speaker, voice.microphone, queue\n"
        "events = queue.Queue()\n"
        "speaker = voice.speaker.Speaker('', events.put)\n"
        "speaker.play(1, [voice.speaker.Sound(b'')])\n"
        "print(events.get(timeout=30).reason)\n"
        "speaker.close()\n"
        "try:\n    voice.microphone.Microphone().open()\nexcept voice.errors.VoiceError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parent.parent.parent}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (
        done.stdout.count("'PortAudio': PortAudio library not found. Install it: apt-get install libportaudio2.") == 2
    )
    assert done.stderr == ""


def _written(folder: Path) -> Path:
    write_wav(folder / "second.wav", SECOND)
    return folder / "second.wav"


def test_tones_are_short_and_neither_clip_nor_click():
    for which in Tone:
        samples = np.frombuffer(tone(which), dtype="<i2")
        assert 0.05 < len(samples) / 44_100 < 0.3
        assert abs(samples).max() < 0.31 * 32_768
        assert abs(samples[0]) < 200
        assert abs(samples[-1]) < 200


def test_a_microphone_hears_what_it_is_given_at_its_own_level(sound_card: SoundCard, cards):
    microphone = Microphone()
    microphone.open()
    blocks = microphone.blocks()
    next(blocks)
    playing = sound_card.play_into_microphone(CARD, wait=False)
    got = b"".join(next(blocks) for _ in range(60))
    microphone.close()
    playing.wait(timeout=30)
    loud = loud_samples(got)
    assert len(loud)
    assert level_dbfs(got[loud[0] * 2 : loud[-1] * 2]) == pytest.approx(level_dbfs(load(CARD)), abs=4)
