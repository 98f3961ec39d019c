"""What each command does, wherever a visit stands: again, back, louder, stop and the others. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.answer import Answer, By, How
from kiosk.answering import aloud, given, play_back
from kiosk.aside import call_help, open_menu, put_menu
from kiosk.asks import OWN, Asking
from kiosk.events import (
    Adjust,
    Event,
    Line,
)
from kiosk.putting import (
    Stepped,
    ask,
    end,
    finish,
    go_on,
    present,
    put,
    reopen,
    thanks,
    your_turn,
)
from kiosk.saying.prompts import (
    confirm_lines,
    said_back_lines,
)
from kiosk.state import Stage, Visit
from kiosk.view import Command

ANSWERS: Mapping[Command, How] = {
    Command.DONT_KNOW: How.DONT_KNOW,
    Command.RATHER_NOT_SAY: How.RATHER_NOT_SAY,
    Command.SKIP: How.SKIPPED,
}
"""Commands that are answers."""


def do(visit: Visit, command: Command, by: By) -> Stepped:
    """What a command does while something is being put, heard or said back."""
    match command:
        case Command.DONT_KNOW | Command.RATHER_NOT_SAY | Command.SKIP:
            if visit.stage is Stage.SAID_BACK and command is Command.SKIP:
                return go_on(visit)
            return given(visit, Answer(ANSWERS[command], by=by))
        case Command.BACK:
            return go_back(visit)
        case Command.STOP:
            if visit.asking in {Asking.KEEP_OR_FORGET, Asking.FORGET_SURE}:
                return finish(visit)
            return thanks(visit) if visit.asking is Asking.ANOTHER else end(visit)
        case Command.HELP:
            return call_help(visit)
        case Command.MENU:
            return open_menu(visit)
        case Command.SPEAK_ANSWERS:
            return speak_answers(visit)
        case Command.EXPLAIN if visit.stage is Stage.ASK:
            return put(visit, explain=True)
        case Command.LOUDER | Command.QUIETER | Command.SLOWER | Command.FASTER:
            after, effects = again(visit)  # what was being said is the sample
            return after, (Adjust(command), *effects)
        case _:
            return again(visit)


def do_there(visit: Visit, command: Command, by: By) -> Stepped:
    """A command that came by way of the menu, where the visit stood before."""
    match visit.stage:
        case Stage.NOTE:
            return note_command(visit, command, by)
        case Stage.SAID_BACK:
            return said_back_command(visit, command, by)
    return do(visit, command, by)


def note_command(visit: Visit, command: Command, by: By) -> Stepped:
    """A command while something is told: what would skip a question goes on; it isn't told again unless asked for."""
    match command:
        case Command.SKIP | Command.DONT_KNOW | Command.RATHER_NOT_SAY:
            return told(visit)
        case Command.AGAIN | Command.EXPLAIN:
            return go_on(visit)  # it isn't told yet, so it comes next
    return do(visit, command, by)


def said_back_command(visit: Visit, command: Command, by: By) -> Stepped:
    """A command while an answer is said back: "again" says it back once more."""
    stands = visit.answers.get(visit.question.name) if visit.question else None
    if command is Command.AGAIN and stands is not None and visit.question is not None:
        lines = said_back_lines(visit.question, stands, visit.tongue, aloud=aloud(visit, stands))
        return present(visit, Stage.SAID_BACK, lines)
    return do(visit, command, by)


def again(visit: Visit, opening: tuple[Line, ...] = ()) -> Stepped:
    """Say once more what is being put."""
    if visit.asking is Asking.MENU:
        return put_menu(visit, visit.menu_at, first=opening)
    if visit.asking is Asking.REVIEW and not opening:
        return play_back(visit)
    match visit.stage:
        case Stage.CONFIRM if visit.candidate is not None and not opening:
            return confirm(visit, visit.candidate)
        case Stage.NOTE:
            return go_on(visit, opening)
        case Stage.SAID_BACK:
            return visit, ()
        case _:
            return put(visit, opening)


def confirm(visit: Visit, candidate: Answer) -> Stepped:
    """Put it as "I heard: good. Press green for good, or say it again": nothing is kept yet."""
    question = visit.question
    if question is None:
        return visit, ()
    visit = replace(visit, keys_only=visit.keys_only or question.private, candidate=candidate)
    return present(visit, Stage.CONFIRM, (*confirm_lines(question, candidate, visit.tongue), *your_turn(visit)))


def speak_answers(visit: Visit) -> Stepped:
    """Say keyed answers aloud from now on, or no longer: for this visit alone."""
    now = visit.rules.speak_keyed_answers if visit.speak_answers is None else visit.speak_answers
    visit = replace(visit, speak_answers=not now)
    words = visit.tongue.line("answers_not_spoken" if now else "answers_spoken")
    return go_on(visit, (words,)) if visit.stage is Stage.SAID_BACK else again(visit, (words,))


def go_back(visit: Visit) -> Stepped:
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


def told(visit: Visit, _event: Event | None = None) -> Stepped:
    """The note has been told."""
    name = visit.question.name if visit.question else ""
    return go_on(replace(visit, told=visit.told | {name}))
