"""From a visit's lines to sound: a person's recording where the set has one, else rendered speech from the cache.

Everything is rendered before the first visit; nothing is written while somebody is there, or the cache would tell what
they answered.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kiosk.events import Line, Tone
from kiosk.prompts import everything, reading_s
from kiosk.view import Command
from openrosa.question_set import QuestionSet
from voice import tones
from voice.speaker import Sound, Speaking
from voice.speech import SpeechCache, Wording

log = logging.getLogger(__name__)

SLOWER_FACTORS = (1.0, 0.85, 0.7)
"""Each "slower" takes the next of these; they are all rendered beforehand."""
VOLUME_STEP = 0.15
QUIETEST = 0.1
BATCH = 20
"""Wordings rendered in one go, between two words of progress."""
_TONE_HZ = 44_100
_TONES: Mapping[Tone, bytes] = {
    Tone.MICROPHONE_OPEN: tones.tone(tones.Tone.OPEN, _TONE_HZ),
    Tone.ANSWERED: tones.tone(tones.Tone.ANSWER, _TONE_HZ),
}


class Voicebox:
    """Speaks lines.

    Args:
        speaker: what plays.
        cache: of rendered speech.
        media: recordings of the sets, by media name.
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
        self._slower = 0

    def prepare(self, sets: tuple[QuestionSet, ...], language: str, on_progress: Callable[[int, int], None]) -> None:
        """Render whatever these sets can make the kiosk say, at every speed.

        Args:
            sets: all that may be asked.
            language: of the visits.
            on_progress: told (done, of how many), for what was not in the cache yet.

        Raises: VoiceError: espeak-ng is missing, or the cache can't be written.
        """
        said = dict.fromkeys((line.words, spoken) for line, spoken in everything(sets, language) if line.words)
        wordings = [
            Wording(text, spoken, self._rate(slower)) for slower in range(len(SLOWER_FACTORS)) for text, spoken in said
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

    def adjust(self, command: Command) -> None:
        """Louder, quieter or slower, by one step."""
        match command:
            case Command.LOUDER:
                self._volume = min(1.0, self._volume + VOLUME_STEP)
            case Command.QUIETER:
                self._volume = max(QUIETEST, self._volume - VOLUME_STEP)
            case _:
                self._slower = min(self._slower + 1, len(SLOWER_FACTORS) - 1)

    def reset(self) -> None:
        """Back to the house's volume and speed."""
        self._volume, self._slower = self._house_volume, 0

    def _rate(self, slower: int) -> int:
        return round(self._rate_wpm * SLOWER_FACTORS[slower])

    def _sound(self, line: Line, language: str, messages: Mapping[str, bytes]) -> Sound:
        if line.tone is not None:
            before = bytes(2 * round(self._tail_s * _TONE_HZ)) if line.tone is Tone.MICROPHONE_OPEN else b""
            return Sound(before + _TONES[line.tone], line.pause_after_s, self._volume, _TONE_HZ)
        if line.message is not None:
            return Sound(messages.get(line.message, b""), line.pause_after_s, self._volume)
        found = self._media.get(line.media or "")
        if found is None:
            found = self._cache.path(Wording(line.words, language, self._rate(self._slower)))
        if found is None:
            log.error("a prompt is missing in the speech cache: it is on the screen only")
            return Sound(b"", reading_s([line]))
        return Sound(found, line.pause_after_s, self._volume)
