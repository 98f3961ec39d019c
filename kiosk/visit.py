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
from kiosk.asks import OWN, START_ASKINGS, WHO_IS, Asking, which_set
from kiosk.events import (
    Adjust,
    CallHelp,
    Device,
    DeviceFound,
    DeviceLost,
    Effect,
    Event,
    Finish,
    Forget,
    Heard,
    Keep,
    KeepFailed,
    Kept,
    KeyPressed,
    Line,
    Listen,
    PromptFinished,
    Record,
    Recorded,
    Say,
    Show,
    Silence,
    SpeechStarted,
    StopListening,
    StopSaying,
    TimePassed,
    Tone,
)
from kiosk.interpret import meanings
from kiosk.present import view_of
from kiosk.prompts import (
    choice_line,
    confirm_lines,
    heading_lines,
    hint_lines,
    question_lines,
    said_back_lines,
    spoken_order,
)
from kiosk.state import Rules, Stage, Timer, Visit
from kiosk.view import ANSWER_KEYS, START_KEY, Command
from openrosa.question_set import Kind, Question
from openrosa.xpath import constraint_holds

__all__ = ["TABLE", "Rules", "Stage", "Visit", "step"]

Stepped = tuple[Visit, tuple[Effect, ...]]

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
        case DeviceLost() | DeviceFound():
            return visit, ()  # without a speaker the words are on the screen; the runner goes on sending PromptFinished
        case KeyPressed(key, turn) if key in ANSWER_KEYS and turn != visit.turn:
            return visit, ()  # it answers what was on the screen before
        case KeyPressed():
            pass
        case TimePassed(turn, number) if visit.timer is None or (turn, number) != (visit.turn, visit.timer.number):
            return visit, ()
        case PromptFinished() if not visit.speaking:
            return visit, ()
        case Heard() | Silence() | SpeechStarted() if not visit.listening:
            return visit, ()  # the microphone is closed: it was on its way when somebody pressed a key
        case _ if event.turn != visit.turn:
            return visit, ()
    handler = TABLE.get((visit.stage, type(event)))
    return handler(visit, event) if handler else (visit, ())


# --- putting things ------------------------------------------------------------------------------------------------


def _hush(visit: Visit) -> tuple[Effect, ...]:
    """Be quiet, and close the microphone, where that is needed."""
    saying = (StopSaying(),) if visit.speaking else ()
    return (*saying, StopListening()) if visit.listening else saying


def _present(visit: Visit, stage: Stage, lines: tuple[Line, ...], **changes: Any) -> Stepped:
    """Begin a new turn with these lines."""
    effects = _hush(visit)
    visit = replace(visit, stage=stage, turn=visit.turn + 1, speaking=True, listening=False, timer=None, **changes)
    return visit, (*effects, Say(visit.turn, lines))


def _working(visit: Visit, stage: Stage, effect: Callable[[int], Effect], **changes: Any) -> Stepped:
    """Begin a new turn in which the store works; Kept or KeepFailed ends it."""
    effects = _hush(visit)
    visit = replace(visit, stage=stage, turn=visit.turn + 1, speaking=False, listening=False, timer=None, **changes)
    return visit, (*effects, effect(visit.turn))


def _ask(visit: Visit, asking: Asking, question: Question, opening: tuple[Line, ...] = (), **changes: Any) -> Stepped:
    """Put a question for the first time."""
    if asking in START_ASKINGS or asking is Asking.QUESTION:
        entry = (asking, question.name)
        if visit.history[-1:] != (entry,):
            changes.setdefault("history", (*visit.history, entry))
    if asking is Asking.QUESTION:
        opening = (*opening, *heading_lines(question, visit.tongue))
        changes["asked_names"] = visit.asked_names | {question.name}
    visit = replace(visit, times_put=0, failures=0, silences=0, candidate=None, read_back=False)
    keys_only = asking is Asking.FORGET_SURE  # never forgotten by a word that was misheard
    return _put(replace(visit, asking=asking, question=question, keys_only=keys_only, **changes), opening)


def _put(visit: Visit, opening: tuple[Line, ...] = (), *, explain: bool = False) -> Stepped:
    """Put the question: itself, its hint from the second time on, and its choices one by one."""
    question, tongue = visit.question, visit.tongue
    if question is None:
        return visit, ()
    lines = (*opening, *question_lines(question, tongue))
    if explain or visit.times_put > 0:
        lines += hint_lines(question, tongue)
    lines += tuple(choice_line(choice, tongue) for choice in spoken_order(question, visit.seed))
    if question.kind is Kind.AUDIO:
        lines += (tongue.line("message_how" if visit.voice else "message_no_microphone"),)
    elif visit.asking is Asking.QUESTION and (visit.times_put > 0 or len(visit.asked_names) == 1):
        lines += (tongue.line("also"),)
    return _present(visit, Stage.ASK, lines, times_put=visit.times_put + 1, candidate=None)


def _next(visit: Visit, opening: tuple[Line, ...] = ()) -> Stepped:
    """Go on: the kiosk's own first questions, the set's notes and questions, the end."""
    if visit.question_set is None:
        if len(visit.sets) > 1:
            return _ask(visit, Asking.SET, which_set(visit.sets), opening)
        visit = replace(visit, question_set=visit.sets[0])
    if visit.rules.preset_who is not None:
        visit = replace(visit, who=visit.rules.preset_who)
    elif Asking.WHO not in visit.start_done:
        return _ask(visit, Asking.WHO, OWN[Asking.WHO], opening)
    elif Asking.BY_WHOM not in visit.start_done and visit.who in (WHO_IS["for_somebody"], WHO_IS["work_or_visit"]):
        return _ask(visit, Asking.BY_WHOM, OWN[Asking.BY_WHOM], opening)
    upcoming = visit.upcoming()
    if upcoming is None:
        return _end(visit, opening)
    if upcoming.kind is Kind.NOTE:
        lines = (*opening, *heading_lines(upcoming, visit.tongue), *question_lines(upcoming, visit.tongue))
        return _present(visit, Stage.NOTE, lines, asking=Asking.QUESTION, question=upcoming, keys_only=False)
    return _ask(visit, Asking.QUESTION, upcoming, opening)


def _reopen(visit: Visit) -> Stepped:
    """Put what stands last in the history once more; the old answer stands until a new one is kept."""
    relevant = visit.relevant_names(visit.answers)
    for place in range(len(visit.history) - 1, -1, -1):
        asking, name = visit.history[place]
        before = replace(visit, history=visit.history[: place + 1])
        match asking:
            case Asking.QUESTION if visit.question_set is not None and name in relevant:
                return _ask(before, asking, visit.question_set.question(name))
            case Asking.SET if not visit.answers:
                return _ask(before, asking, which_set(visit.sets), question_set=None)
            case Asking.WHO | Asking.BY_WHOM:
                return _ask(before, asking, OWN[asking])
            case _:
                continue  # no longer relevant, or no longer to be changed
    return _next(replace(visit, history=()))


# --- ending --------------------------------------------------------------------------------------------------------


def _end(visit: Visit, opening: tuple[Line, ...] = ()) -> Stepped:
    """Lead to the end: with something kept, ask whether it shall stay."""
    if not visit.answers:
        return _thanks(visit, opening)
    if visit.complete:
        opening = (*opening, visit.tongue.line("last_question"))
    return _ask(visit, Asking.KEEP_OR_FORGET, OWN[Asking.KEEP_OR_FORGET], opening)


def _finish(visit: Visit) -> Stepped:
    return _working(visit, Stage.FINISHING, lambda turn: Finish(turn, visit.complete))


def _thanks(visit: Visit, opening: tuple[Line, ...] = ()) -> Stepped:
    return _present(visit, Stage.THANKS, (*opening, visit.tongue.line("goodbye")))


def _over(visit: Visit, _event: Event | None = None) -> Stepped:
    effects = _hush(visit)
    return replace(visit, stage=Stage.OVER, turn=visit.turn + 1, speaking=False, listening=False, timer=None), effects


def _sorry(visit: Visit) -> Stepped:
    return _present(visit, Stage.SORRY, (visit.tongue.line("cannot_save"),), pending=None)


# --- waiting for an answer -----------------------------------------------------------------------------------------


def _arm(visit: Visit, delay_s: float) -> Visit:
    number = visit.timers + 1
    return replace(visit, timers=number, timer=Timer(number, delay_s))


def _wait(visit: Visit, _event: Event | None = None) -> Stepped:
    """The prompt is over: open the microphone where it may be, and count the silence."""
    question, rules = visit.question, visit.rules
    visit = replace(visit, speaking=False)
    if question is not None and visit.stage is Stage.ASK and question.kind is Kind.AUDIO and visit.voice:
        visit = _arm(visit, rules.message_max_s + rules.heard_within_s)
        visit = replace(visit, stage=Stage.RECORDING, listening=True)
        return visit, (Record(visit.turn, rules.message_silence_s, rules.message_max_s),)
    if visit.asking is Asking.OFFER_STOP:
        silence_s = rules.offer_stop_s
    else:
        silence_s = rules.ask_again_later_s if visit.silences else rules.ask_again_s
    return _open(visit, silence_s)


def _open(visit: Visit, silence_s: float) -> Stepped:
    """Open the microphone for this long, where it may be open; the timer stands in where it is closed."""
    question = visit.question
    may_listen = visit.voice and not visit.keys_only and question is not None and question.kind is not Kind.AUDIO
    if not may_listen or question is None:
        return _arm(visit, silence_s), ()
    # The listening counts its own silence, in sound; the timer is for the case that it never speaks.
    visit = replace(_arm(visit, silence_s + 2.0), listening=True)
    tongue = visit.tongue
    return visit, (Listen(visit.turn, meanings(question, tongue.language, tongue.default_language), silence_s),)


def _speech_started(visit: Visit, _event: Event) -> Stepped:
    return _arm(visit, visit.rules.heard_within_s), ()


def _nobody(visit: Visit, _event: Event | None = None) -> Stepped:
    """Silence: ask again softly, ask again, offer to stop; what the kiosk itself asks has a safe answer."""
    match visit.asking:
        case Asking.OFFER_STOP:
            gone = replace(visit, abandoned=True)
            return _finish(gone) if gone.answers else _over(gone)
        case Asking.KEEP_OR_FORGET | Asking.FORGET_SURE:
            return _finish(visit)
        case Asking.ANOTHER:
            return _over(visit)
        case Asking.REVIEW:
            return _next(visit)  # it is kept unless dropped
    if visit.stage is Stage.CONFIRM and visit.question is not None and visit.question.name in visit.answers:
        return _next(visit)  # the answer that was kept before stands
    visit = replace(visit, silences=visit.silences + 1)
    if visit.silences > MOST_SILENCES:
        return _ask(visit, Asking.OFFER_STOP, OWN[Asking.OFFER_STOP])
    if visit.stage is Stage.CONFIRM and visit.candidate is not None:
        return _confirm(visit, visit.candidate)
    return _put(visit, (visit.tongue.line("again_softly"),))


def _microphone_lost(visit: Visit) -> Stepped:
    """Keys only from here on; the person is not hurried: the silence starts again."""
    if not visit.listening:
        return replace(visit, voice=False), ()
    visit = replace(visit, voice=False, listening=False)
    if visit.stage is Stage.RECORDING:
        return _arm(visit, visit.rules.change_s), (StopListening(),)  # Recorded brings what there is
    waits = visit.rules.change_s if visit.stage is Stage.SAID_BACK else visit.rules.ask_again_s
    return _arm(visit, waits), (StopListening(),)


# --- answers -------------------------------------------------------------------------------------------------------


def _given(visit: Visit, answer: Answer) -> Stepped:
    """An answer stands: keep it, or do what the kiosk itself asked for."""
    question = visit.question
    if visit.asking is not Asking.QUESTION or question is None or visit.question_set is None:
        return _own_given(visit, answer)
    if answer.how is How.SKIPPED and question.name in visit.answers and visit.asking is Asking.QUESTION:
        return _next(visit)  # looked at again, and left as it was
    if answer.how is How.GIVEN and question.choices:
        given = {name: one.value for name, one in visit.answers.items()}
        if not constraint_holds(visit.question_set, question, answer.value, given):
            words = visit.tongue.text(question.constraint_messages)
            return _put(visit, (Line(words),) if words else (visit.tongue.line("didnt_catch"),))
    return _keep(visit, answer)


def _keep(visit: Visit, answer: Answer) -> Stepped:
    old = visit.answers.get(visit.question.name) if visit.question else None
    replaced = (old is not None and not answer.same_as(old)) or (
        visit.candidate is not None and not answer.same_as(visit.candidate)
    )
    pending = replace(answer, corrected=answer.corrected or replaced)
    read_back = answer.same_as(visit.candidate)
    return _working(visit, Stage.KEEPING, Keep, pending=pending, read_back=read_back, deferred=None)


def _kept(visit: Visit, _event: Event) -> Stepped:
    """It is committed: now it may be said back. Answers that are no longer relevant leave."""
    question, pending = visit.question, visit.pending
    if question is None or pending is None:
        return visit, ()
    old, deferred = visit.answers.get(question.name), visit.deferred
    answers = dict(visit.answers_with_pending)
    while gone := answers.keys() - visit.relevant_names(answers):
        answers = {name: answer for name, answer in answers.items() if name not in gone}
    visit = replace(visit, answers=answers, pending=None, candidate=None, deferred=None, save_failures=0)
    if question.kind is Kind.AUDIO:
        after, effects = _after_message(visit, question, pending, old)
    else:
        aloud = _aloud(visit, pending) and not visit.read_back
        lines = said_back_lines(question, pending, visit.tongue, aloud=aloud)
        after, effects = _present(visit, Stage.SAID_BACK, lines)
    if deferred is None:
        return after, effects
    last, more = _step(after, KeyPressed(deferred.value, after.turn))
    return last, (*effects, *more)


def _aloud(visit: Visit, answer: Answer) -> bool:
    """What was said aloud is said back aloud; what was keyed only where the house wants it: the lounge hears it."""
    return answer.by is By.VOICE or visit.rules.speak_keyed_answers


def _after_message(visit: Visit, question: Question, pending: Answer, old: Answer | None) -> Stepped:
    """A voice message is played back at once, on request only where it is private; a dropped one is said to be."""
    tongue, one = visit.tongue, visit.question_set
    if pending.how is not How.GIVEN:
        dropped = old is not None and old.how is How.GIVEN
        return _next(visit, (tongue.line("dropped"),) if dropped else (Line(tone=Tone.ANSWERED),))
    if question.private or (one is not None and one.sensitive):
        opening: tuple[Line, ...] = (tongue.line("message_kept"),)
    else:
        opening = (tongue.line("message_back"), Line(message=pending.value))
    return _ask(visit, Asking.REVIEW, OWN[Asking.REVIEW], opening)


def _keep_failed(visit: Visit, _event: Event) -> Stepped:
    visit = replace(visit, pending=None, deferred=None, save_failures=visit.save_failures + 1)
    if visit.save_failures > 1:
        return _sorry(visit)
    return _put(visit, (visit.tongue.line("not_saved"),))


def _own_given(visit: Visit, answer: Answer) -> Stepped:
    """An answer to one of the kiosk's own questions. Said aloud, it is said back at the head of what comes next."""
    question, value = visit.question, answer.value if answer.how is How.GIVEN else ""
    if question is None:
        return visit, ()
    opening: tuple[Line, ...] = ()
    if answer.by is By.VOICE and not answer.same_as(visit.candidate):
        opening = said_back_lines(question, answer, visit.tongue, aloud=True)
    match visit.asking:
        case Asking.SET:
            one = next((one for one in visit.sets if one.form_id == value), visit.sets[0])
            return _next(replace(visit, question_set=one, told=frozenset(), asked_names=frozenset()), opening)
        case Asking.WHO:
            done = visit.start_done - {Asking.BY_WHOM} | {Asking.WHO}
            return _next(replace(visit, who=WHO_IS.get(value, visit.who), start_done=done), opening)
        case Asking.BY_WHOM:
            field = "by_whom" if visit.who.how == "proxy" else "who"
            who = replace(visit.who, **{field: value})
            return _next(replace(visit, who=who, start_done=visit.start_done | {Asking.BY_WHOM}), opening)
        case Asking.REVIEW if value == "drop_message":
            return _drop_message(visit, answer)
        case Asking.REVIEW:
            return _next(visit, opening)
        case Asking.OFFER_STOP:
            return _end(visit, opening) if value == "stop" else _reopen(visit)
        case Asking.KEEP_OR_FORGET if value == "forget":
            return _ask(visit, Asking.FORGET_SURE, OWN[Asking.FORGET_SURE])
        case Asking.FORGET_SURE if value == "forget":
            return _working(visit, Stage.FORGETTING, Forget)
        case Asking.ANOTHER:
            wants = value == "yes_please"
            return _over(replace(visit, another=True)) if wants else _thanks(visit, opening)
        case _:
            return _finish(visit)


def _drop_message(visit: Visit, answer: Answer) -> Stepped:
    """The message is no answer any more: the next snapshot, kept at once, is without it."""
    if visit.question_set is None or not visit.history:
        return visit, ()
    question = visit.question_set.question(visit.history[-1][1])
    visit = replace(visit, asking=Asking.QUESTION, question=question, candidate=None)
    return _keep(visit, Answer(How.SKIPPED, by=answer.by, corrected=True))


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
        return _given(visit, answer)
    return _confirm(visit, answer)


def _confirm(visit: Visit, candidate: Answer) -> Stepped:
    """Put it as "I heard: good. Press green for good, or say it again": nothing is kept yet."""
    question = visit.question
    if question is None:
        return visit, ()
    keys_only = visit.keys_only or question.private
    lines = confirm_lines(question, candidate, visit.tongue)
    return _present(visit, Stage.CONFIRM, lines, candidate=candidate, keys_only=keys_only)


def _confirm_heard(visit: Visit, heard: Heard) -> Stepped:
    answer = _heard_of(visit, heard)
    if answer is None:
        return _heard_command(visit, heard) if heard.command else _not_caught(visit)
    if answer.same_as(visit.candidate):
        return _given(visit, answer)
    # Another choice takes its place, without being read back a second time: it waits, lit, to be said again.
    visit = replace(visit, failures=visit.failures + 1)
    if visit.failures >= MOST_FAILURES:
        return _not_caught(visit)
    candidate = replace(answer, corrected=True)
    return _present(visit, Stage.CONFIRM, (Line(tone=Tone.MICROPHONE_OPEN),), candidate=candidate)


def _not_caught(visit: Visit) -> Stepped:
    """Speech that was no answer: once, sorry; twice, keys only for this question."""
    failures = visit.failures + 1
    if failures >= MOST_FAILURES:
        return _put(replace(visit, failures=failures, keys_only=True), (visit.tongue.line("use_keys"),))
    return _put(replace(visit, failures=failures), (visit.tongue.line("didnt_catch"),))


def _heard_command(visit: Visit, heard: Heard) -> Stepped:
    """A command by voice. An unsure "stop" is asked; the others do no harm."""
    if heard.command is Command.STOP and not heard.sure:
        return _ask(visit, Asking.OFFER_STOP, OWN[Asking.OFFER_STOP])
    return _command(visit, heard.command, By.VOICE) if heard.command else (visit, ())


def _said_back_heard(visit: Visit, heard: Heard) -> Stepped:
    """Somebody speaks while their answer is being said back: only something else changes it."""
    answer = _heard_of(visit, heard)
    kept = visit.answers.get(visit.question.name) if visit.question else None
    if answer is not None and answer.how is not How.SKIPPED and not answer.same_as(kept):
        return _given(visit, answer) if heard.sure else _confirm(visit, answer)
    if heard.command is not None and (answer is None or answer.how is How.SKIPPED):
        return _heard_command(visit, heard)
    return _open(visit, visit.rules.change_s)


# --- keys ----------------------------------------------------------------------------------------------------------


def _start(visit: Visit, event: KeyPressed) -> Stepped:
    return _next(visit) if event.key == START_KEY else (visit, ())


def _ask_key(visit: Visit, event: KeyPressed) -> Stepped:
    """An answer key answers; a command does what it says; any other key only ends the speech."""
    chosen = _choice_of(visit, event.key)
    if chosen is not None:
        return _given(visit, Answer(How.GIVEN, chosen, event.by))
    if event.key in ANSWER_KEYS and visit.question is not None and visit.question.kind is Kind.AUDIO:
        if visit.voice and visit.stage is Stage.ASK:  # enough said: begin
            return _hushed(visit)
        return _given(visit, Answer(How.SKIPPED, by=event.by))
    command = _command_of(event.key)
    return _command(visit, command, event.by) if command else _hushed(visit)


def _hushed(visit: Visit) -> Stepped:
    """A key that means nothing here stops speech too; then it is the person's turn."""
    if not visit.speaking:
        return visit, ()
    after, effects = _wait(visit)
    return after, (StopSaying(), *effects)


def _recording_key(visit: Visit, event: KeyPressed) -> Stepped:
    """Any answer key ends the message; Recorded follows."""
    if event.key in ANSWER_KEYS:
        return _arm(replace(visit, listening=False), visit.rules.change_s), (StopListening(),)
    command = _command_of(event.key)
    return _command(visit, command, event.by) if command else (visit, ())


def _recorded(visit: Visit, event: Recorded) -> Stepped:
    visit = replace(visit, stage=Stage.ASK, listening=False)
    if event.duration_s <= 0:
        return _nobody(visit)
    return _given(visit, Answer(How.GIVEN, event.message, By.VOICE))


def _said_back_key(visit: Visit, event: KeyPressed) -> Stepped:
    """Until the next question an answer key changes the answer; its own key pressed again changes nothing."""
    chosen, kept = _choice_of(visit, event.key), None
    if visit.question is not None:
        kept = visit.answers.get(visit.question.name)
    if chosen is not None:
        answer = Answer(How.GIVEN, chosen, event.by)
        return (visit, ()) if answer.same_as(kept) else _given(visit, answer)
    command = _command_of(event.key)
    if command is None:
        return visit, ()
    if command is Command.AGAIN and kept is not None and visit.question is not None:
        lines = said_back_lines(visit.question, kept, visit.tongue, aloud=_aloud(visit, kept))
        return _present(visit, Stage.SAID_BACK, lines)
    return _command(visit, command, event.by)


def _said_back_finished(visit: Visit, _event: Event) -> Stepped:
    """The answer may be changed now, for as long as the house's setting says."""
    visit = replace(visit, speaking=False)
    kept = visit.answers.get(visit.question.name) if visit.question else None
    if kept is not None and kept.by is By.VOICE:
        return _open(visit, visit.rules.change_s)
    return _arm(visit, visit.rules.change_s), ()


def _note_key(visit: Visit, event: KeyPressed) -> Stepped:
    match _command_of(event.key):
        case None | Command.SKIP | Command.DONT_KNOW | Command.RATHER_NOT_SAY:
            return _told(visit, event)
        case Command.AGAIN | Command.EXPLAIN:
            return _next(visit)  # it isn't told yet, so it comes next
        case command:
            return _command(visit, command, event.by)


def _told(visit: Visit, _event: Event) -> Stepped:
    name = visit.question.name if visit.question else ""
    return _next(replace(visit, told=visit.told | {name}))


def _defer(visit: Visit, event: KeyPressed) -> Stepped:
    """An answer is being kept: a command waits for it, an answer key is too early."""
    return replace(visit, deferred=_command_of(event.key) or visit.deferred), ()


def _closing_key(visit: Visit, event: KeyPressed) -> Stepped:
    return _over(visit) if event.key == START_KEY else (visit, ())


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
                return _next(visit)
            return _given(visit, Answer(_ANSWERS_BY_COMMAND[command], by=by))
        case Command.BACK:
            return _back(visit)
        case Command.STOP:
            if visit.asking in {Asking.KEEP_OR_FORGET, Asking.FORGET_SURE}:
                return _finish(visit)
            return _thanks(visit) if visit.asking is Asking.ANOTHER else _end(visit)
        case Command.HELP:
            after, effects = _again(visit, (visit.tongue.line("ask_for_help"),))
            return after, (CallHelp(), *effects)
        case Command.EXPLAIN if visit.stage is Stage.ASK:
            return _put(visit, explain=True)
        case Command.LOUDER | Command.QUIETER | Command.SLOWER:
            after, effects = _again(visit)  # what was being said is the sample
            return after, (Adjust(command), *effects)
        case _:
            return _again(visit)


def _again(visit: Visit, opening: tuple[Line, ...] = ()) -> Stepped:
    """Say once more what is being put."""
    match visit.stage:
        case Stage.CONFIRM if visit.candidate is not None and not opening:
            return _confirm(visit, visit.candidate)
        case Stage.NOTE:
            return _next(visit, opening)
        case Stage.SAID_BACK:
            return visit, ()
        case _:
            return _put(visit, opening)


def _back(visit: Visit) -> Stepped:
    """Reopen the question being read back, otherwise the one shown before."""
    match visit.stage, visit.asking:
        case Stage.SAID_BACK | Stage.CONFIRM | Stage.NOTE, _:
            return _reopen(visit)
        case _, Asking.FORGET_SURE:
            return _ask(visit, Asking.KEEP_OR_FORGET, OWN[Asking.KEEP_OR_FORGET])
        case _, Asking.ANOTHER:
            return _put(visit)
        case _, Asking.OFFER_STOP | Asking.KEEP_OR_FORGET | Asking.REVIEW:
            return _reopen(visit)
    return _reopen(replace(visit, history=visit.history[:-1])) if len(visit.history) > 1 else _put(visit)


# --- the store's word ----------------------------------------------------------------------------------------------


def _finished(visit: Visit, _event: Event) -> Stepped:
    if visit.abandoned:
        return _over(visit)
    if len(visit.sets) > 1:
        return _ask(visit, Asking.ANOTHER, OWN[Asking.ANOTHER])
    return _thanks(visit)


def _forgotten(visit: Visit, _event: Event) -> Stepped:
    return _thanks(replace(visit, answers={}), (visit.tongue.line("forgotten"),))


def _not_forgotten(visit: Visit, _event: Event) -> Stepped:
    return _thanks(visit, (visit.tongue.line("not_forgotten"),))


def _linger(visit: Visit, _event: Event) -> Stepped:
    return _arm(replace(visit, speaking=False), visit.rules.change_s), ()


def _go_on(visit: Visit, _event: Event) -> Stepped:
    return _next(visit)


Handler = Callable[[Visit, Any], Stepped]

TABLE: Mapping[tuple[Stage, type], Handler] = {
    (Stage.WAITING, KeyPressed): _start,
    (Stage.NOTE, KeyPressed): _note_key,
    (Stage.NOTE, PromptFinished): _told,
    (Stage.ASK, KeyPressed): _ask_key,
    (Stage.ASK, PromptFinished): _wait,
    (Stage.ASK, SpeechStarted): _speech_started,
    (Stage.ASK, Heard): _ask_heard,
    (Stage.ASK, Silence): _nobody,
    (Stage.ASK, TimePassed): _nobody,
    (Stage.RECORDING, KeyPressed): _recording_key,
    (Stage.RECORDING, Recorded): _recorded,
    (Stage.RECORDING, Silence): _nobody,
    (Stage.RECORDING, TimePassed): _nobody,
    (Stage.CONFIRM, KeyPressed): _ask_key,
    (Stage.CONFIRM, PromptFinished): _wait,
    (Stage.CONFIRM, SpeechStarted): _speech_started,
    (Stage.CONFIRM, Heard): _confirm_heard,
    (Stage.CONFIRM, Silence): _nobody,
    (Stage.CONFIRM, TimePassed): _nobody,
    (Stage.KEEPING, KeyPressed): _defer,
    (Stage.KEEPING, Kept): _kept,
    (Stage.KEEPING, KeepFailed): _keep_failed,
    (Stage.SAID_BACK, KeyPressed): _said_back_key,
    (Stage.SAID_BACK, PromptFinished): _said_back_finished,
    (Stage.SAID_BACK, SpeechStarted): _speech_started,
    (Stage.SAID_BACK, Heard): _said_back_heard,
    (Stage.SAID_BACK, Silence): _go_on,
    (Stage.SAID_BACK, TimePassed): _go_on,
    (Stage.FINISHING, Kept): _finished,
    (Stage.FINISHING, KeepFailed): lambda visit, _event: _sorry(visit),
    (Stage.FORGETTING, Kept): _forgotten,
    (Stage.FORGETTING, KeepFailed): _not_forgotten,
    (Stage.SORRY, KeyPressed): _closing_key,
    (Stage.SORRY, PromptFinished): _linger,
    (Stage.SORRY, TimePassed): _over,
    (Stage.THANKS, KeyPressed): _closing_key,
    (Stage.THANKS, PromptFinished): _linger,
    (Stage.THANKS, TimePassed): _over,
}
"""What each stage answers to. A pair that is not here is ignored."""
