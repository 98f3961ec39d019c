"""What the tests of a month's digest share: the shipped sets, visits of them, and what a digest makes of those."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import made_visits
from made_visits import SELF, Group, wav

from collector.digest.items import Chosen, Item, Month, gather
from openrosa.convert import Converted, convert
from openrosa.xform import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collector.visits import How, Visit
    from openrosa.question_set import QuestionSet

SETS = Path(__file__).parents[2] / "question_sets"
IDEA = {"kind": "idea", "about": "home", "message": "1.wav", "reply": "forum"}
NEWS = {
    "about": "me",
    "story": "1.wav",
    "hear": "everybody",
    "share": "voice",
    "name_use": "use",
    "my_name": "2.wav",
    "agree": "3.wav",
}


@cache
def shipped(name: str) -> Converted:
    return convert(SETS / name / f"{name}.md")


@cache
def the_set(name: str) -> QuestionSet:
    return load(shipped(name).xform, name)


@cache
def sound() -> bytes:
    return wav(0.5, 1.0)


def visits(
    name: str, answers: dict[str, str | How], count: int = 1, home: str = "Elm Road", group: Group = SELF
) -> list[Visit]:
    """Visits of a shipped set, each with its own id."""
    return made_visits.visits(answers, count, group=group, homes=[home], asked=the_set(name), sound=sound())


def digest(every: Sequence[Visit], **what: object) -> Month:
    """What a month of these visits comes to."""
    sets = {(one.form_id, one.version): the_set(one.form_id) for one in every}
    chosen = Chosen(**{name: what.pop(name) for name in ("also", "without", "least_visits") if name in what})
    return gather(every, sets, chosen=chosen, **what)


def items(every: Sequence[Visit], **what: object) -> tuple[Item, ...]:
    return digest(every, **what).items
