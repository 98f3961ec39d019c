"""What the tests of the first-run walk share: an office with a real collector on loopback, and a private sound card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sound_card import SoundCard
from sound_card_here import sound_card_here
from walked import SHEET

from sayso.office import Office, office


@dataclass(frozen=True)
class Served:
    """An office whose collector runs.

    Attributes:
        key: the file with its public key.
    """

    office: Office
    address: str
    key: Path

    def url(self) -> str:
        """A new kiosk's address, with its token."""
        return self.address + self.office.kiosk_path("Elm Road")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("office")
    with office(folder) as (its_office, address):
        its_office.form(SHEET)
        key = folder / "public_key.txt"
        key.write_text(its_office.public_key)
        yield Served(its_office, address, key)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundCard]:
    """A sound card that PortAudio in this very process uses."""
    with sound_card_here(monkeypatch) as made:
        yield made
