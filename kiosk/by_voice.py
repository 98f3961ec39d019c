"""What becomes of what was heard: an answer, a command, speech that was none, noise, a voice message. Pure.

Recognition proposes, the person disposes: nothing that is not sure is kept (rule 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk import commands, patience, silence
from kiosk.answer import Answer, By, How
from kiosk.answering import given
from kiosk.asks import OWN, Asking
from kiosk.events import (
    Event,
    Heard,
    Miss,
    PromptHeard,
    Recorded,
    SpeechStarted,
)
from kiosk.putting import (
    Stepped,
    arm,
    ask,
    go_on,
    open_microphone,
    present,
    put,
    your_turn,
)
from kiosk.state import Stage, Visit
from kiosk.view import Command

HARMLESS = frozenset({Command.AGAIN, Command.EXPLAIN, Command.STOP, Command.HELP})
"""Followed even where it was not clear that they were said: a question is heard once more, or somebody is asked."""
MOST_FAILURES = 2
"""Not understood so often: keys only for this question."""


LEAST_LEFT_S = 2.0
"""A listening is not opened again for less."""
_SORRY: Mapping[Miss, str] = {
    Miss.NO_ANSWER: "didnt_catch",
    Miss.TWO_ANSWERS: "two_answers",
    Miss.CLIPPED: "too_loud",
}


def speech_started(visit: Visit, event: SpeechStarted) -> Stepped:
    """Somebody begins to speak, even at the last moment: the silence is over."""
    return arm(patience.spoke(visit, event.at_s), visit.rules.heard_within_s), ()


def heard_of(visit: Visit, heard: Heard) -> Answer | None:
    """What was heard as an answer, if it is one to this question."""
    if heard.command is not None and heard.command in commands.ANSWERS:
        return Answer(commands.ANSWERS[heard.command], by=By.VOICE)
    names = [choice.name for choice in visit.question.choices] if visit.question else []
    return Answer(How.GIVEN, heard.answer, By.VOICE) if heard.answer in names and heard.answer else None


def ask_heard(visit: Visit, heard: Heard) -> Stepped:
    """A sure answer stands, an unsure one is put as a question; a command does what it says."""
    visit = patience.paused(visit, heard.pause_s)
    answer = heard_of(visit, heard)
    if answer is None:
        return heard_command(visit, heard) if _commands(visit, heard) else not_caught(visit, heard)
    if heard.sure and not visit.wary:
        return given(visit, answer)
    return commands.confirm(visit, answer)


def confirm_heard(visit: Visit, heard: Heard) -> Stepped:
    """The same choice again confirms, surely where others talk; another one takes its place."""
    visit = patience.paused(visit, heard.pause_s)
    answer = heard_of(visit, heard)
    if answer is None:
        return heard_command(visit, heard) if _commands(visit, heard) else not_caught(visit, heard)
    if answer.same_as(visit.candidate):
        if visit.wary and not heard.sure:
            return not_caught(visit, heard)
        return given(replace(visit, wary=False), answer)
    # Another choice takes its place, without being read back a second time: it waits, lit, to be said again.
    visit = replace(visit, failures=visit.failures + 1)
    if visit.failures >= MOST_FAILURES:
        return not_caught(visit, heard)
    candidate = replace(answer, corrected=True)
    return present(visit, Stage.CONFIRM, your_turn(visit), candidate=candidate)


def not_caught(visit: Visit, heard: Heard) -> Stepped:
    """Speech that was no answer: once, sorry and why; twice, keys only for this question, in noise because of that."""
    visit = replace(visit, failures=visit.failures + 1)
    visit = replace(visit, in_noise=visit.in_noise or heard.noisy, wary=visit.wary or heard.talk)
    if visit.failures < MOST_FAILURES:
        return put(visit, (visit.tongue.line(_SORRY[heard.miss]),))
    if visit.in_noise:
        return noisy(visit)
    return put(replace(visit, keys_only=True), (visit.tongue.line("use_keys"),))


def prompt_heard(visit: Visit, event: PromptHeard) -> Stepped:
    """The kiosk heard itself: nobody has failed, and the listening goes on for what is left of its time."""
    left_s = visit.listens_s - event.heard_s
    if left_s >= LEAST_LEFT_S:
        return open_microphone(visit, left_s)
    visit = replace(visit, listening=False)
    return go_on(visit) if visit.stage is Stage.SAID_BACK else silence.nobody(visit)


def _commands(visit: Visit, heard: Heard) -> bool:
    """Whether it is a command that is followed: an unsure one only where that does no harm.

    Where others talk an unsure one is theirs; a call for help is always heard.
    """
    if heard.sure or heard.command is None:
        return heard.command is not None
    return heard.command is Command.HELP or (heard.command in HARMLESS and not visit.wary)


def heard_command(visit: Visit, heard: Heard) -> Stepped:
    """A command by voice. An unsure "stop" is asked; the others that come here unsure do no harm."""
    if heard.command is Command.STOP and not heard.sure:
        return ask(visit, Asking.OFFER_STOP, OWN[Asking.OFFER_STOP])
    return commands.do(visit, heard.command, By.VOICE) if heard.command else (visit, ())


def said_back_heard(visit: Visit, heard: Heard) -> Stepped:
    """Somebody speaks while their answer is being said back: only something else changes it."""
    visit = patience.paused(visit, heard.pause_s)
    answer = heard_of(visit, heard)
    stands = visit.answers.get(visit.question.name) if visit.question else None
    if answer is not None and answer.how is not How.SKIPPED and not answer.same_as(stands):
        return given(visit, answer) if heard.sure and not visit.wary else commands.confirm(visit, answer)
    if _commands(visit, heard) and (answer is None or answer.how is How.SKIPPED):
        return heard_command(visit, heard)
    if answer is None:
        # Others talking must not hold it here for as long as they talk.
        visit = replace(visit, failures=visit.failures + 1, wary=visit.wary or heard.talk)
        if heard.talk or visit.failures >= MOST_FAILURES:
            return go_on(visit)
    return open_microphone(visit, visit.rules.change_s)


def noisy(visit: Visit, _event: Event | None = None) -> Stepped:
    """Something speaks that never pauses: the microphone stays closed for this question, and keys are asked for."""
    return put(replace(visit, noisy=True, wary=True, keys_only=True), (visit.tongue.line("noisy"),))


def said_back_noisy(visit: Visit, _event: Event) -> Stepped:
    """Something speaks that never pauses: the answer stands, and what is heard from now on is asked about."""
    return go_on(replace(visit, wary=True))


def recorded(visit: Visit, event: Recorded) -> Stepped:
    """A voice message ended; where nothing was said it is a silence. A command that ended it comes after it is kept."""
    command = visit.deferred
    visit = replace(visit, stage=Stage.ASK, listening=False)
    if event.duration_s <= 0:
        visit = replace(visit, deferred=None)
        return commands.do(visit, command, By.KEY) if command else silence.nobody(visit)
    return given(visit, Answer(How.GIVEN, event.message, By.VOICE))
