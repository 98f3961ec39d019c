"""What is known of microphone and speaker, for the one line for staff and `sayso status`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from kiosk.events import Device, DeviceFound, DeviceLost
from kiosk.settings import Voice
from voice import events as sound
from voice.devices import Direction, find
from voice.errors import VoiceError

log = logging.getLogger(__name__)


class Health:
    """Each device's name; "" when there is none or it was lost, None until somebody has looked.

    Args:
        voice: the house's settings.
        put: where everything that happens goes.
    """

    def __init__(self, voice: Voice, put: Callable[[Any], None]) -> None:
        self._voice = voice
        self._put = put
        self.microphone: str | None = None
        self.speaker: str | None = None
        self.headphones = ""
        """Their name while they are there."""

    def headphones_are(self, there: bool) -> None:  # noqa: FBT001  told by the speaker in one word
        """They were plugged in or pulled out."""
        self.headphones = self._voice.headphones if there else ""
        self._put(DeviceFound(Device.HEADPHONES) if there else DeviceLost(Device.HEADPHONES))

    def look(self) -> None:
        """Look for both, beside the start: PortAudio takes its time. Nothing is recorded or played."""
        if self._voice.engine != "none":
            self.microphone = _name(Direction.INPUT, self._voice.microphone)
        self.speaker = _name(Direction.OUTPUT, self._voice.speaker)
        self._put(DeviceFound(Device.SPEAKER) if self.speaker else DeviceLost(Device.SPEAKER))

    def told(self, happened: Any) -> None:
        """Sound's events on their way to the inbox: what was lost is none, what works has a name."""
        match happened:
            case sound.MicrophoneLost():
                self.microphone = ""
            case sound.Listening():
                self.microphone = self.microphone or self._voice.microphone or "default"
            case sound.SpeakerLost():
                self.speaker = ""
            case sound.LineStarted():
                self.speaker = self.speaker or self._voice.speaker or "default"
        self._put(happened)

    def facts(self) -> dict[str, str]:
        """What is known, as `kiosk.status.line` takes it."""
        known = {"microphone": self.microphone, "speaker": self.speaker}
        if self._voice.headphones:
            known["headphones"] = self.headphones
        return {name: value for name, value in known.items() if value is not None}


def _name(direction: Direction, name: str) -> str:
    try:
        return find(direction, name).name
    except VoiceError as error:
        log.warning("%s", error)
        return ""
