"""`sayso questions new`: a commented start for a new set."""

from __future__ import annotations

from pathlib import Path

import click

KINDS = ("opinions", "story", "sensitive")
"""As `authoring.starting.KINDS`; a test holds them against each other."""


@click.command("new", short_help="Begin a set: a sheet with comments, and a README.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--language", default="en", show_default=True, metavar="CODE,...", help="Its languages, default first.")
@click.option("--title", default="", help="What people call it; made of the folder's name unless given.")
@click.option("--kind", type=click.Choice(KINDS), default="opinions", show_default=True, help="What it begins with.")
def command(folder: Path, language: str, title: str, kind: str) -> None:
    r"""Begin a set of your own in FOLDER: a sheet with comments that say what each part is for, and a README.

    \b
    opinions   one question with three answers and pictures, and a voice message
    story      a story to tell, who may hear it, with a name or without
    sensitive  a worry: says first what happens with the answer; sent at once

    Each can be asked as it is, and is there to be changed, with the people whom it asks. English words are there, and
    unchecked Welsh ones; another language gets empty columns. Nothing is ever written over.

    \b
    Example:
      $ sayso questions new our_garden --title "Our garden"
      $ sayso questions listen our_garden/our_garden.md
      $ sayso questions check our_garden/our_garden.md

    Exit codes: 0 written, 2 it is there already, or wrong use.
    """
    # Languages take a quarter of a second to import, which no other command of this group needs.
    from authoring.starting import Start, write_start  # noqa: PLC0415

    codes = tuple(code.strip() for code in language.split(",") if code.strip())
    if not codes:
        raise click.UsageError("Give --language, such as --language en,cy.")
    sheet, readme = write_start(Start(folder, kind, codes, title))
    click.echo(f"{sheet}: written, with comments. {readme} says what to do with it.")
    click.echo(f"Hear it: sayso questions listen {sheet}")
    click.echo(f"Make a visit: sayso rehearse {sheet} --keys green green")
