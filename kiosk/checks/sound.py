"""The check's part for sound: a tone and a sentence are played, and it is measured what the microphone hears of them.

It is loud, and it is never done while the kiosk runs: somebody may be sitting there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from kiosk.checks.lines import Line, advice, error, fine, refused
from kiosk.errors import KioskError
from kiosk.saying.sentences import sentence
from kiosk.settings import Config
from kiosk.staff import status
from voice.doubt import LOW_SNR_DB
from voice.errors import VoiceError
from voice.loop import Heard, measure
from voice.microphone import Microphone
from voice.speaker import Speaker
from voice.speech import SpeechCache

WHAT = "sound"
LOUD_ROOM_DBFS = -42.0
"""Of a usual USB microphone, as it is set when it comes: a room with a television on."""
CLIPPED = 0.1
"""So much of what was played at the end of the scale is more than a loud word."""
LATE_S = 0.35
"""Later than a wired speaker ever is."""
NEAR = "Turn the speaker or the microphone up, or put them nearer"


def running(config: Config) -> bool:
    """Whether the kiosk runs on this machine now, by the status that it writes."""
    try:
        return status.read(config.status).running() is True
    except KioskError:  # it never ran
        return False


def sound(config: Config, measured: Callable[[Config], Heard] | None = None) -> Iterator[Line]:
    """What is heard of the kiosk's own voice.

    Args:
        config: names microphone, speaker and volume.
        measured: measures; with the house's devices if None.
    """
    if config.voice.engine == "none":
        yield fine(WHAT, "not measured: no microphone is wanted")
        return
    if running(config):
        yield fine(WHAT, "not measured: the kiosk is running, and somebody may be sitting there")
        return
    try:
        heard = (measured or _measured)(config)
    except VoiceError as met:
        yield refused(WHAT, met)
        return
    yield from in_words(heard, config)


def in_words(heard: Heard, config: Config) -> Iterator[Line]:
    """A measurement in words."""
    noise = f"{heard.noise_dbfs:.0f} dBFS"
    if heard.silent:
        met = "the microphone gives nothing but zeros; a room is never that quiet"
        yield error(WHAT, met, "Switch the microphone on: look for a button on it, and at its capture in `alsamixer`.")
        return
    if heard.delay_s is None:
        met = f"the microphone doesn't hear the speaker: a tone was played, and only the room was heard, at {noise}"
        todo = f"Look that both are plugged in and on, and that voice.speaker and voice.microphone name them. {NEAR}"
        if config.voice.headphones:  # a speaker that nobody hears may be meant so
            yield advice(WHAT, met, f"{todo}; or measure with the headphones pulled out.")
        else:
            yield error(WHAT, met, f"{todo}; pull headphones out.")
        return
    told = {"tone": heard.tone_dbfs, "sentence": heard.speech_dbfs, "room": heard.noise_dbfs}
    levels = ", ".join(f"{name} {dbfs:.0f} dBFS" for name, dbfs in told.items() if dbfs is not None)
    quietest = heard.tone_dbfs if heard.speech_dbfs is None else min(heard.tone_dbfs, heard.speech_dbfs)
    if quietest - heard.noise_dbfs < LOW_SNR_DB:
        met = f"the microphone hardly hears the speaker: {levels}"
        yield advice(WHAT, met, f"{NEAR}; people would not be heard either.")
    if heard.clipped_share > CLIPPED:
        met = f"the microphone is too loud: {heard.clipped_share:.0%} of what was played came clipped"
        yield advice(WHAT, met, "Turn it down: its capture in `alsamixer`; or move it away from the speaker.")
    if heard.noise_dbfs > LOUD_ROOM_DBFS:
        met = f"the room, or the microphone itself, is loud: {noise} before anything was played"
        yield advice(WHAT, met, "Check again in a quiet room; if it stays, turn the microphone down or take another.")
    if heard.delay_s > max(LATE_S, config.voice.tail_s):
        met = f"sound comes {heard.delay_s * 1000:.0f} ms late: the microphone would hear the kiosk's own last words"
        todo = f"Use a wired speaker, or set voice.tail_s to {heard.delay_s + 0.3:.1f}."
        yield advice(WHAT, met, todo)
    if heard.lost:
        met = f"sound was lost on its way in, {heard.lost} times"
        yield advice(
            WHAT, met, "Plug the microphone into the computer itself, without a hub; see what else runs there."
        )
    met = (
        f"the microphone hears the speaker: {levels}, {max(0.0, heard.delay_s) * 1000:.0f} ms late, "
        f"{heard.clipped_share:.0%} clipped"
    )
    yield fine(WHAT, met)


def _measured(config: Config) -> Heard:
    """With the house's devices. Raises: VoiceError."""
    voice, language = config.voice, config.home.language
    with tempfile.TemporaryDirectory(prefix="sayso-check-") as folder:
        said: Path | None = None
        with suppress(VoiceError):  # told by the line on speech synthesis; the tone alone tells most of it
            said = SpeechCache(Path(folder)).render(sentence("press_to_start", language), language, voice.rate_wpm)
        return measure(Microphone(voice.microphone), lambda on: Speaker(voice.speaker, on), said, voice.volume)
