"""One listening from end to end, with a real engine and real people, without waiting; and the same on a thread."""

import queue
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest

from voice.audio import duration_s, from_float, load, size_bytes, to_float
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
from voice.listener import Listener, patient
from voice.segment import VOICE_MESSAGE, Limits
from voice.source import LOST, Recording, Recordings
from voice.utterance import Utterance

CARDS = {"seven of clubs": "7C", "ten of clubs": "10C", "queen of spades": "QS"}


def run(engine: Engine, pcm: bytes, meanings: dict[str, str] | None, limits: Limits, **how) -> list[HearingEvent]:
    events: list[HearingEvent] = []
    hear(Recording(pcm), engine, Task(7, limits, meanings), events.append, Controls(**how))
    return events


def without_levels(events: list[HearingEvent]) -> list[HearingEvent]:
    return [event for event in events if not isinstance(event, Level)]


def without_heard_s(events: list[HearingEvent]) -> list[HearingEvent]:
    return [replace(event, heard_s=0.0) if isinstance(event, Heard) else event for event in events]


def outcome_of(events: list[HearingEvent]) -> Outcome:
    last = events[-1]
    assert isinstance(last, Heard)
    return last.decision.outcome


class InPieces(Recording):
    """A microphone that delivers pieces of that length, and loses sound before one of them."""

    def __init__(self, pcm: bytes, piece_s: float, lost_at: int | None = None) -> None:
        super().__init__(pcm + bytes(size_bytes(5)))
        self._piece = size_bytes(piece_s)
        self._lost_at = lost_at

    def blocks(self) -> Iterator[bytes]:
        for number, at in enumerate(range(0, len(self._pcm), self._piece)):
            if number == self._lost_at:
                yield LOST
            yield self._pcm[at : at + self._piece]


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
    assert isinstance(started, SpeechStarted)
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
        weights = pocketsphinx_en.weights

        def recognise(self, turn: int, pcm: bytes, meanings: Mapping[str, str]) -> Utterance:
            was_open.append(source._open)
            return pocketsphinx_en.recognise(turn, pcm, meanings)

    hear(source, Watching(), Task(1, Limits(look_s=0), CARDS), lambda _event: None)
    assert was_open == [False]


def test_silence_is_one_event_and_levels_come_ten_times_a_second(pocketsphinx_en):
    events = run(pocketsphinx_en, b"", CARDS, Limits(silence_s=3))
    assert without_levels(events) == [Listening(7), Silence(7)]
    assert len(events) - 2 == pytest.approx(30, abs=2)


@pytest.mark.parametrize("recording", ["gsc_v1_sample/yes", "gsc_v1_sample/cat", "librispeech_librosa/free"])
def test_replaying_the_same_recording_gives_the_same_events_with_their_evidence(pocketsphinx_en, speech, recording):
    """An answer, another word, and somebody who reads aloud; with whatever was heard in between."""
    meanings = {"yes": "Y", "no": "N", "happy": "H"}
    sound = load(min((speech / recording).iterdir()))
    first = run(pocketsphinx_en, sound, meanings, Limits(longest_s=4))
    assert isinstance(first[-1], Heard | Noisy)
    run(pocketsphinx_en, load(min((speech / "gsc_v1_sample/no").iterdir())), meanings, Limits())
    assert run(pocketsphinx_en, sound, meanings, Limits(longest_s=4)) == first


@pytest.mark.parametrize("piece_s", [0.01, 0.02, 0.05])
def test_how_the_sound_is_cut_into_pieces_changes_nothing_but_how_much_was_heard(pocketsphinx_en, cards, piece_s):
    whole = without_levels(run(pocketsphinx_en, cards[2], CARDS, Limits()))
    events: list[HearingEvent] = []
    hear(InPieces(cards[2], piece_s), pocketsphinx_en, Task(7, Limits(), CARDS), events.append)
    assert without_heard_s(without_levels(events)) == without_heard_s(whole)


def test_the_evidence_says_when_it_began_how_far_it_was_above_the_room_and_its_longest_pause(pocketsphinx_en, speech):
    word = load(min((speech / "gsc_v1_sample/happy").iterdir()))
    room = load(speech / "haushalt_timgrau/noise/aircon-1_1.flac")[size_bytes(6) :]
    sound = room[: size_bytes(2)] + word + room[: size_bytes(0.5)] + word + room[: size_bytes(2)]
    heard = run(pocketsphinx_en, sound, {"happy": "H", "no": "N"}, Limits(look_s=0))[-1]
    assert isinstance(heard, Heard)
    evidence = heard.utterance.evidence
    assert evidence.begun_s == pytest.approx(2.4, abs=0.4)
    assert 0.5 < evidence.pause_s < 1.2
    assert evidence.snr_db is not None
    assert 5 < evidence.snr_db < 40
    assert evidence.duration_s < heard.heard_s < duration_s(sound)


def test_the_floor_that_was_followed_goes_on_into_the_next_listening(pocketsphinx_en, speech):
    word = load(min((speech / "gsc_v1_sample/happy").iterdir()))[: size_bytes(0.9)]
    room = load(speech / "haushalt_timgrau/noise/aircon-1_1.flac")[size_bytes(6) :]
    heap = Heap()
    listener = Listener(Recordings([room[: size_bytes(6)], word]), pocketsphinx_en, heap.events.put)
    listener.listen(1, CARDS, 4)
    before = [event.floor_dbfs for event in heap.until(Silence) if isinstance(event, Level)]
    listener.listen(2, CARDS, 5)
    after = [event.floor_dbfs for event in heap.until(Heard) if isinstance(event, Level)]
    assert before[0] is None, "nothing is known of a room before a second of it was heard"
    assert after[0] == pytest.approx(before[-1], abs=8)
    listener.close()


def test_a_word_in_which_sound_was_lost_is_never_sure(pocketsphinx_en, speech):
    sound, meanings = load(min((speech / "gsc_v1_sample/yes").iterdir())), {"yes": "Y", "no": "N"}
    assert outcome_of(run(pocketsphinx_en, sound, meanings, Limits())) is Outcome.SURE
    events: list[HearingEvent] = []
    hear(InPieces(sound, 0.05, lost_at=10), pocketsphinx_en, Task(7, Limits(), meanings), events.append)
    assert outcome_of(events) is Outcome.ASK


def test_sound_that_was_lost_long_before_somebody_spoke_is_no_matter(pocketsphinx_en, speech):
    sound, meanings = load(min((speech / "gsc_v1_sample/yes").iterdir())), {"yes": "Y", "no": "N"}
    events: list[HearingEvent] = []
    source = InPieces(bytes(size_bytes(2)) + sound, 0.05, lost_at=10)
    hear(source, pocketsphinx_en, Task(7, Limits(), meanings), events.append)
    assert outcome_of(events) is Outcome.SURE


def test_a_silence_in_which_sound_was_lost_does_not_end_an_answer(pocketsphinx_en, speech):
    word = load(min((speech / "gsc_v1_sample/cat").iterdir()))
    listened_s = []
    for lost_at in (None, 34):  # 0.7 s behind the word
        events: list[HearingEvent] = []
        source = InPieces(word, 0.05, lost_at=lost_at)
        hear(source, pocketsphinx_en, Task(7, Limits(look_s=0), {"yes": "Y"}), events.append)
        assert isinstance(events[-1], Heard)
        listened_s.append(events[-1].heard_s)
    assert listened_s[1] > listened_s[0] + 0.4


def test_a_sentence_that_was_so_loud_that_it_is_cut_off_is_told_apart(pocketsphinx_en, speech):
    read = load(speech / "librispeech_librosa" / "free" / "198_1.flac")[: size_bytes(3)]
    shouted = from_float(to_float(read) * np.float32(30))
    assert outcome_of(run(pocketsphinx_en, read, CARDS, Limits())) is Outcome.NO_MATCH
    assert outcome_of(run(pocketsphinx_en, shouted, CARDS, Limits())) is Outcome.CLIPPED


def test_what_the_kiosk_has_just_said_is_its_own_prompt_and_no_answer(pocketsphinx_en, cards):
    said = "Which card is it? The seven of clubs, please say it."
    other = {"queen of spades": "QS"}
    heard = run(pocketsphinx_en, cards[2], other, Limits())[-1]
    assert isinstance(heard, Heard)
    assert heard.utterance.evidence.open_text == "seven of clubs"
    events: list[HearingEvent] = []
    hear(Recording(cards[2]), pocketsphinx_en, Task(7, Limits(), other, said), events.append)
    assert outcome_of(events) is Outcome.OWN_PROMPT


def test_somebody_who_answers_with_a_choice_that_was_just_said_is_heard(pocketsphinx_en, cards):
    said = "Which card is it? Ten of clubs. Seven of clubs."
    events: list[HearingEvent] = []
    later = Recording(bytes(size_bytes(1)) + cards[2])
    hear(later, pocketsphinx_en, Task(7, Limits(), CARDS, said), events.append)
    assert outcome_of(events) is Outcome.SURE
    hear(Recording(cards[2]), pocketsphinx_en, Task(7, Limits(), CARDS, said), events.append)
    assert outcome_of(events) is Outcome.OWN_PROMPT, "it sounded as the microphone opened"


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


def test_whoever_pauses_for_longer_is_waited_for_and_not_taken_quite_as_soon_where_it_is_clear():
    house = Limits(endpoint_s=1.2, early_s=0.3)
    longer = patient(house, 1.8)
    assert (longer.endpoint_s, longer.early_s) == (1.8, pytest.approx(0.6))
    assert patient(house, 1.2) == patient(house, 0.5) == patient(house, None) == house


def test_a_person_who_pauses_in_the_middle_of_an_answer_is_heard_to_its_end(pocketsphinx_en, cards):
    """Half a phrase waits for the pause that the listening was given, and not for longer."""
    seven, clubs = cards[2][: size_bytes(0.55)], cards[2][size_bytes(0.55) :]
    paused = seven + bytes(size_bytes(1.5)) + clubs
    pauses = {}
    for pause_s in (None, 2.0):
        heap = Heap()
        listener = Listener(Recordings([paused]), pocketsphinx_en, heap.events.put)
        listener.listen(1, CARDS, 5, pause_s=pause_s)
        heard = heap.until(Heard)[-1]
        listener.close()
        assert isinstance(heard, Heard)
        pauses[pause_s] = heard.utterance.evidence.pause_s
    assert pauses[None] < 0.5
    assert pauses[2.0] > 1.2
