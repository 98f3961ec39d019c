"""What becomes of an answer: kept, said back, or done, where the kiosk itself asked. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.answer import Answer, By, How
from kiosk.aside import open_menu
from kiosk.asks import OWN, WHO_IS, Asking
from kiosk.events import Forget, Keep, Line, Tone
from kiosk.putting import Stepped, ask, choose, end, finish, go_on, over, present, put, reopen, sorry, thanks, working
from kiosk.saying.prompts import language_of, said_back_lines
from kiosk.state import Stage, Visit
from openrosa.question_set import Kind, Question
from openrosa.xpath import constraint_holds


def given(visit: Visit, answer: Answer) -> Stepped:
    """An answer stands: keep it, or do what the kiosk itself asked for."""
    question = visit.question
    if visit.asking is not Asking.QUESTION or question is None or visit.question_set is None:
        return own_given(visit, answer)
    if answer.how is How.SKIPPED and question.name in visit.answers and visit.asking is Asking.QUESTION:
        return go_on(visit)  # looked at again, and left as it was
    if answer.how is How.GIVEN and question.choices:
        given = {name: one.value for name, one in visit.answers.items()}
        if not constraint_holds(visit.question_set, question, answer.value, given):
            words = visit.tongue.text(question.constraint_messages)
            return put(visit, (Line(words),) if words else (visit.tongue.line("didnt_catch"),))
    return keep(visit, answer)


def own_given(visit: Visit, answer: Answer) -> Stepped:
    """An answer to one of the kiosk's own questions. Said aloud, it is said back at the head of what comes next."""
    question, value = visit.question, answer.value if answer.how is How.GIVEN else ""
    if question is None:
        return visit, ()
    opening: tuple[Line, ...] = ()
    said = answer.by is By.VOICE and not answer.same_as(visit.candidate)
    if said and visit.asking is not Asking.LANGUAGE:  # the next question answers that, in the language
        opening = said_back_lines(question, answer, visit.tongue, aloud=True)
    match visit.asking:
        case Asking.LANGUAGE:
            one = visit.question_set
            code = value or visit.language
            spoken = language_of(one, code) if one else code
            return go_on(replace(visit, language=spoken, start_done=visit.start_done | {Asking.LANGUAGE}), opening)
        case Asking.SET:
            one = next((one for one in visit.sets if one.form_id == value), visit.sets[0])
            return go_on(choose(visit, one), opening)
        case Asking.WHO:
            done = visit.start_done - {Asking.BY_WHOM} | {Asking.WHO}
            return go_on(replace(visit, who=WHO_IS.get(value, visit.who), start_done=done), opening)
        case Asking.BY_WHOM:
            field = "by_whom" if visit.who.how == "proxy" else "who"
            who = replace(visit.who, **{field: value})
            return go_on(replace(visit, who=who, start_done=visit.start_done | {Asking.BY_WHOM}), opening)
        case Asking.REVIEW if value == "drop_message":
            return drop_message(visit, answer)
        case Asking.REVIEW:
            return go_on(visit, opening)
        case Asking.OFFER_STOP if value == "menu":
            return open_menu(reopen(visit)[0])
        case Asking.OFFER_STOP:
            return end(visit, opening) if value == "stop" else reopen(visit)
        case Asking.KEEP_OR_FORGET if value == "forget":
            return ask(visit, Asking.FORGET_SURE, OWN[Asking.FORGET_SURE])
        case Asking.FORGET_SURE if value == "forget":
            return working(visit, Stage.FORGETTING, Forget)
        case Asking.ANOTHER:
            wants = value == "yes_please"
            return over(replace(visit, another=True)) if wants else thanks(visit, opening)
        case _:
            return finish(visit)


def drop_message(visit: Visit, answer: Answer) -> Stepped:
    """The message is no answer any more: the next snapshot, kept at once, is without it."""
    if visit.question_set is None or not visit.history:
        return visit, ()
    question = visit.question_set.question(visit.history[-1][1])
    visit = replace(visit, asking=Asking.QUESTION, question=question, candidate=None)
    return keep(visit, Answer(How.SKIPPED, by=answer.by, corrected=True))


def keep(visit: Visit, answer: Answer) -> Stepped:
    """Have the answer sealed and committed; Kept or KeepFailed follows."""
    old = visit.answers.get(visit.question.name) if visit.question else None
    replaced = (old is not None and not answer.same_as(old)) or (
        visit.candidate is not None and not answer.same_as(visit.candidate)
    )
    pending = replace(answer, corrected=answer.corrected or replaced)
    read_back = answer.same_as(visit.candidate)
    return working(visit, Stage.KEEPING, Keep, pending=pending, read_back=read_back)


def kept(visit: Visit) -> Stepped:
    """Say it back, now that it is committed. Answers that are no longer relevant leave."""
    question, pending = visit.question, visit.pending
    if question is None or pending is None:
        return visit, ()
    old = visit.answers.get(question.name)
    answers = dict(visit.answers_with_pending)
    while gone := answers.keys() - visit.relevant_names(answers):
        answers = {name: answer for name, answer in answers.items() if name not in gone}
    visit = replace(visit, answers=answers, pending=None, candidate=None, deferred=None, save_failures=0, failures=0)
    if question.kind is Kind.AUDIO:
        return after_message(visit, question, pending, old)
    spoken = aloud(visit, pending) and not visit.read_back
    lines = said_back_lines(question, pending, visit.tongue, aloud=spoken)
    if pending.by is By.SWITCH and len(answers) == 1:
        lines += (visit.tongue.line("press_to_change"),)
    return present(visit, Stage.SAID_BACK, lines)


def aloud(visit: Visit, answer: Answer) -> bool:
    """What was said aloud is said back aloud; what was keyed only where nobody else hears it, or it is wished for.

    The lounge must not hear it. Somebody who can't see has it switched on for the visit, by the menu or a helper.
    """
    if answer.by is By.VOICE or visit.headphones:
        return True
    return visit.rules.speak_keyed_answers if visit.speak_answers is None else visit.speak_answers


def after_message(visit: Visit, question: Question, pending: Answer, old: Answer | None) -> Stepped:
    """A voice message is played back at once, on request only where it is private; a dropped one is said to be."""
    tongue, one = visit.tongue, visit.question_set
    if pending.how is not How.GIVEN:
        dropped = old is not None and old.how is How.GIVEN
        return go_on(visit, (tongue.line("dropped"),) if dropped else (Line(tone=Tone.ANSWERED),))
    if question.private or (one is not None and one.sensitive):
        return ask(visit, Asking.REVIEW, OWN[Asking.REVIEW], (tongue.line("message_kept"),))
    return play_back(visit)


def play_back(visit: Visit) -> Stepped:
    """Play the voice message that was kept last; then ask whether it shall stay."""
    kept = visit.answers.get(visit.history[-1][1]) if visit.history else None
    if kept is None:
        return ask(visit, Asking.REVIEW, OWN[Asking.REVIEW])
    lines = (visit.tongue.line("message_back"), Line(message=kept.value))
    return present(visit, Stage.PLAYBACK, lines, asking=Asking.REVIEW, question=OWN[Asking.REVIEW], keys_only=False)


def review(visit: Visit) -> Stepped:
    """Ask whether the message shall stay."""
    return ask(visit, Asking.REVIEW, OWN[Asking.REVIEW])


def keep_failed(visit: Visit) -> Stepped:
    """Claim nothing: put the question again, and the second time say so and end."""
    visit = replace(visit, pending=None, deferred=None, save_failures=visit.save_failures + 1)
    if visit.save_failures > 1:
        return sorry(visit)
    return put(visit, (visit.tongue.line("not_saved"),))
