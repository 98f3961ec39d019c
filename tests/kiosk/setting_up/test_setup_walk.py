"""The walk by keyboard in 80 columns and 24 lines: from the first page to the file, again, and out without a trace."""

from __future__ import annotations

import asyncio
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from sound_card import SoundCard
from textual.widgets import Input
from walked import SHEET, Walker, central

from kiosk.config import load
from kiosk.setting_up import hearing
from kiosk.staff.pin import PinGate, Right
from openrosa.xform import load as load_form
from voice.audio import level_dbfs

PIN = "132413"


def files(folder: Path) -> Mapping[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def past_sound(walker: Walker) -> None:
    """By the speaker's and the microphone's page without trying them."""
    assert walker.page == "SpeakerPage"
    await walker.choose("Keep" if walker.app.draft.found else "Go on without")
    assert walker.page == "MicrophonePage"
    await walker.choose("Keep" if walker.app.draft.found else "None")


async def to_last_page(walker: Walker, key: Path) -> None:
    """A kiosk without sound and server."""
    await walker.type("Elm")
    await walker.press("enter")
    await past_sound(walker)
    await walker.choose("A keyboard")
    await walker.choose("None: visits")
    await walker.choose("None: no staff")
    await walker.press("enter")
    await walker.choose("Go on")
    await walker.choose("A file")
    await walker.paste(str(key))
    assert walker.page == "LastPage"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One question set to choose from, whatever else comes with Sayso."""
    folder = tmp_path_factory.mktemp("question_sets")
    shutil.copytree(SHEET.parent, folder / SHEET.parent.name)
    return folder


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sound card at all."""
    monkeypatch.setattr(hearing, "devices", lambda _direction: ())


async def test_from_the_first_page_to_the_file_with_a_sound_card_and_a_collector(
    card: SoundCard, served, shipped: Path, tmp_path: Path
) -> None:
    config, spoken = tmp_path / "kiosk.toml", hearing.question("en", tmp_path / "speech")
    played = card.record_speaker()
    async with Walker.begun(config, tmp_path, shipped) as walker:
        await walker.type("Elm")
        assert "English (en): spoken, understood" in walker.shown()
        await walker.press("enter")
        await walker.choose("Try: The system")
        assert "Did you hear it?" in walker.shown()
        assert level_dbfs(played.end()) > -60, "the sentence came out of the speaker"
        await walker.choose("Yes")
        await walker.pilot.press("enter")  # the system's own microphone
        await asyncio.to_thread(card.wait_until_recording)
        await asyncio.to_thread(card.play_into_microphone, spoken)
        await walker.settle()
        assert "Heard well" in walker.shown()
        await walker.choose("Yes")
        await walker.choose("A keyboard")
        await walker.choose("Paste")
        url = served.url()
        await walker.paste(central(url))
        assert "offers 1 form: My home" in walker.shown()
        assert url.rpartition("/")[2] not in walker.shown()
        await walker.choose("Go on")
        await walker.choose("Enter a PIN")
        await walker.type(PIN)
        await walker.type(PIN)
        await walker.type("09:00-20:00")
        assert "[ ] My home, from the server" in walker.shown()
        await walker.choose("[ ] My home, English")
        await walker.choose("Go on")
        await walker.choose("A file")
        await walker.paste(str(served.key))
        assert "(token hidden)" in walker.shown()
        assert url.rpartition("/")[2] not in walker.shown()
        assert not config.exists()
        await walker.choose("Write it")
    found = load(config)
    assert (found.home.name, found.home.language, found.hours.open) == ("Elm", "en", "09:00-20:00")
    assert (found.server.url, found.sets) == (url, (tmp_path / "sets" / "my_home.xml",))
    assert isinstance(PinGate(found.staff.pin_hash, tmp_path / "tries").try_pin(PIN, 0), Right)
    assert load_form(found.sets[0].read_bytes(), "my_home.xml").public_key is not None
    assert walker.app.written is not None
    assert walker.app.written.public_key


async def test_again_enter_alone_keeps_every_value(silent, served, shipped: Path, tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    async with Walker.begun(config, tmp_path, shipped) as walker:
        await to_last_page(walker, served.key)
        await walker.choose("Write it")
    config.write_text(config.read_text().replace("# change_s = 4.0", "change_s = 6.5"))
    with config.open("a") as file:
        file.write('KEY_F9 = "stop"\n')
    was = tomllib.loads(config.read_text())
    async with Walker.begun(config, tmp_path, shipped) as walker:
        assert "Enter keeps it" in walker.shown()
        pages = []
        for _ in range(20):
            pages.append(walker.page)
            await walker.press("enter")
            if walker.app.written is not None:
                break
    assert pages[-1] == "LastPage"
    assert tomllib.loads(config.read_text()) == was


@pytest.mark.parametrize("way", ["escape", "leave"])
async def test_leaving_at_any_page_changes_nothing(silent, served, shipped: Path, tmp_path: Path, way: str) -> None:
    config = tmp_path / "home" / "kiosk.toml"
    async with Walker.begun(config, tmp_path, shipped) as walker:
        await to_last_page(walker, served.key)
        if way == "leave":
            await walker.choose("Leave")
        else:
            pages = []
            while walker.app.is_running and len(pages) < 40:
                pages.append(walker.page)
                await walker.press("escape")
            assert list(dict.fromkeys(pages)) == [
                "LastPage",
                "KeyPage",
                "SetsPage",
                "HoursPage",
                "PinPage",
                "ServerPage",
                "KeysPage",
                "MicrophonePage",
                "SpeakerPage",
                "LanguagePage",
                "NamePage",
            ]
    assert walker.app.written is None
    assert files(tmp_path) == {}


async def test_the_first_escape_asks_whether_it_is_meant(silent, shipped: Path, tmp_path: Path) -> None:
    async with Walker.begun(tmp_path / "kiosk.toml", tmp_path, shipped) as walker:
        await walker.press("escape")
        assert "Esc once more leaves. Nothing was written." in walker.shown()


async def test_what_cannot_be_used_is_said_and_the_page_stays(silent, served, shipped: Path, tmp_path: Path) -> None:
    async with Walker.begun(tmp_path / "kiosk.toml", tmp_path, shipped) as walker:
        await walker.type("Elm")
        await walker.press("enter")
        await past_sound(walker)
        await walker.choose("A keyboard")
        await walker.choose("Paste")
        await walker.paste("no code at all!")
        assert "no address and no QR code" in walker.shown()
        assert "no code at all" not in walker.shown()
        walker.app.screen.query_one("#line", Input).value = ""
        await walker.paste(f"{served.address}/key/no-such-token")
        assert "Check the token" in walker.shown()
        await walker.choose("None")
        await walker.choose("Enter a PIN")
        await walker.type("1234")
        assert "among the first that anybody tries" in walker.shown()
        await walker.type(PIN)
        await walker.type(PIN[::-1])
        assert "The second one was another" in walker.shown()
        await walker.press("escape")
        await walker.choose("None")
        assert walker.page == "PinPage", "a page back, and on again"
        await walker.choose("None")
        await walker.type("9")
        assert "such as 09:00-20:00" in walker.shown()
        walker.app.screen.query_one("#line", Input).value = ""
        await walker.press("enter")
        await walker.choose("[x]")
        await walker.choose("Go on")
        assert "because there is none" in walker.shown()
        await walker.choose("[ ]")
        await walker.choose("Go on")
        await walker.choose("A file")
        await walker.paste("/no/such/file")
        assert "No such file" in walker.shown()
        assert walker.page == "KeyPage"


async def test_a_file_that_cannot_be_written_is_said_on_the_last_page(
    silent, served, shipped: Path, tmp_path: Path
) -> None:
    config = tmp_path / "home" / "kiosk.toml"
    async with Walker.begun(config, tmp_path, shipped) as walker:
        await to_last_page(walker, served.key)
        (tmp_path / "home").write_text("in the way")
        await walker.choose("Write it")
        assert "is no folder" in walker.shown()
        assert walker.page == "LastPage"
    assert walker.app.written is None


async def test_the_language_that_a_set_lacks_keeps_it_from_being_taken(silent, shipped: Path, tmp_path: Path) -> None:
    async with Walker.begun(tmp_path / "kiosk.toml", tmp_path, shipped) as walker:
        walker.app.draft = walker.app.draft.having(home__language="ko")
        await walker.type("Elm")
        await walker.press("escape")
        walker.app._at = 8
        walker.app._move(0)
        await walker.settle()
        await walker.choose("Go on")
        assert "is not in Korean (ko)" in walker.shown()
