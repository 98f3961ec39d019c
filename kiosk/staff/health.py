"""What is known of microphone and speaker, for the one line for staff and `sayso status`."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from kiosk import machine
from kiosk.events import Device, DeviceFound, DeviceLost
from kiosk.settings import Voice
from voice import events as sound
from voice.condition import MicrophoneUsed, Problems
from voice.decide import Outcome
from voice.devices import Direction
from voice.doubt import in_noise, is_talk
from voice.engine_process import EngineLost
from voice.watcher import Watcher

log = logging.getLogger(__name__)

_DEVICES = {Direction.INPUT: Device.MICROPHONE, Direction.OUTPUT: Device.SPEAKER}


class Health:
    """Each device's name; "" when there is none or it was lost, None until somebody has looked.

    Args:
        voice: the house's settings.
        put: where everything that happens goes.
        today: the day.
    """

    def __init__(self, voice: Voice, put: Callable[[Any], None], today: Callable[[], date] = machine.today) -> None:
        self._voice = voice
        self._put = put
        self._today = today
        wanted = {Direction.OUTPUT: voice.speaker}
        if voice.engine != "none":
            wanted = {Direction.INPUT: voice.microphone, **wanted}
        self._watcher = Watcher(wanted, self._changed)
        self._hears = False
        self._problems = Problems()
        self._overflows: dict[date, int] = {}
        self._loud: dict[date, int] = {}
        self._engine_losses: dict[date, int] = {}
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
        self._watcher.look(time.monotonic())

    def watching(self) -> AbstractContextManager[None]:
        """Go on looking, beside everything else, for as long as the block lasts."""
        return self._watcher.watching()

    def told(self, happened: Any) -> None:
        """Sound's events on their way to the inbox: what was lost is none, what works has a name."""
        match happened:
            case MicrophoneUsed():
                self._used(happened)
                return
            case sound.Heard() | sound.Noisy() | sound.Silence():
                self._listened(happened)
            case sound.MicrophoneLost():
                self.microphone = ""
                self._watcher.lost(Direction.INPUT)
            case sound.Listening():
                self.microphone = self.microphone or self._voice.microphone or "default"
                self._watcher.works(Direction.INPUT)
            case sound.SpeakerLost():
                self.speaker = ""
                self._watcher.lost(Direction.OUTPUT)
            case sound.LineStarted():
                self.speaker = self.speaker or self._voice.speaker or "default"
                self._watcher.works(Direction.OUTPUT)
            case EngineLost():  # the microphone is another matter
                self._hears = False
                _count(self._engine_losses, self._today(), 1)
                happened = DeviceLost(Device.MICROPHONE)
            case DeviceFound(Device.MICROPHONE):  # the engine is loaded; a microphone is another matter
                self._hears = True
                if self.microphone == "":
                    happened = DeviceLost(Device.MICROPHONE)
        self._put(happened)

    def facts(self) -> dict[str, str | int]:
        """What is known, as `kiosk.staff.status.line` takes it; overflows and the like as of last midnight."""
        known: dict[str, str | int | None] = {"microphone": self.microphone, "speaker": self.speaker}
        if self._voice.headphones:
            known["headphones"] = self.headphones
        # Those of today would tell that somebody answered just now.
        today = self._today()
        known["microphone_overflows"] = _before(today, self._overflows)
        known["engine_restarts"] = _before(today, self._engine_losses)
        known["loud_listenings"] = _before(today, self._loud)
        known["microphone_problem"] = str(self._problems) or None
        return {name: value for name, value in known.items() if value is not None}

    def _changed(self, direction: Direction, name: str, why: str) -> None:
        """The watcher saw it come or go."""
        if why:
            log.warning("%s", why)
        if direction is Direction.INPUT:
            self.microphone = name
            if name and not self._hears:
                return  # a visit could do nothing with it yet
        else:
            self.speaker = name
        self._put(DeviceFound(_DEVICES[direction]) if name else DeviceLost(_DEVICES[direction]))

    def _used(self, used: MicrophoneUsed) -> None:
        self._problems.add(used)
        if used.overflows:
            _count(self._overflows, self._today(), used.overflows)

    def _listened(self, ended: sound.Heard | sound.Noisy | sound.Silence) -> None:
        """How a listening ended says something of the room; what was said is not looked at."""
        outcome = ended.decision.outcome if isinstance(ended, sound.Heard) else None
        loud = isinstance(ended, sound.Noisy)
        if isinstance(ended, sound.Heard) and outcome not in {Outcome.SURE, Outcome.ASK, Outcome.OWN_PROMPT}:
            evidence = ended.utterance.evidence
            loud = in_noise(evidence) or is_talk(evidence)
        self._problems.listened(own_prompt=outcome is Outcome.OWN_PROMPT, loud=loud)
        if loud:
            _count(self._loud, self._today(), 1)


def _count(counts: dict[date, int], day: date, more: int) -> None:
    counts[day] = counts.get(day, 0) + more


def _before(today: date, counts: dict[date, int]) -> int | None:
    """How many on all days before; None for none."""
    return sum(count for day, count in counts.items() if day != today) or None
