"""What the kiosk itself says and shows. Short, kind, and blaming nobody.

The words stand in gettext catalogues, one a language (`locale/CODE/LC_MESSAGES/sayso.po`), by the sentence's id as its
context. They are read as they are, so that whoever translates needs no compiler: 6 ms for two, and 10 to 25 ms Babel.
What a translation marks as fuzzy is said all the same, and counted as unchecked. docs/languages.md tells the rest.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from kiosk.errors import KioskError

FOLDER = Path(__file__).parent / "locale"
FIRST = "en"
"""The language in which the sentences are written, and which stands in for every other."""
SPOKEN = "say "
"""What a context begins with that is no sentence: what people may say for a command, with commas between."""


@dataclass(frozen=True)
class Catalogue:
    """One language's words.

    Attributes:
        sentences: by id.
        spoken: by command, what people may say for it.
        unchecked: ids of what is marked as fuzzy: nobody who speaks the language has read it.
    """

    sentences: Mapping[str, str]
    spoken: Mapping[str, tuple[str, ...]]
    unchecked: frozenset[str]


@dataclass(frozen=True)
class Part:
    """A piece of a sentence: words that are always the same, or what stands in braces.

    Attributes:
        words: as in the catalogue; "" for a gap.
        name: what a recording of it is called; of a gap, what stands in the braces.
        gap: whether something else is put there.
    """

    words: str
    name: str
    gap: bool


def _read(path: Path) -> Catalogue:
    """A catalogue from its file. Raises: KioskError: it is none."""
    try:
        with path.open("rb") as file:
            found = read_po(file, abort_invalid=True)
    except (OSError, PoFileError, ValueError) as error:
        raise KioskError("Cannot read a catalogue", f"{path}: {error}", "Install Sayso again.") from error
    words = {str(one.context): (str(one.string), one.fuzzy) for one in found if one.id and one.string}
    return Catalogue(
        {name: said for name, (said, _) in words.items() if not name.startswith(SPOKEN)},
        {
            name.removeprefix(SPOKEN): tuple(phrase.strip() for phrase in said.split(",") if phrase.strip())
            for name, (said, _) in words.items()
            if name.startswith(SPOKEN)
        },
        frozenset(name for name, (_, fuzzy) in words.items() if fuzzy),
    )


def _languages() -> tuple[str, ...]:
    """The codes that there are catalogues for, the first language first."""
    return tuple(
        sorted((path.name for path in FOLDER.iterdir() if path.is_dir()), key=lambda code: (code != FIRST, code))
    )


_READ: Mapping[str, Catalogue] = {code: _read(FOLDER / code / "LC_MESSAGES" / "sayso.po") for code in _languages()}

CATALOGUES: Mapping[str, Mapping[str, str]] = {code: one.sentences for code, one in _READ.items()}
"""By language and id, what is said."""
ENGLISH: Mapping[str, str] = CATALOGUES[FIRST]
SPOKEN_COMMANDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    code: one.spoken for code, one in _READ.items() if one.spoken
}
"""By language and command, what people may say for it while the microphone is open."""


def sentence(name: str, language: str, **parts: str) -> str:
    """One sentence of the catalogue, in English where the language has none.

    Args:
        name: its id.
        language: the code; `en-gb` falls back to `en`.
        parts: what stands in its braces.
    Raises: KeyError: no catalogue has it.
    """
    words = CATALOGUES[spoken_in(name, language)][name]
    return words.format(**parts) if parts else words


def spoken_in(name: str, language: str) -> str:
    """The language in which that sentence is said where this one is wanted. Raises: KeyError: no catalogue has it."""
    for code in (language, language.split("-", maxsplit=1)[0], FIRST):
        if name in CATALOGUES.get(code, ()):
            return code
    raise KeyError(name)


def catalogue_of(language: str) -> str:
    """The code of the catalogue for a language, or "" where there is none: `cy-GB` is spoken by `cy`."""
    return next((code for code in (language, language.split("-", maxsplit=1)[0]) if code in CATALOGUES), "")


def same_language(one: str, other: str) -> bool:
    """Whether one voice and one model do for both: "en-GB" is spoken and heard as "en"."""
    return one.split("-", maxsplit=1)[0].lower() == other.split("-", maxsplit=1)[0].lower()


def unchecked(language: str) -> int:
    """How many of its sentences nobody who speaks the language has read."""
    found = _READ.get(catalogue_of(language))
    return len(found.unchecked) if found else 0


@cache
def parts(name: str, language: str) -> tuple[Part, ...]:
    """A sentence cut where something is put into it, so that each piece can be a recording.

    "You said: {answer}." is `you_said` and the gap `answer`; of several fixed pieces the first is `i_heard.1`. What
    holds no letter is left out.

    Args:
        name: its id.
        language: one that `spoken_in` gave.
    """
    words = CATALOGUES[language][name]
    fixed = sum(any(map(str.isalpha, said)) for said, _, _, _ in string.Formatter().parse(words))
    return tuple(_parts(name, words, numbered=fixed > 1))


def _parts(name: str, words: str, *, numbered: bool) -> Iterator[Part]:
    number = 0
    for said, gap, _, _ in string.Formatter().parse(words):
        if any(map(str.isalpha, said)):
            number += 1
            trimmed = said.strip().lstrip(".,;: ")
            yield Part(trimmed, f"{name}.{number}" if numbered else name, gap=False)
        if gap:
            yield Part("", gap, gap=True)


def media_name(name: str, language: str) -> str:
    """What a recording of a sentence, or of a piece of one, is called among the sets' recordings."""
    return f"sayso/{language}/{name}"


def language_of_media(media: str) -> str:
    """The language of such a recording; "" for any other."""
    folder, _, rest = media.partition("/")
    return rest.partition("/")[0] if folder == "sayso" and rest else ""


SHOWN_ONLY = frozenset({"press_to_start", "listen", "your_turn", "press_a_key"})
"""Sentences that stand on the screen and are not said during a visit: nobody needs to record them."""


def to_record(language: str) -> tuple[tuple[str, str], ...]:
    """What of its own the kiosk says in a language, as (name of its recording, words): sentences and pieces of them."""
    return tuple(
        (part.name, part.words)
        for name in CATALOGUES.get(language, ())
        if name not in SHOWN_ONLY
        for part in parts(name, language)
        if not part.gap
    )
