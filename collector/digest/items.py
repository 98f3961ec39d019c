"""What of a month's visits goes before a panel: each voice message as an item that says nothing of who left it.

An item has no person, no day and no place in an order of arrival. It has a home only where enough visits came from
there, so that the home is not the person. What people were told decides what goes in: a set that says "the panel gets
what you say" does, a story that only the newsletter team may hear does not. docs/panel.md has the rules in words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING

from collector.consent import asks_consent, for_the_office, withheld
from collector.figures.figures import LEAST_VISITS
from collector.page.voices import playable
from collector.visits import How, Visit
from openrosa.question_set import Kind, text_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from openrosa.question_set import Media, Question, QuestionSet

    Sets = Mapping[tuple[str, str], QuestionSet]

SHIPPED = ("being_part_of_it", "forum", "good_news", "my_ideas", "you_said_we_did")
"""The sets whose voice messages are for everybody's ears, or say that the panel gets them."""
ID_LETTERS = 8


class Sort(Enum):
    """What an item is; the value is what a table of decisions has."""

    IDEA = "idea"
    WORRY = "worry"
    THANKS = "thanks"
    STORY = "story"
    VOICE = "voice"


_KIND = "kind"
_KINDS = frozenset({Sort.IDEA.value, Sort.WORRY.value, Sort.THANKS.value})
"""The question of `my_ideas` by which people say what it is, and its choices."""


@dataclass(frozen=True)
class Said:
    """One answer that goes with a voice message.

    Attributes:
        question, answer: as they are shown.
        picture: of the choice, by its name in the set's media; "" where it has none.
    """

    question: str
    answer: str
    picture: str = ""


@dataclass(frozen=True)
class Item:
    """One voice message.

    Attributes:
        id: stays the same whenever the digest is made again, and tells nothing.
        sort: what it is.
        form_id, version: of its set.
        set_title, question: what was asked, and in which set.
        picture: of the question.
        answers: of the same group.
        language: the code of the visit's language.
        home: "" where too few visits came from there, and for a sensitive form.
        proxy: somebody said it for a person who lives there.
        voice: what plays it, inside an address; "" where it can't be played.
    """

    id: str
    sort: Sort
    form_id: str
    version: str
    set_title: str
    question: str
    picture: str
    answers: tuple[Said, ...]
    language: str
    home: str
    proxy: bool
    voice: str = field(repr=False)


@dataclass(frozen=True)
class Chosen:
    """Which voice messages go in.

    Attributes:
        also: sets (`what_i_am_like`) or single questions (`what_i_am_like/wish`) besides the shipped ones.
        without: sets or single questions that stay out.
        least_visits: a home with fewer in the month is not named.
    """

    also: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    least_visits: int = LEAST_VISITS

    def takes(self, form_id: str, question: str) -> bool:
        """Whether this question's messages go in. A question for a name does only where it is named itself."""
        own = f"{form_id}/{question}"
        if {form_id, own} & self.without:
            return False
        if own in self.also:
            return True
        return (form_id in SHIPPED or form_id in self.also) and not for_the_office(question)


@dataclass(frozen=True)
class Month:
    """What a month's digest holds.

    Attributes:
        visits: how many were gone through, of all sets and homes.
        waiting: how many of them nobody has opened yet, though their set is sensitive.
        items: by sort, and within it by id: an order of arrival would be a time.
        silent: how many ideas, worries and thanks came without a voice message.
        left_out: why voice messages are not among the items, and how many.
    """

    visits: int
    waiting: int
    items: tuple[Item, ...]
    silent: Mapping[Sort, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)


def gather(
    visits: Iterable[Visit],
    sets: Sets,
    *,
    waiting: Collection[str] = (),
    chosen: Chosen | None = None,
) -> Month:
    """The items of these visits.

    Only what plays a message is kept of it, which is small: a month's recordings would fill the memory.

    Args:
        visits: of one month.
        sets: the visits' sets, by form_id and version.
        waiting: instance ids of sensitive forms' visits that nobody has opened yet. They stay out: somebody has to
            listen to them first, and soon, which a page for a meeting is no way to do.
        chosen: which messages go in.
    """
    chosen = chosen or Chosen()
    items: list[Item] = []
    silent: Counter[Sort] = Counter()
    left_out: Counter[str] = Counter()
    homes: Counter[str] = Counter()
    count = unopened = 0
    for visit in visits:
        count += 1
        homes[visit.home] += 1
        if visit.instance_id in waiting:
            unopened += 1
            continue
        question_set = sets.get((visit.form_id, visit.version))
        if question_set is None:
            left_out[f"{visit.form_id}: its form, version {visit.version}, is not here"] += 1
            continue
        sort = _sort_of(visit)
        messages = [one for one in question_set.questions if one.kind is Kind.AUDIO and _message_of(visit, one)]
        if sort is not Sort.VOICE and not messages and chosen.takes(visit.form_id, ""):
            silent[sort] += 1
        for question in messages:
            why = _why_not(visit, question_set, question, chosen)
            if why:
                left_out[why] += 1
            else:
                items.append(_item(visit, question_set, question, sort))
    named = _named(homes, chosen.least_visits)
    order = list(Sort)
    shown = [one if one.home in named else replace(one, home="") for one in items]
    shown.sort(key=lambda one: (order.index(one.sort), one.id))
    return Month(count, unopened, tuple(shown), dict(silent), dict(left_out))


def item_id(instance_id: str, question: str, sort: Sort) -> str:
    """A letter for what it is, and letters that tell neither when nor who. A digest made again finds the same."""
    return sort.value[0] + sha256(f"{instance_id}/{question}".encode()).hexdigest()[:ID_LETTERS]


def _item(visit: Visit, question_set: QuestionSet, question: Question, sort: Sort) -> Item:
    language = question_set.default_language
    sort = Sort.STORY if asks_consent(question_set) else sort
    return Item(
        id=item_id(visit.instance_id, question.name, sort),
        sort=sort,
        form_id=visit.form_id,
        version=visit.version,
        set_title=question_set.title,
        question=text_in(question.labels, language, language),
        picture=_picture(question.image, language),
        answers=tuple(_answers(visit, question_set, question)),
        language=visit.language,
        home="" if question_set.sensitive else visit.home,
        proxy=visit.how == "proxy",
        voice=playable(visit.files[visit.answers[question.name].file]),
    )


def _answers(visit: Visit, question_set: QuestionSet, beside: Question) -> Iterable[Said]:
    """What was answered in the message's own group, and to what it depends on."""
    language = question_set.default_language
    group = beside.path.rpartition("/")[0]
    for question in question_set.questions:
        answer = visit.answers.get(question.name)
        if answer is None or answer.how is not How.GIVEN or not question.choices:
            continue
        if question.name == _KIND and answer.value in _KINDS:  # the item's own sort says it
            continue
        asked_for = re.search(rf"{re.escape(question.path)}(?![\w/-])", beside.relevant or "")
        if question.path.rpartition("/")[0] != group and not asked_for:
            continue
        choice = next((one for one in question.choices if one.name == answer.value), None)
        if choice is not None:
            yield Said(
                text_in(question.labels, language, language),
                text_in(choice.labels, language, language),
                _picture(choice.image, language),
            )


def _picture(images: Mapping[str, Media], language: str) -> str:
    image = images.get(language) or next(iter(images.values()), None)
    return image.name if image is not None else ""


def _message_of(visit: Visit, question: Question) -> bool:
    answer = visit.answers.get(question.name)
    return answer is not None and answer.how is How.GIVEN and answer.file in visit.files


def _sort_of(visit: Visit) -> Sort:
    """By the question `kind` of `my_ideas`, and of a set that was made from it."""
    kind = visit.answers.get(_KIND)
    value = kind.value if kind is not None and kind.how is How.GIVEN else ""
    return Sort(value) if value in _KINDS else Sort.VOICE


def _why_not(visit: Visit, question_set: QuestionSet, question: Question, chosen: Chosen) -> str:
    """Why a message stays out, as what can stand behind "left out: 3, ...", or ""."""
    if not chosen.takes(visit.form_id, question.name):
        return f"{visit.form_id}/{question.name}: not for the panel unless you name it"
    why = withheld(visit, question_set)
    return f"{visit.form_id}: {why}" if why else ""


def _named(homes: Mapping[str, int], least_visits: int) -> frozenset[str]:
    """The homes that may be named: enough visits each, and enough among those that are not named.

    With one home alone without a name, "no home" would be its name.
    """
    by_size = sorted(homes, key=lambda home: (homes[home], home))
    unnamed = [home for home in by_size if homes[home] < least_visits or not home]
    rest = [home for home in by_size if home not in unnamed]
    while unnamed and rest and (len(unnamed) < 2 or sum(homes[home] for home in unnamed) < least_visits):  # noqa: PLR2004
        unnamed.append(rest.pop(0))
    return frozenset(rest)
