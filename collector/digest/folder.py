"""A digest's folder: the pages, the table of decisions, and what was counted. It is its owner's alone.

digest.html is made anew each time; in the table only rows are added, so that nothing is lost that people wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from collector.digest.decisions import row_of
from collector.digest.items import gather as gather_items
from collector.digest.table import decisions_in, new_decisions
from collector.digest.write import digest_page
from collector.errors import CollectorError
from openrosa.folders import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from collector.digest.items import Chosen, Month
    from collector.digest.month import CalendarMonth
    from collector.visits import Gathered, Visit

PAGE = "digest.html"
COUNTED = "month.json"


class Counted(msgspec.Struct, frozen=True):
    """What the replies say of a month.

    Attributes:
        month: such as "2026-11".
        visits: how many arrived, of all homes, those that can't be read too.
        unread: how many of them can't be.
        waiting: how many of a sensitive set nobody had opened.
        over: the month was over, and nothing more could arrive in it.
    """

    month: str
    visits: int
    unread: int
    waiting: int
    over: bool


@dataclass(frozen=True)
class Written:
    """What a digest came to.

    Attributes:
        folder: where it is.
        table: the decisions' file.
        added: how many items are new in it.
        unread: instance id and why.
    """

    folder: Path
    table: Path
    month: Month
    counted: Counted
    added: int
    unread: Sequence[tuple[str, str]]


def write_digest(
    gathered: Gathered,
    month: CalendarMonth,
    folder: Path,
    *,
    now: datetime,
    waiting: Collection[str] = (),
    suffix: str = ".xlsx",
    chosen: Chosen | None = None,
    progress: Callable[[int], None] = lambda _count: None,
) -> Written:
    """Make or renew a month's digest.

    Args:
        gathered: the month's visits, of sources as `collector.digest.month` has them.
        month: which.
        folder: of this month alone.
        waiting: instance ids of visits that stay out, as they are gone through: of a sensitive form, and never opened.
        now: the time; says whether the month is over.
        suffix: ".xlsx" or ".csv", of a table that is not there yet.
        chosen: what goes in.
        progress: called with the number of visits, at each.
    Raises: CollectorError: the folder is another month's, or can't be written.
    """
    before = counted_in(folder)
    if before is not None and before.month != str(month):
        hint = "Name another folder with --to."
        raise CollectorError("Cannot write", f"{folder}: it holds the digest of {before.month}", hint)
    table = decisions_in(folder)
    if table is not None:
        table.refuse_open()

    def visits() -> Iterator[Visit]:
        for count, visit in enumerate(gathered.visits, start=1):
            progress(count)
            yield visit

    found = gather_items(visits(), gathered.sets, waiting=waiting, chosen=chosen)
    unread = tuple(gathered.unread)
    counted = Counted(str(month), found.visits + len(unread), len(unread), found.waiting, month.is_over(now))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        table = table or new_decisions(folder, suffix)
        added = table.add(row_of(item) for item in found.items)
        table.save()
        write_whole(folder / COUNTED, msgspec.json.format(msgspec.json.encode(counted), indent=2), 0o600)
        html = digest_page(month, found, gathered.media, {row.id: row for row in table.rows})
        write_whole(folder / PAGE, html.encode(), 0o600)
    except OSError as error:
        hint = "Name a folder that you may write to, with --to."
        raise CollectorError("Cannot write", f"{folder}: {error.strerror}", hint) from error
    return Written(folder, table.path, found, counted, added, unread)


def counted_in(folder: Path) -> Counted | None:
    """What was counted for a folder's digest; None where there is none. Raises: CollectorError: it can't be read."""
    path = folder / COUNTED
    try:
        return msgspec.json.decode(path.read_bytes(), type=Counted)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CollectorError("Cannot read", f"{path}: {error.strerror}", "Check who may read it.") from error
    except msgspec.DecodeError as error:
        hint = "Delete it, and make the digest again. Decisions stay."
        subject = f"{path}: it is not as `sayso collector digest` wrote it"
        raise CollectorError("Cannot read", subject, hint) from error
