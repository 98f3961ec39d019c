"""From a visit's lines to sound: a person's recording where there is one, else rendered speech from the cache.

A line in pieces ("You said", "Good") is played piece by piece where one of them is a recording, or where they are not
all in one language; else it is spoken as a whole, which sounds better.

Everything is rendered before the first visit; nothing is written while somebody is there, or the cache would tell what
they answered.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.events import Line, Piece, Tone
from kiosk.saying.prompts import reading_s
from kiosk.saying.sayable import everything
from kiosk.saying.sentences import language_of_media, media_name, same_language
from kiosk.view import Command
from openrosa.question_set import QuestionSet
from voice import tones
from voice.sound import Sound
from voice.speaker import Speaking
from voice.speech import SpeechCache, Wording

log = logging.getLogger(__name__)

SPEED_FACTORS = (1.2, 1.0, 0.85, 0.7)
"""From the fastest to the slowest: "slower" and "faster" go one step; they are all rendered beforehand."""
HOUSE_SPEED = SPEED_FACTORS.index(1.0)
VOLUME_STEP = 0.15
QUIETEST = 0.1
BATCH = 40
"""Wordings rendered in one go, between two words of progress."""
_TONE_HZ = 44_100
_TONES: Mapping[Tone, bytes] = {
    Tone.MICROPHONE_OPEN: tones.tone(tones.Tone.OPEN, _TONE_HZ),
    Tone.ANSWERED: tones.tone(tones.Tone.ANSWER, _TONE_HZ),
}


@dataclass(frozen=True)
class _Spoken:
    """Words for the synthesis."""

    text: str
    language: str


class Voicebox:
    """Speaks lines.

    Args:
        speaker: what plays.
        cache: of rendered speech.
        media: recordings of the sets and of the kiosk's own sentences (`recordings`), by media name.
        volume: the house's, 0 to 1.
        rate_wpm: the house's, words a minute.
        tail_s: silence before the tone that opens the microphone, so that it does not hear the kiosk itself.
    """

    def __init__(
        self,
        speaker: Speaking,
        cache: SpeechCache,
        media: Mapping[str, Path],
        *,
        volume: float,
        rate_wpm: int,
        tail_s: float,
    ) -> None:
        self._speaker = speaker
        self._cache = cache
        self._media = media
        self._house_volume = volume
        self._rate_wpm = rate_wpm
        self._tail_s = tail_s
        self._volume = volume
        self._speed = HOUSE_SPEED

    def prepare(
        self,
        sets: tuple[QuestionSet, ...],
        language: str,
        on_progress: Callable[[int, int], None],
        languages: Sequence[str] = (),
    ) -> None:
        """Render whatever these sets can make the kiosk say in any of their languages, at every speed.

        Args:
            sets: all that may be asked.
            language: of the house.
            on_progress: told (done, of how many), for what was not in the cache yet.
            languages: those to choose from; empty: all that the sets have.

        Raises: VoiceError: espeak-ng is missing, or the cache can't be written.
        """
        spoken = {
            part: None for line, spoken in everything(sets, language, languages) for part in self._parts(line, spoken)
        }
        wordings = [
            Wording(part.text, part.language, self._rate(speed))
            for speed in range(len(SPEED_FACTORS))
            for part in spoken
            if isinstance(part, _Spoken)
        ]
        missing = [wording for wording in wordings if self._cache.path(wording) is None]
        for first in range(0, len(missing), BATCH):
            self._cache.render_all(missing[first : first + BATCH])
            on_progress(min(first + BATCH, len(missing)), len(missing))

    def say(self, turn: int, lines: Sequence[Line], language: str, messages: Mapping[str, bytes]) -> None:
        """Say them one after the other; LineStarted and PromptFinished come from the speaker."""
        self._speaker.play(turn, [self._sound(line, language, messages) for line in lines])

    def stop(self) -> None:
        """Be quiet at once."""
        self._speaker.stop()

    def look(self) -> None:
        """See whether headphones were plugged in or pulled out; what is said after this goes to where they are."""
        self._speaker.look()

    def adjust(self, command: Command) -> None:
        """Louder, quieter, slower or faster, by one step; at the last one it stays."""
        match command:
            case Command.LOUDER:
                self._volume = min(1.0, self._volume + VOLUME_STEP)
            case Command.QUIETER:
                self._volume = max(QUIETEST, self._volume - VOLUME_STEP)
            case Command.SLOWER:
                self._speed = min(self._speed + 1, len(SPEED_FACTORS) - 1)
            case Command.FASTER:
                self._speed = max(self._speed - 1, 0)
            case _:
                raise ValueError(command)

    def reset(self) -> None:
        """Back to the house's volume and speed."""
        self._volume, self._speed = self._house_volume, HOUSE_SPEED

    def _rate(self, speed: int) -> int:
        return round(self._rate_wpm * SPEED_FACTORS[speed])

    def _parts(self, line: Line, language: str) -> tuple[Path | _Spoken, ...]:
        """What a line is put together from: recordings, and words to be spoken. Empty: it has no words."""
        language = line.language or language
        if (whole := self._media.get(line.media or "")) is not None:
            return (whole,)
        pieces = tuple(self._part(piece, language) for piece in line.pieces)
        voices = {piece.language for piece in pieces if isinstance(piece, _Spoken)}
        if any(isinstance(piece, Path) for piece in pieces) or len(voices) > 1:
            return pieces
        return (_Spoken(line.words, language),) if line.words else ()

    def _part(self, piece: Piece, language: str) -> Path | _Spoken:
        recorded = self._media.get(piece.media)
        own = language_of_media(piece.media) or language
        return recorded or _Spoken(piece.words, language if same_language(own, language) else own)

    def _sound(self, line: Line, language: str, messages: Mapping[str, bytes]) -> Sound:
        if line.tone is not None:
            before = bytes(2 * round(self._tail_s * _TONE_HZ)) if line.tone is Tone.MICROPHONE_OPEN else b""
            return Sound(before + _TONES[line.tone], line.pause_after_s, self._volume, _TONE_HZ)
        if line.message is not None:
            return Sound(messages.get(line.message, b""), line.pause_after_s, self._volume)
        rate_wpm = self._rate(self._speed)
        files: list[Path] = []
        for part in self._parts(line, language):
            found = part if isinstance(part, Path) else self._cache.path(Wording(part.text, part.language, rate_wpm))
            if found is not None:
                files.append(found)
                continue
            log.error("a prompt is missing in the speech cache: it is on the screen only")
            return Sound(b"", reading_s([line]))
        return Sound(files[0] if len(files) == 1 else tuple(files), line.pause_after_s, self._volume)


def recordings(folder: Path) -> Mapping[str, Path]:
    """The kiosk's own sentences that somebody has recorded, by media name; empty where there is no such folder.

    Args:
        folder: with LANGUAGE/ID.wav, as `sayso questions record --own` makes it.
    """
    return {media_name(path.stem, path.parent.name): path for path in sorted(folder.glob("*/*.wav"))}
