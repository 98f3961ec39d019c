"""A visit as the values of its record: what goes into which node of the instance. Pure.

Source: docs/record.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.answer import Answer, How
from kiosk.saying.prompts import spoken_order
from openrosa.question_set import Kind, Question, QuestionSet

if TYPE_CHECKING:
    from kiosk.state import Visit


@dataclass(frozen=True)
class Circumstances:
    """What the record says beside the visit, from the machine.

    Attributes:
        day: ISO date; nothing finer is ever recorded.
        clock_trusted: whether the machine's clock was set from a network or a battery.
        software: name and version.
    """

    day: str
    clock_trusted: bool
    software: str


def values(visit: Visit, circumstances: Circumstances, *, complete: bool) -> Mapping[str, str]:
    """The record's values by absolute path, the pending answer included.

    Raises: ValueError: the visit has no question set yet.
    """
    question_set = visit.question_set
    if question_set is None:
        raise ValueError("a visit without a question set has no record")
    answers = visit.answers_with_pending
    relevant = visit.relevant_names(answers)
    root = "/" + _root(question_set)
    found = {
        f"{root}/sayso/who": visit.who.who,
        f"{root}/sayso/how": visit.who.how,
        f"{root}/sayso/by_whom": visit.who.by_whom,
        f"{root}/sayso/language": visit.language,
        f"{root}/sayso/complete": _yes_no(complete),
        f"{root}/sayso/day": circumstances.day,
        f"{root}/sayso/clock_trusted": _yes_no(circumstances.clock_trusted),
        f"{root}/sayso/software": circumstances.software,
    }
    for question in question_set.questions:
        if question.kind is not Kind.NOTE:
            found.update(_of_question(question, answers.get(question.name), visit, relevant=question.name in relevant))
    return found


def _of_question(question: Question, answer: Answer | None, visit: Visit, *, relevant: bool) -> dict[str, str]:
    """The question's own node and the three beside it."""
    if not relevant:
        return {f"{question.path}_how": How.NOT_ASKED.value}
    asked = question.name in visit.asked_names
    order = " ".join(choice.name for choice in spoken_order(question, visit.seed)) if asked else ""
    if answer is None:
        return {f"{question.path}_how": How.NOT_REACHED.value, f"{question.path}_order": order}
    return {
        question.path: answer.value,
        f"{question.path}_how": answer.how.value,
        f"{question.path}_by": answer.by.value + (" corrected" if answer.corrected else ""),
        f"{question.path}_order": order,
    }


def _root(question_set: QuestionSet) -> str:
    """The name of the instance's root node: the first part of every path."""
    paths = [question.path for question in question_set.questions] or sorted(question_set.record_paths)
    return paths[0].split("/")[1]


def _yes_no(value: bool) -> str:  # noqa: FBT001  a value to be written, no switch
    return "yes" if value else "no"


def is_sensitive(visit: Visit) -> bool:
    """Whether nothing that staff can see may depend on it."""
    return visit.question_set is not None and visit.question_set.sensitive
