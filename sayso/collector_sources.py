"""Where visits are read from, as commands name it: a collector, sticks, zips of ODK Central; and their forms."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.database import FILE_NAME, Database, opened
from collector.kiosks import known
from sayso.collector_place import VARIABLE
from sayso.collector_publish import form_files

if TYPE_CHECKING:
    from contextlib import ExitStack

    from collector.sources.forms import Forms
    from collector.sources.gather import Source

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PLACES = click.argument("places", metavar="[SOURCE]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
DATA = click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="A collector's own folder, with SQLite."
)
DATABASE = click.option("--database", "url", metavar="URL", help=f"A collector's PostgreSQL; or set {VARIABLE}.")


def collector_of(stack: ExitStack, places: tuple[Path, ...], data: Path | None, url: str | None) -> Database | None:
    """The one collector that was named, open until the stack ends; None where sticks or zips were named alone.

    Raises: click.UsageError: two of them, or nothing at all.
    """
    collectors: list[tuple[Path | None, str | None]] = [(one, None) for one in places if _is_collector(one)]
    if data is not None:
        collectors.append((data, None))
    if url is None and not collectors and not places:
        url = os.environ.get(VARIABLE) or None
    if url is not None:
        collectors.append((None, url))
    if len(collectors) > 1:
        raise click.UsageError("Name one collector: a folder, --data, or --database.")
    if not collectors and not places:
        raise click.UsageError("Say where the visits are: SOURCE, --data FOLDER, or --database URL.")
    return stack.enter_context(opened(*collectors[0], make=False)) if collectors else None


def others(places: tuple[Path, ...]) -> tuple[Path, ...]:
    """Those that are no collector."""
    return tuple(one for one in places if not _is_collector(one))


def others_of(places: tuple[Path, ...], names_in: Path | None) -> list[Source]:
    """The sticks and zips among them.

    Args:
        places: as named.
        names_in: the folder of kiosks.json, which names the kiosks of sticks.
    """
    from collector.sources.central import CentralSource  # noqa: PLC0415 - with what an office has
    from collector.sources.stick import StickSource  # noqa: PLC0415

    names = known(names_in) if names_in else {}
    return [StickSource(one, names) if one.is_dir() else CentralSource(one) for one in others(places)]


def forms_of(paths: tuple[Path, ...]) -> Forms:
    """The forms that were named with --form, for sticks and zips, which have none."""
    from collector.sources.forms import Forms  # noqa: PLC0415 - with what an office has

    forms = Forms()
    for path in paths:
        xform, media = form_files(path)
        forms.add(xform, lambda media=media: media)  # type: ignore[misc]
    return forms


def _is_collector(place: Path) -> bool:
    return (place / FILE_NAME).is_file()
