"""What a panel decides on each item, and what of it may be told: one row an item, checked before it is used.

The table itself is `collector.digest.table`: a spreadsheet that anybody can fill in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from collector.digest.items import Sort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collector.digest.items import Item

READ = ("id", "sort", "set", "answers")
"""Columns that say which item it is."""
FILLED_IN = ("decision", "topic", "said", "what", "because", "picture", "publish")
"""Columns for people to fill in."""
TOLD = "told"
"""The column with the version of the replies in which the item was told."""
COLUMNS = (*READ, *FILLED_IN, TOLD)
LONGEST_LETTERS = 300
MOST_TOPIC_WORDS = 4
MOST_WORDS = 15
"""In one sentence that is said aloud."""
YES, NO = "yes", "no"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_PICTURE = re.compile(r"openmoji:[0-9A-Fa-f-]+")
_BREAKS_A_SHEET = re.compile(r"[|{}\n\r\t]")


class Decision(Enum):
    """What becomes of an item."""

    WE_WILL = "we_will"
    WE_CANT = "we_cant"
    DONE = "done"
    NOT_YET = "not_yet"
    LEAVE_OUT = "leave_out"


MEANINGS = {
    Decision.WE_WILL: "we will do it",
    Decision.WE_CANT: "we can't, because ...",
    Decision.DONE: "we did it",
    Decision.NOT_YET: "we are still talking about it",
    Decision.LEAVE_OUT: "not for these pages: it goes another way",
}

HOW_TO = (
    ("Fill in the yellow columns. Listen to the message first: a decision says that somebody has heard it.", ""),
    *((f"decision: {one.value}", meaning) for one, meaning in MEANINGS.items()),
    ("topic", "what it is about, in two or three words: The garden"),
    ("said", "what was said, in easy words: we want to sit in the garden. Nobody's name, no home."),
    ("what", "what there is now, or will be and when: There is a bench under the tree now."),
    ("because", "the reason. It has to be there for we_cant: the bus company decides"),
    ("picture", "such as openmoji:1F333, from openmoji.org; or leave it empty"),
    ("publish", "yes: the kiosks tell it to everybody. Empty is no."),
    ("told", "leave it: it is filled in when it has been told"),
)
"""For who fills in the table: on a sheet of its own."""


@dataclass(frozen=True)
class Row:
    """One item's row, as it stands in the table; what is not filled in is "".

    Attributes:
        id, sort: of the item.
        set: the set's title.
        answers: what was answered beside it, in words.
        decision: a value of `Decision`.
        topic: a few words for what it is about: "The garden".
        said: what was said, in easy words that tell nobody's name: "we want to sit in the garden".
        what: what was done, or will be and when: "There is a bench under the tree now."
        because: why, behind "because": "the bus company decides".
        picture: "openmoji:1F333", or "" for the picture of its sort.
        publish: "yes" when it may be told at the kiosks.
        told: the version of the replies that told it.
    """

    id: str
    sort: str = Sort.VOICE.value
    set: str = ""
    answers: str = ""
    decision: str = ""
    topic: str = ""
    said: str = ""
    what: str = ""
    because: str = ""
    picture: str = ""
    publish: str = ""
    told: str = ""

    @property
    def decided(self) -> bool:
        """Whether somebody has decided: they have listened to it."""
        return bool(self.decision)

    @property
    def to_tell(self) -> bool:
        """Whether it may be told and has not been."""
        return self.publish == YES and not self.told


def row_of(item: Item) -> Row:
    """A new row: nothing is decided, and nothing is published until somebody says so."""
    answers = "; ".join(one.answer for one in item.answers)
    return Row(id=item.id, sort=item.sort.value, set=item.set_title, answers=answers)


def row_from(cells: Mapping[str, str]) -> Row:
    """A row as somebody left it: blanks round a word and capitals of a decision make no difference."""
    known = {name: " ".join(cells.get(name, "").split()) for name in COLUMNS}
    for name in ("decision", "publish"):
        known[name] = known[name].lower().replace(" ", "_").replace("'", "").replace("\u2019", "")
    return Row(**known)


def unfit_words(words: str) -> str:
    """Why words can't be said by a kiosk, or ""."""
    if len(words) > LONGEST_LETTERS:
        return f"It has {len(words)} letters. It is heard, not read: at most {LONGEST_LETTERS}."
    return "It has one of | { } in it, or several lines. Say it in words." if _BREAKS_A_SHEET.search(words) else ""


def problems(row: Row) -> list[str]:
    """What keeps the row from being told, or is no decision; each a sentence that says what to write."""
    allowed = [one.value for one in Decision]
    found = []
    if row.decision and row.decision not in allowed:
        found.append(f"The decision '{row.decision}' is none. Write one of {', '.join(allowed)}.")
    if row.publish not in {"", YES, NO}:
        found.append(f"publish is '{row.publish}'. Write yes or no.")
    if row.sort not in {one.value for one in Sort}:
        found.append(f"sort is '{row.sort}'. It says what the item is: leave it as it was.")
    if row.decision == Decision.WE_CANT.value and not row.because:
        found.append("We can't, because of what? Write it into because: people have a right to the reason.")
    for name in ("topic", "said", "what", "because"):
        words = getattr(row, name)
        if unfit_words(words):
            found.append(f"{name}: {unfit_words(words)}")
    if row.picture and not _PICTURE.fullmatch(row.picture):
        found.append(f"picture is '{row.picture}'. Write OpenMoji's code, such as openmoji:1F333, or nothing.")
    if row.publish == YES:
        if not row.decision:
            found.append("It is to be told, and nothing is decided. Fill in decision.")
        if row.decision == Decision.LEAVE_OUT.value:
            found.append("It goes another way (leave_out), so it can't be told. Write no into publish.")
        if not row.said:
            found.append("It is to be told: write into said what was said, in easy words, with nobody's name.")
    return found


def advice(row: Row) -> list[str]:
    """What would make the reply better to hear; it can be told all the same."""
    found = []
    for name in ("said", "what", "because"):
        lengths = [len(sentence.split()) for sentence in _SENTENCE_END.split(getattr(row, name))]
        found += [f"{name}: {words} words in one sentence. Make two of it." for words in lengths if words > MOST_WORDS]
    if row.decision == Decision.WE_WILL.value and not row.what:
        found.append("what is empty: say what you will do, and when.")
    if row.decision == Decision.DONE.value and not row.what and row.sort not in {Sort.THANKS.value, Sort.STORY.value}:
        found.append("what is empty: say what there is now.")
    if row.publish == YES and not row.topic:
        found.append("topic is empty: two words such as 'The garden' say what the reply is about.")
    if len(row.topic.split()) > MOST_TOPIC_WORDS:
        found.append(f"topic has more than {MOST_TOPIC_WORDS} words. It is a heading.")
    return found
