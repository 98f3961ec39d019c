"""One listening from end to end, with a real engine and real people, without waiting; and the same on a thread."""

import queue
from collections.abc import Iterator

import pytest

from voice.audio import duration_s, load, size_bytes
from voice.decide import Outcome
from voice.engine import Engine
from voice.errors import VoiceError
from voice.events import (
    Heard,
    HearingEvent,
    Level,
    Listening,
    MicrophoneFound,
    MicrophoneLost,
    Noisy,
    Recorded,
    Silence,
    SpeechStarted,
)
from voice.hear import Controls, Task, hear
from voice.listener import Listener
from voice.segment import VOICE_MESSAGE, Limits
from voice.source import Recording, Recordings
from voice.utterance import Utterance

CARDS = {"seven of clubs": "7C", "ten of clubs": "10C", "queen of spades": "QS"}


def run(engine: Engine, pcm: bytes, meanings: dict[str, str] | None, limits: Limits, **how) -> list[HearingEvent]:
    events: list[HearingEvent] = []
    hear(Recording(pcm), engine, Task(7, limits, meanings), events.append, Controls(**how))
    return events


def without_levels(events: list[HearingEvent]) -> list[HearingEvent]:
    return [event for event in events if not isinstance(event, Level)]


class Vanishing(Recording):
    """A microphone that is pulled out when its recording is over."""

    def blocks(self) -> Iterator[bytes]:
        for n in range(0, len(self._pcm), 3_200):
            yield self._pcm[n : n + 3_200]
        raise VoiceError("Lost the microphone", "'this one'", "Plug it in again.")


class Absent(Recording):
    """A microphone that is not there."""

    def open(self) -> None:
        raise VoiceError("Cannot find a microphone", "on this machine", "Plug one in.")


def test_an_answer_is_listening_then_started_then_heard_once(pocketsphinx_en, cards):
    listening, started, heard = without_levels(run(pocketsphinx_en, cards[2], CARDS, Limits()))
    assert listening == Listening(7)
    assert started == SpeechStarted(7)
    assert isinstance(heard, Heard)
    assert heard.turn == heard.utterance.turn == 7
    assert heard.decision.meaning == "7C"


def test_the_evidence_has_the_length_of_the_speech_and_not_of_the_recording(pocketsphinx_en, cards):
    heard = run(pocketsphinx_en, bytes(64_000) + cards[2], CARDS, Limits())[-1]
    assert isinstance(heard, Heard)
    assert heard.utterance.evidence.duration_s < duration_s(cards[2])


def test_the_microphone_is_closed_before_anything_is_recognised(pocketsphinx_en, cards):
    source = Recording(cards[2])
    was_open = []

    class Watching:
        """The engine, seen at work."""

        name, model, unknown_words = pocketsphinx_en.name, pocketsphinx_en.model, pocketsphinx_en.unknown_words

        def recognise(self, turn: int, pcm: bytes, phrases: tuple[str, ...]) -> Utterance:
            was_open.append(source._open)
            return pocketsphinx_en.recognise(turn, pcm, phrases)

    hear(source, Watching(), Task(1, Limits(look_s=0), CARDS), lambda _event: None)
    assert was_open == [False]


def test_silence_is_one_event_and_levels_come_ten_times_a_second(pocketsphinx_en):
    events = run(pocketsphinx_en, b"", CARDS, Limits(silence_s=3))
    assert without_levels(events) == [Listening(7), Silence(7)]
    assert len(events) - 2 == pytest.approx(30, abs=2)


def test_replaying_the_same_recording_gives_the_same_events(pocketsphinx_en, cards):
    first = run(pocketsphinx_en, cards[2], CARDS, Limits())
    assert run(pocketsphinx_en, cards[2], CARDS, Limits()) == first


def test_a_sure_answer_does_not_wait_for_the_endpoint(pocketsphinx_en, speech):
    sound = load(min((speech / "gsc_v1_sample/yes").iterdir()))
    early = [e for e in run(pocketsphinx_en, sound, {"yes": "Y", "no": "N"}, Limits()) if isinstance(e, Level)]
    late = [e for e in run(pocketsphinx_en, sound, {"yes": "Y", "no": "N"}, Limits(look_s=0)) if isinstance(e, Level)]
    assert len(late) - len(early) >= 4


def test_a_voice_message_is_kept_from_its_first_word_to_its_last(pocketsphinx_en, cards):
    whole = cards[2] + bytes(size_bytes(3)) + cards[4]
    *_, recorded = run(pocketsphinx_en, whole, None, VOICE_MESSAGE)
    assert isinstance(recorded, Recorded)
    assert duration_s(recorded.pcm) == pytest.approx(duration_s(whole), abs=1.0)


def test_a_voice_message_ends_at_the_longest(pocketsphinx_en, cards):
    *_, recorded = run(pocketsphinx_en, cards[4] * 3, None, Limits(look_s=0, endpoint_s=8, longest_s=4, silence_s=8))
    assert isinstance(recorded, Recorded)
    assert duration_s(recorded.pcm) == pytest.approx(4, abs=0.6)


def test_a_key_ends_a_voice_message_and_keeps_what_there_is(pocketsphinx_en, cards):
    blocks = iter(range(100))
    *_, recorded = run(pocketsphinx_en, cards[4], None, VOICE_MESSAGE, finished=lambda: next(blocks) > 20)
    assert isinstance(recorded, Recorded)
    assert 1.0 < duration_s(recorded.pcm) < 2.7


def test_a_stopped_listening_says_nothing_more(pocketsphinx_en, cards):
    blocks = iter(range(100))
    events = run(pocketsphinx_en, cards[4], CARDS, Limits(), stopped=lambda: next(blocks) > 2)
    assert not {type(event) for event in events} & {Heard, Silence, Recorded, MicrophoneLost}


def test_a_microphone_that_vanishes_in_the_middle_of_a_word_is_lost_once(pocketsphinx_en, cards):
    events: list[HearingEvent] = []
    ok = hear(Vanishing(cards[2][:16_000]), pocketsphinx_en, Task(2, Limits(), CARDS), events.append)
    assert not ok
    assert isinstance(events[-1], MicrophoneLost)
    assert "Plug it in again" in events[-1].reason
    assert not any(isinstance(event, Heard | Silence) for event in events)


def test_a_stand_in_plays_the_nth_recording_into_the_nth_listening_then_silence(pocketsphinx_en, cards):
    sources = Recordings([cards[2], None, cards[0]])
    outcomes = []
    for turn in range(4):
        events: list[HearingEvent] = []
        hear(sources(), pocketsphinx_en, Task(turn, Limits(silence_s=2), CARDS), events.append)
        outcomes.append(type(events[-1]).__name__)
    assert outcomes == ["Heard", "Silence", "Heard", "Silence"]


class Heap:
    """Waits for the events of a thread."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[HearingEvent] = queue.SimpleQueue()

    def until(self, *kinds: type) -> list[HearingEvent]:
        got = []
        while not got or not isinstance(got[-1], kinds):
            got.append(self.events.get(timeout=60))
        return got


def test_the_listener_sends_what_hearing_sends(pocketsphinx_en, cards):
    heap = Heap()
    listener = Listener(Recordings([cards[2]]), pocketsphinx_en, heap.events.put)
    listener.listen(7, CARDS, 5)
    assert heap.until(Heard) == run(pocketsphinx_en, cards[2], CARDS, Limits(silence_s=5))
    listener.close()


def test_the_listener_records_a_message(pocketsphinx_en, cards):
    heap = Heap()
    listener = Listener(Recordings([cards[2]]), pocketsphinx_en, heap.events.put)
    listener.record(4)
    recorded = heap.until(Recorded)[-1]
    assert isinstance(recorded, Recorded)
    assert recorded.turn == 4
    listener.close()


def test_a_new_listening_stops_the_one_before(pocketsphinx_en, cards):
    heap = Heap()
    listener = Listener(Recordings([b"", cards[2]]), pocketsphinx_en, heap.events.put)
    listener.listen(1, CARDS, 1_000_000)
    heap.until(Listening)
    listener.listen(2, CARDS, 5)
    events = heap.until(Heard)
    assert events[-1].turn == 2
    assert not any(isinstance(event, Heard | Silence) and event.turn == 1 for event in events)
    listener.close()


def test_a_stopped_listener_is_silent_and_listens_again(pocketsphinx_en, cards):
    heap = Heap()
    listener = Listener(Recordings([b"", cards[2]]), pocketsphinx_en, heap.events.put)
    listener.listen(1, CARDS, 1_000_000)
    heap.until(Listening)
    listener.stop()
    listener.listen(2, CARDS, 5)
    assert [e for e in heap.until(Heard) if isinstance(e, Heard | Silence)][-1].turn == 2
    listener.close()


def test_a_lost_microphone_is_told_and_found_again_at_the_next_listening(pocketsphinx_en, cards):
    heap = Heap()
    sources = iter([Absent(b""), Recording(cards[2])])
    listener = Listener(lambda: next(sources), pocketsphinx_en, heap.events.put)
    listener.listen(1, CARDS, 5)
    assert isinstance(heap.until(MicrophoneLost)[0], MicrophoneLost)
    listener.listen(2, CARDS, 5)
    events = heap.until(Heard)
    assert events[0] == MicrophoneFound(2)
    listener.close()


def test_no_word_of_another_kind_is_sure_among_real_people(pocketsphinx_en, speech):
    """A small sample; benchmarks and docs/hearing.md have the figures."""
    wrong = []
    for word in ("cat", "bed", "bird", "house"):
        for path in sorted((speech / "gsc_v1_sample" / word).iterdir())[:4]:
            last = run(pocketsphinx_en, load(path), {"yes": "Y", "no": "N", "happy": "H"}, Limits(silence_s=3))[-1]
            if isinstance(last, Heard) and last.decision.outcome is Outcome.SURE:
                wrong.append(path.name)
    assert wrong == []


def test_somebody_who_reads_aloud_without_an_end_is_noise_and_no_answer(pocketsphinx_en, speech):
    read = load(speech / "librispeech_librosa" / "free" / "198_1.flac")
    assert duration_s(read) > 5
    ended = run(pocketsphinx_en, read, CARDS, Limits(longest_s=4.0))[-1]
    assert ended == Noisy(7)


def test_a_voice_message_may_go_on_to_its_end(pocketsphinx_en, speech):
    read = load(speech / "librispeech_librosa" / "free" / "198_1.flac")
    assert isinstance(run(pocketsphinx_en, read, None, Limits(longest_s=4.0))[-1], Recorded)
