"""Visits made up for pages: of a small set with pictures, or of any set by a seeded chance. Nobody said them."""

from __future__ import annotations

import io
import random
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from collector.visits import Answer, Gathered, How, Visit
from openrosa.convert import Converted, convert
from openrosa.question_set import Kind
from openrosa.xform import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openrosa.question_set import Question, QuestionSet

Group = tuple[str, str, str]
"""who, how, by whom."""
SELF: Group = ("resident", "self", "")
HELPED: Group = ("resident", "with_help", "")
BY_STAFF: Group = ("resident", "proxy", "staff")
STAFF: Group = ("staff", "self", "")
FIRST, LAST = date(2026, 11, 2), date(2026, 11, 20)
WEIGHTS = (12, 5, 2, 1)
"""How often a choice is given, by its place."""

SHEET = """
| survey |
| | type | name | label::English (en) | label::Cymraeg (cy) | image::English (en) | relevant |
| | note | hello | This is a draft to change together. | Drafft yw hwn. | | |
| | begin_group | house | The house | Y tŷ | | |
| | select_one good | home | How is your home? | Sut mae eich cartref? | openmoji:1F3E0 | |
| | select_one trouble | trouble | What should get better? | Beth ddylai wella? | | ${home} = 'not_good' |
| | end_group | | | | | |
| | audio | more | What else? | Beth arall? | | |

| choices |
| | list_name | name | label::English (en) | label::Cymraeg (cy) | image::English (en) | key |
| | good | good | Good | Da | openmoji:1F642 | green |
| | good | okay | Okay | Iawn | openmoji:1F610 | yellow |
| | good | not_good | Not good | Ddim yn dda | openmoji:1F641 | red |
| | trouble | noise | Noise | Sŵn | | green |
| | trouble | broken | Something is broken | Wedi torri | | red |

| settings |
| | form_title | form_id | version | default_language |
| | My home | my_home | 1 | English (en) |
"""


@cache
def converted(sheet: str = SHEET) -> Converted:
    """The form of a sheet, and its pictures."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "my_home.md"
        path.write_text(sheet, encoding="utf-8")
        return convert(path)


@cache
def small_set(sheet: str = SHEET) -> QuestionSet:
    """The set of a sheet."""
    return load(converted(sheet).xform, "my_home.md")


def wav(seconds: float = 2.0, filled_to: float = 10.0) -> bytes:
    """A tone as a kiosk keeps a voice message: silence behind it."""
    rate = 16_000
    samples = np.zeros(int(filled_to * rate), dtype=np.int16)
    spoken = np.arange(int(seconds * rate)) / rate
    samples[: len(spoken)] = (9000 * np.sin(2 * np.pi * 330 * spoken)).astype(np.int16)
    written = io.BytesIO()
    soundfile.write(written, samples, rate, format="WAV")
    return written.getvalue()


def visits(
    answers: Mapping[str, str | How],
    count: int,
    *,
    group: Group = SELF,
    homes: Sequence[str] = ("Elm House",),
    asked: QuestionSet | None = None,
    sound: bytes = b"",
) -> list[Visit]:
    """So many visits with the same answers; what is not among them was not reached."""
    of = asked or small_set()
    made = []
    for number in range(count):
        given = {
            one.name: _of(one.name, answers.get(one.name, How.NOT_REACHED)) for one in of.questions if one.choices
        } | {
            one.name: _message(one.name, answers.get(one.name, How.NOT_REACHED))
            for one in of.questions
            if one.kind is Kind.AUDIO
        }
        made.append(
            _visit(of, f"{sorted(answers.items(), key=str)} {number}", group, homes[number % len(homes)], given, sound)
        )
    return made


def _of(name: str, answer: str | How) -> Answer:
    return Answer(name, answer) if isinstance(answer, How) else Answer(name, How.GIVEN, answer, "voice")


def _message(name: str, answer: str | How) -> Answer:
    return Answer(name, answer) if isinstance(answer, How) else Answer(name, How.GIVEN, answer, "voice", file=answer)


def _visit(of: QuestionSet, name: str, group: Group, home: str, answers: Mapping[str, Answer], sound: bytes) -> Visit:
    who, how, by_whom = group
    complete = all(answer.how is not How.NOT_REACHED for answer in answers.values())
    day = (FIRST, LAST)[len(name) % 2]
    files = {answer.file: sound for answer in answers.values() if answer.file}
    instance = f"uuid:{'-'.join(group)} {home} {name}"
    return Visit(instance, of.form_id, of.version, home, LAST, day, who, how, by_whom, "en", complete, answers, files)


def by_chance(of: QuestionSet, group: Group, homes: Sequence[str], count: int) -> list[Visit]:
    """So many visits of a set, the first choices more often; the same each time."""
    chance = random.Random(f"{group} {homes}")  # noqa: S311 - made up, no secret
    sound = wav()
    made = []
    for number in range(count):
        answers: dict[str, Answer] = {}
        ended = False
        for question in of.questions:
            if question.kind is not Kind.NOTE:
                ended = ended or chance.random() < 0.02
                answers[question.name] = Answer(question.name, How.NOT_REACHED) if ended else _chosen(question, chance)
        if "home_trouble" in answers and answers["home"].value != "not_good":
            answers["home_trouble"] = Answer("home_trouble", How.NOT_ASKED)
        made.append(_visit(of, f"chance {number}", group, homes[number % len(homes)], answers, sound))
    return made


def _chosen(question: Question, chance: random.Random) -> Answer:
    how = chance.choices((How.GIVEN, How.DONT_KNOW, How.RATHER_NOT_SAY, How.SKIPPED), (40, 4, 2, 1))[0]
    if how is not How.GIVEN:
        return Answer(question.name, how)
    if question.kind is Kind.AUDIO:
        return _message(question.name, "message.wav")
    names = [choice.name for choice in question.choices]
    given = chance.choices(names, WEIGHTS[: len(names)])[0]
    return Answer(question.name, how, given, "voice", order=tuple(chance.sample(names, len(names))))


def gathered(asked: QuestionSet, every: Sequence[Visit]) -> Gathered:
    """As a source gives them."""
    return Gathered({(asked.form_id, asked.version): asked}, tuple(every))
