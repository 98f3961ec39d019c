"""The digest as easy-read pages: one file, an item a page when it is printed, with its voice message to press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import get_month_names

from collector.digest.decisions import MEANINGS, Decision
from collector.digest.items import Sort
from collector.digest.reply import FEW_VISITS
from collector.page.look import page, part
from collector.page.pictures import Pictures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collector.digest.decisions import Row
    from collector.digest.items import Item, Month
    from collector.digest.month import CalendarMonth

_SORTS = {
    Sort.IDEA: ("An idea", "1 idea", "{} ideas", "1F4A1"),
    Sort.WORRY: ("A worry", "1 worry", "{} worries", "1F630"),
    Sort.THANKS: ("A thank-you", "1 thank-you", "{} thank-yous", "1F490"),
    Sort.STORY: ("Good news", "1 story of good news", "{} stories of good news", "1F31F"),
    Sort.VOICE: ("A voice message", "1 other voice message", "{} other voice messages", "1F4AC"),
}
"""Each as one, counted as one, counted, and its picture."""
_TICKED = (
    (Decision.WE_WILL, "We will do it.", "1F4C5"),
    (Decision.WE_CANT, "We can't, because:", "1F6A7"),
    (Decision.DONE, "We did it.", "2705"),
    (Decision.NOT_YET, "We will talk about it again.", "23F3"),
)
_STYLE = """
.item { break-before: page; }
.mark { color: var(--quiet); }
.answers { font-size: 1.2rem; }
.ticks { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem 2rem; margin: 1.6rem 0; }
.tick { display: grid; grid-template-columns: 2.6rem 3.6rem minmax(0, 1fr); column-gap: 0.8rem; align-items: center; }
.tick p { margin: 0; }
.box { width: 2.4rem; height: 2.4rem; border: 0.2rem solid var(--ink); text-align: center; line-height: 2rem;
  font-weight: 700; }
.lines { border-bottom: 0.1rem solid var(--ink); height: 3rem; margin: 0; max-width: none; }
@media (max-width: 40rem) { .ticks { grid-template-columns: 1fr; } }
@media print { .mark { color: #000; } }
"""


def digest_page(
    month: CalendarMonth,
    found: Month,
    media: Mapping[tuple[str, str], Mapping[str, bytes]],
    rows: Mapping[str, Row] | None = None,
) -> str:
    """The pages as HTML. Items that go another way (`leave_out`) are not in it.

    Args:
        month: which.
        found: what there is.
        media: the sets' pictures, by form_id and version.
        rows: what has been decided, by the item's id.
    """
    rows = rows or {}
    shown = [one for one in found.items if _decision(rows, one) is not Decision.LEAVE_OUT]
    pictures = Pictures(_own_pictures(shown, media))
    name = f"{get_month_names('wide', locale='en')[month.month]} {month.year}"
    parts = [part("digest.html", "collector.digest", **_first(name, found, shown, pictures))]
    parts += [
        part("item.html", "collector.digest", **_item(number, one, rows.get(one.id), pictures))
        for number, one in enumerate(shown, start=1)
    ]
    return page(f"What people told us in {name}", *parts, pictures=pictures, style=_STYLE)


def _first(name: str, found: Month, shown: Sequence[Item], pictures: Pictures) -> dict[str, object]:
    visits = f"There were {found.visits} visits." if found.visits >= FEW_VISITS else "There were a few visits."
    if not found.visits:
        visits = "There were no visits."
    counts = [(_SORTS[sort], sum(one.sort is sort for one in shown), found.silent.get(sort, 0)) for sort in Sort]
    return {
        "name": name,
        "visits": visits,
        "door": pictures.openmoji("1F44B"),
        "ear": pictures.openmoji("1F442"),
        "lock": pictures.openmoji("1F512"),
        "sorts": [
            (
                pictures.openmoji(code),
                one if count == 1 else many.format(count),
                f"{silent} more without a voice message." if silent else "",
            )
            for (_, one, many, code), count, silent in counts
            if count or silent
        ],
        "empty": not shown,
    }


def _item(number: int, item: Item, row: Row | None, pictures: Pictures) -> dict[str, object]:
    title, _, _, code = _SORTS[item.sort]
    picture = pictures.openmoji(code)
    decided = Decision(row.decision) if row and row.decision in {one.value for one in Decision} else None
    return {
        "number": number,
        "id": item.id,
        "title": title,
        "picture": picture,
        "set_title": item.set_title,
        "question": item.question,
        "answers": [
            (one.question, one.answer, pictures.of_set(_key(item, one.picture)) if one.picture else "")
            for one in item.answers
        ],
        "home": item.home,
        "proxy": item.proxy,
        "spoken_in": _language(item.language),
        "source": item.voice,
        "ticks": [(pictures.openmoji(code), words, one is decided) for one, words, code in _TICKED],
        "meaning": MEANINGS[decided] if decided else "",
        "said": row.said if row else "",
        "what": row.what if row else "",
        "because": row.because if row else "",
    }


def _decision(rows: Mapping[str, Row], item: Item) -> Decision | None:
    row = rows.get(item.id)
    return Decision.LEAVE_OUT if row is not None and row.decision == Decision.LEAVE_OUT.value else None


def _own_pictures(items: Sequence[Item], media: Mapping[tuple[str, str], Mapping[str, bytes]]) -> dict[str, bytes]:
    """The choices' pictures, by a name that two sets can't share."""
    found: dict[str, bytes] = {}
    for item in items:
        files = media.get((item.form_id, item.version), {})
        found |= {_key(item, one.picture): files[one.picture] for one in item.answers if one.picture in files}
    return found


def _key(item: Item, picture: str) -> str:
    return f"{item.form_id}/{item.version}/{picture}"


def _language(code: str) -> str:
    """The language's English name where it is not English; the code where nobody knows it."""
    if code in {"", "en", "default"}:
        return ""
    try:
        return Locale.parse(code, sep="-").get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code
