"""`sayso questions convert`: a sheet becomes the form that kiosks and servers take."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from openrosa.convert import convert, write
from openrosa.findings import one_line
from openrosa.xform import read
from sayso.questions_told import Outcome, bytes_of, count_of, plural, what_is_asked


@click.command("convert")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Where to write; beside FILE unless given.")
@click.option(
    "--public-key", type=click.Path(path_type=Path), help="The organisation's RSA public key (PEM or base64)."
)
def command(file: Path, folder: Path | None, public_key: Path | None) -> None:
    r"""Make the form of a sheet: NAME.xml, and its recordings and pictures in NAME-media/.

    What the kiosk records about an answer is added to the form, so that servers keep it. With --public-key the answers
    are sealed: only who has the private key can read them.

    \b
    Example:
      $ sayso collector keys pair office-key
      $ sayso questions convert my_home.md --to forms --public-key office-key/public_key.txt

    Exit codes: 0 written, 1 the kiosk would refuse the form, 2 the sheet or key cannot be used.
    """
    key = None if public_key is None else bytes_of(public_key).decode("ascii", "replace")
    converted = convert(file, key)
    question_set, findings = read(converted.xform, file.name, places=converted.places)
    for finding in findings:
        click.echo(str(finding), err=True)
    if question_set is None:
        click.echo(f"{one_line(file.name)}: refused. {count_of(findings, 'error')}; nothing was written.", err=True)
        sys.exit(Outcome.REFUSED)
    target = (folder or file.parent) / f"{file.stem}.xml"
    write(converted, target)
    files = f", and {plural(len(converted.media), 'file')} in {target.stem}-media" if converted.media else ""
    sealed = "" if question_set.public_key else " Without a public key: its answers would be kept and sent as they are."
    click.echo(f"{target}: written{files}. {what_is_asked(question_set)}.{sealed}")
