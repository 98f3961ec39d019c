"""`sayso collector results`: what was said, as sheets, voice messages, figures and an easy-read page, for an office."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collector.alerts import mark_opened
from collector.figures.figures import LEAST_VISITS
from openrosa.findings import one_line
from sayso.collector_sources import DATA, DATABASE, FILE, PLACES, collector_of, forms_of, others_of
from sayso.office_extra import office_libraries
from sayso.office_key import KEY, private_key_of

if TYPE_CHECKING:
    from collector.sources.gather import Source

FOLDER = click.Path(file_okay=False, path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])
NOT_ALL_READ = 1
"""Exit code where something could not be read."""
TOLD_EVERY = 1000
"""Visits between two words of how far it is."""
EPILOG = (
    "\b\nFor example:\n"
    "  sayso collector results --data collected --key office-key/private.pem --to results\n"
    "  sayso collector results /media/usb --form my_home.xml --key office-key/private.pem --to results\n"
    "  sayso collector results my_home.zip --form my_home.xml --to results --from 2026-11-01 --until 2026-11-30\n"
    "  sayso collector results --data collected --key office-key/private.pem --to results --form-id my_home \\\n"
    "    --compare 1 2\n"
)


def _day(_context: click.Context, _parameter: click.Parameter, moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@click.command("results", short_help="Sheets, voices, figures and an easy-read page.", epilog=EPILOG)
@PLACES
@DATA
@DATABASE
@KEY
@click.option("--to", "folder", required=True, type=FOLDER, help="Where everything goes. It is for you alone.")
@click.option("--form", "forms", multiple=True, type=FILE, help="An XForm, for a stick or a zip; may be repeated.")
@click.option("--form-id", help="Results of one form alone.")
@click.option("--language", help="Code of the language of labels and pages, such as cy; else each set's own.")
@click.option("--from", "first", type=DAY, callback=_day, help="The first day of visits, such as 2026-11-01.")
@click.option("--until", "last", type=DAY, callback=_day, help="The last day of visits, included.")
@click.option(
    "--least-visits",
    default=LEAST_VISITS,
    show_default=True,
    type=click.IntRange(2),
    help="Nothing is shown on pages and in figures for fewer visits.",
)
@click.option(
    "--voices/--without-voices", default=True, show_default=True, help="Voice messages on the pages, or as files alone."
)
@click.option("--signing", type=FOLDER, help="Folder of kiosks.json, which names the kiosks of sticks; else --data.")
@click.option(
    "--compare", nargs=2, metavar="OLD NEW", help="Two versions of --form-id's set: did the new one do better?"
)
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
def results_command(
    places: tuple[Path, ...],
    data: Path | None,
    url: str | None,
    signing: Path | None,
    key: Path | None,
    compare: tuple[str, str] | None,
    *,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Read what was said, and write it for those who asked and those who answered.

    SOURCE is a collector's folder, a USB stick with visits that `sayso export` has put there, or a zip that ODK Central
    has exported (decrypted there, with the passphrase). Several may be named: a visit that is in two of them counts
    once. --data and --database name a collector as its other commands do. A stick and a zip hold no forms: name them
    with --form.

    --to gets, for each form, FORM.csv and FORM.xlsx with ODK Central's columns and labels beside the codes,
    FORM-voices/ with the voice messages, and for each version FORM-VERSION.html: one easy-read page that needs no
    network. The sheets and voices are the office's: they say what one person said. The page is made to be shown, and
    says nothing of fewer than --least-visits visits. Visits are not people. docs/results.md says how to read all this.

    Opening a visit of a sensitive form counts: its alert ends. Exit codes: 0 done, 1 something could not be read, 2
    wrong use.
    """
    if compare and chosen["form_id"] is None:
        raise click.UsageError("--compare OLD NEW are versions of one form: name it with --form-id.")
    with office_libraries():
        from collector.figures.compared import compare as compare_versions  # noqa: PLC0415 - an office has its libraries
        from collector.results_folder import Wanted, write_results  # noqa: PLC0415
        from collector.sources.database import DatabaseSource  # noqa: PLC0415
        from sayso.collector_results_told import as_text, not_read, plain  # noqa: PLC0415
    forms = forms_of(chosen.pop("forms"))
    wanted = Wanted(**chosen)
    private_key = private_key_of(key)
    with ExitStack() as stack:
        database = collector_of(stack, places, data, url)
        # The collector first, so that what is opened is noted there.
        sources: list[Source] = [] if database is None else [DatabaseSource(database)]
        sources += others_of(places, signing or data)
        done = write_results(sources, forms, private_key, wanted, _told)
        if database is not None:
            mark_opened(database, done.opened, datetime.now(UTC))
    compared = None
    if compare and wanted.form_id:
        compared = compare_versions(done.tallies, wanted.form_id, *compare, wanted.least_visits)
    if as_json:
        click.echo(json.dumps(plain(done, compared), ensure_ascii=False, indent=2))
    else:
        click.echo(as_text(done, wanted, compared))
    for line in not_read(done.unread):
        click.echo(line, err=True)
    for note in done.notes:
        click.echo(one_line(note), err=True)
    if done.unread:
        sys.exit(NOT_ALL_READ)


def _told(count: int) -> None:
    if count % TOLD_EVERY == 0:
        click.echo(f"{count} visits ...", err=True)
