"""How a visit puts things: begins a turn, asks a question, goes on to the next, opens the microphone, ends. Pure.

Each function takes a visit and gives the visit that follows with its effects; `kiosk.visit` says when.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.asks import OWN, START_ASKINGS, WHO_IS, Asking, which_language, which_set
from kiosk.events import Effect, Event, Finish, Line, Listen, Record, Say, StopListening, StopSaying, Tone
from kiosk.interpret import meanings
from kiosk.patience import pause_s
from kiosk.saying.prompts import (
    choice_line,
    english_name,
    heading_lines,
    hint_lines,
    language_lines,
    language_of,
    own_name,
    question_lines,
    spoken_order,
)
from kiosk.state import Stage, Timer, Visit
from openrosa.question_set import Kind, Question, QuestionSet

Stepped = tuple[Visit, tuple[Effect, ...]]


def hush(visit: Visit) -> tuple[Effect, ...]:
    """Be quiet, and close the microphone, where that is needed."""
    saying = (StopSaying(),) if visit.speaking else ()
    return (*saying, StopListening()) if visit.listening else saying


def present(visit: Visit, stage: Stage, lines: tuple[Line, ...], **changes: Any) -> Stepped:
    """Begin a new turn with these lines; nothing is lit for the switch unless `changes` says so."""
    effects = hush(visit)
    changes.setdefault("scanned", "")
    visit = replace(visit, stage=stage, turn=visit.turn + 1, speaking=True, listening=False, timer=None, **changes)
    return visit, (*effects, Say(visit.turn, lines))


def working(visit: Visit, stage: Stage, effect: Callable[[int], Effect], **changes: Any) -> Stepped:
    """Begin a new turn in which the store works; Kept or KeepFailed ends it."""
    effects = hush(visit)
    changes.setdefault("scanned", "")
    visit = replace(visit, stage=stage, turn=visit.turn + 1, speaking=False, listening=False, timer=None, **changes)
    return visit, (*effects, effect(visit.turn))


def ask(visit: Visit, asking: Asking, question: Question, opening: tuple[Line, ...] = (), **changes: Any) -> Stepped:
    """Put a question for the first time."""
    if asking in START_ASKINGS or asking is Asking.QUESTION:
        entry = (asking, question.name)
        if visit.history[-1:] != (entry,):
            changes.setdefault("history", (*visit.history, entry))
    if asking is Asking.QUESTION:
        if question.name not in visit.asked_names:
            opening = (*opening, *heading_lines(question, visit.tongue))
        changes["asked_names"] = visit.asked_names | {question.name}
        if question.name in visit.answers:
            opening = (*opening, visit.tongue.line("change_answer"))
    visit = replace(visit, times_put=0, failures=0, silences=0, candidate=None, read_back=False)
    visit = replace(visit, noisy=False, in_noise=False, two_keys=0, aside=None)
    keys_only = asking is Asking.FORGET_SURE  # never forgotten by a word that was misheard
    return put(replace(visit, asking=asking, question=question, keys_only=keys_only, **changes), opening)


def put(visit: Visit, opening: tuple[Line, ...] = (), *, explain: bool = False) -> Stepped:
    """Put the question: itself, its hint from the second time on, and its choices one by one."""
    question, tongue = visit.question, visit.tongue
    if question is None:
        return visit, ()
    if visit.asking is Asking.LANGUAGE and not visit.switching:
        lines = (*opening, *language_lines(tuple(choice.name for choice in question.choices)))
        return present(visit, Stage.ASK, (*lines, *your_turn(visit)), times_put=visit.times_put + 1, candidate=None)
    lines = (*opening, *question_lines(question, tongue))
    if explain or visit.times_put > 0:
        lines += hint_lines(question, tongue)
    if not visit.switching:  # somebody with a switch hears them as they are lit
        lines += tuple(choice_line(choice, tongue) for choice in spoken_order(question, visit.seed))
    if question.kind is Kind.AUDIO:
        lines += (tongue.line("message_how" if visit.voice else "message_no_microphone"),)
    elif visit.switching:
        lines += _how_to_switch(visit)
    elif visit.asking is Asking.QUESTION and (visit.times_put > 0 or len(visit.asked_names) == 1):
        lines += (tongue.line("also"),)
    changes = {"times_put": visit.times_put + 1, "candidate": None, "scan_steps": 0}
    return present(visit, Stage.ASK, (*lines, *your_turn(visit)), **changes)


def _how_to_switch(visit: Visit) -> tuple[Line, ...]:
    """What to do with the switches: said at the first question, and whenever it is put again."""
    if visit.times_put == 0 and visit.history[1:]:
        return ()
    both = visit.rules.switches > 1
    return (visit.tongue.line("scan_how"), *((visit.tongue.line("scan_next"),) if both else ()))


def your_turn(visit: Visit) -> tuple[Line, ...]:
    """The tone that says: the microphone opens now. Nothing where it stays closed."""
    question = visit.question
    is_message = question is not None and question.kind is Kind.AUDIO  # which needs no recogniser
    opens = (visit.voice if is_message else visit.can_hear) and not visit.keys_only and question is not None
    return (Line(tone=Tone.MICROPHONE_OPEN, pause_after_s=0.1),) if opens else ()


def go_on(visit: Visit, opening: tuple[Line, ...] = ()) -> Stepped:
    """Go on: the kiosk's own first questions, the set's notes and questions, the end."""
    if len(visit.languages) > 1 and Asking.LANGUAGE not in visit.start_done:
        return ask(visit, Asking.LANGUAGE, language_question(visit), opening)
    if visit.question_set is None:
        if len(visit.sets) > 1:
            return ask(visit, Asking.SET, which_set(visit.sets), opening)
        visit = choose(visit, visit.sets[0])
    if visit.rules.preset_who is not None:
        visit = replace(visit, who=visit.rules.preset_who)
    elif Asking.WHO not in visit.start_done:
        return ask(visit, Asking.WHO, OWN[Asking.WHO], opening)
    elif Asking.BY_WHOM not in visit.start_done and visit.who in (WHO_IS["for_somebody"], WHO_IS["work_or_visit"]):
        return ask(visit, Asking.BY_WHOM, OWN[Asking.BY_WHOM], opening)
    upcoming = visit.upcoming()
    if upcoming is None:
        return end(visit, opening)
    if upcoming.kind is Kind.NOTE:
        lines = (*opening, *heading_lines(upcoming, visit.tongue), *question_lines(upcoming, visit.tongue))
        return present(visit, Stage.NOTE, lines, asking=Asking.QUESTION, question=upcoming, keys_only=False)
    return ask(visit, Asking.QUESTION, upcoming, opening)


def language_question(visit: Visit) -> Question:
    """The question for a language, with those that the sets have."""
    return which_language({code: (own_name(code), english_name(code)) for code in visit.languages})


def choose(visit: Visit, one: QuestionSet) -> Visit:
    """Take this set for the visit, in its own language where it lacks the visit's."""
    language = language_of(one, visit.language)
    return replace(visit, question_set=one, language=language, told=frozenset(), asked_names=frozenset())


def reopen(visit: Visit) -> Stepped:
    """Put what stands last in the history once more; the old answer stands until a new one is kept."""
    relevant = visit.relevant_names(visit.answers)
    for place in range(len(visit.history) - 1, -1, -1):
        asking, name = visit.history[place]
        before = replace(visit, history=visit.history[: place + 1])
        match asking:
            case Asking.QUESTION if visit.question_set is not None and name in relevant:
                return ask(before, asking, visit.question_set.question(name))
            case Asking.LANGUAGE if not visit.answers:
                return ask(before, asking, language_question(visit))
            case Asking.SET if not visit.answers:
                return ask(before, asking, which_set(visit.sets), question_set=None)
            case Asking.WHO | Asking.BY_WHOM:
                return ask(before, asking, OWN[asking])
            case _:
                continue  # no longer relevant, or no longer to be changed
    return go_on(replace(visit, history=()))


def end(visit: Visit, opening: tuple[Line, ...] = ()) -> Stepped:
    """Lead to the end: with something kept, ask whether it shall stay."""
    if not visit.answers:
        return thanks(visit, opening)
    if visit.complete:
        opening = (*opening, visit.tongue.line("last_question"))
    return ask(visit, Asking.KEEP_OR_FORGET, OWN[Asking.KEEP_OR_FORGET], opening)


def finish(visit: Visit) -> Stepped:
    """Commit the visit and put it in the outbox."""
    return working(visit, Stage.FINISHING, lambda turn: Finish(turn, visit.complete))


def thanks(visit: Visit, opening: tuple[Line, ...] = ()) -> Stepped:
    """Say goodbye."""
    return present(visit, Stage.THANKS, (*opening, visit.tongue.line("goodbye")))


def over(visit: Visit, _event: Event | None = None) -> Stepped:
    """End at once: the runner makes a new visit."""
    effects = hush(visit)
    return replace(visit, stage=Stage.OVER, turn=visit.turn + 1, speaking=False, listening=False, timer=None), effects


def sorry(visit: Visit) -> Stepped:
    """Say that answers can't be saved now, and end."""
    words = "out_of_order" if visit.out_of_order else "cannot_save"
    return present(visit, Stage.SORRY, (visit.tongue.line(words),), pending=None)


def turned_away(visit: Visit) -> Stepped:
    """Say that it is outside opening hours, and end."""
    return present(visit, Stage.SORRY, (visit.tongue.line("closed_now"),))


def arm(visit: Visit, delay_s: float) -> Visit:
    """Count this down from now on, in place of whatever was counted."""
    number = visit.timers + 1
    return replace(visit, timers=number, timer=Timer(number, delay_s))


def wait(visit: Visit, _event: Event | None = None) -> Stepped:
    """The prompt is over: open the microphone where it may be, and count the silence."""
    question, rules = visit.question, visit.rules
    visit = replace(visit, speaking=False)
    if question is not None and visit.stage is Stage.ASK and question.kind is Kind.AUDIO and visit.voice:
        visit = arm(visit, rules.message_max_s + rules.heard_within_s)
        visit = replace(visit, stage=Stage.RECORDING, listening=True)
        return visit, (Record(visit.turn, rules.message_silence_s, rules.message_max_s),)
    if visit.asking is Asking.OFFER_STOP:
        silence_s = rules.offer_stop_s
    else:
        silence_s = rules.ask_again_later_s if visit.silences else rules.ask_again_s
    return open_microphone(visit, silence_s)


def open_microphone(visit: Visit, silence_s: float) -> Stepped:
    """Open the microphone for this long, where it may be open; the timer stands in where it is closed."""
    question = visit.question
    may_listen = visit.can_hear and not visit.keys_only and question is not None and question.kind is not Kind.AUDIO
    if not may_listen or question is None:
        return arm(visit, silence_s), ()
    # The listening counts its own silence, in sound; the timer is for the case that it never speaks.
    visit = replace(arm(visit, silence_s + 2.0), listening=True, listens_s=silence_s)
    tongue = visit.tongue
    phrases = meanings(question, tongue.language, tongue.default_language)
    return visit, (Listen(visit.turn, phrases, silence_s, pause_s(visit)),)
