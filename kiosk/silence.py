"""What silence and time that runs out lead to: asked again, twice, the offer to stop, the end (rule 6). Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk import commands
from kiosk.aside import resume
from kiosk.asks import OWN, Asking
from kiosk.events import (
    Event,
    StopListening,
    TimePassed,
)
from kiosk.putting import (
    Stepped,
    arm,
    ask,
    finish,
    go_on,
    over,
    put,
)
from kiosk.scanning import move_on, wait_or_scan
from kiosk.state import Stage, Visit

MOST_SILENCES = 2
"""Asked again so often: then the offer to stop."""


def nobody(visit: Visit, _event: Event | None = None) -> Stepped:
    """Silence: ask again softly, ask again, offer to stop; what the kiosk itself asks has a safe answer."""
    visit = replace(visit, deferred=None)
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
        return commands.confirm(visit, visit.candidate)
    return put(visit, (visit.tongue.line("again_softly"),))


def waited(visit: Visit, event: TimePassed) -> Stepped:
    """Time ran out: with one switch the next place is lit; otherwise nobody answered."""
    one_switch = visit.switching and visit.rules.switches == 1
    if one_switch and (visit.scanned or visit.asking is Asking.MENU):
        return move_on(visit) or nobody(visit)
    return nobody(visit, event)


def microphone_lost(visit: Visit) -> Stepped:
    """Keys only from here on; the person is not hurried: the silence starts again."""
    if not visit.listening:
        return replace(visit, voice=False), ()
    visit = replace(visit, voice=False, listening=False)
    if visit.stage is Stage.RECORDING:
        return arm(visit, visit.rules.change_s), (StopListening(),)  # Recorded brings what there is
    waits = visit.rules.change_s if visit.stage is Stage.SAID_BACK else visit.rules.ask_again_s
    return arm(visit, waits), (StopListening(),)


def prompt_over(visit: Visit, _event: Event) -> Stepped:
    """Everything is said: the microphone opens, or the first place is lit for the switch."""
    return wait_or_scan(visit)
