"""Words that sound like others, by their phonemes.

They compete with the answers: who says "now" should not have said "no". A language has them where `voice/words` has a
list of its frequent words; elsewhere nothing sounds like anything, and the other witnesses guard alone.

Source: the list says where its words are from. Distance is Levenshtein's, over phonemes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources

Said = tuple[str, ...]
"""The phonemes of one way to say a word."""

_EACH = 12
"""So many for a word, while all together are no more than `_ALL`: a search takes longer with each."""
_ALL = 120
_FEWEST = 3
_SHORT = 3
"""A word of so few phonemes is another word with one of them changed, a longer one with two."""


def sound_alikes(language: str, phrases: Iterable[str]) -> tuple[str, ...]:
    """Frequent words that sound nearly like a word of the phrases, none that sounds exactly like one.

    Args:
        language: a code such as "en" or "en-GB"; only its first part counts.
        phrases: what may be answered, lower-case.

    Returns: each once, those of the first word first, the most frequent of a word first.
    """
    known = _known(language)
    words = tuple(dict.fromkeys(word for phrase in phrases for word in phrase.split() if word in known))
    same = same_sound(language, words)
    each = max(_FEWEST, min(_EACH, _ALL // max(1, len(words))))
    found = (other for word in words for other in _near(language, word, each) if other not in same)
    return tuple(dict.fromkeys(found))


def same_sound(language: str, words: Iterable[str]) -> frozenset[str]:
    """The words, and all that can be said just like one of them."""
    words = tuple(words)
    known = _known(language)
    ways = {way for word in words for way in known.get(word, ())}
    return frozenset(words) | {other for other, others in known.items() if not ways.isdisjoint(others)}


@cache
def _near(language: str, word: str, most: int) -> tuple[str, ...]:
    """The most frequent words one phoneme away from a short word, or two from a longer one."""
    known = _known(language)
    ways = known[word]
    found: list[str] = []
    for other, others in known.items():
        if other != word and any(_is_near(one, two) for one in ways for two in others):
            if not set(ways).isdisjoint(others):
                continue
            found.append(other)
            if len(found) == most:
                break
    return tuple(found)


def _is_near(one: Said, two: Said) -> bool:
    limit = 1 if len(one) <= _SHORT else 2
    return abs(len(one) - len(two)) <= 1 and distance(one, two) <= limit


def code_of(language: str) -> str:
    """The first part of a language's code: "en" of "en-GB"."""
    return language.split("-", maxsplit=1)[0].lower()


def distance(one: Said, two: Said) -> int:
    """How many phonemes are changed, left out or put in between two ways to say something."""
    before = list(range(len(two) + 1))
    for row, mine in enumerate(one, 1):
        now = [row]
        for column, theirs in enumerate(two, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (mine != theirs)))
        before = now
    return before[-1]


@cache
def _known(language: str) -> dict[str, tuple[Said, ...]]:
    """Every word of the language's list with the ways to say it, the most frequent first; none without a list."""
    file = resources.files("voice") / "words" / f"{code_of(language)}.txt"
    if not file.is_file():
        return {}
    lines = (line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    split = (line.partition(": ") for line in lines)
    return {word: tuple(tuple(way.split()) for way in ways.split(" | ")) for word, _, ways in split}
