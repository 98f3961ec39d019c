"""From a passage to sound, by the kiosk's own voicebox: recordings first, else speech that is made here and now.

Source: `kiosk.saying.voicebox`, which decides what is played; here it is only caught, measured and written down.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.events import Line
from kiosk.saying.prompts import english_name
from kiosk.saying.voicebox import HOUSE_SPEED, SPEED_FACTORS, Voicebox
from kiosk.view import Command
from voice.audio import duration_s
from voice.sound import Sound, fill, lead_in
from voice.speaker import NoSpeaker
from voice.speech import RATE_WPM, SpeechCache, Wording

RATE_HZ = 22_050
"""Of what is written: espeak-ng's own."""
_TAIL_S = 0.5
"""As `voice.tail_s`."""
_BATCH = 40


class _LateCache(SpeechCache):
    """Names each file before it is made, so that all that is wanted can be rendered in one go.

    Attributes:
        folder: where they are.
        wanted: what was asked for.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.wanted: dict[Wording, None] = {}

    def path(self, wording: Wording) -> Path | None:
        """The file's place, whether it is there yet or not."""
        self.wanted[wording] = None
        return self._path(wording)


class _Caught(NoSpeaker):
    """A speaker that keeps what it is to play."""

    def __init__(self) -> None:
        super().__init__(lambda _event: None)
        self.sounds: tuple[Sound, ...] = ()

    def play(self, turn: int, sounds: Sequence[Sound]) -> None:
        """Keep it."""
        del turn
        self.sounds = tuple(sounds)


@dataclass(frozen=True)
class Said:
    """A line as it is heard.

    Attributes:
        words: what is said; "" for a tone.
        voice: `recorded`, `made voice, Welsh`, `recorded and made voice, English` or `tone`.
        sound: for a speaker.
    """

    words: str
    voice: str
    sound: Sound


class Reader:
    """Says lines as a kiosk would.

    Args:
        media: recordings of the set and of the kiosk's own sentences, by media name.
        language: the visit's.
        folder: where speech is rendered to; its own.
        factor: one of `SPEED_FACTORS`.
    """

    def __init__(self, media: Mapping[str, Path], language: str, folder: Path, factor: float = 1.0) -> None:
        self._language = language
        self._cache = _LateCache(folder)
        self._caught = _Caught()
        self._voicebox = Voicebox(
            self._caught, self._cache, ChainMap({**media}), volume=1.0, rate_wpm=RATE_WPM, tail_s=_TAIL_S
        )
        steps = SPEED_FACTORS.index(factor) - HOUSE_SPEED
        for _ in range(abs(steps)):
            self._voicebox.adjust(Command.SLOWER if steps > 0 else Command.FASTER)

    def prepare(self, lines: Iterable[Line], on_progress: Callable[[int, int], None]) -> None:
        """Make all speech that these lines need; `on_progress` is told (done, of how many).

        Raises: VoiceError: espeak-ng is missing, or has no such voice.
        """
        self.say(tuple(lines))
        wanted, self._cache.wanted = tuple(self._cache.wanted), {}
        for first in range(0, len(wanted), _BATCH):
            self._cache.render_all(wanted[first : first + _BATCH])
            on_progress(min(first + _BATCH, len(wanted)), len(wanted))

    def say(self, lines: Sequence[Line]) -> tuple[Said, ...]:
        """What is heard of them; `prepare` has made it."""
        self._voicebox.say(0, lines, self._language, {})
        return tuple(
            Said(line.words, self._voice(line, sound), sound)
            for line, sound in zip(lines, self._caught.sounds, strict=True)
        )

    def _voice(self, line: Line, sound: Sound) -> str:
        if isinstance(sound.sound, bytes):
            return "tone"
        files = (sound.sound,) if isinstance(sound.sound, Path) else sound.sound
        made = {file.parent == self._cache.folder for file in files}
        name = english_name(line.language or self._language)
        return " and ".join(
            [*(["recorded"] if False in made else []), *([f"made voice, {name}"] if True in made else [])]
        )


def samples_of(said: Sequence[Said]) -> bytes:
    """All of it in one stretch, pauses included: 16-bit mono at `RATE_HZ`. Raises: VoiceError: a file can't be read."""
    prompt = lead_in(0, 0.0, RATE_HZ)
    fill(prompt, tuple(one.sound for one in said), RATE_HZ)
    return prompt.samples.tobytes()


def seconds_of(said: Sequence[Said]) -> float:
    """How long it takes, pauses included. Raises: VoiceError: a recording can't be read."""
    return duration_s(samples_of(said), RATE_HZ) if said else 0.0
