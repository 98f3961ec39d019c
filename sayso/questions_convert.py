"""`sayso questions convert`: a sheet becomes the form that kiosks and servers take, or another kind of sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrosa.convert import write_with_media
from openrosa.errors import OpenRosaError
from openrosa.findings import one_line
from sayso.questions_told import key_in, plural, usable, what_is_asked

if TYPE_CHECKING:
    from collections.abc import Mapping

SUFFIXES = {"xform": ".xml", "xlsx": ".xlsx", "md": ".md"}
"""By format, what its file's name ends with."""


@click.command("convert", short_help="Make the form of a sheet, or an .xlsx or Markdown of it.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), help="A folder, or a file's name; beside FILE unless given.")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(list(SUFFIXES)),
    help="What to make: an XForm, an .xlsx that servers take, or Markdown for git. By the name in --to; else xform.",
)
@click.option(
    "--public-key", type=click.Path(path_type=Path), help="The organisation's RSA public key (PEM or base64)."
)
@click.option("--overwrite", is_flag=True, help="Replace a sheet that is there; an XForm is replaced always.")
def command(file: Path, to: Path | None, wanted: str | None, public_key: Path | None, *, overwrite: bool) -> None:
    r"""Make the form of a sheet (.md, .xlsx, .csv), or the same sheet as .xlsx or Markdown.

    \b
    xform  NAME.xml: what kiosks and servers run
    xlsx   NAME.xlsx: what ODK Central and KoboToolbox take, and what an office edits
    md     NAME.md: what git compares line by line

    Recordings and pictures go into NAME-media/ beside it. What the kiosk records about an answer is added to the form
    and to .xlsx (in grey), so that servers keep it; Markdown goes without. With --public-key the answers are sealed:
    only who has the private key can read them.

    \b
    Example:
      $ sayso collector keys pair office-key
      $ sayso questions convert my_home.md --to forms --public-key office-key/public_key.txt
      $ sayso questions convert my_home.md --to my_home.xlsx
      $ sayso questions convert my_home.xlsx --to my_home.md --overwrite

    A sheet that is there is replaced with --overwrite only: Markdown's comments would be lost.

    Exit codes: 0 written, 1 the kiosk would refuse the form, 2 the sheet or key cannot be used.
    """
    kind, target = _target(file, to, wanted)
    if kind == "md" and public_key is not None:
        raise click.UsageError("--public-key goes into a form or an .xlsx, not into Markdown.")
    key = key_in(public_key)
    converted, question_set = usable(file, key, "nothing was written")
    content, media = converted.xform, converted.media
    if kind != "xform":
        content, media = _sheet(file, kind, key)
        _spare(target, content, overwrite=overwrite)
    write_with_media(target, content, media)
    if kind == "xlsx":
        _tell_of_kobo(file)
    files = f", and {plural(len(media), 'file')} in {target.stem}-media" if media else ""
    click.echo(f"{target}: written{files}. {what_is_asked(question_set)}.{_sealed(kind, key=question_set.public_key)}")


def _target(file: Path, to: Path | None, wanted: str | None) -> tuple[str, Path]:
    """The kind of file to make and where. Raises: click.UsageError: they do not fit, or it is FILE itself."""
    by_suffix = {suffix: kind for kind, suffix in SUFFIXES.items()}
    named = by_suffix.get(to.suffix.lower()) if to is not None and not to.is_dir() else None
    kind = wanted or named or "xform"
    if to is not None and named is not None:
        if named != kind:
            raise click.UsageError(f"--to {to} is no {kind}: end its name with {SUFFIXES[kind]}.")
        target = to
    else:
        target = (to or file.parent) / f"{file.stem}{SUFFIXES[kind]}"
    if target.exists() and file.exists() and target.samefile(file):
        raise click.UsageError(f"{target} is the sheet itself. Say where the new one goes: --to FOLDER.")
    return kind, target


def _sheet(file: Path, kind: str, key: str | None) -> tuple[bytes, Mapping[str, bytes]]:
    # Workbooks take a tenth of a second to import, which a form does not need.
    from authoring.sheets import markdown_of, workbook_of  # noqa: PLC0415

    if kind == "xlsx":
        return workbook_of(file, key)
    text, media = markdown_of(file)
    return text.encode(), media


def _tell_of_kobo(file: Path) -> None:
    """Say it where KoboToolbox would refuse what ODK Central takes."""
    from authoring.sheets import doubled_names  # noqa: PLC0415  as above

    if names := doubled_names(file):
        named = ", ".join(f"'{one_line(name)}'" for name in names)
        click.echo(f"KoboToolbox takes no name twice: rename {named} for it. ODK Central takes this sheet.", err=True)


def _spare(target: Path, content: bytes, *, overwrite: bool) -> None:
    """Leave somebody's sheet alone. Raises: OpenRosaError: there is one that holds something else."""
    if overwrite or not target.exists():
        return
    from authoring.sheets import holds  # noqa: PLC0415  as above

    if not holds(target, content):
        subject = f"{target}: it is there already, and its questions are not the same"
        raise OpenRosaError("Cannot write", subject, "Give another name with --to, or --overwrite to replace it.")


def _sealed(kind: str, *, key: bytes | None) -> str:
    if key or kind == "md":
        return ""
    if kind == "xlsx":
        return " Without a public key: ODK Central can add its own (docs/publishing.md); else answers go as they are."
    return " Without a public key: its answers would be kept and sent as they are."
