"""`sayso collector publish`: a form, or a sheet that becomes one, offered to the kiosks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.database import opened
from collector.errors import CollectorError
from collector.forms import add_form, find_form
from openrosa.convert import SHEET_SUFFIXES
from openrosa.findings import one_line
from sayso.collector_place import place
from sayso.questions_told import bytes_of, key_in, usable

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLE = (
    "\b\nFor example:\n"
    "  sayso collector publish my_home.md --public-key office-key/public_key.txt --data collected\n"
    "  sayso collector publish my_home.xml --data collected\n"
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("publish", short_help="Offer a form to the kiosks.", epilog=EXAMPLE)
@click.argument("file", type=_FILE)
@click.option("--public-key", type=_FILE, help="The organisation's RSA public key (PEM or base64), for a sheet.")
@place
def publish_command(file: Path, public_key: Path | None, data: Path | None, database_url: str | None) -> None:
    """Offer a form to the kiosks: a sheet (.md, .xlsx, .csv), or an XForm (.xml) with FILE-media beside it.

    A sheet is checked as `sayso questions check` does, and one that a kiosk would refuse is not published. With
    --public-key the answers are sealed.

    A version is never written over: change the sheet, and `version` has to change too. One with a lower number than the
    newest is refused, for kiosks would go back to it.

    Exit codes: 0 published, or it was before; 1 a kiosk would refuse it; 2 it cannot be published.
    """
    if file.suffix.lower() in SHEET_SUFFIXES:
        xform, media = _of_sheet(file, public_key)
    elif public_key is not None:
        raise click.UsageError("--public-key goes with a sheet. An XForm has its key already: convert the sheet anew.")
    else:
        xform, media = form_files(file)
    with opened(data, database_url) as database:
        form = add_form(database, xform, media, datetime.now(UTC))
        newest = find_form(database, form.form_id)
    told = f"{one_line(form.form_id)} version {one_line(form.version) or '(none)'} is published."
    if newest is not None and newest.id != form.id:
        told += f" Kiosks are offered version {one_line(newest.version) or '(none)'}, which came after it."
    click.echo(told)


def form_files(path: Path) -> tuple[bytes, dict[str, bytes]]:
    """A form and its media: NAME.xml with NAME-media beside it, as ODK has it. Raises: CollectorError: unreadable."""
    folder = path.with_name(f"{path.stem}-media")
    try:
        files = {one.name: one.read_bytes() for one in sorted(folder.iterdir())} if folder.is_dir() else {}
        return path.read_bytes(), files
    except OSError as error:
        raise CollectorError("Cannot read", f"{error.filename}: {error.strerror}", "Check the file.") from None


def _of_sheet(file: Path, public_key: Path | None) -> tuple[bytes, Mapping[str, bytes]]:
    """The form of a sheet, with its files; the command ends where a kiosk would refuse it.

    Raises: OpenRosaError: the sheet or the key cannot be used.
    """
    bytes_of(file)  # says so where it is too large to be a sheet
    converted, question_set = usable(file, key_in(public_key), "nothing was published")
    if question_set.public_key is None:
        click.echo("Without a public key: its answers would be kept and sent as they are.", err=True)
    return converted.xform, converted.media
