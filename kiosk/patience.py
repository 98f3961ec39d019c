"""How long this person may pause in what they say: learnt within a visit, and forgotten with it. Pure.

Clear answers are taken sooner. This is for hesitation, half a phrase and whatever was not understood.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.state import Stage, Visit

MOST_S = 2.0
"""Nobody is waited for longer: those who are quick would think that the kiosk has stopped."""
STEP_S = 0.3
ROOM = 1.5
"""The next pause may be so much longer than the longest so far."""
CUT_OFF_S = 1.0
"""Who speaks again so soon had not finished."""


def pause_s(visit: Visit) -> float:
    """How long to wait for more: the house's setting until more was learnt."""
    return max(visit.pause_s, visit.rules.pause_s)


def paused(visit: Visit, seconds: float) -> Visit:
    """Somebody paused for so long and went on: a pause that was nearly too long raises it, by a step at least."""
    if seconds * ROOM <= pause_s(visit):
        return visit
    return _raised(visit, seconds * ROOM)


def spoke(visit: Visit, at_s: float | None) -> Visit:
    """Somebody speaks so long after the microphone opened. Right after something was made of their words: not all."""
    was_heard = visit.stage in {Stage.CONFIRM, Stage.SAID_BACK} or visit.failures > 0
    return _raised(visit) if was_heard and at_s is not None and at_s <= CUT_OFF_S else visit


def _raised(visit: Visit, to_s: float = 0.0) -> Visit:
    """By one step, or to that; a house that has set more than the most keeps it."""
    return replace(visit, pause_s=min(MOST_S, max(pause_s(visit) + STEP_S, to_s)))
