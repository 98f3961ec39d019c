"""`sayso collector import | kiosks`: visits that come on a USB stick, and whose sticks are taken."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from collector.database import opened
from collector.kiosks import add, known, remove
from collector.stick import RECEIPT_KEY_NAME, import_stick
from openrosa.signing import public_text, signing_key
from openrosa.stick import root_of
from sayso.collector_place import place

FOLDER = click.Path(file_okay=False, path_type=Path)
NOT_ALL_TAKEN = 1
"""Exit code where something on the stick was not taken."""

_SIGNING = click.option(
    "--signing",
    type=FOLDER,
    help="Folder of the collector's own key and of the kiosks that it knows; with --data that folder, if not named.",
)
_DATA = click.option("--data", type=FOLDER, help="The collector's own folder.")


@click.command(
    "import",
    short_help="Take visits from a USB stick.",
    epilog=(
        "\b\nFor example:\n"
        "  sayso collector import /media/usb --data collected\n"
        "  Taken: 12; here before: 3.\n"
        "  The receipt is in /media/usb/sayso-export/receipts/6f0c....json. Bring the stick back to the kiosk.\n"
    ),
)
@click.argument("stick", metavar="DIR", type=FOLDER)
@place
@_SIGNING
@click.option("--trust", is_flag=True, help="Take also what no kiosk that is known here has signed for.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def import_command(
    stick: Path, data: Path | None, database_url: str | None, signing: Path | None, *, trust: bool, as_json: bool
) -> None:
    """Take the visits that `sayso export` has put on the stick mounted at DIR, and leave a signed receipt there.

    Only lists count that a kiosk known here has signed (`kiosks add`). A second time does no harm. A visit whose form
    is not published here, or that is damaged, is named and not taken. The kiosk erases what the receipt names, if its
    server.receipt_key is this collector's (`kiosks receipt-key`).

    Exit code 1 when something was not taken.
    """
    folder = _folder(signing, data)
    with opened(data, database_url, make=False) as database:
        found = import_stick(database, root_of(stick), known(folder), folder, datetime.now(UTC), trust=trust)
    if as_json:
        click.echo(json.dumps({**asdict(found), "receipt": found.receipt and str(found.receipt)}, ensure_ascii=False))
    else:
        click.echo(f"Taken: {found.taken}; here before: {found.before}.")
        if found.sensitive:
            click.echo(f"Of a sensitive form: {found.sensitive}. Open them now.")
        for sentence in found.problems:
            click.echo(f"Not taken: {''.join(each if each.isprintable() else '?' for each in sentence)}")
        if found.receipt:
            click.echo(f"The receipt is in {found.receipt}. Bring the stick back to the kiosk.")
    if found.problems:
        sys.exit(NOT_ALL_TAKEN)


@click.group("kiosks")
def kiosks_command() -> None:
    """Whose sticks are taken, and the key that signs receipts."""


@kiosks_command.command(
    "add", epilog='\b\nFor example:\n  sayso collector kiosks add "Elm Road" 1Yx...= --data collected\n'
)
@click.argument("name")
@click.argument("key")
@_DATA
@_SIGNING
def kiosks_add(name: str, key: str, data: Path | None, signing: Path | None) -> None:
    """Make a kiosk's public KEY known, which its `sayso export` shows. Use the NAME that it has in `keys list`."""
    add(_folder(signing, data), name, key)


@kiosks_command.command("list")
@_DATA
@_SIGNING
def kiosks_list(data: Path | None, signing: Path | None) -> None:
    """Name the kiosks that are known, with their public keys."""
    for public, name in known(_folder(signing, data)).items():
        click.echo(f"{public}\t{name}")


@kiosks_command.command("remove")
@click.argument("name")
@_DATA
@_SIGNING
def kiosks_remove(name: str, data: Path | None, signing: Path | None) -> None:
    """Forget a kiosk, for one that was lost or is no longer used. What it sent stays."""
    remove(_folder(signing, data), name)


@kiosks_command.command("receipt-key")
@_DATA
@_SIGNING
def kiosks_receipt_key(data: Path | None, signing: Path | None) -> None:
    """Print the public key that receipts are signed with, for server.receipt_key of every kiosk. Made when first asked.

    Its private half is receipt-key.pem in that folder: whoever has it can have kiosks erase what they have not sent.
    """
    click.echo(public_text(signing_key(_folder(signing, data) / RECEIPT_KEY_NAME)))


def _folder(signing: Path | None, data: Path | None) -> Path:
    folder = signing or data
    if folder is None:
        raise click.UsageError("Say where the keys are: --signing FOLDER, or --data FOLDER.")
    return folder
