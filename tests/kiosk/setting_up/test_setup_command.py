"""`sayso setup` by flags: real files, what `sayso check` says of them, and what is refused without writing anything."""

from __future__ import annotations

import shutil
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tls_server import Authority, serving
from walked import SHEET, central

from kiosk.checks.lines import Level
from kiosk.checks.whole import check
from kiosk.config import load, settings
from kiosk.errors import KioskError
from kiosk.keeping.identity import kiosk_key
from kiosk.staff.pin import PinGate, Right
from openrosa.errors import OpenRosaError
from openrosa.signing import public_text
from openrosa.xform import load as load_form
from sayso.__main__ import sayso
from voice.errors import VoiceError

PIN = "132413"
TOKEN = "c2VjcmV0LXRva2VuLW9m"  # noqa: S105 - made up, to look for it in what is shown
OF_THE_MACHINE = ("speaker", "microphone", "screen", "clock", "store", "disk", "power", "temperature")
"""What this machine may lack, and no answer of the walk can give."""


def run(*words: object, stdin: str = "") -> Result:
    """The command; what it refuses is raised, as `sayso` itself has it."""
    result = CliRunner().invoke(sayso, ["setup", "--quick", *map(str, words)], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def whole(config: Path, served, *more: object) -> Result:
    """Every answer of the walk."""
    paste = config.with_name("qr.txt")
    paste.write_text(central(served.url()))
    flags = ["--home-name", "Elm Road", "--language", "en", "--no-microphone", "--server-file", paste]
    flags += ["--key", "green=KEY_A", "yellow=KEY_B", "red=BTN_TRIGGER", "--keys-device", "Big Buttons"]
    flags += ["--pin-file", "-", "--open", "09:00-20:00", "--sets", "my_home", "--public-key", served.key]
    return run("--config", config, *flags, *more, stdin=f"{PIN}\n")


@dataclass(frozen=True)
class Written:
    """What the flags have written, once for all tests: each has a copy of its own."""

    folder: Path
    output: str


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, served) -> Written:
    folder = tmp_path_factory.mktemp("first")
    return Written(folder, whole(folder / "kiosk.toml", served).output)


@pytest.fixture
def config(tmp_path: Path, first: Written) -> Path:
    """A kiosk that was set up."""
    shutil.copytree(first.folder, tmp_path, dirs_exist_ok=True)
    return tmp_path / "kiosk.toml"


def refused(config: Path, *words: object, stdin: str = "") -> str:
    """The sentence; and nothing is there that was not."""
    before = {path: path.read_bytes() for path in config.parent.rglob("*") if path.is_file()}
    with pytest.raises((KioskError, OpenRosaError, VoiceError)) as caught:
        run("--config", config, *words, stdin=stdin)
    assert {path: path.read_bytes() for path in config.parent.rglob("*") if path.is_file()} == before
    return str(caught.value)


def test_every_answer_of_the_walk_is_a_flag_and_what_is_written_is_fit_to_open(config, tmp_path, first, served):
    found = load(config)
    assert (found.home.name, found.home.language, found.voice.engine) == ("Elm Road", "en", "none")
    assert found.server.url.startswith(served.address)
    assert found.sets == (tmp_path / "sets" / "my_home.xml",)
    assert found.hours.open == "09:00-20:00"
    assert found.input.devices == ("Big Buttons",)
    assert [found.buttons[key] for key in ("KEY_A", "KEY_B", "BTN_TRIGGER")] == ["green", "yellow", "red"]
    assert isinstance(PinGate(found.staff.pin_hash, tmp_path / "tries").try_pin(PIN, 0), Right)
    wrong = [line for line in check(found, config, quick=True) if line.level is Level.ERROR]
    assert {line.what for line in wrong} <= {*OF_THE_MACHINE, "input devices", "keys"}, wrong
    assert "kiosk.toml: written." in first.output


def test_a_shipped_set_is_converted_with_the_organisations_key(config, tmp_path):
    form = load_form((tmp_path / "sets" / "my_home.xml").read_bytes(), "my_home.xml")
    assert form.public_key is not None
    assert all((tmp_path / "sets" / "my_home-media" / one.name).is_file() for one in form.media)


def test_the_file_is_for_its_owner_and_group_alone_and_explains_every_setting(config):
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    text = config.read_text()
    assert all(f"{setting.key} = " in text for setting in settings())
    assert all(setting.sense in text for setting in settings() if setting.table not in ("keys", "buttons"))


def test_neither_the_token_nor_the_pin_is_shown(config, first):
    token = load(config).server.url.rpartition("/")[2]
    assert token not in first.output
    assert PIN not in first.output
    assert PIN not in config.read_text()
    assert "(token hidden)" in first.output


def test_the_kiosks_own_key_is_made_and_its_public_half_shown(config, first):
    folder = load(config).store.folder
    assert public_text(kiosk_key(folder)) in first.output
    assert stat.S_IMODE((folder / "kiosk-key.pem").stat().st_mode) == 0o600
    again = run("--config", config, "--home-name", "Elm Road")
    assert public_text(kiosk_key(folder)) in again.output, "the key stays"


def test_running_it_again_changes_what_is_said_and_keeps_everything_else(config):
    with config.open("a") as file:  # the admin's own
        file.write('KEY_F9 = "stop"\n')
    config.write_text(config.read_text().replace("# change_s = 4.0", "change_s = 6.5"))
    before = tomllib.loads(config.read_text())
    run("--config", config, "--home-name", "Oak Lane")
    after = tomllib.loads(config.read_text())
    assert after["home"].pop("name") == "Oak Lane"
    assert before["home"].pop("name") == "Elm Road"
    assert after == before
    assert after["asking"]["change_s"] == 6.5
    assert after["buttons"]["KEY_F9"] == "stop"


def test_the_file_before_stays_beside_it_as_secret_as_it_was(config, tmp_path):
    was = config.read_bytes()
    result = run("--config", config, "--home-name", "Oak Lane")
    before = tmp_path / "kiosk.toml.before"
    assert before.read_bytes() == was
    assert stat.S_IMODE(before.stat().st_mode) == 0o640
    assert str(before) in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "data",
        "kiosk.toml",
        "kiosk.toml.before",
        "qr.txt",
        "sets",
    ], "nothing else is left"


def test_keys_and_hours_and_pin_can_be_taken_back(config):
    run("--config", config, "--open", "", "--no-pin", "--no-server")
    found = load(config)
    assert (found.hours.open, found.staff.pin_hash, found.server.url) == ("", "", "")


def test_a_key_that_is_set_anew_takes_the_place_of_the_one_that_did_the_same(config):
    run("--config", config, "--key", "green=KEY_Z")
    buttons = tomllib.loads(config.read_text())["buttons"]
    assert buttons == {"KEY_B": "yellow", "BTN_TRIGGER": "red", "KEY_Z": "green"}


def test_another_language_is_begun_in_and_heard_where_there_is_an_engine_for_it(config):
    run("--config", config, "--language", "cy")
    assert (load(config).home.language, load(config).voice.language) == ("cy", "en")


@pytest.mark.parametrize(
    ("flags", "met"),
    [
        pytest.param(["--server", "no such thing"], "no address and no QR code", id="a QR code that is none"),
        pytest.param(["--pin-file", "-"], "4 to 12 digits", id="no PIN"),
        pytest.param(["--open", "9-20"], "such as 09:00-20:00", id="hours"),
        pytest.param(["--key", "gren=KEY_A"], "DOES is one of start, green", id="what no key does"),
        pytest.param(["--key", "green=A"], "the kernel's name", id="a key's name"),
        pytest.param(["--sets", "no_such_set"], "Cannot read", id="a set that is not there"),
        pytest.param(["--sets", "server:a", "server:b", "server:c", "server:d"], "at most 3", id="too many sets"),
        pytest.param(
            ["--sets", "my_home", "--language", "ko"], "is not in Korean (ko)", id="a set without the language"
        ),
        pytest.param(["--sets", "my_home", "--public-key", SHEET], "key", id="a public key that is none"),
        pytest.param(["--pin-file", "/no/such/file"], "No such file", id="a file that is not there"),
        pytest.param(["--home-name", "Elm"], "a kiosk without question sets", id="no sets"),
    ],
)
def test_what_cannot_be_used_is_refused_with_words_and_nothing_is_written(tmp_path, flags, met):
    assert met in refused(tmp_path / "kiosk.toml", *flags)


def test_a_wrong_token_is_refused_and_can_be_written_untried(tmp_path, served):
    config = tmp_path / "kiosk.toml"
    wrong = f"{served.address}/key/{TOKEN}"
    flags = ["--server", wrong, "--sets", "my_home", "--public-key", served.key]
    said = refused(config, *flags)
    assert "--untried" in said
    assert TOKEN not in said
    run("--config", config, *flags, "--untried")
    assert load(config).server.url == wrong


def test_a_file_that_cannot_be_written_is_said_before_anything_else(tmp_path):
    (tmp_path / "file").write_text("")
    assert "is no folder" in refused(tmp_path / "file" / "kiosk.toml", "--home-name", "Elm")
    (tmp_path / "folder").mkdir()
    assert "it is a folder" in refused(tmp_path / "folder", "--home-name", "Elm")


def test_a_configuration_that_is_none_is_not_overwritten(tmp_path):
    config = tmp_path / "kiosk.toml"
    config.write_text('sets = ["a.xml"]\n[home]\nnmae = "Elm"\n')
    assert "home.nmae" in refused(config, "--home-name", "Elm")


def test_without_a_terminal_and_without_flags_it_says_how(tmp_path):
    result = CliRunner().invoke(sayso, ["setup", "--config", str(tmp_path / "kiosk.toml")])
    assert isinstance(result.exception, KioskError)
    assert "as flags" in str(result.exception)
    assert not any(tmp_path.iterdir())


def test_sets_of_the_server_are_pulled_when_the_file_is_written_also_one_named_from_here(tmp_path, served, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = Path("kiosk.toml")
    flags = ["--server", served.url(), "--sets", "server:my_home", "--no-microphone"]
    result = run("--config", config, *flags)
    assert load(config).sets[0].is_file(), result.output
    assert tomllib.loads(config.read_text())["sets"] == ["server:my_home"]


def test_the_authority_of_a_server_is_written_with_its_whole_path_and_is_used_when_the_server_is_asked(
    tmp_path, monkeypatch
):
    config, authority = tmp_path / "kiosk.toml", Authority(tmp_path)
    monkeypatch.chdir(tmp_path)
    flags = ["--server-ca", authority.file.name, "--sets", "my_home", "--unsealed", "--no-microphone"]
    context = authority.server()
    with serving(context, seen := []) as port:
        address = ["--server", f"https://127.0.0.1:{port}/key/x"]
        assert "Cannot use the server" in refused(config, *address, *flags)
    assert seen
    run("--config", config, *address, *flags, "--untried")
    assert load(config).server.ca_file == authority.file
    run("--config", config, "--no-server")
    assert load(config).server.ca_file == Path()
