"""Where a collector's data is: `--data FOLDER`, or `--database URL`. The same for all of its commands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE = "SAYSO_COLLECTOR_DATABASE"

Command = TypeVar("Command", bound="Callable[..., Any]")


def _one_place(context: click.Context, _parameter: click.Parameter, url: str | None) -> str | None:
    """The URL, where no folder was named; that of the environment only where neither was."""
    data = context.params.get("data")
    if url is not None and data is not None:
        raise click.UsageError("Name --data or --database, not both.")
    url = url if url is not None or data is not None else os.environ.get(VARIABLE) or None
    if url is None and data is None and not context.resilient_parsing:
        raise click.UsageError(f"Say where the data is: --data FOLDER, --database URL, or set {VARIABLE}.")
    return url


_DATA = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    is_eager=True,
    help="The collector's own folder, with SQLite; made when it is not there.",
)
_DATABASE = click.option(
    "--database",
    "database_url",
    metavar="URL",
    callback=_one_place,
    help="PostgreSQL in its place: postgresql://USER@HOST/NAME. "
    f"{VARIABLE} does the same, and nobody sees that in a list of processes.",
)


def place(function: Command) -> Command:
    """Give a command `data` and `database_url`, of which exactly one is there."""
    return _DATA(_DATABASE(function))
