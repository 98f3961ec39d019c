"""The wording of one text: what is hard to hear, to picture or to answer truthfully. English, but for what is counted.

The evidence is named in docs/question-sets.md: Finlay & Lyons 2001 and 2002, Heal & Sigelman 1995, Perry 2004,
Antaki 2013, and the guidance on easy read. A rule is a pattern: it meets what it was not meant for, and such a finding
can be accepted with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from authoring.lint.texts import Role, Text
from openrosa.findings import short

MOST_WORDS = 15
"""In a sentence. Source: Department of Health, Making written information easier to understand, 2010."""
LONG_WORD = 12
"""Letters: "accommodation" and "satisfaction" have more, "neighbourhood" too, for which people say "the area"."""
OPPOSITES = (
    *("yes or no", "good or bad", "good or not good", "happy or sad", "happy or not", "happy or unhappy"),
    *("hard or easy", "easy or hard", "a lot or a little", "more or less", "now and then", "like or dislike"),
)
"""Both sides of one question. Asked so, fewer people only say yes: Sigelman and others 1981, yes-no and either-or."""

_NEGATIVE = re.compile(r"\b(?:not|never|no|nobody|no one|nothing|none|without|cannot|\w+n['’]t)\b", re.IGNORECASE)  # noqa: RUF001  a sheet has this apostrophe
_JUDGED = re.compile(
    r"\b(?:how (?:often|long|many|much|frequently)|usually|always|ever|normally|generally|regularly|rarely"
    r"|most of the time|(?:in the )?(?:last|past) (?:\w+ )?(?:days?|weeks?|months?|years?)|since|when (?:did|were|was)"
    r"|last time|what time|(?:times|hours|days) a (?:day|week|month|year))\b",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"(?:\b(?:do|does|did|is|are|was|were|have|has|would)n['’]t|\bcan['’]t|\bwon['’]t) (?:you|they|it|he|she|we)\?"  # noqa: RUF001
    r"|^(?:don|doesn|didn|isn|aren|wasn|weren|can|won|wouldn)['’]t\b|\bright\?|\byou agree\b|\b(?:surely|of course)\b",  # noqa: RUF001
    re.IGNORECASE,
)
_GOOD = r"(?:happy|good|great|nice|kind|well|pleased|satisfied|safe|helpful|friendly|fun|lovely|comfortable)"
_LOADED = re.compile(rf"\bhow (?:very )?{_GOOD}\b|\bhow much (?:do|did) you (?:like|enjoy|love)\b", re.IGNORECASE)
_ONE_SIDE = re.compile(
    rf"^(?:is|are|was|were)\b.*\b{_GOOD}\b|^(?:do|does|did) (?:you|they) (?:like|enjoy|love)\b"
    rf"|^do you (?:feel|think|believe)\b.*\b{_GOOD}\b",
    re.IGNORECASE,
)
_OTHER_SIDE = re.compile(r"\bor\b|\b(?:sad|bad|unhappy|hard|worried|scared|angry)\b", re.IGNORECASE)
_SUPPOSED = re.compile(r"^(?:if|suppose|imagine)\b", re.IGNORECASE)
_JOINED = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
_SUBJECT = r"(?:you|they|we|it|he|she|people|staff|(?:your|the|a|an|this|that|these) \w+)"
_DONE = (
    r"(?:\w{3,}ed|given|told|taken|made|done|seen|shown|chosen|kept|left|known|written|heard|held|brought|taught|"
    r"spoken|bought|sent|paid|put|let)"
)
_PASSIVE = re.compile(
    rf"\b(?:am|is|are|was|were|be|been|being|gets?|got) (?:{_SUBJECT} )?(?:\w+ly |being |been |always )?({_DONE})\b",
    re.IGNORECASE,
)
_FEELINGS = frozenset(
    {
        *("interested", "tired", "worried", "excited", "bored", "scared", "frightened", "pleased", "satisfied", "used"),
        *("supposed", "married", "need", "relaxed", "annoyed", "surprised", "confused", "upset", "disappointed"),
        *(
            "stressed",
            "embarrassed",
            "left",
            "wanted",
            "hundred",
            "indeed",
            "dressed",
            "called",
            "named",
            "feed",
            "speed",
        ),
    }
)
"""Words that look like something done to somebody and say what somebody feels, or nothing of the kind."""
_COMPARED = re.compile(
    r"\bthan\b|\bcompared?\b|\bas \w+ as\b|\b(?:same as|different from|different to)\b", re.IGNORECASE
)
_TWO_IN_ONE = re.compile(r"\b(and|or)\b|(?<=\w)\s*([/&])\s*(?=\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Met:
    """What one rule met: a finding without its place."""

    code: str
    met: str
    write: str


Rule = Callable[[Text], Iterator[Met]]


def any_language(text: Text) -> Iterator[Met]:
    """What can be counted in every language that puts blanks between words."""
    for sentence in text.sentences:
        if (count := len(sentence.split())) > MOST_WORDS:
            write = f"two sentences of at most {MOST_WORDS} words"
            yield Met("QS200", f"{count} words in a sentence: {short(sentence)}", write)
    if text.role is Role.QUESTION and text.words.count("?") + text.words.count("\uff1f") > 1:
        yield Met("QS201", f"two questions in one: {short(text.words)}", "a question of its own for each")


def english(text: Text) -> Iterator[Met]:
    """Every rule that knows English."""
    if text.role is Role.CHOICE:
        yield from _choice(text)
    for sentence in text.asked:
        yield from _asked(sentence, text)
    long = [word for word in re.findall(r"[^\W\d_]+", text.words) if len(word) >= LONG_WORD]
    if long:
        yield Met("QS208", f"the long word '{long[0]}'", "a short word that people say")


def listed(code: str, words: Mapping[str, str], text: Text) -> Iterator[Met]:
    """Words of an organisation's list, alone or with an ending."""
    if words:
        for word in dict.fromkeys(one.lower() for one in _any_of(tuple(words)).findall(text.words)):
            yield Met(code, f"'{word}'", f"'{words[word]}'")


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest_first))})(?:s|es)?(?![\w-])", re.IGNORECASE)


def _choice(text: Text) -> Iterator[Met]:
    joined = _TWO_IN_ONE.search(text.words)
    if joined and _bare(text.words) not in OPPOSITES:
        write = f"one of them, without '{joined[1] or joined[2]}'"
        yield Met("QS211", f"two answers in one choice, '{short(text.words)}'", write)


def _asked(sentence: str, text: Text) -> Iterator[Met]:
    """One sentence that asks."""
    said = short(sentence)
    alone = _without_opposites(sentence, text)
    if text.role is Role.QUESTION and (joined := _JOINED.search(alone)):
        yield Met("QS201", f"'{joined[0].lower()}' in a question: {said}", "a question of its own for each idea")
    if supposed := _SUPPOSED.search(sentence):
        write = "a question about what is so now, as a sentence of its own"
        yield Met("QS201", f"'{supposed[0].lower()}' before a question, two things to think of: {said}", write)
    if negative := _NEGATIVE.search(alone):
        tag = _TAG.search(sentence)
        if not (tag and tag.start() <= negative.start() < tag.end()):
            yield Met(
                "QS202", f"'{negative[0].lower()}' in a question: {said}", "it the other way round, without 'not'"
            )
    if judged := _JUDGED.search(sentence):
        write = "one day or one time that people remember: Think of today, or Who ..., What ..."
        yield Met("QS203", f"'{judged[0].lower()}', which asks for a count or a time: {said}", write)
    yield from _leading(sentence, said)
    for passive in _PASSIVE.finditer(sentence):
        if passive[1].lower() not in _FEELINGS:
            yield Met("QS209", f"'{passive[0].lower()}', where nobody does it: {said}", "who does it: Do staff ...")
            break
    if compared := _COMPARED.search(sentence):
        write = "a question about one of the two alone"
        yield Met("QS210", f"'{compared[0].lower()}', a comparison: {said}", write)


def _leading(sentence: str, said: str) -> Iterator[Met]:
    if tag := _TAG.search(sentence) or _LOADED.search(sentence):
        yield Met("QS205", f"'{tag[0].lower()}', which leads to one answer: {said}", "an open question: How is ...?")
    elif _ONE_SIDE.search(sentence) and not _OTHER_SIDE.search(sentence):
        yield Met("QS205", f"one feeling only, so that yes is easier: {said}", "an open question: How is ...?")


def _without_opposites(sentence: str, text: Text) -> str:
    """The sentence without "good or bad" and the like: both sides of one idea, or two of the question's own choices."""
    lower = sentence.lower()
    own = (f"{one} or {two}" for one in text.choices for two in text.choices if one and two and one != two)
    for pair in (*OPPOSITES, *own):
        lower = lower.replace(pair, " ")
    return lower


def _bare(words: str) -> str:
    return words.strip(" .?!").lower()
