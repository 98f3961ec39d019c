"""How old somebody is at school who reads such English: textstat's Automated Readability Index, of a whole set.

The index counts letters, words and sentences, and needs no dictionary: textstat's other ones for English fetch NLTK's
from the network, which nothing here may do. Of one short sentence it says nothing, so a set is taken as a whole, and
one of too few words not at all. Source: Smith & Senter, Automated Readability Index, AMRL-TR-66-220, 1967.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from authoring.lint.texts import Role, Text

FEWEST_WORDS = 100
"""The index was fitted on whole texts. What Flesch asked of his samples serves here: a hundred words."""
MOST_YEARS = 9
"""What GOV.UK writes for. Source: its guidance "Content design: planning, writing and managing content"."""
_FIRST_GRADE_YEARS = 6
"""Who is in the first grade of a school in the USA turns 6 or 7."""
_GROWN_UP_YEARS = 18


def reading_age(texts: Iterable[Text]) -> int | None:
    """Years, at most 18; None for too few words.

    Args:
        texts: of one set, all English. Choices are left out: they are no sentences.

    Raises: ModuleNotFoundError: textstat is not installed, as on a kiosk.
    """
    sentences = [
        one if one.endswith((".", "?", "!")) else f"{one}." for text in texts if _counts(text) for one in text.sentences
    ]
    whole = " ".join(dict.fromkeys(sentences))
    if len(whole.split()) < FEWEST_WORDS:
        return None
    import textstat  # noqa: PLC0415  1.5 s for what it brings along, and an office's alone

    grade: float = textstat.automated_readability_index(whole)
    return min(max(0, math.ceil(grade)) + _FIRST_GRADE_YEARS - 1, _GROWN_UP_YEARS)


def _counts(text: Text) -> bool:
    return text.role in {Role.QUESTION, Role.NOTE, Role.HINT}
