"""The conversation, pure: `step(visit, event) -> (visit, effects)`. What each key, word and silence does is beside it.

No clock, thread, sound, disk or screen in here; time comes in as events. What may happen at each stage stands in TABLE,
at the end: what is not in it is ignored. An event of an older turn is dropped, but a command key never is.
Source: the rules of asking, docs/asking.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kiosk import by_key, by_voice, commands, silence
from kiosk.answer import By
from kiosk.answering import keep_failed, kept, review
from kiosk.aside import help_answered, resume
from kiosk.asks import OWN, Asking
from kiosk.events import (
    Device,
    DeviceFound,
    DeviceLost,
    Event,
    Heard,
    HelpAnswered,
    HoursChanged,
    KeepFailed,
    Kept,
    KeyHeld,
    KeyPressed,
    KeyTouched,
    Noisy,
    PromptFinished,
    PromptHeard,
    Recorded,
    Show,
    Silence,
    SpeechStarted,
    TimePassed,
    TwoKeys,
)
from kiosk.present import view_of
from kiosk.putting import (
    Stepped,
    arm,
    ask,
    go_on,
    open_microphone,
    over,
    put,
    sorry,
    thanks,
)
from kiosk.state import Rules, Stage, Visit
from kiosk.view import ANSWER_KEYS, SWITCH

__all__ = ["TABLE", "Rules", "Stage", "Visit", "step"]


def step(visit: Visit, event: Event) -> Stepped:
    """What an event makes of a visit.

    Args:
        visit: as it stands; it is not changed.
        event: whatever happened, in any order; it never raises.
    Returns: the visit that follows, and what to do, in this order.
    """
    after, effects = _step(visit, event)
    view = view_of(after)
    # While the store works for some milliseconds the old view stays: its keys carry an older turn.
    unchanged = after.stage is Stage.KEEPING or view == view_of(visit)
    return after, effects if unchanged else (*effects, Show(view))


def _step(visit: Visit, event: Event) -> Stepped:
    match event:
        case DeviceLost(Device.MICROPHONE):
            return silence.microphone_lost(visit)
        case DeviceFound(Device.MICROPHONE):
            return replace(visit, voice=True), ()
        case DeviceFound(Device.HEADPHONES):
            return replace(visit, headphones=True), ()
        case DeviceLost(Device.HEADPHONES):
            pulled_out = visit.headphones and visit.stage is Stage.ASK
            visit = replace(visit, headphones=False)
            return put(visit) if pulled_out else (visit, ())  # what was being said ended unheard
        case DeviceLost() | DeviceFound():
            return visit, ()  # without a speaker the words are on the screen; the runner goes on sending PromptFinished
        case HoursChanged(is_open):
            # A visit that has begun goes on; the next one asks the clock itself.
            return (replace(visit, closed=not is_open) if visit.stage is Stage.WAITING else visit), ()
        case KeyPressed(key, turn) if key in (*ANSWER_KEYS, SWITCH) and turn != visit.turn:
            return visit, ()  # it answers what was on the screen before
        case KeyPressed() | KeyHeld():
            pass
        case TimePassed(turn, number) if visit.timer is None or (turn, number) != (visit.turn, visit.timer.number):
            return visit, ()
        case PromptFinished() if not visit.speaking:
            return visit, ()
        case Heard() | PromptHeard() | Silence() | Noisy() | SpeechStarted() if not visit.listening:
            return visit, ()  # the microphone is closed: it was on its way when somebody pressed a key
        case _ if event.turn != visit.turn:
            return visit, ()
    handler = TABLE.get((visit.stage, type(event)))
    return handler(visit, event) if handler else (visit, ())


def _said_back_finished(visit: Visit, _event: Event) -> Stepped:
    """The answer may be changed now, for as long as the house's setting says."""
    visit = replace(visit, speaking=False)
    stands = visit.answers.get(visit.question.name) if visit.question else None
    if stands is not None and stands.by is By.VOICE:
        return open_microphone(visit, visit.rules.change_s)
    return arm(visit, visit.rules.change_s), ()


# --- the store's word ----------------------------------------------------------------------------------------------


def _kept(visit: Visit, _event: Event) -> Stepped:
    """Kept and said back; then the command that waited for it."""
    deferred = visit.deferred
    after, effects = kept(replace(visit, deferred=None))
    if deferred is None:
        return after, effects
    last, more = _step(after, KeyPressed(deferred.value, after.turn))
    return last, (*effects, *more)


def _finished(visit: Visit, _event: Event) -> Stepped:
    if visit.abandoned:
        return over(visit)
    if len(visit.sets) > 1:
        return ask(visit, Asking.ANOTHER, OWN[Asking.ANOTHER])
    return thanks(visit)


def _forgotten(visit: Visit, _event: Event) -> Stepped:
    return thanks(replace(visit, answers={}), (visit.tongue.line("forgotten"),))


def _not_forgotten(visit: Visit, _event: Event) -> Stepped:
    return thanks(visit, (visit.tongue.line("not_forgotten"),))


def _linger(visit: Visit, _event: Event) -> Stepped:
    return arm(replace(visit, speaking=False), visit.rules.change_s), ()


def _next_please(visit: Visit, _event: Event) -> Stepped:
    return go_on(visit)


def _answered_help(visit: Visit, event: HelpAnswered) -> Stepped:
    return help_answered(visit, coming=event.coming)


def _come_back(visit: Visit, _event: Event) -> Stepped:
    return resume(visit)


def _played_back(visit: Visit, _event: Event) -> Stepped:
    return review(visit)


Handler = Callable[[Visit, Any], Stepped]


def _as_one(handler: Handler) -> Handler:
    """Where any answer key does the same, two of them do it too."""
    return lambda visit, event: handler(visit, KeyPressed(ANSWER_KEYS[0], event.turn))


TABLE: Mapping[tuple[Stage, type], Handler] = {
    (Stage.WAITING, KeyPressed): by_key.start,
    (Stage.WAITING, TwoKeys): _as_one(by_key.start),
    (Stage.NOTE, KeyPressed): by_key.note_key,
    (Stage.NOTE, TwoKeys): commands.told,
    (Stage.NOTE, KeyHeld): by_key.held,
    (Stage.NOTE, PromptFinished): commands.told,
    (Stage.ASK, KeyPressed): by_key.ask_key,
    (Stage.ASK, KeyTouched): by_key.touched,
    (Stage.ASK, KeyHeld): by_key.held,
    (Stage.ASK, TwoKeys): by_key.two_keys,
    (Stage.ASK, PromptFinished): silence.prompt_over,
    (Stage.ASK, Noisy): by_voice.noisy,
    (Stage.ASK, SpeechStarted): by_voice.speech_started,
    (Stage.ASK, Heard): by_voice.ask_heard,
    (Stage.ASK, PromptHeard): by_voice.prompt_heard,
    (Stage.ASK, Silence): silence.nobody,
    (Stage.ASK, TimePassed): silence.waited,
    (Stage.RECORDING, KeyPressed): by_key.recording_key,
    (Stage.RECORDING, TwoKeys): _as_one(by_key.recording_key),
    (Stage.RECORDING, Recorded): by_voice.recorded,
    (Stage.RECORDING, Silence): silence.nobody,
    (Stage.RECORDING, TimePassed): silence.nobody,
    (Stage.CONFIRM, KeyPressed): by_key.ask_key,
    (Stage.CONFIRM, KeyTouched): by_key.touched,
    (Stage.CONFIRM, KeyHeld): by_key.held,
    (Stage.CONFIRM, TwoKeys): by_key.two_keys,
    (Stage.CONFIRM, PromptFinished): silence.prompt_over,
    (Stage.CONFIRM, Noisy): by_voice.noisy,
    (Stage.CONFIRM, SpeechStarted): by_voice.speech_started,
    (Stage.CONFIRM, Heard): by_voice.confirm_heard,
    (Stage.CONFIRM, PromptHeard): by_voice.prompt_heard,
    (Stage.CONFIRM, Silence): silence.nobody,
    (Stage.CONFIRM, TimePassed): silence.nobody,
    (Stage.KEEPING, KeyPressed): by_key.defer,
    (Stage.KEEPING, Kept): _kept,
    (Stage.KEEPING, KeepFailed): lambda visit, _event: keep_failed(visit),
    (Stage.SAID_BACK, KeyPressed): by_key.said_back_key,
    (Stage.SAID_BACK, KeyTouched): lambda visit, event: (
        _said_back_finished(visit, event) if visit.speaking else (visit, ())
    ),
    (Stage.SAID_BACK, KeyHeld): by_key.held,
    (Stage.SAID_BACK, TwoKeys): by_key.two_keys_after,
    (Stage.SAID_BACK, PromptFinished): _said_back_finished,
    (Stage.SAID_BACK, Noisy): by_voice.said_back_noisy,
    (Stage.SAID_BACK, SpeechStarted): by_voice.speech_started,
    (Stage.SAID_BACK, Heard): by_voice.said_back_heard,
    (Stage.SAID_BACK, PromptHeard): by_voice.prompt_heard,
    (Stage.SAID_BACK, Silence): _next_please,
    (Stage.SAID_BACK, TimePassed): _next_please,
    (Stage.FINISHING, Kept): _finished,
    (Stage.FINISHING, KeepFailed): lambda visit, _event: sorry(visit),
    (Stage.FORGETTING, Kept): _forgotten,
    (Stage.FORGETTING, KeepFailed): _not_forgotten,
    (Stage.PLAYBACK, KeyPressed): by_key.playback_key,
    (Stage.PLAYBACK, TwoKeys): _played_back,
    (Stage.PLAYBACK, PromptFinished): _played_back,
    (Stage.HELP, HelpAnswered): _answered_help,
    (Stage.HELP, KeyPressed): by_key.help_key,
    (Stage.HELP, PromptFinished): _linger,
    (Stage.HELP, TimePassed): _come_back,
    (Stage.SORRY, KeyPressed): by_key.closing_key,
    (Stage.SORRY, PromptFinished): _linger,
    (Stage.SORRY, TimePassed): over,
    (Stage.THANKS, KeyPressed): by_key.closing_key,
    (Stage.THANKS, PromptFinished): _linger,
    (Stage.THANKS, TimePassed): over,
}
"""What each stage answers to. A pair that is not here is ignored."""
