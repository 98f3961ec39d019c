"""The one place where it is decided whether an utterance is an answer. Every other part only brings evidence.

A closed grammar fits almost any sound to one of its phrases and calls itself certain, so its word alone is nothing.
What counts is how much better the phrase fits than everything else that was offered. Weights say how much; they come
from a fit on recordings, by engine and model (`voice.weights`).

Without weights sure means unanimous: the grammar, the grammar among decoys and the open pass name the same meaning with
the whole of what was said. One independent witness besides the grammar is enough to ask "I heard ...", none is not.

Whatever the weights say, the speech is as long as that phrase can be, long speech needs more to be asked about, and
nothing is sure where the open pass understood another answer, or where something else fits much better.

Source: rule 5 of asking, docs/hearing.md, with what was measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from voice.utterance import Evidence, clean
from voice.weights import Weights, features

SHORTEST_S = 0.1
LETTER_S = 0.02
LONGEST_S = 1.5
LONGEST_LETTER_S = 0.25
"""A phrase of n letters takes at least 0.1 + 0.02 n seconds and at most 1.5 + 0.25 n: wide on purpose, for people who
draw words out. It is there for a click taken for a sentence, and for a sentence taken for a word."""


USUAL_S = 0.4
USUAL_LETTER_S = 0.07
DRAWN_OUT_COST = 1.5
"""To be asked about, speech that is longer than 0.4 + 0.07 n seconds needs 1.5 more of the score for each second of it.
Talk that ends in something like an answer is long and fits badly; a word drawn out is long and fits well."""

WORST_SURE_NATS = -1.0
"""For each 10 ms. Of right answers in the recordings one in twenty fits worse than this; sentences that are none do."""


class Outcome(Enum):
    """What to do with it. All but the first two have neither phrase nor meaning."""

    SURE = "sure"
    ASK = "ask"
    NO_MATCH = "no_match"
    TWO_ANSWERS = "two_answers"
    CLIPPED = "clipped"
    OWN_PROMPT = "own_prompt"


@dataclass(frozen=True)
class Decision:
    """What an utterance is taken for.

    Attributes:
        outcome: sure, ask, no match, or why it is none: two answers at once. `voice.doubt` adds two: so loud that it
            is cut off, and the kiosk's own prompt.
        phrase: the allowed phrase, "" where there is none.
        meaning: what `meanings` says it means, "" where there is none.
    """

    outcome: Outcome
    phrase: str = ""
    meaning: str = ""


NOTHING = Decision(Outcome.NO_MATCH)
TWO = Decision(Outcome.TWO_ANSWERS)


def decide(evidence: Evidence, meanings: Mapping[str, str], weights: Weights | None = None) -> Decision:
    """What the evidence is good for.

    Args:
        evidence: of one utterance.
        meanings: each allowed phrase, lower-case, to a label; several phrases may share one. Agreement is by label.
        weights: fitted for this engine and model, if somebody has.

    Returns:
        SURE: the evidence weighs enough; without weights: all three passes give one meaning. The length is plausible.
        ASK: it weighs less, but enough to ask; without weights: the grammar among decoys, or the whole text of the
            open pass, gives one meaning, and no other is named.
        TWO_ANSWERS: two different ones were said at once, with at most as many other words ("yes or no").
        NO_MATCH: neither does; or the length is out of all reason.
    """
    if _two_answers(evidence.open_text, meanings):
        return TWO
    found = features(evidence, meanings)
    if weights is None or found is None:
        return _unanimous(evidence, meanings)
    return _weighed(evidence, meanings, found, weights)


def _weighed(evidence: Evidence, meanings: Mapping[str, str], found: Mapping[str, float], weights: Weights) -> Decision:
    score = weights.score(found)
    phrase = clean(evidence.grammar_text)
    meaning = meanings.get(phrase)
    if meaning is None or not plausible(evidence.duration_s, phrase):
        return NOTHING
    others = _named(evidence.open_text, meanings) - {meaning}
    # Whether nothing else fits much better: no other evidence may make up for that.
    fits = min(found["over_others"], found["over_sounds"]) >= WORST_SURE_NATS
    if score >= weights.sure and not others and fits:
        return Decision(Outcome.SURE, phrase, meaning)
    longer_s = max(0.0, evidence.duration_s - USUAL_S - USUAL_LETTER_S * _letters(phrase))
    asks = score >= weights.ask + DRAWN_OUT_COST * longer_s
    return Decision(Outcome.ASK, phrase, meaning) if asks else NOTHING


def _unanimous(evidence: Evidence, meanings: Mapping[str, str]) -> Decision:
    grammar, decoy, opened = (
        meanings.get(clean(text)) for text in (evidence.grammar_text, evidence.decoy_text, evidence.open_text)
    )
    witnesses = {meaning for meaning in (decoy, opened) if meaning is not None}
    if len(witnesses) != 1:
        return NOTHING
    if len(_named(evidence.open_text, meanings)) > 1:
        return NOTHING
    # The grammar hangs a short command on the end of a long phrase ("go forward ten meters skip"): where the open pass
    # heard just the phrase, that is worth asking, though never sure. Otherwise it is two answers at once.
    among_decoys = _named(evidence.decoy_text, meanings)
    if len(among_decoys) > 1 and opened not in among_decoys:
        return NOTHING
    phrase = clean(evidence.open_text if opened is not None else evidence.decoy_text)
    if not plausible(evidence.duration_s, phrase):
        return NOTHING
    meaning = meanings[phrase]
    unanimous = grammar == decoy == opened
    return Decision(Outcome.SURE if unanimous else Outcome.ASK, phrase, meaning)


def plausible(duration_s: float, phrase: str) -> bool:
    """Whether a phrase can take that long to say."""
    letters = _letters(phrase)
    return SHORTEST_S + LETTER_S * letters <= duration_s <= LONGEST_S + LONGEST_LETTER_S * letters


def _letters(phrase: str) -> int:
    return len(phrase.replace(" ", ""))


def may_go_on(phrase: str, meanings: Mapping[str, str]) -> bool:
    """Whether that phrase is the beginning of a longer one which means something else: then wait for the end."""
    meaning = meanings.get(phrase)
    return any(longer.startswith(f"{phrase} ") and label != meaning for longer, label in meanings.items())


def _two_answers(text: str, meanings: Mapping[str, str]) -> bool:
    """Whether that is two answers and little else: in a whole sentence words of the choices are no answers.

    Only the open pass can tell. The grammar among decoys makes two phrases of one word that it does not know.
    """
    words = clean(text)
    named = _named(words, meanings)
    if len(named) < 2:  # noqa: PLR2004  two
        return False
    phrases = sorted((phrase for phrase in meanings if f" {phrase} " in f" {words} "), key=len, reverse=True)
    rest = f" {words} "
    for phrase in phrases:
        rest = rest.replace(f" {phrase} ", " ")
    return len(rest.split()) <= len(words.split()) / 2


def _named(text: str, meanings: Mapping[str, str]) -> set[str]:
    """The meanings of the phrases that stand in a text, longer ones first: "not good" is not also "good"."""
    rest = f" {clean(text)} "
    found: set[str] = set()
    for phrase in sorted(meanings, key=len, reverse=True):
        if f" {phrase} " in rest:
            found.add(meanings[phrase])
            rest = rest.replace(f" {phrase} ", " | ")
    return found
