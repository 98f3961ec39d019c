"""From decisions to the next `you_said_we_did`: an XLSForm in Markdown, in the shape of question_sets/you_said_we_did.

For each item that may be told: "You said", what came of it, and after an idea, a worry or a voice "Was that any good?".
Before them stands how many visits there were and whether they were heard, as far as that is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.dates import get_month_names

from collector.digest.decisions import Decision
from collector.digest.items import Sort
from collector.digest.reply_words import CHOICES, LANGUAGES, UNCHECKED, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from collector.digest.decisions import Row
    from collector.digest.month import CalendarMonth

FORM_ID = "you_said_we_did"
TITLE = "You said, we did"
MOST_REPLIES = 5
"""Of one set: of more nobody listens to the end."""
FEW_VISITS = 5
"""Fewer are not counted out loud."""
_ENGLISH = "en"
_PICTURES = {
    Sort.IDEA: "openmoji:1F4A1",
    Sort.WORRY: "openmoji:1F630",
    Sort.THANKS: "openmoji:1F490",
    Sort.STORY: "openmoji:1F31F",
    Sort.VOICE: "openmoji:1F4AC",
}
_DECIDED_PICTURES = {
    Decision.DONE: "openmoji:2705",
    Decision.WE_WILL: "openmoji:1F4C5",
    Decision.WE_CANT: "openmoji:1F6A7",
    Decision.NOT_YET: "openmoji:23F3",
}
_DECIDED = {
    Decision.DONE: "We did it",
    Decision.WE_WILL: "We will do it",
    Decision.WE_CANT: "We can't change this",
    Decision.NOT_YET: "We are still talking about it",
}
_THANKED = "Thank you for telling us"
"""What is said to thanks and to a story, where nothing was asked for."""


@dataclass(frozen=True)
class Heard:
    """What the replies say of the month.

    Attributes:
        month: which.
        visits: how many there were, of all homes together.
        all_opened: every one of them could be opened, and none waits for it.
        all_heard: on every item somebody has decided, for which they had to listen to it; None where there was none.
        by: who heard them and decided, such as "the panel of Elm Care"; "" for "the panel".
    """

    month: CalendarMonth
    visits: int
    all_opened: bool
    all_heard: bool | None
    by: str = ""


def to_tell(rows: Iterable[Row], most: int = MOST_REPLIES) -> tuple[tuple[Row, ...], int]:
    """What this time's set tells, in the tables' order, and how many wait for the next one."""
    waiting = [row for row in rows if row.to_tell]
    return tuple(waiting[:most]), max(0, len(waiting) - most)


def sheet(rows: Sequence[Row], heard: Heard, version: str) -> str:
    """The set as Markdown.

    Args:
        rows: to be told, each without problems.
        heard: what is said of the month.
        version: of the set.
    """
    survey = [*_first(heard)]
    asked = []
    for row in rows:
        survey += _reply(row)
        if _asks(row):
            asked.append(f"{row.id}_good")
    survey += _last(asked)
    choices = [_choice(one) for one in CHOICES]
    settings = {
        "form_title": TITLE,
        "form_id": FORM_ID,
        "version": version,
        "default_language": f"{LANGUAGES[_ENGLISH]} ({_ENGLISH})",
        "attribute::sayso_unchecked": ", ".join(UNCHECKED),
    }
    first = (
        "# You said, we did: replies made by `sayso collector reply`. What was said and decided is in English alone."
    )
    return "\n".join(
        [first, "", *_table("survey", survey), *_table("choices", choices), *_table("settings", [settings])]
    )


def decided_words(row: Row) -> str:
    """What is said of the decision, such as "We can't change this, because the bus company decides. ..."."""
    decision = Decision(row.decision)
    thanked = row.sort in {Sort.THANKS.value, Sort.STORY.value} and decision is Decision.DONE
    words = _THANKED if thanked else _DECIDED[decision]
    because = row.because.removeprefix("because ").removeprefix("Because ")
    if because:
        words += f", because {because}"
    return " ".join(part for part in (_ended(words), _ended(row.what)) if part)


def next_version(versions: Iterable[str]) -> str | None:
    """The number after the highest of them, "1" where there is none; None where versions are no numbers."""
    known = list(versions)
    numbers = [int(one) for one in known if one.isascii() and one.isdigit()]
    return None if known and not numbers else str(max(numbers, default=0) + 1)


def _first(heard: Heard) -> Iterable[dict[str, str]]:
    words = _few_or_many(heard)
    spoken = [words]
    if heard.visits:
        spoken.append("all_opened" if heard.all_opened else "not_all_opened")
    if heard.all_heard is not None:
        spoken.append("all_heard" if heard.all_heard else "not_all_heard")
    yield _row("note", "welcome", ("welcome",), heard, spoken=("welcome_spoken",), image="openmoji:1F4E8")
    yield _row("note", "month", (words,), heard, spoken=tuple(spoken), image="openmoji:1F442")


def _few_or_many(heard: Heard) -> str:
    if not heard.visits:
        return "no_visits"
    return "visits" if heard.visits >= FEW_VISITS else "few_visits"


def _reply(row: Row) -> Iterable[dict[str, str]]:
    picture = row.picture or _PICTURES[Sort(row.sort)]
    topic = row.topic.rstrip(".")
    if topic:
        yield {"type": "begin_group", "name": row.id, **_in("label", {_ENGLISH: topic})}
    said = {_ENGLISH: f"You said: {_ended(row.said)}"}
    decided = {_ENGLISH: decided_words(row)}
    yield {"type": "note", "name": f"{row.id}_said", **_in("label", said), **_images(picture)}
    image = _DECIDED_PICTURES[Decision(row.decision)]
    yield {"type": "note", "name": f"{row.id}_did", **_in("label", decided), **_images(image)}
    if _asks(row):
        good = dict(WORDS["good" if topic else "good_untitled"])
        if topic:
            good[_ENGLISH] = f"{topic}: {good[_ENGLISH][0].lower()}{good[_ENGLISH][1:]}"
        hint = _in("hint", WORDS["good_hint"])
        asked = {"type": "select_one good", "name": f"{row.id}_good", "appearance": "likert"}
        yield {**asked, **_in("label", good), **hint, **_images(picture)}
    if topic:
        yield {"type": "end_group"}


def _asks(row: Row) -> bool:
    """Whether "was that any good?" comes after it: not after thanks or a story, for which nothing was to be done."""
    return row.sort not in {Sort.THANKS.value, Sort.STORY.value}


def _last(asked: Sequence[str]) -> Iterable[dict[str, str]]:
    yield {"type": "begin_group", "name": "after", **_in("label", WORDS["after"])}
    if asked:
        relevant = " or ".join(f"${{{name}}} = 'not_good'" for name in asked)
        what_now = {**_in("label", WORDS["what_now"]), **_in("hint", WORDS["what_now_hint"])}
        yield {"type": "audio", "name": "what_now", **what_now, **_images("openmoji:1F399"), "relevant": relevant}
    heard = {**_in("label", WORDS["heard"]), **_in("hint", WORDS["heard_hint"]), **_images("openmoji:1F442")}
    yield {"type": "select_one we_do", "name": "heard", **heard, "appearance": "likert"}
    yield {"type": "end_group"}


def _row(
    kind: str, name: str, shown: tuple[str, ...], heard: Heard, *, spoken: tuple[str, ...], image: str
) -> dict[str, str]:
    def filled(keys: tuple[str, ...]) -> dict[str, str]:
        return {code: " ".join(_filled(WORDS[key][code], heard, code) for key in keys) for code in LANGUAGES}

    return {
        "type": kind,
        "name": name,
        **_in("label", filled(shown)),
        **_in("guidance_hint", filled(spoken)),
        **_images(image),
    }


def _filled(words: str, heard: Heard, language: str) -> str:
    by = heard.by or WORDS["panel"][language]
    month = get_month_names("wide", locale=language)[heard.month.month]
    return words.format(By=f"{by[0].upper()}{by[1:]}", by=by, month=month, visits=heard.visits)


def _choice(one: Mapping[str, str]) -> dict[str, str]:
    words = {code: one[code] for code in LANGUAGES}
    say = {f"say_{code}": one[f"say_{code}"] for code in LANGUAGES}
    return {"list_name": one["list_name"], "name": one["name"], "key": one["key"], **_in("label", words), **say,
            **_images(one["image"])}  # fmt: skip


def _in(column: str, words: Mapping[str, str]) -> dict[str, str]:
    """The cells of a text: `label::English (en)` and so on, those languages that have it."""
    return {f"{column}::{name} ({code})": words[code] for code, name in LANGUAGES.items() if code in words}


def _images(picture: str) -> dict[str, str]:
    return _in("image", dict.fromkeys(LANGUAGES, picture))


def _ended(words: str) -> str:
    """With a full stop, where there is anything and it has no end."""
    return words if not words or words[-1] in ".!?" else f"{words}."


def _table(name: str, rows: Sequence[Mapping[str, str]]) -> Iterable[str]:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    yield f"| {name} |"
    yield f"| | {' | '.join(columns)} |"
    for row in rows:
        yield f"| | {' | '.join(row.get(column, '') for column in columns)} |"
    yield ""
