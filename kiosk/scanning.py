"""Answering by one switch: what can be answered is lit and said, one after the other, until the switch takes it. Pure.

With two switches the second one moves it on, and nothing moves by itself. The last place is the menu of all commands.
Only a visit in which a switch was pressed scans: the others in the house answer as ever.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.aside import MENU, MENU_ROUNDS, put_menu, resume
from kiosk.asks import Asking
from kiosk.putting import Stepped, arm, present, wait
from kiosk.saying.prompts import choice_line
from kiosk.state import Stage, Visit
from kiosk.view import ANSWER_KEYS
from openrosa.question_set import Kind

ROUNDS = 3
"""Rule 6: so many rounds with nothing taken are a silence."""
ONE = 1


def places(visit: Visit) -> tuple[str, ...]:
    """What is lit one after the other: the tiles in their places, then "menu". Nothing where nothing can be chosen."""
    question = visit.question
    if question is None or question.kind is Kind.AUDIO or visit.asking is Asking.MENU:
        return ()
    keys = {choice.key for choice in question.choices}
    return (*(key for key in ANSWER_KEYS if key in keys), "menu")


def wait_or_scan(visit: Visit) -> Stepped:
    """A prompt is over: light the first place; or stay on the one that was said."""
    if not visit.switching or (visit.asking is not Asking.MENU and not places(visit)):
        return wait(visit)
    if visit.asking is not Asking.MENU and not visit.scanned:
        return light(visit, 0)
    visit = replace(visit, speaking=False)
    if visit.rules.switches == ONE:
        return arm(visit, visit.rules.scan_step_s), ()
    return arm(visit, visit.rules.ask_again_later_s if visit.silences else visit.rules.ask_again_s), ()


def light(visit: Visit, step: int) -> Stepped:
    """Light and say the place at that step, counted on through the rounds."""
    at = places(visit)
    key = at[step % len(at)]
    question = visit.question
    choice = next((one for one in question.choices if one.key == key), None) if question else None
    line = choice_line(choice, visit.tongue) if choice else visit.tongue.line("menu")
    return present(visit, Stage.ASK, (line,), candidate=None, scanned=key, scan_steps=step + 1)


def move_on(visit: Visit) -> Stepped | None:
    """Light the next place. None: it has been round often enough, and nobody took anything."""
    if visit.asking is Asking.MENU:
        ended = visit.rules.switches == ONE and visit.menu_at + 1 >= MENU_ROUNDS * len(MENU)
        return resume(visit) if ended else put_menu(visit, visit.menu_at + 1)
    if visit.rules.switches == ONE and visit.scan_steps >= ROUNDS * len(places(visit)):
        return None
    return light(visit, visit.scan_steps if visit.scanned else 0)
