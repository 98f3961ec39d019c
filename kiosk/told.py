"""What sound tells, as the visit knows it."""

from __future__ import annotations

import logging
from typing import Any

from kiosk import events
from kiosk.interpret import meant
from voice import events as sound
from voice.decide import Outcome
from voice.doubt import in_noise, is_talk

log = logging.getLogger(__name__)

_MISSES = {Outcome.TWO_ANSWERS: events.Miss.TWO_ANSWERS, Outcome.CLIPPED: events.Miss.CLIPPED}


def event_of(happened: Any) -> events.Event | None:
    """The visit's event for one of sound's; what is no sound's is an event already. None: nothing for a visit.

    A loss is noted in the log; what was heard never is.
    """
    match happened:
        case sound.Heard():
            return _heard(happened)
        case sound.SpeechStarted(turn, at_s):
            return events.SpeechStarted(turn, at_s)
        case sound.Silence(turn):
            return events.Silence(turn)
        case sound.Noisy(turn):
            return events.Noisy(turn)
        case sound.PromptFinished(turn):
            return events.PromptFinished(turn)
        case sound.MicrophoneLost(_, reason):
            log.warning("microphone lost: %s", reason)
            return events.DeviceLost(events.Device.MICROPHONE)
        case sound.EngineFailed():  # the log has it from whoever looks after the engine
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


def _heard(heard: sound.Heard) -> events.Heard | events.PromptHeard:
    """What was heard: an answer or a command, the kiosk itself, or why it was neither."""
    evidence, decision = heard.utterance.evidence, heard.decision
    if decision.outcome is Outcome.OWN_PROMPT:
        return events.PromptHeard(heard.turn, heard.heard_s)
    if decision.outcome in {Outcome.SURE, Outcome.ASK}:
        answer, command = meant(decision.meaning)
        sure = decision.outcome is Outcome.SURE
        return events.Heard(heard.turn, answer, command, sure=sure, pause_s=evidence.pause_s)
    miss = _MISSES.get(decision.outcome, events.Miss.NO_ANSWER)
    talk = is_talk(evidence)
    noisy = talk or in_noise(evidence)
    return events.Heard(heard.turn, miss=miss, noisy=noisy, talk=talk, pause_s=evidence.pause_s)
