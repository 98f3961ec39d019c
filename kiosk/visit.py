"""Every rule of the conversation, in one pure file: `step(visit, event) -> (visit, effects)`.

No clock, thread, sound, disk or screen in here; time comes in as events. What may happen at each stage stands in TABLE,
at the end: what is not in it is ignored. An event of an older turn is dropped, but a command key never is.
Source: the rules of asking, docs/asking.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kiosk.answer import Answer, By, How
from kiosk.answering import aloud, given, keep_failed, kept, play_back, review
from kiosk.aside import STAYING, call_help, help_answered, menu_command, open_menu, put_menu, restored, resume
from kiosk.asks import OWN, Asking
from kiosk.events import (
    Adjust,
    Device,
    DeviceFound,
    DeviceLost,
    Event,
    Heard,
    HelpAnswered,
    KeepFailed,
    Kept,
    KeyHeld,
    KeyPressed,
    KeyTouched,
    Line,
    Noisy,
    PromptFinished,
    Recorded,
    Show,
    Silence,
    SpeechStarted,
    StopListening,
    StopSaying,
    TimePassed,
    TwoKeys,
)
from kiosk.present import view_of
from kiosk.prompts import (
    confirm_lines,
    said_back_lines,
)
from kiosk.putting import (
    Stepped,
    arm,
    ask,
    end,
    finish,
    go_on,
    open_microphone,
    over,
    present,
    put,
    reopen,
    sorry,
    thanks,
    your_turn,
)
from kiosk.scanning import light, move_on, places, wait_or_scan
from kiosk.state import Rules, Stage, Visit
from kiosk.view import ANSWER_KEYS, NEXT_SWITCH, START_KEY, SWITCH, Command
from openrosa.question_set import Kind

__all__ = ["TABLE", "Rules", "Stage", "Visit", "step"]

MOST_FAILURES = 2
"""Not understood so often: keys only for this question."""
MOST_SILENCES = 2
"""Asked again so often: then the offer to stop."""

_ANSWERS_BY_COMMAND: Mapping[Command, How] = {
    Command.DONT_KNOW: How.DONT_KNOW,
    Command.RATHER_NOT_SAY: How.RATHER_NOT_SAY,
    Command.SKIP: How.SKIPPED,
}


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
            return _microphone_lost(visit)
        case DeviceFound(Device.MICROPHONE):
            return replace(visit, voice=True), ()
        case DeviceFound(Device.HEADPHONES) | DeviceLost(Device.HEADPHONES):
            return replace(visit, headphones=isinstance(event, DeviceFound)), ()
        case DeviceLost() | DeviceFound():
            return visit, ()  # without a speaker the words are on the screen; the runner goes on sending PromptFinished
        case KeyPressed(key, turn) if key in (*ANSWER_KEYS, SWITCH) and turn != visit.turn:
            return visit, ()  # it answers what was on the screen before
        case KeyPressed() | KeyHeld():
            pass
        case TimePassed(turn, number) if visit.timer is None or (turn, number) != (visit.turn, visit.timer.number):
            return visit, ()
        case PromptFinished() if not visit.speaking:
            return visit, ()
        case Heard() | Silence() | Noisy() | SpeechStarted() if not visit.listening:
            return visit, ()  # the microphone is closed: it was on its way when somebody pressed a key
        case _ if event.turn != visit.turn:
            return visit, ()
    handler = TABLE.get((visit.stage, type(event)))
    return handler(visit, event) if handler else (visit, ())


# --- waiting for an answer -----------------------------------------------------------------------------------------


def _speech_started(visit: Visit, _event: Event) -> Stepped:
    return arm(visit, visit.rules.heard_within_s), ()


def _nobody(visit: Visit, _event: Event | None = None) -> Stepped:
    """Silence: ask again softly, ask again, offer to stop; what the kiosk itself asks has a safe answer."""
    match visit.asking:
        case Asking.OFFER_STOP:
            gone = replace(visit, abandoned=True)
            return finish(gone) if gone.answers else over(gone)
        case Asking.KEEP_OR_FORGET | Asking.FORGET_SURE:
            return finish(visit)
        case Asking.ANOTHER:
            return over(visit)
        case Asking.REVIEW:
            return go_on(visit)  # it is kept unless dropped
        case Asking.MENU:
            return resume(replace(visit, silences=visit.silences + 1))
    if visit.stage is Stage.CONFIRM and visit.question is not None and visit.question.name in visit.answers:
        return go_on(visit)  # the answer that was kept before stands
    visit = replace(visit, silences=visit.silences + 1)
    if visit.silences > MOST_SILENCES:
        return ask(visit, Asking.OFFER_STOP, OWN[Asking.OFFER_STOP])
    if visit.stage is Stage.CONFIRM and visit.candidate is not None:
        return _confirm(visit, visit.candidate)
    return put(visit, (visit.tongue.line("again_softly"),))


def _waited(visit: Visit, event: TimePassed) -> Stepped:
    """Time ran out: with one switch the next place is lit; otherwise nobody answered."""
    one_switch = visit.switching and visit.rules.switches == 1
    if one_switch and (visit.scanned or visit.asking is Asking.MENU):
        return move_on(visit) or _nobody(visit)
    return _nobody(visit, event)


def _prompt_over(visit: Visit, _event: Event) -> Stepped:
    return wait_or_scan(visit)


def _noisy(visit: Visit, _event: Event) -> Stepped:
    """Something speaks that never pauses: the microphone stays closed for this question, and keys are asked for."""
    return put(replace(visit, noisy=True, keys_only=True), (visit.tongue.line("noisy"),))


def _microphone_lost(visit: Visit) -> Stepped:
    """Keys only from here on; the person is not hurried: the silence starts again."""
    if not visit.listening:
        return replace(visit, voice=False), ()
    visit = replace(visit, voice=False, listening=False)
    if visit.stage is Stage.RECORDING:
        return arm(visit, visit.rules.change_s), (StopListening(),)  # Recorded brings what there is
    waits = visit.rules.change_s if visit.stage is Stage.SAID_BACK else visit.rules.ask_again_s
    return arm(visit, waits), (StopListening(),)


# --- what was heard ------------------------------------------------------------------------------------------------


def _heard_of(visit: Visit, heard: Heard) -> Answer | None:
    """What was heard as an answer, if it is one to this question."""
    if heard.command is not None and heard.command in _ANSWERS_BY_COMMAND:
        return Answer(_ANSWERS_BY_COMMAND[heard.command], by=By.VOICE)
    names = [choice.name for choice in visit.question.choices] if visit.question else []
    return Answer(How.GIVEN, heard.answer, By.VOICE) if heard.answer in names and heard.answer else None


def _ask_heard(visit: Visit, heard: Heard) -> Stepped:
    answer = _heard_of(visit, heard)
    if answer is None:
        return _heard_command(visit, heard) if heard.command else _not_caught(visit)
    if heard.sure:
        return given(visit, answer)
    return _confirm(visit, answer)


def _confirm(visit: Visit, candidate: Answer) -> Stepped:
    """Put it as "I heard: good. Press green for good, or say it again": nothing is kept yet."""
    question = visit.question
    if question is None:
        return visit, ()
    visit = replace(visit, keys_only=visit.keys_only or question.private, candidate=candidate)
    return present(visit, Stage.CONFIRM, (*confirm_lines(question, candidate, visit.tongue), *your_turn(visit)))


def _confirm_heard(visit: Visit, heard: Heard) -> Stepped:
    answer = _heard_of(visit, heard)
    if answer is None:
        return _heard_command(visit, heard) if heard.command else _not_caught(visit)
    if answer.same_as(visit.candidate):
        return given(visit, answer)
    # Another choice takes its place, without being read back a second time: it waits, lit, to be said again.
    visit = replace(visit, failures=visit.failures + 1)
    if visit.failures >= MOST_FAILURES:
        return _not_caught(visit)
    candidate = replace(answer, corrected=True)
    return present(visit, Stage.CONFIRM, your_turn(visit), candidate=candidate)


def _not_caught(visit: Visit) -> Stepped:
    """Speech that was no answer: once, sorry; twice, keys only for this question."""
    failures = visit.failures + 1
    if failures >= MOST_FAILURES:
        return put(replace(visit, failures=failures, keys_only=True), (visit.tongue.line("use_keys"),))
    return put(replace(visit, failures=failures), (visit.tongue.line("didnt_catch"),))


def _heard_command(visit: Visit, heard: Heard) -> Stepped:
    """A command by voice. An unsure "stop" is asked; the others do no harm."""
    if heard.command is Command.STOP and not heard.sure:
        return ask(visit, Asking.OFFER_STOP, OWN[Asking.OFFER_STOP])
    return _command(visit, heard.command, By.VOICE) if heard.command else (visit, ())


def _said_back_heard(visit: Visit, heard: Heard) -> Stepped:
    """Somebody speaks while their answer is being said back: only something else changes it."""
    answer = _heard_of(visit, heard)
    stands = visit.answers.get(visit.question.name) if visit.question else None
    if answer is not None and answer.how is not How.SKIPPED and not answer.same_as(stands):
        return given(visit, answer) if heard.sure else _confirm(visit, answer)
    if heard.command is not None and (answer is None or answer.how is How.SKIPPED):
        return _heard_command(visit, heard)
    return open_microphone(visit, visit.rules.change_s)


# --- keys ----------------------------------------------------------------------------------------------------------


def _start(visit: Visit, event: KeyPressed) -> Stepped:
    """The start key, any answer key where the house has it so, or the switch."""
    rules = visit.rules
    by_switch = event.key in (SWITCH, NEXT_SWITCH) and rules.switches > 0
    if by_switch or event.key == START_KEY or (rules.any_key_starts and event.key in ANSWER_KEYS):
        if visit.out_of_order:
            return sorry(visit)
        return go_on(replace(visit, switching=by_switch))
    return call_help(visit) if event.key == Command.HELP.value else (visit, ())


def _ask_key(visit: Visit, event: KeyPressed) -> Stepped:
    """An answer key answers; a command does what it says; any other key only ends the speech."""
    if event.key in (SWITCH, NEXT_SWITCH):
        return _switch(visit, event)
    if visit.asking is Asking.MENU:
        return _menu_key(visit, event)
    chosen = _choice_of(visit, event.key)
    if chosen is not None:
        return given(visit, Answer(How.GIVEN, chosen, event.by))
    if event.key in ANSWER_KEYS and visit.question is not None and visit.question.kind is Kind.AUDIO:
        if visit.voice and visit.stage is Stage.ASK:  # enough said: begin
            return _hushed(visit)
        return given(visit, Answer(How.SKIPPED, by=event.by))
    command = _command_of(event.key)
    return _command(visit, command, event.by) if command else _hushed(visit)


def _hushed(visit: Visit) -> Stepped:
    """A key that means nothing here stops speech too; then it is the person's turn."""
    if not visit.speaking:
        return visit, ()
    after, effects = wait_or_scan(visit)
    return after, (StopSaying(), *effects) if after.turn == visit.turn else effects


def _touched(visit: Visit, _event: Event) -> Stepped:
    return _hushed(visit)


def _switch(visit: Visit, event: KeyPressed) -> Stepped:
    """The one switch takes what is lit; the second one moves it on. The first press of a visit begins it."""
    if visit.rules.switches == 0:
        return _hushed(visit)
    began = visit.switching
    visit = replace(visit, switching=True)
    if visit.asking is Asking.MENU:
        if event.key == NEXT_SWITCH:
            return move_on(visit) or _nobody(visit)
        return _menu_take(visit, By.SWITCH)
    if not places(visit):
        return _ask_key(visit, replace(event, key=ANSWER_KEYS[0], by=By.SWITCH))
    if event.key == NEXT_SWITCH:
        return move_on(visit) or light(visit, 0)
    if not began or not visit.scanned:
        return light(visit, 0)
    if visit.scanned == Command.MENU.value:
        return open_menu(visit)
    chosen = _choice_of(visit, visit.scanned)
    return given(visit, Answer(How.GIVEN, chosen, By.SWITCH)) if chosen else (visit, ())


def _menu_key(visit: Visit, event: KeyPressed) -> Stepped:
    """This one, the next, back; a command's own key does what it says."""
    match _choice_of(visit, event.key):
        case "menu_this":
            return _menu_take(visit, event.by)
        case "menu_next":
            return put_menu(visit, visit.menu_at + 1)
        case "menu_leave":
            return resume(visit)
    match _command_of(event.key):
        case None:
            return _hushed(visit)
        case Command.BACK:
            return resume(visit)
        case command if command in STAYING or command is Command.AGAIN:
            return _command(visit, command, event.by)
        case command:
            return _at(restored(visit), command, event.by)


def _menu_take(visit: Visit, by: By) -> Stepped:
    """Do what the menu puts; louder and its like may be taken again and again."""
    command = menu_command(visit)
    if command is None:
        return resume(visit)
    return _command(visit, command, by) if command in STAYING else _at(restored(visit), command, by)


def _at(visit: Visit, command: Command, by: By) -> Stepped:
    """A command that came by way of the menu, where the visit stood before."""
    if visit.stage is Stage.NOTE:
        return _note_key(visit, KeyPressed(command.value, visit.turn, by))
    if visit.stage is Stage.SAID_BACK:
        return _said_back_key(visit, KeyPressed(command.value, visit.turn, by))
    return _command(visit, command, by)


def _held(visit: Visit, _event: Event) -> Stepped:
    """Holding a key opens the menu, where the house has it so. The press itself has counted already."""
    return open_menu(visit)


def _two_keys(visit: Visit, _event: Event) -> Stepped:
    """Neither counts: the question comes again. Twice on one question, and the menu opens."""
    if visit.asking is Asking.MENU:
        return put_menu(visit, visit.menu_at, first=(visit.tongue.line("two_keys"),))
    visit = replace(visit, two_keys=visit.two_keys + 1)
    if visit.two_keys > 1:
        return open_menu(visit)
    return put(visit, (visit.tongue.line("two_keys"),))


def _two_keys_after(visit: Visit, _event: Event) -> Stepped:
    """A second key came while the first was down, which had counted: which one was meant is asked."""
    after, _ = reopen(visit)
    return put(replace(after, two_keys=1), (visit.tongue.line("two_keys"),))


def _recording_key(visit: Visit, event: KeyPressed) -> Stepped:
    """Any answer key, or the switch, ends the message; Recorded follows."""
    if event.key in (*ANSWER_KEYS, SWITCH, NEXT_SWITCH):
        return arm(replace(visit, listening=False), visit.rules.change_s), (StopListening(),)
    command = _command_of(event.key)
    return _command(visit, command, event.by) if command else (visit, ())


def _recorded(visit: Visit, event: Recorded) -> Stepped:
    visit = replace(visit, stage=Stage.ASK, listening=False)
    if event.duration_s <= 0:
        return _nobody(visit)
    return given(visit, Answer(How.GIVEN, event.message, By.VOICE))


def _said_back_key(visit: Visit, event: KeyPressed) -> Stepped:
    """Until the next question an answer key changes the answer; its own key pressed again changes nothing."""
    if visit.switching and event.key in (SWITCH, NEXT_SWITCH):
        return reopen(visit) if event.key == SWITCH else go_on(visit)
    chosen, stands = _choice_of(visit, event.key), None
    if visit.question is not None:
        stands = visit.answers.get(visit.question.name)
    if chosen is not None:
        answer = Answer(How.GIVEN, chosen, event.by)
        return (visit, ()) if answer.same_as(stands) else given(visit, answer)
    command = _command_of(event.key)
    if command is None:
        return visit, ()
    if command is Command.AGAIN and stands is not None and visit.question is not None:
        lines = said_back_lines(visit.question, stands, visit.tongue, aloud=aloud(visit, stands))
        return present(visit, Stage.SAID_BACK, lines)
    return _command(visit, command, event.by)


def _said_back_finished(visit: Visit, _event: Event) -> Stepped:
    """The answer may be changed now, for as long as the house's setting says."""
    visit = replace(visit, speaking=False)
    stands = visit.answers.get(visit.question.name) if visit.question else None
    if stands is not None and stands.by is By.VOICE:
        return open_microphone(visit, visit.rules.change_s)
    return arm(visit, visit.rules.change_s), ()


def _note_key(visit: Visit, event: KeyPressed) -> Stepped:
    match _command_of(event.key):
        case None | Command.SKIP | Command.DONT_KNOW | Command.RATHER_NOT_SAY:
            return _told(visit, event)
        case Command.AGAIN | Command.EXPLAIN:
            return go_on(visit)  # it isn't told yet, so it comes next
        case command:
            return _command(visit, command, event.by)


def _playback_key(visit: Visit, event: KeyPressed) -> Stepped:
    """Any key ends it, and leads to whether the message shall stay; "again" plays it again."""
    command = _command_of(event.key)
    if command in STAYING:
        return _command(visit, command, event.by)
    return play_back(visit) if command is Command.AGAIN else review(visit)


def _help_key(visit: Visit, event: KeyPressed) -> Stepped:
    """Any key leads back at once; a command does what it says there."""
    if visit.speaking and event.key == Command.HELP.value:
        return visit, ()
    if visit.aside is None or visit.asking is Asking.MENU or visit.aside.stage in {Stage.WAITING, Stage.THANKS}:
        return resume(visit)
    command = _command_of(event.key)
    return _at(restored(visit), command, event.by) if command else resume(visit)


def _told(visit: Visit, _event: Event) -> Stepped:
    name = visit.question.name if visit.question else ""
    return go_on(replace(visit, told=visit.told | {name}))


def _defer(visit: Visit, event: KeyPressed) -> Stepped:
    """An answer is being kept: a command waits for it, an answer key is too early."""
    return replace(visit, deferred=_command_of(event.key) or visit.deferred), ()


def _closing_key(visit: Visit, event: KeyPressed) -> Stepped:
    if event.key == Command.HELP.value:
        return call_help(visit)
    return over(visit) if event.key in (START_KEY, SWITCH) else (visit, ())


def _choice_of(visit: Visit, key: str) -> str | None:
    """The choice on that key's tile."""
    choices = visit.question.choices if visit.question else ()
    return next((choice.name for choice in choices if choice.key == key), None)


def _command_of(key: str) -> Command | None:
    return next((command for command in Command if command.value == key), None)


def _command(visit: Visit, command: Command, by: By) -> Stepped:
    """What a command does while something is being put, heard or said back."""
    match command:
        case Command.DONT_KNOW | Command.RATHER_NOT_SAY | Command.SKIP:
            if visit.stage is Stage.SAID_BACK and command is Command.SKIP:
                return go_on(visit)
            return given(visit, Answer(_ANSWERS_BY_COMMAND[command], by=by))
        case Command.BACK:
            return _back(visit)
        case Command.STOP:
            if visit.asking in {Asking.KEEP_OR_FORGET, Asking.FORGET_SURE}:
                return finish(visit)
            return thanks(visit) if visit.asking is Asking.ANOTHER else end(visit)
        case Command.HELP:
            return call_help(visit)
        case Command.MENU:
            return open_menu(visit)
        case Command.SPEAK_ANSWERS:
            return _speak_answers(visit)
        case Command.EXPLAIN if visit.stage is Stage.ASK:
            return put(visit, explain=True)
        case Command.LOUDER | Command.QUIETER | Command.SLOWER | Command.FASTER:
            after, effects = _again(visit)  # what was being said is the sample
            return after, (Adjust(command), *effects)
        case _:
            return _again(visit)


def _again(visit: Visit, opening: tuple[Line, ...] = ()) -> Stepped:
    """Say once more what is being put."""
    if visit.asking is Asking.MENU:
        return put_menu(visit, visit.menu_at, first=opening)
    if visit.asking is Asking.REVIEW and not opening:
        return play_back(visit)
    match visit.stage:
        case Stage.CONFIRM if visit.candidate is not None and not opening:
            return _confirm(visit, visit.candidate)
        case Stage.NOTE:
            return go_on(visit, opening)
        case Stage.SAID_BACK:
            return visit, ()
        case _:
            return put(visit, opening)


def _speak_answers(visit: Visit) -> Stepped:
    """Say keyed answers aloud from now on, or no longer: for this visit alone."""
    now = visit.rules.speak_keyed_answers if visit.speak_answers is None else visit.speak_answers
    visit = replace(visit, speak_answers=not now)
    words = visit.tongue.line("answers_not_spoken" if now else "answers_spoken")
    return go_on(visit, (words,)) if visit.stage is Stage.SAID_BACK else _again(visit, (words,))


def _back(visit: Visit) -> Stepped:
    """Reopen the question being read back, otherwise the one shown before."""
    match visit.stage, visit.asking:
        case Stage.SAID_BACK | Stage.CONFIRM | Stage.NOTE, _:
            return reopen(visit)
        case _, Asking.FORGET_SURE:
            return ask(visit, Asking.KEEP_OR_FORGET, OWN[Asking.KEEP_OR_FORGET])
        case _, Asking.ANOTHER:
            return put(visit)
        case _, Asking.OFFER_STOP | Asking.KEEP_OR_FORGET | Asking.REVIEW:
            return reopen(visit)
    return reopen(replace(visit, history=visit.history[:-1])) if len(visit.history) > 1 else put(visit)


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

TABLE: Mapping[tuple[Stage, type], Handler] = {
    (Stage.WAITING, KeyPressed): _start,
    (Stage.WAITING, TwoKeys): lambda visit, event: _start(visit, KeyPressed(ANSWER_KEYS[0], event.turn)),
    (Stage.NOTE, KeyPressed): _note_key,
    (Stage.NOTE, TwoKeys): _told,
    (Stage.NOTE, KeyHeld): _held,
    (Stage.NOTE, PromptFinished): _told,
    (Stage.ASK, KeyPressed): _ask_key,
    (Stage.ASK, KeyTouched): _touched,
    (Stage.ASK, KeyHeld): _held,
    (Stage.ASK, TwoKeys): _two_keys,
    (Stage.ASK, PromptFinished): _prompt_over,
    (Stage.ASK, Noisy): _noisy,
    (Stage.ASK, SpeechStarted): _speech_started,
    (Stage.ASK, Heard): _ask_heard,
    (Stage.ASK, Silence): _nobody,
    (Stage.ASK, TimePassed): _waited,
    (Stage.RECORDING, KeyPressed): _recording_key,
    (Stage.RECORDING, TwoKeys): lambda visit, event: _recording_key(visit, KeyPressed(ANSWER_KEYS[0], event.turn)),
    (Stage.RECORDING, Recorded): _recorded,
    (Stage.RECORDING, Silence): _nobody,
    (Stage.RECORDING, TimePassed): _nobody,
    (Stage.CONFIRM, KeyPressed): _ask_key,
    (Stage.CONFIRM, KeyTouched): _touched,
    (Stage.CONFIRM, KeyHeld): _held,
    (Stage.CONFIRM, TwoKeys): _two_keys,
    (Stage.CONFIRM, PromptFinished): _prompt_over,
    (Stage.CONFIRM, Noisy): _noisy,
    (Stage.CONFIRM, SpeechStarted): _speech_started,
    (Stage.CONFIRM, Heard): _confirm_heard,
    (Stage.CONFIRM, Silence): _nobody,
    (Stage.CONFIRM, TimePassed): _nobody,
    (Stage.KEEPING, KeyPressed): _defer,
    (Stage.KEEPING, Kept): _kept,
    (Stage.KEEPING, KeepFailed): lambda visit, _event: keep_failed(visit),
    (Stage.SAID_BACK, KeyPressed): _said_back_key,
    (Stage.SAID_BACK, KeyTouched): lambda visit, event: (
        _said_back_finished(visit, event) if visit.speaking else (visit, ())
    ),
    (Stage.SAID_BACK, KeyHeld): _held,
    (Stage.SAID_BACK, TwoKeys): _two_keys_after,
    (Stage.SAID_BACK, PromptFinished): _said_back_finished,
    (Stage.SAID_BACK, Noisy): _next_please,
    (Stage.SAID_BACK, SpeechStarted): _speech_started,
    (Stage.SAID_BACK, Heard): _said_back_heard,
    (Stage.SAID_BACK, Silence): _next_please,
    (Stage.SAID_BACK, TimePassed): _next_please,
    (Stage.FINISHING, Kept): _finished,
    (Stage.FINISHING, KeepFailed): lambda visit, _event: sorry(visit),
    (Stage.FORGETTING, Kept): _forgotten,
    (Stage.FORGETTING, KeepFailed): _not_forgotten,
    (Stage.PLAYBACK, KeyPressed): _playback_key,
    (Stage.PLAYBACK, TwoKeys): _played_back,
    (Stage.PLAYBACK, PromptFinished): _played_back,
    (Stage.HELP, HelpAnswered): _answered_help,
    (Stage.HELP, KeyPressed): _help_key,
    (Stage.HELP, PromptFinished): _linger,
    (Stage.HELP, TimePassed): _come_back,
    (Stage.SORRY, KeyPressed): _closing_key,
    (Stage.SORRY, PromptFinished): _linger,
    (Stage.SORRY, TimePassed): over,
    (Stage.THANKS, KeyPressed): _closing_key,
    (Stage.THANKS, PromptFinished): _linger,
    (Stage.THANKS, TimePassed): over,
}
"""What each stage answers to. A pair that is not here is ignored."""
