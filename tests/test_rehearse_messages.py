"""`sayso rehearse` with a question that takes a voice message: the recording becomes the attachment."""

from __future__ import annotations

import hashlib
import io
import wave
from dataclasses import replace

import pytest
from rehearsed import CARD_CHOICES, NOTE, card, rehearse, saved, sheets

from kiosk.keeping.keeper import message_file
from kiosk.state import Rules
from voice.audio import duration_s, load, size_bytes
from voice.engines import open_engine
from voice.events import Recorded
from voice.hear import Task, hear
from voice.segment import VOICE_MESSAGE
from voice.source import Recording

STEP_BYTES = size_bytes(10.0)
HEADER_BYTES = 44
STORY = ["audio", "story", "Is there anything to tell?"]


def told(*asked):
    return sheets("stories", list(asked), CARD_CHOICES)


def spoken(path, tmp_path):
    """The message that hearing makes of a recording."""
    rules, events = Rules(), []
    limits = replace(
        VOICE_MESSAGE,
        endpoint_s=rules.message_silence_s,
        longest_s=rules.message_max_s,
        silence_s=rules.message_silence_s,
    )
    engine = open_engine("pocketsphinx", "en", tmp_path)
    hear(Recording(load(path)), engine, Task(0, limits, None), events.append)
    assert isinstance(events[-1], Recorded)
    return events[-1].pcm


def voice(made):
    """The message's file name: the visit's id makes it one of its kind among all visits' files."""
    return f"{made.told['instance_id'].removeprefix('uuid:')}-voice-1.wav"


def test_the_recording_becomes_the_attachment_and_arrives_as_the_same_sound(tmp_path):
    made = rehearse(saved(tmp_path, told(STORY)), "--microphone", card(1))
    (heard,) = made.played
    assert (heard["question"], heard["stage"], heard["happened"]) == ("story", "recording", "recorded")
    assert made.arrived == {"story": voice(made)}
    message = spoken(card(1), tmp_path)
    assert heard["duration_s"] == pytest.approx(duration_s(message))
    content = message_file(message)
    assert made.told["collector"]["attachments"] == {
        voice(made): {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    }
    # What hearing takes of the recording is the recording itself, from a moment before the first word on.
    middle = message[len(message) // 4 : len(message) // 2]
    assert middle in load(card(1))


def test_an_answer_and_a_message_take_their_recordings_in_turn(tmp_path):
    path = saved(tmp_path, told(["select_one card", "first", "Which card?"], STORY))
    made = rehearse(path, "--microphone", card(1), card(3))
    assert made.arrived == {"first": "ten", "story": voice(made)}
    assert [(one["question"], one["number"]) for one in made.played] == [("first", 1), ("story", 2)]


def test_a_key_in_place_of_a_recording_answers_that_question_and_the_message_comes_after_it(tmp_path):
    asked = [["select_one card", name, f"Which card is {name}?"] for name in ("first", "second")]
    made = rehearse(
        saved(tmp_path, told(*asked, STORY)), "--microphone", "key", "key", card(1), "--keys", "red", "green"
    )
    assert made.arrived == {"first": "seven", "second": "ten", "story": voice(made)}
    assert [(one["question"], one["number"]) for one in made.played] == [("story", 3)]


def test_messages_of_different_lengths_have_one_size(tmp_path):
    sizes = []
    for number in (1, 3):
        made = rehearse(saved(tmp_path, told(STORY)), "--microphone", card(number))
        sizes.append(made.told["collector"]["attachments"][voice(made)]["size_bytes"])
    assert sizes == [HEADER_BYTES + STEP_BYTES] * 2


def test_a_dropped_message_leaves_no_attachment(tmp_path):
    made = rehearse(saved(tmp_path, told(STORY)), "--microphone", card(1), "--keys", "red")
    assert made.arrived == {"story": "skipped"}
    assert made.told["collector"]["attachments"] == {}


def test_silence_in_place_of_a_message_leaves_none(tmp_path):
    made = rehearse(saved(tmp_path, told(STORY)), "--microphone", "-", "--keys", "skip")
    assert made.arrived == {"story": "skipped"}
    assert made.told["collector"]["attachments"] == {}


@pytest.mark.parametrize(
    ("said_bytes", "steps"), [(2, 1), (STEP_BYTES - 2, 1), (STEP_BYTES, 1), (STEP_BYTES + 2, 2), (12 * STEP_BYTES, 12)]
)
def test_a_message_is_filled_up_with_silence_to_whole_steps_of_ten_seconds(said_bytes, steps):
    said = bytes(range(1, 251)) * (said_bytes // 250) + b"\1" * (said_bytes % 250)
    with wave.open(io.BytesIO(message_file(said))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
        sound = file.readframes(file.getnframes())
    assert sound[:said_bytes] == said
    assert set(sound[said_bytes:]) <= {0}
    assert len(sound) == steps * STEP_BYTES


def test_the_note_of_a_set_takes_no_recording(tmp_path):
    path = saved(tmp_path, told(["note", "more", "One more thing."], STORY))
    made = rehearse(path, "--microphone", card(1))
    assert NOTE[1] not in made.answers
    assert made.played[0]["question"] == "story"
