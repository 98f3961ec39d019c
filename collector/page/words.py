"""What a page of results says: easy-read sentences in gettext catalogues, one a language, read as they are.

English stands in the template (`locale/page.pot`), by each sentence's id as its context. A translation that is marked
as fuzzy is shown all the same, and the page says that nobody has checked it. docs/languages.md tells how to translate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import TYPE_CHECKING

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.pofile import PoFileError, read_po

from collector.errors import CollectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from babel.messages.catalog import Catalog

FOLDER = Path(__file__).parent / "locale"
FIRST = "en"
"""The language in which the sentences are written, and which stands in for every other."""


@dataclass(frozen=True)
class Words:
    """One language's sentences.

    Attributes:
        language: the code of what the sentences are in: "en" where there is no catalogue for what was asked.
        unchecked: ids of those that nobody who speaks the language has read.
    """

    language: str
    unchecked: frozenset[str] = frozenset()
    _sentences: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _plural: Callable[[int], int] = field(default=lambda n: int(n != 1), repr=False)

    def __contains__(self, name: str) -> bool:
        """Whether there is a sentence of that id, in this language or in English."""
        return name in self._sentences or (self.language != FIRST and name in words_in(FIRST))

    def __call__(self, name: str, n: int | None = None, **parts: object) -> str:
        """One sentence, in English where the language has none.

        Args:
            name: its id.
            n: how many, where a sentence has forms for it; it also stands in the braces.
            parts: what stands in its braces.
        Raises: KeyError: no catalogue has it.
        """
        forms = self._sentences.get(name)
        if forms is None:
            if self.language == FIRST:
                raise KeyError(name)
            return words_in(FIRST)(name, n, **parts)
        form = forms[self._plural(n)] if n is not None and len(forms) > 1 else forms[0]
        return form.format(n=n, **parts)

    def day(self, day: date) -> str:
        """A date in full: 1 November 2026."""
        return format_date(day, "d MMMM y", locale=self.language)


@cache
def words_in(language: str) -> Words:
    """The sentences for a language's code: `cy-GB` is shown in `cy`, and what has no catalogue in English.

    Raises: CollectorError: a catalogue is broken.
    """
    code = next((one for one in (language, language.split("-", maxsplit=1)[0]) if _catalogue(one).is_file()), FIRST)
    path = _catalogue(code)
    try:
        with path.open("rb") as file:
            read = read_po(file, locale=_locale(code), abort_invalid=True)
    except (OSError, PoFileError, ValueError) as error:
        raise CollectorError("Cannot read a catalogue", f"{path}: {error}", "Install Sayso again.") from error
    said = {str(one.context): _forms(one.id if code == FIRST else one.string) for one in read if one.id}
    worded = {name: forms for name, forms in said.items() if forms and all(forms)}
    if not worded:  # a language that somebody has just begun
        return words_in(FIRST)
    unchecked = frozenset(str(one.context) for one in read if one.id and one.fuzzy)
    return Words(code, unchecked, worded, _plural_rule(read))


def _catalogue(code: str) -> Path:
    if code == FIRST:
        return FOLDER / "page.pot"
    # A form's own code comes from outside: what is no plain word names no file.
    return FOLDER / (code if code.isalnum() else "_") / "LC_MESSAGES" / "page.po"


def _forms(said: str | Sequence[str] | None) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said or ())


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def _plural_rule(catalogue: Catalog) -> Callable[[int], int]:
    rule: Callable[[int], int] = c2py(catalogue.plural_expr)
    return rule
