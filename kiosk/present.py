"""The view of a visit: what stands on the screen at each stage. Pure; drawn by `kiosk.screens`."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.answer import Answer, How
from kiosk.asks import Asking
from kiosk.saying.prompts import Tongue, answer_words
from kiosk.state import Stage, Visit
from kiosk.view import Command, Microphone, ScreenName, Tile, View
from openrosa.question_set import Kind, Question

_ASK_COMMANDS = (
    Command.AGAIN,
    Command.DONT_KNOW,
    Command.RATHER_NOT_SAY,
    Command.SKIP,
    Command.BACK,
    Command.STOP,
)
_LATER_COMMANDS = (Command.BACK, Command.STOP)
_SCREENS: Mapping[Stage, ScreenName] = {
    Stage.WAITING: ScreenName.WAITING,
    Stage.NOTE: ScreenName.NOTE,
    Stage.ASK: ScreenName.QUESTION,
    Stage.RECORDING: ScreenName.MESSAGE,
    Stage.CONFIRM: ScreenName.CONFIRM,
    Stage.KEEPING: ScreenName.QUESTION,
    Stage.SAID_BACK: ScreenName.SAID_BACK,
    Stage.FINISHING: ScreenName.THANKS,
    Stage.FORGETTING: ScreenName.FORGET,
    Stage.PLAYBACK: ScreenName.PLAYBACK,
    Stage.HELP: ScreenName.HELP,
    Stage.SORRY: ScreenName.SORRY,
    Stage.THANKS: ScreenName.THANKS,
    Stage.OVER: ScreenName.WAITING,
}


_OWN_SCREENS: Mapping[Asking, ScreenName] = {
    Asking.LANGUAGE: ScreenName.LANGUAGE,
    Asking.SET: ScreenName.WHO,
    Asking.WHO: ScreenName.WHO,
    Asking.BY_WHOM: ScreenName.WHO,
    Asking.REVIEW: ScreenName.REVIEW,
    Asking.FORGET_SURE: ScreenName.FORGET,
    Asking.MENU: ScreenName.MENU,
}


def view_of(visit: Visit) -> View:
    """The whole screen for a visit as it stands."""
    tongue = visit.tongue
    screen = _screen(visit)
    match visit.stage:
        case Stage.WAITING | Stage.OVER | Stage.SORRY if visit.out_of_order:
            return View(ScreenName.OUT_OF_ORDER, visit.turn, tongue.own("out_of_order"), "openmoji:1F527")
        case Stage.WAITING | Stage.OVER | Stage.SORRY if visit.turned_away:
            return View(ScreenName.CLOSED, visit.turn, tongue.own("closed_now"), "openmoji:1F319")
        case Stage.WAITING | Stage.OVER:
            return View(screen, visit.turn, tongue.own("press_to_start"), "openmoji:1F3E0")
        case Stage.THANKS | Stage.FINISHING:
            return View(screen, visit.turn, tongue.own("goodbye"), "openmoji:1F44B")
        case Stage.SORRY:
            return View(screen, visit.turn, tongue.own("cannot_save"), "openmoji:1F64B")
        case Stage.HELP:
            return View(screen, visit.turn, _help_words(visit, tongue), "openmoji:1F64B")
        case _:
            return _of_question(visit, screen, tongue)


def _screen(visit: Visit) -> ScreenName:
    """Which screen: the kiosk's own questions have theirs."""
    if visit.stage is Stage.ASK and visit.asking is not Asking.QUESTION:
        return _OWN_SCREENS.get(visit.asking, ScreenName.STOPPING) if visit.asking else ScreenName.STOPPING
    if visit.stage is Stage.ASK and visit.noisy:
        return ScreenName.NOISY
    if visit.stage is Stage.ASK and visit.question is not None and visit.question.name in visit.answers:
        return ScreenName.CHANGE
    return _SCREENS[visit.stage]


def _help_words(visit: Visit, tongue: Tongue) -> str:
    """What is said of help; while somebody is being called, only that it was asked for."""
    if visit.help_coming is None:
        return tongue.own("help")
    return tongue.own("help_called" if visit.help_coming else "ask_for_help")


def _of_question(visit: Visit, screen: ScreenName, tongue: Tongue) -> View:
    """A view with the question that is being put, heard or kept."""
    question = visit.question
    if question is None:
        return View(screen, visit.turn)
    step, steps = _progress(visit)
    return View(
        screen=screen,
        turn=visit.turn,
        words=_words(visit, question, tongue),
        picture=tongue.media(question.image),
        tiles=_tiles(visit, question, tongue),
        step=step,
        steps=steps,
        microphone=_microphone(visit),
        commands=tuple((command, tongue.own(command.value)) for command in _commands(visit)),
        scanned=visit.scanned,
    )


def _words(visit: Visit, question: Question, tongue: Tongue) -> str:
    """The question; or what was heard; or what was kept. A private answer is never named."""
    match visit.stage:
        case Stage.RECORDING:
            return tongue.own("message_recording")
        case Stage.PLAYBACK:
            return tongue.own("message_back")
        case Stage.CONFIRM if visit.candidate is not None:
            if question.private:
                return tongue.own("press_answer")
            heard = answer_words(question, visit.candidate, tongue)
            if visit.candidate.how is not How.GIVEN:
                return tongue.own("i_heard_no_key", answer=heard)
            key = question.choice(visit.candidate.value).key
            return tongue.own("i_heard", answer=heard, key=tongue.own(f"key_{key}").lower())
        case Stage.SAID_BACK:
            kept = visit.answers.get(question.name)
            if kept is None or question.private:
                return tongue.own("thank_you")
            return tongue.own("you_said", answer=answer_words(question, kept, tongue))
        case _:
            return tongue.text(question.labels)


def _tiles(visit: Visit, question: Question, tongue: Tongue) -> tuple[Tile, ...]:
    """The choices in their places; the one heard or kept is chosen, unless the question is private."""
    if visit.stage in {Stage.NOTE, Stage.PLAYBACK}:
        return ()
    if visit.stage is Stage.RECORDING:
        return (Tile("green", tongue.own("finished"), "openmoji:2705"),)
    shown: Answer | None = None
    if not question.private:
        shown = visit.candidate if visit.stage is Stage.CONFIRM else None
        if visit.stage is Stage.SAID_BACK or _screen(visit) is ScreenName.CHANGE:
            shown = visit.answers.get(question.name)
    return tuple(
        Tile(
            key=choice.key,
            word=tongue.text(choice.labels),
            picture=tongue.media(choice.image),
            chosen=shown is not None and shown.how is How.GIVEN and shown.value == choice.name,
        )
        for choice in question.choices
    )


def _microphone(visit: Visit) -> Microphone:
    if visit.listening:
        return Microphone.OPEN
    return Microphone.KEYS_ONLY if visit.keys_only or not visit.can_hear else Microphone.CLOSED


def _commands(visit: Visit) -> tuple[Command, ...]:
    """The command keys worth showing now."""
    if visit.asking is Asking.MENU:
        return ()
    if visit.switching:
        return (Command.MENU,)
    if visit.stage is Stage.ASK and visit.asking is Asking.QUESTION:
        return _ASK_COMMANDS
    if visit.stage is Stage.CONFIRM and visit.asking is Asking.QUESTION:
        return (Command.DONT_KNOW, Command.RATHER_NOT_SAY, *_LATER_COMMANDS)
    if visit.stage in {Stage.CONFIRM, Stage.SAID_BACK, Stage.RECORDING}:
        return _LATER_COMMANDS
    return (Command.AGAIN, *_LATER_COMMANDS)


def _progress(visit: Visit) -> tuple[int, int]:
    """Count "question 2 of 6" among those that are relevant now; (0, 0) for the kiosk's own questions."""
    if visit.question_set is None or visit.asking is not Asking.QUESTION or visit.question is None:
        return 0, 0
    relevant = visit.relevant_names(visit.answers)
    names = [
        question.name
        for question in visit.question_set.questions
        if question.kind is not Kind.NOTE and question.name in relevant
    ]
    return (names.index(visit.question.name) + 1 if visit.question.name in names else 0), len(names)
