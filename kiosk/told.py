"""What sound tells, as the visit knows it."""

from __future__ import annotations

import logging
from typing import Any

from kiosk import events
from kiosk.interpret import meant
from voice import events as sound
from voice.decide import Outcome

log = logging.getLogger(__name__)


def event_of(happened: Any) -> events.Event | None:
    """The visit's event for one of sound's; what is no sound's is an event already. None: nothing for a visit.

    A loss is noted in the log; what was heard never is.
    """
    match happened:
        case sound.Heard(turn, _, decision):
            answer, command = meant(decision.meaning)
            if decision.outcome is Outcome.NO_MATCH:
                answer = command = None
            return events.Heard(turn, answer, command, sure=decision.outcome is Outcome.SURE)
        case sound.SpeechStarted(turn):
            return events.SpeechStarted(turn)
        case sound.Silence(turn):
            return events.Silence(turn)
        case sound.Noisy(turn):
            return events.Noisy(turn)
        case sound.PromptFinished(turn):
            return events.PromptFinished(turn)
        case sound.MicrophoneLost(_, reason):
            log.warning("microphone lost: %s", reason)
            return events.DeviceLost(events.Device.MICROPHONE)
        case sound.MicrophoneFound():
            return events.DeviceFound(events.Device.MICROPHONE)
        case sound.SpeakerLost(_, reason):
            log.warning("speaker lost: %s", reason)
            return events.DeviceLost(events.Device.SPEAKER)
        case sound.Listening():
            return None
        case event:
            return event  # type: ignore[no-any-return]
