"""What a key does at each stage: answer keys, commands, the switch; two keys at once, and trembling ones. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk import commands, silence
from kiosk.answer import Answer, By, How
from kiosk.answering import given, review
from kiosk.aside import STAYING, call_help, menu_command, open_menu, put_menu, restored, resume
from kiosk.asks import Asking
from kiosk.events import (
    Event,
    KeyPressed,
    StopListening,
    StopSaying,
)
from kiosk.putting import (
    Stepped,
    arm,
    go_on,
    over,
    put,
    reopen,
    sorry,
    turned_away,
)
from kiosk.scanning import light, move_on, places, wait_or_scan
from kiosk.state import Stage, Visit
from kiosk.view import ANSWER_KEYS, NEXT_SWITCH, START_KEY, SWITCH, Command
from openrosa.question_set import Kind


def start(visit: Visit, event: KeyPressed) -> Stepped:
    """The start key, any answer key where the house has it so, or the switch."""
    rules = visit.rules
    by_switch = event.key in (SWITCH, NEXT_SWITCH) and rules.switches > 0
    if by_switch or event.key == START_KEY or (rules.any_key_starts and event.key in ANSWER_KEYS):
        if visit.out_of_order:
            return sorry(visit)
        if visit.closed:
            return turned_away(visit)
        return go_on(replace(visit, switching=by_switch))
    return call_help(visit) if event.key == Command.HELP.value else (visit, ())


def ask_key(visit: Visit, event: KeyPressed) -> Stepped:
    """An answer key answers; a command does what it says; any other key only ends the speech."""
    if event.key in (SWITCH, NEXT_SWITCH):
        return switch(visit, event)
    if visit.asking is Asking.MENU:
        return menu_key(visit, event)
    chosen = choice_of(visit, event.key)
    if chosen is not None:
        return given(visit, Answer(How.GIVEN, chosen, event.by))
    if event.key in ANSWER_KEYS and visit.question is not None and visit.question.kind is Kind.AUDIO:
        if visit.voice and visit.stage is Stage.ASK:  # enough said: begin
            return hushed(visit)
        return given(visit, Answer(How.SKIPPED, by=event.by))
    command = command_of(event.key)
    return commands.do(visit, command, event.by) if command else hushed(visit)


def hushed(visit: Visit) -> Stepped:
    """A key that means nothing here stops speech too; then it is the person's turn."""
    if not visit.speaking:
        return visit, ()
    after, effects = wait_or_scan(visit)
    return after, (StopSaying(), *effects) if after.turn == visit.turn else effects


def touched(visit: Visit, _event: Event) -> Stepped:
    """A key that came to nothing only ended the speech."""
    return hushed(visit)


def switch(visit: Visit, event: KeyPressed) -> Stepped:
    """The one switch takes what is lit; the second one moves it on. The first press of a visit begins it."""
    if visit.rules.switches == 0:
        return hushed(visit)
    began = visit.switching
    visit = replace(visit, switching=True)
    if visit.asking is Asking.MENU:
        if event.key == NEXT_SWITCH:
            return move_on(visit) or silence.nobody(visit)
        return menu_take(visit, By.SWITCH)
    if not places(visit):
        return ask_key(visit, replace(event, key=ANSWER_KEYS[0], by=By.SWITCH))
    if event.key == NEXT_SWITCH:
        return move_on(visit) or light(visit, 0)
    if not began or not visit.scanned:
        return light(visit, 0)
    if visit.scanned == Command.MENU.value:
        return open_menu(visit)
    chosen = choice_of(visit, visit.scanned)
    return given(visit, Answer(How.GIVEN, chosen, By.SWITCH)) if chosen else (visit, ())


def menu_key(visit: Visit, event: KeyPressed) -> Stepped:
    """This one, the next, back; a command's own key does what it says."""
    match choice_of(visit, event.key):
        case "menu_this":
            return menu_take(visit, event.by)
        case "menu_next":
            return put_menu(visit, visit.menu_at + 1)
        case "menu_leave":
            return resume(visit)
    match command_of(event.key):
        case None:
            return hushed(visit)
        case Command.BACK:
            return resume(visit)
        case command if command in STAYING or command is Command.AGAIN:
            return commands.do(visit, command, event.by)
        case command:
            return commands.do_there(restored(visit), command, event.by)


def menu_take(visit: Visit, by: By) -> Stepped:
    """Do what the menu puts; louder and its like may be taken again and again."""
    command = menu_command(visit)
    if command is None:
        return resume(visit)
    return commands.do(visit, command, by) if command in STAYING else commands.do_there(restored(visit), command, by)


def held(visit: Visit, _event: Event) -> Stepped:
    """Holding a key opens the menu, where the house has it so. The press itself has counted already."""
    return open_menu(visit)


def two_keys(visit: Visit, _event: Event) -> Stepped:
    """Neither counts: the question comes again. Twice on one question, and the menu opens."""
    if visit.asking is Asking.MENU:
        return put_menu(visit, visit.menu_at, first=(visit.tongue.line("two_keys"),))
    visit = replace(visit, two_keys=visit.two_keys + 1)
    if visit.two_keys > 1:
        return open_menu(visit)
    return put(visit, (visit.tongue.line("two_keys"),))


def two_keys_after(visit: Visit, _event: Event) -> Stepped:
    """A second key came while the first was down, which had counted: which one was meant is asked."""
    after, _ = reopen(visit)
    return put(replace(after, two_keys=1), (visit.tongue.line("two_keys"),))


def recording_key(visit: Visit, event: KeyPressed) -> Stepped:
    """Any answer key, or the switch, ends the message; Recorded follows. So does a command, which waits for that.

    What was said so far must not be lost because somebody asks for help; only another answer takes its place.
    """
    command = command_of(event.key)
    if command is not None and command in commands.ANSWERS:
        return commands.do(visit, command, event.by)
    if command or event.key in (*ANSWER_KEYS, SWITCH, NEXT_SWITCH):
        return arm(replace(visit, listening=False, deferred=command), visit.rules.change_s), (StopListening(),)
    return visit, ()


def said_back_key(visit: Visit, event: KeyPressed) -> Stepped:
    """Until the next question an answer key changes the answer; its own key pressed again changes nothing."""
    if visit.switching and event.key in (SWITCH, NEXT_SWITCH):
        return reopen(visit) if event.key == SWITCH else go_on(visit)
    chosen = choice_of(visit, event.key)
    if chosen is not None:
        stands = visit.answers.get(visit.question.name) if visit.question else None
        answer = Answer(How.GIVEN, chosen, event.by)
        return (visit, ()) if answer.same_as(stands) else given(visit, answer)
    command = command_of(event.key)
    return commands.said_back_command(visit, command, event.by) if command else (visit, ())


def note_key(visit: Visit, event: KeyPressed) -> Stepped:
    """Any key goes on; a command does what it says."""
    command = command_of(event.key)
    return commands.note_command(visit, command, event.by) if command else commands.told(visit)


def playback_key(visit: Visit, event: KeyPressed) -> Stepped:
    """Any key ends it, and leads to whether the message shall stay; a command does what it says."""
    command = command_of(event.key)
    return commands.do(visit, command, event.by) if command else review(visit)


def help_key(visit: Visit, event: KeyPressed) -> Stepped:
    """Any key leads back at once; a command does what it says there."""
    if visit.speaking and event.key == Command.HELP.value:
        return visit, ()
    if visit.aside is None or visit.asking is Asking.MENU or visit.aside.stage in {Stage.WAITING, Stage.THANKS}:
        return resume(visit)
    command = command_of(event.key)
    return commands.do_there(restored(visit), command, event.by) if command else resume(visit)


def defer(visit: Visit, event: KeyPressed) -> Stepped:
    """An answer is being kept: a command waits for it, an answer key is too early."""
    return replace(visit, deferred=command_of(event.key) or visit.deferred), ()


def closing_key(visit: Visit, event: KeyPressed) -> Stepped:
    """At the end only the start key, or the switch, cuts the goodbye short; help is called even then."""
    if event.key == Command.HELP.value:
        return call_help(visit)
    return over(visit) if event.key in (START_KEY, SWITCH) else (visit, ())


def choice_of(visit: Visit, key: str) -> str | None:
    """The choice on that key's tile."""
    choices = visit.question.choices if visit.question else ()
    return next((choice.name for choice in choices if choice.key == key), None)


def command_of(key: str) -> Command | None:
    """The command of that key; None for an answer key, the start key or a switch."""
    return next((command for command in Command if command.value == key), None)
