"""What somebody said may become of their voice: the one place that reads it, for pages and for a panel's digest.

`good_news`, and what was made from it, asks who may hear the story (`hear`) and how (`share`). A name said aloud and
the spoken consent itself are for the office alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from collector.visits import How

if TYPE_CHECKING:
    from collector.visits import Visit
    from openrosa.question_set import QuestionSet

_WANTED = {"hear": "everybody", "share": "voice"}
"""The questions of consent, and the answers by which everybody may hear the voice itself."""
_SPOKEN_CONSENT, _ABOUT, _OTHER = "agree", "about", "other"
_NAMES = re.compile(r"name", re.IGNORECASE)


def asks_consent(question_set: QuestionSet) -> bool:
    """Whether the set asks who may hear what was said."""
    return {*_WANTED} <= {one.name for one in question_set.questions}


def for_the_office(question_name: str) -> bool:
    """Whether a question's voice message is somebody's name, or the consent itself."""
    return _NAMES.search(question_name) is not None or question_name == _SPOKEN_CONSENT


def withheld(visit: Visit, question_set: QuestionSet) -> str:
    """Why a visit's voices may not be played to others, in words that can stand behind the form's id; "" if they may.

    A set that does not ask says by its own notes who hears its messages.
    """
    if not asks_consent(question_set):
        return ""
    if visit.how == "proxy":
        return "somebody else agreed in the person's place"
    given = {name: one.value for name, one in visit.answers.items() if one.how is How.GIVEN}
    if any(given.get(name) != value for name, value in _WANTED.items()):
        return "nobody said that everybody may hear it in this voice"
    if given.get(_ABOUT) == _OTHER:
        return "about somebody else, who has to be asked first"
    return ""
