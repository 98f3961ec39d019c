"""From lines to sound: recordings before rendered speech, everything rendered beforehand, the house's loudness."""

from __future__ import annotations

from pathlib import Path

import pytest
from rehearsed import yes_no
from rig import sealed_set

from kiosk.events import Line, Piece, Tone
from kiosk.saying.prompts import reading_s
from kiosk.saying.sayable import everything
from kiosk.saying.voicebox import HOUSE_SPEED, QUIETEST, SPEED_FACTORS, VOLUME_STEP, Voicebox, recordings
from kiosk.view import Command
from voice.sound import Sound
from voice.speech import SpeechCache, Wording, espeak_missing

RATE_WPM = 140


class Notepad:
    """A speaker that notes what it was to play. Not a stand-in of ours with events: nothing here waits for any."""

    def __init__(self) -> None:
        self.played: list[list[Sound]] = []
        self.stops = 0
        self.looks = 0

    def play(self, turn: int, sounds: list[Sound]) -> None:
        del turn
        self.played.append(list(sounds))

    def stop(self) -> None:
        self.stops += 1

    def look(self) -> None:
        self.looks += 1

    def close(self) -> None:
        pass


@pytest.fixture
def notepad():
    return Notepad()


def voicebox(notepad: Notepad, folder: Path, media: dict[str, Path] | None = None, *, volume: float = 0.7) -> Voicebox:
    return Voicebox(notepad, SpeechCache(folder), media or {}, volume=volume, rate_wpm=RATE_WPM, tail_s=0.5)


def rendered(folder: Path, words: str, rate_wpm: int = RATE_WPM, *, language: str = "en") -> Path:
    """Put a file where the cache will find that wording; what is in it is no matter here."""
    path = SpeechCache(folder)._path(Wording(words, language, rate_wpm))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sound")
    return path


def said(box: Voicebox, notepad: Notepad, *lines: Line, messages: dict[str, bytes] | None = None) -> list[Sound]:
    box.say(1, lines, "en", messages or {})
    return notepad.played[-1]


def test_a_persons_recording_comes_before_rendered_speech(tmp_path, notepad):
    spoken = rendered(tmp_path, "Hello.")
    box = voicebox(notepad, tmp_path, {"hello.wav": tmp_path / "hello.wav"})
    with_recording, without = said(box, notepad, Line("Hello.", media="hello.wav"), Line("Hello."))
    assert (with_recording.sound, without.sound) == (tmp_path / "hello.wav", spoken)


def test_a_line_without_any_sound_stays_long_enough_to_be_read_and_is_noted_for_staff(tmp_path, notepad, caplog):
    line = Line("Four words stand here.", pause_after_s=0.3)
    (sound,) = said(voicebox(notepad, tmp_path), notepad, line)
    assert (sound.sound, sound.pause_after_s) == (b"", reading_s([line]))
    assert sound.pause_after_s == pytest.approx(1.9)
    assert "missing in the speech cache" in caplog.text
    assert "Four words" not in caplog.text


def test_a_voice_message_is_played_as_the_sound_that_it_is(tmp_path, notepad):
    (sound,) = said(voicebox(notepad, tmp_path), notepad, Line(message="voice-1.wav"), messages={"voice-1.wav": b"ab"})
    assert (sound.sound, sound.rate_hz) == (b"ab", 16_000)


def test_the_tone_that_opens_the_microphone_waits_for_the_tail_of_the_prompt(tmp_path, notepad):
    opens, answered = said(
        voicebox(notepad, tmp_path), notepad, Line(tone=Tone.MICROPHONE_OPEN), Line(tone=Tone.ANSWERED)
    )
    half_a_second = 2 * round(0.5 * opens.rate_hz)
    assert set(opens.sound[:half_a_second]) == {0}
    assert any(opens.sound[half_a_second:])
    assert any(answered.sound[:200])


def test_louder_and_quieter_go_by_steps_and_stop_at_their_ends(tmp_path, notepad):
    box = voicebox(notepad, tmp_path, volume=0.5)
    rendered(tmp_path, "Hello.")
    box.adjust(Command.LOUDER)
    assert said(box, notepad, Line("Hello."))[0].volume == pytest.approx(0.5 + VOLUME_STEP)
    for _ in range(10):
        box.adjust(Command.LOUDER)
    assert said(box, notepad, Line("Hello."))[0].volume == 1
    for _ in range(10):
        box.adjust(Command.QUIETER)
    assert said(box, notepad, Line("Hello."))[0].volume == QUIETEST


def test_slower_and_faster_take_the_next_speed_that_was_rendered_and_stay_at_the_last(tmp_path, notepad):
    box = voicebox(notepad, tmp_path)
    files = [rendered(tmp_path, "Hello.", round(RATE_WPM * factor)) for factor in SPEED_FACTORS]

    def found(command: Command) -> list[Path]:
        steps = []
        for _ in SPEED_FACTORS:
            steps.append(said(box, notepad, Line("Hello."))[0].sound)
            box.adjust(command)
        return steps

    slower = files[HOUSE_SPEED:]
    assert found(Command.SLOWER) == [*slower, *[slower[-1]] * HOUSE_SPEED]
    assert found(Command.FASTER) == files[::-1]
    assert said(box, notepad, Line("Hello."))[0].sound == files[0]


def test_faster_undoes_slower(tmp_path, notepad):
    box = voicebox(notepad, tmp_path)
    usual = rendered(tmp_path, "Hello.")
    box.adjust(Command.SLOWER)
    box.adjust(Command.FASTER)
    assert said(box, notepad, Line("Hello."))[0].sound == usual


def test_a_line_in_another_language_is_said_by_that_languages_voice(tmp_path, notepad):
    spoken = rendered(tmp_path, "Diolch.", language="cy")
    rendered(tmp_path, "Diolch.")
    assert said(voicebox(notepad, tmp_path), notepad, Line("Diolch.", language="cy"))[0].sound == spoken


SAID = Line("You said: Good.", pieces=(Piece("You said:", "sayso/en/you_said"), Piece("Good", "good.wav")))


def test_without_any_recording_a_line_in_pieces_is_said_as_a_whole(tmp_path, notepad):
    spoken = rendered(tmp_path, "You said: Good.")
    assert said(voicebox(notepad, tmp_path), notepad, SAID)[0].sound == spoken


@pytest.mark.parametrize(
    ("recorded", "first", "second"), [("good.wav", "You said:", ""), ("sayso/en/you_said", "", "Good")]
)
def test_where_a_piece_is_recorded_the_others_are_spoken_round_it(tmp_path, notepad, recorded, first, second):
    recording = tmp_path / "somebody.wav"
    box = voicebox(notepad, tmp_path, {recorded: recording})
    pieces = tuple(rendered(tmp_path, words) if words else recording for words in (first, second))
    assert said(box, notepad, SAID)[0].sound == pieces


def test_pieces_in_two_languages_have_a_voice_each(tmp_path, notepad):
    line = Line("You said: Bon.", pieces=(Piece("You said:", "sayso/en/you_said"), Piece("Bon", "")), language="fr")
    pieces = (rendered(tmp_path, "You said:"), rendered(tmp_path, "Bon", language="fr"))
    assert said(voicebox(notepad, tmp_path), notepad, line)[0].sound == pieces


def test_the_houses_recordings_are_found_by_language_and_sentence(tmp_path):
    (tmp_path / "cy").mkdir()
    (tmp_path / "cy" / "i_heard.1.wav").write_bytes(b"")
    assert recordings(tmp_path) == {"sayso/cy/i_heard.1": tmp_path / "cy" / "i_heard.1.wav"}
    assert recordings(tmp_path / "none") == {}


def test_the_next_person_has_the_houses_loudness_and_speed(tmp_path, notepad):
    box = voicebox(notepad, tmp_path)
    usual = rendered(tmp_path, "Hello.")
    box.adjust(Command.LOUDER)
    box.adjust(Command.SLOWER)
    box.reset()
    (sound,) = said(box, notepad, Line("Hello."))
    assert (sound.sound, sound.volume) == (usual, 0.7)


def test_stopping_stops_the_speaker(tmp_path, notepad):
    voicebox(notepad, tmp_path).stop()
    assert notepad.stops == 1


def test_headphones_are_looked_for_by_the_speaker(tmp_path, notepad):
    voicebox(notepad, tmp_path).look()
    assert notepad.looks == 1


def test_everything_that_a_set_can_make_it_say_is_rendered_beforehand_at_every_speed_and_only_once(tmp_path, notepad):
    if espeak_missing():
        pytest.skip("no speech synthesis: espeak-ng is not installed")
    one = sealed_set(yes_no("lift"))
    box = voicebox(notepad, tmp_path / "speech")
    told = []
    box.prepare((one,), "en", lambda done, of: told.append((done, of)))
    lines = [line for line, _ in everything((one,), "en") if line.words]
    assert any("You said: Yes" in line.words for line in lines)
    for _ in SPEED_FACTORS:
        box.adjust(Command.FASTER)
    for _ in SPEED_FACTORS:
        assert all(isinstance(sound.sound, Path) for sound in said(box, notepad, *lines))
        box.adjust(Command.SLOWER)
    assert told[-1][0] == told[-1][1] == len(list((tmp_path / "speech").glob("*.wav")))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    told.clear()
    box.prepare((one,), "en", lambda done, of: told.append((done, of)))
    assert told == []


def test_nothing_is_written_while_it_speaks(tmp_path, notepad):
    said(voicebox(notepad, tmp_path / "speech"), notepad, Line("Never rendered."), Line(message="voice-1.wav"))
    assert not (tmp_path / "speech").exists()
