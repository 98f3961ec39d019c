"""What becomes of what was heard: an answer, a command, speech that was none, noise, a voice message. Pure.

Recognition proposes, the person disposes: nothing that is not sure is kept (rule 4).
"""

from __future__ import annotations

from dataclasses import replace

from kiosk import commands, silence
from kiosk.answer import Answer, By, How
from kiosk.answering import given
from kiosk.asks import OWN, Asking
from kiosk.events import (
    Event,
    Heard,
    Recorded,
)
from kiosk.putting import (
    Stepped,
    arm,
    ask,
    open_microphone,
    present,
    put,
    your_turn,
)
from kiosk.state import Stage, Visit
from kiosk.view import Command

MOST_FAILURES = 2
"""Not understood so often: keys only for this question."""


def speech_started(visit: Visit, _event: Event) -> Stepped:
    """Somebody begins to speak, even at the last moment: the silence is over."""
    return arm(visit, visit.rules.heard_within_s), ()


def heard_of(visit: Visit, heard: Heard) -> Answer | None:
    """What was heard as an answer, if it is one to this question."""
    if heard.command is not None and heard.command in commands.ANSWERS:
        return Answer(commands.ANSWERS[heard.command], by=By.VOICE)
    names = [choice.name for choice in visit.question.choices] if visit.question else []
    return Answer(How.GIVEN, heard.answer, By.VOICE) if heard.answer in names and heard.answer else None


def ask_heard(visit: Visit, heard: Heard) -> Stepped:
    """A sure answer stands, an unsure one is put as a question; a command does what it says."""
    answer = heard_of(visit, heard)
    if answer is None:
        return heard_command(visit, heard) if heard.command else not_caught(visit)
    if heard.sure:
        return given(visit, answer)
    return commands.confirm(visit, answer)


def confirm_heard(visit: Visit, heard: Heard) -> Stepped:
    """The same choice again confirms; another one takes its place."""
    answer = heard_of(visit, heard)
    if answer is None:
        return heard_command(visit, heard) if heard.command else not_caught(visit)
    if answer.same_as(visit.candidate):
        return given(visit, answer)
    # Another choice takes its place, without being read back a second time: it waits, lit, to be said again.
    visit = replace(visit, failures=visit.failures + 1)
    if visit.failures >= MOST_FAILURES:
        return not_caught(visit)
    candidate = replace(answer, corrected=True)
    return present(visit, Stage.CONFIRM, your_turn(visit), candidate=candidate)


def not_caught(visit: Visit) -> Stepped:
    """Speech that was no answer: once, sorry; twice, keys only for this question."""
    failures = visit.failures + 1
    if failures >= MOST_FAILURES:
        return put(replace(visit, failures=failures, keys_only=True), (visit.tongue.line("use_keys"),))
    return put(replace(visit, failures=failures), (visit.tongue.line("didnt_catch"),))


def heard_command(visit: Visit, heard: Heard) -> Stepped:
    """A command by voice. An unsure "stop" is asked; the others do no harm."""
    if heard.command is Command.STOP and not heard.sure:
        return ask(visit, Asking.OFFER_STOP, OWN[Asking.OFFER_STOP])
    return commands.do(visit, heard.command, By.VOICE) if heard.command else (visit, ())


def said_back_heard(visit: Visit, heard: Heard) -> Stepped:
    """Somebody speaks while their answer is being said back: only something else changes it."""
    answer = heard_of(visit, heard)
    stands = visit.answers.get(visit.question.name) if visit.question else None
    if answer is not None and answer.how is not How.SKIPPED and not answer.same_as(stands):
        return given(visit, answer) if heard.sure else commands.confirm(visit, answer)
    if heard.command is not None and (answer is None or answer.how is How.SKIPPED):
        return heard_command(visit, heard)
    return open_microphone(visit, visit.rules.change_s)


def noisy(visit: Visit, _event: Event) -> Stepped:
    """Something speaks that never pauses: the microphone stays closed for this question, and keys are asked for."""
    return put(replace(visit, noisy=True, keys_only=True), (visit.tongue.line("noisy"),))


def recorded(visit: Visit, event: Recorded) -> Stepped:
    """A voice message ended; where nothing was said it is a silence. A command that ended it comes after it is kept."""
    command = visit.deferred
    visit = replace(visit, stage=Stage.ASK, listening=False)
    if event.duration_s <= 0:
        visit = replace(visit, deferred=None)
        return commands.do(visit, command, By.KEY) if command else silence.nobody(visit)
    return given(visit, Answer(How.GIVEN, event.message, By.VOICE))
