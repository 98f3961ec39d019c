"""`sayso collector digest | decide | reply`: from a month's messages to what the kiosk says came of them."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collector.errors import CollectorError
from collector.figures.figures import LEAST_VISITS
from openrosa.findings import one_line
from sayso.collector_sources import DATA, DATABASE, FILE, PLACES, collector_of, forms_of, others, others_of
from sayso.office_extra import office_libraries
from sayso.office_key import KEY, private_key_of

if TYPE_CHECKING:
    from collector.digest.decisions import Row
    from collector.digest.folder import Written
    from collector.digest.table import Decisions
    from collector.sources.gather import Source

FOLDER = click.Path(file_okay=False, path_type=Path)
MADE_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NOT_SO = 1
"""Exit code where something is missing: a visit that can't be read, a decision that can't be told."""
TOLD_EVERY = 200
"""Visits between two words of how far it is."""
DECISIONS = ("we_will", "we_cant", "done", "not_yet", "leave_out")
"""As `collector.digest.decisions.Decision`, which a kiosk can't import: a test holds them against each other."""


@click.command(
    "digest",
    short_help="A month's ideas, worries, thanks and voices, as pages for a panel.",
    epilog=(
        "\b\nFor example:\n"
        "  sayso collector digest --data collected --key office-key/private.pem --month 2026-11 --to november\n"
        "  sayso collector digest ... --set what_i_am_like/wish --without forum\n"
        "  sayso collector digest my_ideas.zip good_news.zip --form my_ideas.xml --form good_news.xml \\\n"
        "    --month 2026-11 --to november\n"
    ),
)
@PLACES
@DATA
@DATABASE
@KEY
@click.option("--form", "forms", multiple=True, type=FILE, help="An XForm, for a zip; may be repeated.")
@click.option("--month", required=True, metavar="YYYY-MM", help="The month in which the visits arrived, UTC.")
@click.option("--to", "folder", required=True, type=FOLDER, help="A folder for this month. It is for you alone.")
@click.option("--set", "also", multiple=True, metavar="SET[/QUESTION]", help="Messages that go in besides; repeat it.")
@click.option("--without", multiple=True, metavar="SET[/QUESTION]", help="Messages that stay out; may be repeated.")
@click.option(
    "--table",
    type=click.Choice(["xlsx", "csv"]),
    default="xlsx",
    show_default=True,
    help="What to fill in decisions in.",
)
@click.option(
    "--least-visits",
    default=LEAST_VISITS,
    show_default=True,
    type=click.IntRange(2),
    help="A home with fewer visits in the month is not named.",
)
def digest_command(
    places: tuple[Path, ...],
    data: Path | None,
    url: str | None,
    *,
    key: Path | None,
    month: str,
    folder: Path,
    table: str,
    least_visits: int,
    **which: tuple[Any, ...],
) -> None:
    """Gather a month's voice messages for a panel, one a page, and a table for what it decides.

    SOURCE is a collector's folder, or a zip that ODK Central has exported (with the passphrase); a zip needs --form.
    Visits on a stick are taken by `sayso collector import` first: a stick does not say when they arrived.

    --to gets digest.html, a file that needs no network, with the messages to press; and decisions.xlsx, to be filled in
    by hand or with `sayso collector decide`. Run it again at any time: pages are made anew, decisions stay.

    A page says what was told, never by whom or when. It has no visit of a sensitive set that nobody has opened:
    somebody listens to those first (`sayso collector open`). Sensitive sets and those that ask for a name stay out but
    for my_ideas, which says that the panel gets what is told there; --set takes others in. docs/panel.md has the rules.

    Exit codes: 0 done, 1 something is not in it because it can't be read or nobody has opened it, 2 wrong use.
    """
    with office_libraries():
        from collector.digest.folder import write_digest  # noqa: PLC0415 - an office has its libraries
        from collector.digest.items import Chosen  # noqa: PLC0415
        from collector.digest.month import CalendarMonth, MonthOfDatabase, MonthOfExport  # noqa: PLC0415
        from collector.sources.gather import gather  # noqa: PLC0415
    if any(one.is_dir() for one in others(places)):
        raise click.UsageError("A stick does not say when visits arrived: `sayso collector import` takes them first.")
    chosen = Chosen(frozenset(which["also"]), frozenset(which["without"]), least_visits)
    private_key, of = private_key_of(key), CalendarMonth.of(month)
    waiting: set[str] = set()
    with ExitStack() as stack:
        database = collector_of(stack, places, data, url)
        sources: list[Source] = [] if database is None else [MonthOfDatabase(database, of, waiting)]
        sources += [MonthOfExport(one, of) for one in others_of(places, None)]
        done = write_digest(
            gather(sources, private_key, forms=forms_of(which["forms"])),
            of,
            folder,
            now=datetime.now(UTC),
            waiting=waiting,
            suffix=f".{table}",
            chosen=chosen,
            progress=_progress,
        )
    _tell(done)
    if done.unread or done.month.waiting:
        sys.exit(NOT_SO)


@click.command(
    "decide",
    short_help="Write down what was decided on one item.",
    epilog=(
        "\b\nFor example:\n"
        "  sayso collector decide november                                  what nobody has decided yet\n"
        '  sayso collector decide november i3f9 --decision done --topic "The garden" \\\n'
        '    --said "we want to sit in the garden" --what "There is a bench under the tree now."\n'
        '  sayso collector decide november w71c --decision we_cant --topic "The bus" \\\n'
        '    --said "the last bus leaves too early" --because "the bus company decides"\n'
    ),
)
@click.argument("folder", type=MADE_FOLDER)
@click.argument("item", required=False, default="")
@click.option("--decision", type=click.Choice(DECISIONS), help="What becomes of it.")
@click.option("--topic", help="What it is about, in a few words: a heading.")
@click.option("--said", help="What was said, in easy words that tell nobody's name. The kiosk says: You said: ...")
@click.option("--what", help="What there is now, or will be and when.")
@click.option("--because", help="Why. It has to be there for we_cant.")
@click.option("--picture", help="Such as openmoji:1F333; else the picture of an idea, a worry ...")
@click.option("--publish/--no-publish", default=None, help="Whether the kiosks tell it; with --said they do.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def decide_command(folder: Path, item: str, *, publish: bool | None, as_json: bool, **words: str | None) -> None:
    """Write a decision into FOLDER's table, or list what is open.

    ITEM is an item's id, or how it begins. Decisions are we_will, we_cant, done, not_yet (it is still talked about) and
    leave_out (not for these pages: it goes another way; make the digest again, and its page is gone).

    What is told at the kiosks is in your own words: --said, --what, --because. Nobody's name, no home, nothing by which
    somebody is known. Filling in the table by hand does the same.
    """
    with office_libraries():
        from collector.digest.decisions import NO, YES, advice, problems, row_from  # noqa: PLC0415
    table = table_of(folder)
    if not item:
        _list([row for row in table.rows if not row.decided], len(table.rows), as_json=as_json)
        return
    row = _one(table, item)
    changed = {name: value.strip() for name, value in words.items() if value is not None}
    if publish is not None or changed.get("said"):
        changed["publish"] = NO if publish is False else YES
    elif changed.get("decision") == "leave_out":
        changed["publish"] = NO
    if changed:
        row = row_from({**asdict(row), **changed, **_again(row, changed)})
        found = problems(row)
        if found:
            raise click.UsageError(f"{row.id}: {' '.join(found)}")
        table.change(row.id, {**changed, "told": row.told})
        table.save()
    _show([row], as_json=as_json)
    for sentence in advice(row):
        click.echo(f"{row.id}: {sentence}", err=True)
    if row.decision == "leave_out" and changed:
        click.echo(f"digest.html in {folder} still has it: make the digest again.", err=True)


def table_of(folder: Path) -> Decisions:
    """A digest's decisions. Raises: CollectorError: there are none."""
    with office_libraries():
        from collector.digest.table import decisions_in  # noqa: PLC0415

    found = decisions_in(folder)
    if found is None:
        hint = "Make it with `sayso collector digest --to`, or name its folder."
        raise CollectorError("Cannot find", f"a table of decisions in {folder}", hint)
    return found


def _one(table: Decisions, item: str) -> Row:
    """The row of that id, or the only one that begins so."""
    fitting = [row for row in table.rows if row.id.startswith(item)]
    if len(fitting) == 1:
        return fitting[0]
    met = f"{len(fitting)} items begin with it" if fitting else "no item begins with it"
    hint = f"`sayso collector decide {table.path.parent}` lists them."
    raise CollectorError("Cannot decide on", f"{item!r}: {met}", hint)


def _again(row: Row, changed: dict[str, str]) -> dict[str, str]:
    """A reply that says something else now is told again."""
    parts = ("decision", "said", "what", "because")
    return {"told": ""} if any(changed.get(name, getattr(row, name)) != getattr(row, name) for name in parts) else {}


def _list(rows: list[Row], of: int, *, as_json: bool) -> None:
    _show(rows, as_json=as_json)
    click.echo(f"{len(rows)} of {of} are open.", err=True)


def _show(rows: list[Row], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        parts = [row.id, row.sort, row.set, row.answers, row.decision or "open", row.topic, row.said, row.what]
        parts += [f"because {row.because}" if row.because else "", f"publish {row.publish or 'no'}"]
        parts += [f"told in version {row.told}" if row.told else ""]
        click.echo("\t".join(one_line(part) for part in parts if part))


def _tell(done: Written) -> None:
    """What came of it; what is missing goes to stderr."""
    from sayso.collector_results_told import not_read  # noqa: PLC0415 - with what an office has

    found, counted = done.month, done.counted
    click.echo(
        f"{done.folder / 'digest.html'}: {_many(len(found.items), 'message')} of {_many(counted.visits, 'visit')}."
    )
    click.echo(f"{done.table}: {done.added} new. Fill it in, or: sayso collector decide {done.folder}")
    if not counted.over:
        click.echo(f"{counted.month} is not over: make the digest again when it is.", err=True)
    for why, count in sorted(found.left_out.items()):
        click.echo(f"Left out: {count}, {one_line(why)}", err=True)
    if found.waiting:
        what = f"{_many(found.waiting, 'visit')} of sensitive sets that nobody has opened"
        click.echo(f"Not in it: {what}. Open them, listen, and make the digest again.", err=True)
    for line in not_read(done.unread):
        click.echo(line, err=True)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _progress(count: int) -> None:
    if count % TOLD_EVERY == 0:
        click.echo(f"{count} visits ...", err=True)
