"""What the page of results shows of the figures: which sentences, pictures and bars, before any HTML.

Nothing is counted here and nothing is averaged. Every choice is there, in the form's order, also one that nobody gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from collector.figures.tally import WHO_IN_WORDS
from collector.page.bars import PATTERNS, bar
from collector.page.voices import playable
from openrosa.question_set import Kind, text_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from collector.figures.figures import ChoiceFigure, GroupFigures, QuestionFigures, SetFigures
    from collector.page.pictures import Pictures
    from collector.page.words import Words
    from openrosa.question_set import Media, Question, QuestionSet

WIDE = 0.35
"""Of the whole: where the truth may lie anywhere in more than about a third, the page says that nobody can tell."""
_KEYS = tuple(PATTERNS)

_NO_ANSWER = {"dont_know": "2753", "rather_not_say": "1F910", "skipped": "23ED", "not_reached": "1F6D1"}
"""What became of a question without an answer, and OpenMoji's picture for it; all are always shown."""
_GROUPS = {
    "resident-self": "1F64B",
    "resident-with_help": "1F46B",
    "staff": "1FAAA",
    "family": "1F46A",
    "visitor": "1F6AA",
    "unknown": "2753",
}
_PROXY = "1F465"
_CODES = {words: code for code, words in WHO_IN_WORDS.items()}


@dataclass(frozen=True)
class Row:
    """One choice: its picture, its words, its bar and its number."""

    picture: Markup
    label: str
    bar: Markup
    count: int


@dataclass(frozen=True)
class Beside:
    """How many gave no answer, and why."""

    picture: Markup
    count: int
    words: str


@dataclass(frozen=True)
class Voice:
    """One message to press; `source` is "" when it can't be played."""

    label: str
    source: str


@dataclass(frozen=True)
class Shown:
    """One question.

    Attributes:
        id: unique in the page.
        parts: the headings of the set's groups that begin here.
        big, words: a number, and what it is the number of; `label` is the choice's, or "".
        note: a sentence below it, or "".
        unsure: the sentence for when nobody can tell, or "".
        not_asked: the sentence for the visits in which it did not matter, or "".
    """

    id: str
    parts: tuple[str, ...]
    label: str
    picture: Markup
    hidden: str = ""
    big: int = 0
    words: str = ""
    note: str = ""
    rows: tuple[Row, ...] = ()
    unsure: str = ""
    beside: tuple[Beside, ...] = ()
    not_asked: str = ""
    voices: tuple[Voice, ...] = ()
    no_voices: str = ""


@dataclass(frozen=True)
class Part:
    """Those who answered in the same way.

    Attributes:
        about: one sentence on who they are.
    """

    id: str
    picture: Markup
    heading: str
    about: str
    visits: str
    questions: tuple[Shown, ...]


@dataclass(frozen=True)
class Home:
    """One home, or several as one."""

    heading: str
    merged: bool
    parts: tuple[Part, ...]


class View:
    """Makes what is shown of one version of one set.

    Args:
        figures: what was counted.
        question_set: for pictures, keys and headings.
        pictures: the page's.
        words: its sentences.
    """

    def __init__(self, figures: SetFigures, question_set: QuestionSet, pictures: Pictures, words: Words) -> None:
        self.figures = figures
        self.set = question_set
        self.pictures = pictures
        self.words = words
        self._asked = {question.name: question for question in question_set.questions}

    def when(self) -> str:
        """From which day to which, or "" where no visit says it.

        How many visits there were is said of each group alone: no sum goes over two of them.
        """
        if self.figures.days is None:
            return ""
        first, last = map(self.words.day, self.figures.days)
        return self.words("day", day=first) if first == last else self.words("days", first=first, last=last)

    def where(self) -> str:
        """In how many homes, and which."""
        names = [self.name(name) for name in self.figures.homes[0].names] if self.figures.homes else []
        return self.words("homes", len(names), names=", ".join(names)) if names else ""

    def all_homes(self) -> tuple[Part, ...]:
        """The groups of all homes together."""
        return self._parts(self.figures.homes[0].groups, "all") if self.figures.homes else ()

    def apart(self) -> tuple[Home, ...]:
        """The homes by themselves, or merged; none where there is but one."""
        homes = []
        for number, home in enumerate(self.figures.homes[1:], 1):
            heading = ", ".join(self.name(name) for name in home.names)
            homes.append(Home(heading, len(home.names) > 1, self._parts(home.groups, f"home-{number}")))
        return tuple(homes)

    def name(self, home: str) -> str:
        """A home's name, or what stands where nothing names it."""
        return home or self.words("home_unnamed")

    def hidden_groups(self) -> tuple[tuple[Markup, str], ...]:
        """Picture and heading of the groups with too few visits."""
        codes = [(_CODES.get(who, ""), who) for who in self.figures.hidden_groups]
        return tuple((self._face(code), self._heading(code, who)) for code, who in codes)

    def _parts(self, groups: tuple[GroupFigures, ...], prefix: str) -> tuple[Part, ...]:
        return tuple(self._part(group, f"{prefix}-{number}") for number, group in enumerate(groups, 1))

    def _part(self, group: GroupFigures, name: str) -> Part:
        about = f"about {group.code}"
        return Part(
            name,
            self._face(group.code),
            self._heading(group.code, group.who),
            self.words(about) if about in self.words else "",
            self.words("visits", group.visits),
            tuple(self._question(one, f"{name}-{number}") for number, one in enumerate(group.questions, 1)),
        )

    def _face(self, code: str) -> Markup:
        return self.pictures.openmoji(_GROUPS.get(code, _PROXY))

    def _heading(self, code: str, who: str) -> str:
        return self.words(code) if code in self.words else who

    def _question(self, figures: QuestionFigures, name: str) -> Shown:
        asked = self._asked.get(figures.name)
        parts = tuple(self._in(texts) for texts in asked.headings) if asked else ()
        picture = self._picture(asked, figures.kind)
        if figures.hidden:
            return Shown(name, parts, figures.label, picture, hidden=self.words("few_answers"))
        beside = tuple(
            Beside(self.pictures.openmoji(code), getattr(figures, how), self.words(how))
            for how, code in _NO_ANSWER.items()
        )
        not_asked = self.words("not_asked", figures.not_asked) if figures.not_asked else ""
        if figures.kind is Kind.AUDIO:
            # What a kiosk never says back aloud is not played to a room either.
            voices = () if asked and asked.private else tuple(self._voices(figures))
            return Shown(
                name,
                parts,
                figures.label,
                picture,
                big=figures.given,
                words=self.words("voices", figures.given),
                beside=beside,
                not_asked=not_asked,
                voices=voices,
                no_voices=self._not_played(figures.given, len(voices)),
            )
        big, words, note = self._most(figures)
        return Shown(
            name,
            parts,
            figures.label,
            picture,
            big=big,
            words=words,
            note=note,
            rows=tuple(self._rows(figures, asked)),
            unsure=self.words("unsure", figures.given) if unsure(figures) else "",
            beside=beside,
            not_asked=not_asked,
        )

    def _most(self, figures: QuestionFigures) -> tuple[int, str, str]:
        """The big number, what it is the number of, and what is said where not one choice was given most."""
        if not figures.given:
            return 0, self.words("answers", 0), self.words("no_answers")
        ranked = sorted((choice.share.count for choice in figures.choices), reverse=True)
        most = [choice for choice in figures.choices if choice.share.count == ranked[0]]
        if len(most) != 1:
            labels = ", ".join(choice.label for choice in most)
            return figures.given, self.words("answers", figures.given), self.words("as_many", labels=labels)
        label = most[0].label
        return ranked[0], self.words("of_answers", figures.given, of=figures.given, label=label), ""

    def _rows(self, figures: QuestionFigures, asked: Question | None) -> Iterator[Row]:
        choices = {choice.name: choice for choice in asked.choices} if asked else {}
        for number, choice in enumerate(figures.choices):
            known = choices.get(choice.name)
            key = known.key if known and known.key in PATTERNS else _KEYS[number % len(_KEYS)]
            yield Row(
                self._shown(known.image) if known else Markup(),
                choice.label,
                bar(self.pictures, choice.share.count, choice.share.of, key, self._of(choice)),
                choice.share.count,
            )

    def _of(self, choice: ChoiceFigure) -> str:
        return self.words("of", choice.share.count, of=choice.share.of)

    def _not_played(self, given: int, played: int) -> str:
        if not played:
            return self.words("no_voices") if given else ""
        return self.words("fewer_voices", given - played) if played < given else ""

    def _voices(self, figures: QuestionFigures) -> Iterator[Voice]:
        for number, message in enumerate(figures.messages, 1):
            label = self.words("message", number, of=len(figures.messages))
            yield Voice(label, playable(message.data))

    def _picture(self, asked: Question | None, kind: Kind) -> Markup:
        """The question's; else a microphone where it asks for a voice, else a question mark: never the choices'.

        One choice's picture at the question would say that it is the right one.
        """
        own = self._shown(asked.image) if asked else Markup()
        return own or self.pictures.openmoji("1F3A4" if kind is Kind.AUDIO else "2753")

    def _shown(self, images: Mapping[str, Media]) -> Markup:
        chosen = images.get(self.figures.language) or images.get(self.set.default_language)
        media = chosen or next(iter(images.values()), None)
        return self.pictures.of_set(media.name) if media else Markup()

    def _in(self, texts: Mapping[str, str]) -> str:
        return text_in(texts, self.figures.language, self.set.default_language)


def unsure(figures: QuestionFigures) -> bool:
    """Whether the share of any choice may lie so far from what was counted that nobody can tell."""
    return figures.given > 0 and any(choice.share.high - choice.share.low > WIDE for choice in figures.choices)
