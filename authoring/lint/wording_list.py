"""The words that an organisation does not want, and the findings that it accepts: `wording.toml`.

Three lists lie upon each other: ours, the one that is named, the one beside the set; a later one goes before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from openrosa.errors import OpenRosaError
from openrosa.findings import CODES, FIRST_ADVICE, Finding

OURS = Path(__file__).with_name("wording.toml")
BESIDE = "wording.toml"
"""What an organisation's own list is called in a set's folder."""

_Some = Annotated[str, msgspec.Meta(min_length=1)]
_Lists = dict[str, dict[str, str]]


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding that the author means to leave as it is.

    Attributes:
        code: the finding's.
        name: of the question or choice; "" for one that has none.
        reason: why, for whoever reads the set next.
    """

    code: str
    reason: _Some
    name: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: _Lists = {}
    hard: _Lists = {}
    accept: tuple[Accepted, ...] = ()


@dataclass(frozen=True)
class Wording:
    """What all lists say together.

    Attributes:
        words: by language, a word that is not wanted and what to say instead.
        hard: by language, a word that is hard and what to say instead.
        accepted: findings left as they are.
    """

    words: Mapping[str, Mapping[str, str]]
    hard: Mapping[str, Mapping[str, str]]
    accepted: tuple[Accepted, ...] = ()

    def accepts(self, finding: Finding) -> Accepted | None:
        """Why a finding is left as it is; None where it is not, and always for an error."""
        if finding.level == "error":
            return None
        return next((one for one in self.accepted if (one.code, one.name) == (finding.code, finding.name)), None)


def wording_for(sheet: Path, named: Path | None = None) -> Wording:
    """The lists that hold for a set.

    Args:
        sheet: the set's own file; a `wording.toml` beside it is read.
        named: an organisation's list.

    Raises: OpenRosaError: one of them cannot be read, or says what it cannot say.
    """
    beside = sheet.with_name(BESIDE)
    files = [_read(path) for path in (OURS, named, beside if beside.is_file() else None) if path is not None]
    accepted = tuple(one for file in files for one in file.accept)
    return Wording(_laid([file.words for file in files]), _laid([file.hard for file in files]), accepted)


def _read(path: Path) -> _File:
    try:
        read = msgspec.toml.decode(path.read_bytes(), type=_File)
    except OSError as error:
        hint = "Give the path of a file that is there."
        raise OpenRosaError("Cannot read", f"{path}: {error.strerror}", hint) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        hint = "docs/question-sets.md shows what stands in it."
        raise OpenRosaError("Cannot read", f"{path}: {error}", hint) from error
    for one in read.accept:
        if one.code not in CODES or one.code < FIRST_ADVICE:
            hint = f"Give the code of a piece of advice, from {FIRST_ADVICE} on: an error cannot be accepted."
            raise OpenRosaError("Cannot accept", f"{path}: '{one.code}'", hint)
    return read


def _laid(lists: list[_Lists]) -> Mapping[str, Mapping[str, str]]:
    """One upon the other; a word for which nothing stands is taken off."""
    laid: dict[str, dict[str, str]] = {}
    for each in lists:
        for language, words in each.items():
            laid.setdefault(language, {}).update({word.lower(): better for word, better in words.items()})
    return {language: {word: better for word, better in words.items() if better} for language, words in laid.items()}
