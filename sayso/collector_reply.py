"""`sayso collector reply`: decisions become the next version of the set that kiosks say, and may be published."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collector.database import opened
from collector.errors import CollectorError
from collector.forms import add_form, all_forms
from openrosa.convert import Converted, convert
from openrosa.findings import one_line
from openrosa.folders import write_whole
from openrosa.xform import read
from sayso.collector_digest import FOLDER, MADE_FOLDER, NOT_SO, table_of
from sayso.collector_place import VARIABLE
from sayso.office_extra import office_libraries
from sayso.questions_told import bytes_of, count_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collector.database import Database
    from collector.digest.decisions import Row
    from collector.digest.folder import Counted
    from collector.digest.table import Decisions

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NO_WORDS_IN_LANGUAGE = "QS102"
"""Of what was said and decided there are English words alone: one sentence for all of them is enough."""


@click.command(
    "reply",
    short_help="What was decided, as the questions that kiosks say.",
    epilog=(
        "\b\nFor example:\n"
        "  sayso collector reply november --to replies\n"
        "  sayso collector reply october november --to replies --by 'the panel of Elm Care' --publish \\\n"
        "    --data collected --public-key office-key/public_key.txt\n"
    ),
)
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True, type=MADE_FOLDER)
@click.option("--to", "to", required=True, type=FOLDER, help="Where you_said_we_did-VERSION.md goes.")
@click.option("--version", help="Of the set; else the next number, by --to and by the collector.")
@click.option("--most", default=5, show_default=True, type=click.IntRange(0, 20), help="Replies in one set.")
@click.option("--by", default="", metavar="WORDS", help="Who heard them and decided. [default: the panel]")
@click.option("--publish", is_flag=True, help="Offer it to the kiosks at once.")
@click.option("--public-key", type=FILE, help="With --publish: the organisation's public key (PEM or base64).")
@click.option("--data", type=FOLDER, help="A collector's own folder: where it is published, and which version is next.")
@click.option("--database", "url", metavar="URL", help=f"PostgreSQL in its place; or set {VARIABLE}.")
def reply_command(folders: tuple[Path, ...], to: Path, *, publish: bool, **chosen: Any) -> None:
    """Make the next version of you_said_we_did from what was decided in the digests' folders.

    FOLDER is a digest's; with several, what earlier months left is told first, and the last one's visits are counted.
    What has publish = yes and was not told yet goes in, in the table's order, --most at a time; the rest waits for the
    next version. The set says first how many visits there were, all homes together, and whether they were heard: only
    what is true by the digest and the table.

    What was said and decided is in English. Have the sheet's other languages filled in by people who speak them, and
    record the replies with the voice of who decided: sayso questions record. Without --publish, then:
    sayso collector publish.

    Exit codes: 0 made, 1 there is nothing to tell, or a row has to be changed first, 2 wrong use.
    """
    url = chosen.pop("url") or (os.environ.get(VARIABLE) or None if chosen["data"] is None else None)
    data = chosen.pop("data")
    if url and data:
        raise click.UsageError("Name --data or --database, not both.")
    if publish and not (url or data):
        raise click.UsageError(f"Say where to publish: --data FOLDER, --database URL, or set {VARIABLE}.")
    if chosen["public_key"] and not publish:
        raise click.UsageError("--public-key goes with --publish. A sheet gets its key when it is published.")
    with ExitStack() as stack:
        database = stack.enter_context(opened(data, url, make=False)) if url or data else None
        _reply(folders, to, database, publish=publish, **chosen)


def _reply(
    folders: tuple[Path, ...],
    to: Path,
    database: Database | None,
    *,
    publish: bool,
    version: str | None,
    most: int,
    by: str,
    public_key: Path | None,
) -> None:
    with office_libraries():
        from collector.digest import reply  # noqa: PLC0415 - an office has its libraries
        from collector.digest.decisions import unfit_words  # noqa: PLC0415
        from collector.digest.folder import counted_in  # noqa: PLC0415
        from collector.digest.month import CalendarMonth  # noqa: PLC0415
    if unfit_words(by):
        raise click.BadParameter(unfit_words(by), param_hint="--by")
    tables = [table_of(folder) for folder in folders]
    for table in tables:
        table.refuse_open()
    counted = counted_in(folders[-1])
    if counted is None:
        hint = "Make the digest there: `sayso collector digest`."
        raise CollectorError("Cannot reply", f"by {folders[-1]}: it has no month.json", hint)
    rows, later = reply.to_tell([row for table in tables for row in table.rows], most)
    _refuse_unfit(tables, rows, most)
    all_opened = not counted.unread and not counted.waiting
    decided = [row.decided for table in tables for row in table.rows]
    heard = reply.Heard(
        month=CalendarMonth.of(counted.month),
        visits=counted.visits,
        all_opened=all_opened,
        all_heard=all_opened and all(decided) if decided or not all_opened else None,
        by=by,
    )
    version = version or _next_version(to, database)
    path = to / f"{reply.FORM_ID}-{version}.md"
    _write(path, reply.sheet(rows, heard, version))
    try:
        key = None if public_key is None else bytes_of(public_key).decode("ascii", "replace")
        converted = convert(path, key)
        _check(path, converted)
        if publish and database is not None:
            add_form(database, converted.xform, converted.media, datetime.now(UTC))
    except BaseException:
        path.unlink(missing_ok=True)  # nobody is told what was not published
        raise
    _mark(tables, rows, version)
    click.echo(f"{path}: replies: {len(rows)}.{f' Version {version} is published.' if publish else ''}")
    _notes(tables, counted, later, publish=publish)


def _refuse_unfit(tables: Sequence[Decisions], rows: Sequence[Row], most: int) -> None:
    """End where a row that is to be told can't be, or nothing is."""
    from collector.digest.decisions import problems  # noqa: PLC0415 - with what an office has

    unfit = [(table, row, found) for table in tables for row in table.rows if (found := problems(row))]
    for table, row, found in unfit:
        click.echo(f"{table.path}, {row.id}: {' '.join(one_line(one) for one in found)}", err=True)
    if not rows and most and not unfit:
        click.echo("Nothing to tell: no row has publish = yes that was not told before.", err=True)
    if unfit or (not rows and most):
        click.echo("Nothing was written.", err=True)
        sys.exit(NOT_SO)


def _next_version(to: Path, database: Database | None) -> str:
    """The number after the highest that is in the folder or published."""
    from collector.digest import reply  # noqa: PLC0415 - with what an office has

    head = f"{reply.FORM_ID}-"
    known = [path.stem.removeprefix(head) for path in to.glob(f"{head}*.md")]
    if database is not None:
        known += [form.version for form in all_forms(database) if form.form_id == reply.FORM_ID]
    found = reply.next_version(known)
    if found is None:
        subject = f"{reply.FORM_ID}: its versions are no numbers ({one_line(known[-1])})"
        raise CollectorError("Cannot count on from", subject, "Name the next one with --version.")
    return found


def _write(path: Path, text: str) -> None:
    """A new file; one that is there stays."""
    if path.exists():
        hint = "Name another --version, or another folder with --to."
        raise CollectorError("Cannot write", f"{path}: it is there already, and is not written over", hint)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    except OSError as error:
        hint = "Name a folder that you may write to, with --to."
        raise CollectorError("Cannot write", f"{path}: {error.strerror}", hint) from error


def _check(path: Path, converted: Converted) -> None:
    """Say what is to be known of it, and end where a kiosk would refuse it."""
    question_set, findings = read(converted.xform, path.name, places=converted.places)
    one_by_one = [finding for finding in findings if finding.code != NO_WORDS_IN_LANGUAGE]
    for finding in one_by_one:
        click.echo(str(finding), err=True)
    if len(one_by_one) < len(findings):
        more = len(findings) - len(one_by_one)
        click.echo(f"{path.name}: {more} texts are in English alone, and are said so in other languages too.", err=True)
    if question_set is None:
        click.echo(f"{path.name}: refused. {count_of(findings, 'error')}; nothing was written.", err=True)
        sys.exit(NOT_SO)


def _mark(tables: Sequence[Decisions], rows: Sequence[Row], version: str) -> None:
    """Note in which version each was told."""
    told = {row.id for row in rows}
    for table in tables:
        here = [row for row in table.rows if row.id in told]
        for row in here:
            table.change(row.id, {"told": version})
        if here:
            table.save()


def _notes(tables: Sequence[Decisions], counted: Counted, later: int, *, publish: bool) -> None:
    if later:
        click.echo(f"{later} more wait for the next version: run it again when these have been heard.", err=True)
    if not counted.over:
        click.echo(f"The digest was made before {counted.month} was over: there may be more visits now.", err=True)
    undecided = sum(not row.decided for table in tables for row in table.rows)
    if undecided:
        click.echo(f"Without a decision: {undecided}. The set says that not all has been heard yet.", err=True)
    unasked = [row for table in tables for row in table.rows if row.said and not row.publish]
    for row in unasked:
        click.echo(f"{row.id}: publish is empty, so it is not told. Write yes or no.", err=True)
    if not publish:
        click.echo("Look at it: sayso questions check. Then publish it: sayso collector publish.", err=True)
