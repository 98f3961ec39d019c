"""What the tests of the whole share: they know the product by its commands, screen, sound and HTTP alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import sound_card as virtual  # noqa: E402  found by the line above
import terminal  # noqa: E402  the same
from house import Kiosk, Office  # noqa: E402  the same
from sound_card import SoundCard  # noqa: E402  the same


@pytest.fixture(autouse=True)
def _terminal() -> None:
    """No skip: script/setup test installs what these tests stand on."""
    if reason := terminal.missing():
        pytest.fail(reason)


@pytest.fixture
def card() -> Iterator[SoundCard]:
    """A sound card that only this test's kiosk uses."""
    if reason := virtual.missing():
        pytest.fail(reason)
    with SoundCard.start() as one:
        yield one


@pytest.fixture
def silence(tmp_path: Path) -> dict[str, str]:
    """A machine without any microphone or speaker, as its environment."""
    return virtual.no_sound(tmp_path)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office of its own; its collector is not running yet."""
    return Office.made(tmp_path / "office")


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all kiosks of these tests keep rendered speech: whatever one has rendered the next one finds."""
    return tmp_path_factory.mktemp("speech")


@pytest.fixture
def kiosk(tmp_path: Path, office: Office, prompts: Path) -> Callable[..., Kiosk]:
    """Makes the kiosk: of a sheet, with that environment, and with settings as `Kiosk.made` takes them."""

    def made(sheet: Path, environment: dict[str, str], **settings: object) -> Kiosk:
        one = Kiosk.made(tmp_path / "kiosk", office, office.form(sheet), environment, **settings)
        one.data.mkdir(mode=0o700)
        (one.data / "speech").symlink_to(prompts, target_is_directory=True)
        return one

    return made
