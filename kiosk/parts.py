"""The parts of a kiosk as its configuration wants them: voice, speaker, screen, keys."""

from __future__ import annotations

import logging
from collections import ChainMap
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.house import House
from kiosk.inbox import RealInbox
from kiosk.keys.buttons import Buttons
from kiosk.keys.presses import Down
from kiosk.saying.sentences import sentence
from kiosk.saying.voicebox import Voicebox, recordings
from kiosk.settings import Config, Home
from kiosk.staff.health import Health
from openrosa.question_set import QuestionSet
from voice.errors import VoiceError
from voice.speaker import NoSpeaker, Speaker, Speaking
from voice.speech import SpeechCache

if TYPE_CHECKING:
    from kiosk.screens.app import KioskApp

log = logging.getLogger(__name__)

SPEECH_FOLDER = "speech"
"""In the data folder: rendered prompts."""


def speech_cache(config: Config) -> SpeechCache:
    """Where the prompts are rendered to."""
    return SpeechCache(config.store.folder / SPEECH_FOLDER)


def speaker_of(config: Config, health: Health, stack: ExitStack) -> Speaker:
    """The house's speaker, and its headphones."""
    voice = config.voice
    speaker = Speaker(voice.speaker, health.told, headphones=voice.headphones, on_headphones=health.headphones_are)
    stack.callback(speaker.close)
    return speaker


def voicebox_of(config: Config, media: Mapping[str, Path], speaker: Speaking) -> Voicebox:
    """The kiosk's voice, with the sets' recordings and those of its own sentences."""
    voice = config.voice
    return Voicebox(
        speaker,
        speech_cache(config),
        ChainMap({**recordings(voice.recordings)}, media),  # type: ignore[arg-type]  # nothing is written to the second
        volume=voice.volume,
        rate_wpm=voice.rate_wpm,
        tail_s=voice.tail_s,
    )


def render(config: Config, following: House, on_step: Callable[[int, int], None]) -> None:
    """Render what a house to come can say; nothing is played. Raises: VoiceError; and what `on_step` raises."""
    voice = voicebox_of(config, following.media, NoSpeaker(lambda _event: None))
    voice.prepare(following.question_sets, config.home.language, on_step, languages=config.home.languages)


def screen_of(
    config: Config,
    media: Mapping[str, Path],
    inbox: RealInbox,
    on_waiting: Callable[[], None],
    quit_keys: frozenset[str],
) -> KioskApp:
    """The screen, which hands its keys and touches to the inbox."""
    # Textual takes a quarter of a second to import, which only a kiosk with a screen pays.
    from kiosk.screens.app import KioskApp, Signs  # noqa: PLC0415
    from kiosk.screens.terminal_pixels import sixel_cell  # noqa: PLC0415

    language = config.home.language
    return KioskApp(
        config.keys,
        lambda key, turn, by: inbox.put(Down(key, turn, inbox.now_s(), by)),
        on_waiting,
        picture=media.get,
        cell=sixel_cell(),
        quit_keys=quit_keys,
        theme=config.screen.theme,
        terminal_keys=not config.input.devices,
        signs=Signs(
            listen=sentence("listen", language),
            your_turn=sentence("your_turn", language),
            press_a_key=sentence("press_a_key", language),
            start=sentence("press_to_start", language),
        ),
    )


def prepare(voice: Voicebox, sets: tuple[QuestionSet, ...], home: Home, on_progress: Callable[[int, int], None]) -> str:
    """Render what will be said; the sentence for staff where that can't be done, else "". The words are shown still."""
    try:
        voice.prepare(sets, home.language, on_progress, languages=home.languages)
    except VoiceError as error:
        log.error("%s", error)  # noqa: TRY400  a sentence for staff
        return str(error)
    return ""


def buttons_of(config: Config, inbox: RealInbox, app: KioskApp, stack: ExitStack) -> Buttons | None:
    """The input devices' keys, where some are named. Raises: KioskError: they can't be read here."""
    if not config.input.devices:
        return None
    buttons = Buttons(config.input, config.buttons, inbox.put, lambda: app.turn_shown)
    stack.callback(buttons.close)
    return buttons
