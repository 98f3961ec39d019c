"""What an office installs and a kiosk does not: libraries for figures, charts, pages and the wording of questions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIBRARIES = frozenset({"jinja2", "markupsafe", "matplotlib", "openpyxl", "pandas", "scipy", "statsmodels", "textstat"})


@contextmanager
def office_libraries() -> Iterator[None]:
    """Round the imports of a command that an office alone needs.

    Raises: click.UsageError: one of them is not installed, with how to install it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _LIBRARIES:
            raise
        sentence = f"{missing} is not installed here: a kiosk does not need it, an office does."
        raise click.UsageError(f"{sentence} Run `script/setup office` in Sayso's folder.") from error
