"""Which screens may come next, so that they are drawn before somebody presses a key. Pure: the visit is tried out."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.events import Event, Kept, KeyPressed, PromptFinished, TimePassed
from kiosk.present import view_of
from kiosk.state import Stage, Visit
from kiosk.view import ANSWER_KEYS, START_KEY, View
from kiosk.visit import step

_ASKED = frozenset({Stage.ASK, Stage.CONFIRM, Stage.RECORDING})
_STORING = frozenset({Stage.KEEPING, Stage.FINISHING})


def next_views(visit: Visit) -> tuple[View, ...]:
    """The views that one key, the end of what is said, or time may lead to; the likeliest first, each once.

    Args:
        visit: as it stands. What is tried out is thrown away: nothing is kept, said or shown.
    """
    return tuple(dict.fromkeys(_tried(visit)))


def _tried(visit: Visit) -> Iterator[View]:
    if visit.speaking:
        yield view_of(_after(visit, PromptFinished(visit.turn)))
    if visit.stage is Stage.WAITING:
        yield view_of(_after(visit, KeyPressed(START_KEY, visit.turn)))
    if visit.stage in _ASKED and visit.question is not None:
        keys = {choice.key for choice in visit.question.choices} or {ANSWER_KEYS[0]}
        answered = [_after(visit, KeyPressed(key, visit.turn)) for key in ANSWER_KEYS if key in keys]
        yield from map(view_of, answered)
        yield from (view_of(_gone_on(one)) for one in answered)
    if visit.stage in {Stage.SAID_BACK, Stage.NOTE, Stage.PLAYBACK}:
        yield view_of(_gone_on(visit))


def _gone_on(visit: Visit) -> Visit:
    """What follows when nobody does anything."""
    visit = _after(visit, PromptFinished(visit.turn))
    return _after(visit, TimePassed(visit.turn, visit.timer.number)) if visit.timer is not None else visit


def _after(visit: Visit, event: Event) -> Visit:
    visit, _ = step(visit, event)
    return step(visit, Kept(visit.turn))[0] if visit.stage in _STORING else visit
