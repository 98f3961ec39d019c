"""Visits made up for pages: a real set, and answers by a seeded chance. Nobody said them."""

from __future__ import annotations

import io
import random
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from collector.visits import Answer, Gathered, How, Visit
from openrosa.question_set import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openrosa.question_set import Question, QuestionSet

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 20)
SELF, HELPED = ("resident", "self", ""), ("resident", "with_help", "")
BY_STAFF, STAFF = ("resident", "proxy", "staff"), ("staff", "self", "")
WEIGHTS = (12, 5, 2, 1)
"""How often a choice is given, by its place."""


def wav(seconds: float = 2.0, filled_to: float = 10.0) -> bytes:
    """A tone as a kiosk keeps a voice message: silence behind it."""
    rate = 16_000
    samples = np.zeros(int(filled_to * rate), dtype=np.int16)
    spoken = np.arange(int(seconds * rate)) / rate
    samples[: len(spoken)] = (9000 * np.sin(2 * np.pi * 330 * spoken)).astype(np.int16)
    written = io.BytesIO()
    soundfile.write(written, samples, rate, format="WAV")
    return written.getvalue()


def visits_of(
    asked: QuestionSet, group: tuple[str, str, str], homes: Sequence[str], count: int, seed: int = 7
) -> list[Visit]:
    """So many visits of one kind of person, in these homes in turn."""
    chance = random.Random(f"{seed} {group} {homes}")  # noqa: S311 - made up, no secret
    made = []
    for number in range(count):
        who, how, by_whom = group
        message = f"{number}.wav"
        answers, ended = {}, False
        for question in asked.questions:
            if question.kind is Kind.NOTE:
                continue
            answer = _answer(question, chance, message, ended=ended)
            ended = ended or answer.how is How.NOT_REACHED
            answers[question.name] = answer
        if "home_trouble" in answers and answers["home"].value != "not_good":
            answers["home_trouble"] = Answer("home_trouble", How.NOT_ASKED)
        made.append(
            Visit(
                f"uuid:{'-'.join(group)}-{'-'.join(homes)}-{number}",
                asked.form_id,
                asked.version,
                homes[number % len(homes)],
                LAST,
                (FIRST, LAST)[number % 2],
                who,
                how,
                by_whom,
                "en",
                not ended,
                answers,
                {message: wav()},
            )
        )
    return made


def _answer(question: Question, chance: random.Random, message: str, *, ended: bool) -> Answer:
    if ended or chance.random() < 0.02:
        return Answer(question.name, How.NOT_REACHED)
    how = chance.choices((How.GIVEN, How.DONT_KNOW, How.RATHER_NOT_SAY, How.SKIPPED), (40, 4, 2, 1))[0]
    if how is not How.GIVEN:
        return Answer(question.name, how)
    if question.kind is Kind.AUDIO:
        return Answer(question.name, how, message, "voice", file=message)
    names = [choice.name for choice in question.choices]
    given = chance.choices(names, WEIGHTS[: len(names)])[0]
    return Answer(question.name, how, given, "voice", order=tuple(chance.sample(names, len(names))))


def gathered(asked: QuestionSet, visits: Sequence[Visit]) -> Gathered:
    """As a source gives them."""
    return Gathered({(asked.form_id, asked.version): asked}, tuple(visits))
