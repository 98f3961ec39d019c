"""`sayso collector keys sheet` and `restore`: the office's private key on paper, and back."""

from __future__ import annotations

import os
from pathlib import Path

import click

from collector.errors import CollectorError
from collector.recovery import as_html, as_text, fingerprint, restore, sheet
from openrosa.sealing import load_private_key

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
HTML_SUFFIXES = {".html", ".htm"}
SUFFIXES = {".txt", *HTML_SUFFIXES}


@click.command("sheet")
@click.argument("key", type=EXISTING_FILE)
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The page: .txt, or .html with a QR code.",
)
def sheet_command(key: Path, target: Path) -> None:
    r"""Write a page to print, from which the private key can be typed back if every file of it is lost.

    Each line has a check of its own, so that a mistake is found where it is. Print it, put it in a safe, delete the
    file: whoever has the page can read every visit that is sealed to this key.

    \b
    For example:
      sayso collector keys sheet office-key/private.pem --to sheet.html
    """
    if target.suffix.lower() not in SUFFIXES:
        raise click.BadParameter(f"{target}: give it a name that ends in .txt or .html.", param_hint="--to")
    made = sheet(key.read_bytes())
    page = as_html(made) if target.suffix.lower() in HTML_SUFFIXES else as_text(made)
    _write(target, page.encode())
    click.echo(f"{len(made.lines)} lines are in {target}. Print it, put it in a safe, and delete the file.")


@click.command("restore")
@click.argument("typed", type=EXISTING_FILE)
@click.option(
    "--to", "target", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The new private key's file."
)
def restore_command(typed: Path, target: Path) -> None:
    r"""Make the private key's file again from the lines of its sheet, typed into a text file or read from its QR code.

    A line that is wrong or missing is named. No file is overwritten.

    \b
    For example:
      sayso collector keys restore typed.txt --to office-key/private.pem
    """
    pem = restore(typed.read_text(encoding="utf-8", errors="replace"))
    _write(target, pem)
    told = fingerprint(load_private_key(pem))
    click.echo(f"The private key is in {target}. Its public key is {told}: the sheet says the same.")


def _write(target: Path, data: bytes) -> None:
    """A new file for this user alone. Raises: CollectorError."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise CollectorError("Cannot write", f"{target}: it is there already", "Name another file.") from None
    except OSError as error:
        raise CollectorError("Cannot write", f"{target}: {error.strerror}", "Name another place with --to.") from error
