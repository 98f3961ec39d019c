"""What a visit steps aside for and comes back from: the menu, which holds every command, and the call for help. Pure.

The menu puts one command at a time, so that three keys, or one switch, reach them all: this one, the next, back.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.asks import Asking, menu_item
from kiosk.events import CallHelp, Line
from kiosk.putting import Stepped, go_on, over, present, put, working
from kiosk.state import Aside, Stage, Visit
from kiosk.view import Command

MENU: tuple[Command | None, ...] = (
    Command.AGAIN,
    Command.EXPLAIN,
    Command.DONT_KNOW,
    Command.RATHER_NOT_SAY,
    Command.SKIP,
    Command.BACK,
    Command.LOUDER,
    Command.QUIETER,
    Command.SLOWER,
    Command.FASTER,
    Command.SPEAK_ANSWERS,
    Command.HELP,
    Command.STOP,
    None,
)
"""The commands in the order in which the menu puts them, what is wanted most first; None leads back."""
STAYING = frozenset({Command.LOUDER, Command.QUIETER, Command.SLOWER, Command.FASTER, Command.SPEAK_ANSWERS})
"""After these the menu stays, so that they can be pressed again; its own words are the sample."""
MENU_ROUNDS = 2
"""With one switch the menu goes round so often, and then back."""

_COMING_BACK = frozenset({Stage.ASK, Stage.CONFIRM, Stage.SAID_BACK, Stage.NOTE, Stage.WAITING, Stage.THANKS})


def open_menu(visit: Visit) -> Stepped:
    """Put the first command; an open menu begins anew."""
    visit = visit if visit.asking is Asking.MENU else _aside(visit)
    return put_menu(visit, 0, opening=True)


def put_menu(visit: Visit, at: int, *, opening: bool = False, first: tuple[Line, ...] = ()) -> Stepped:
    """Put the command at that place, counted on through the rounds."""
    command = MENU[at % len(MENU)]
    tongue = visit.tongue
    lines: tuple[Line, ...] = (*first, tongue.line(command.value if command else "menu_leave"))
    if opening:
        lines += (tongue.line("scan_how" if visit.switching else "menu_how"),)
    changes = {"asking": Asking.MENU, "question": menu_item(command), "keys_only": True, "menu_at": at}
    return present(visit, Stage.ASK, lines, candidate=None, **changes)


def menu_command(visit: Visit) -> Command | None:
    """What the menu puts now."""
    return MENU[visit.menu_at % len(MENU)]


def call_help(visit: Visit) -> Stepped:
    """Call somebody; what is said to that comes with HelpAnswered."""
    visit = visit if visit.aside is not None else _aside(visit)
    return working(visit, Stage.HELP, CallHelp, help_coming=None)


def help_answered(visit: Visit, *, coming: bool) -> Stepped:
    """Say whether somebody is coming, and never claim it."""
    line = visit.tongue.line("help_called" if coming else "ask_for_help")
    return present(visit, Stage.HELP, (line,), help_coming=coming)


def restored(visit: Visit) -> Visit:
    """The visit as it stood, without putting anything yet."""
    aside = visit.aside
    if aside is None:
        return visit
    return replace(
        visit,
        stage=aside.stage,
        asking=aside.asking,
        question=aside.question,
        keys_only=aside.keys_only,
        aside=None,
    )


def resume(visit: Visit, opening: tuple[Line, ...] = ()) -> Stepped:
    """Come back: what was being put is put again; behind an answer that was said back comes the next question."""
    visit = restored(visit)
    match visit.stage:
        case Stage.WAITING | Stage.THANKS:
            return over(visit)
        case Stage.NOTE | Stage.SAID_BACK:
            return go_on(visit, opening)
        case _:
            return put(visit, opening)


def _aside(visit: Visit) -> Visit:
    stage = visit.stage if visit.stage in _COMING_BACK else Stage.ASK
    return replace(visit, aside=Aside(stage, visit.asking, visit.question, visit.keys_only))
