"""The configuration file: what it takes, and what it says of what it does not take."""

from __future__ import annotations

import re
import tomllib

import msgspec
import pytest
from rich.pretty import pretty_repr

from kiosk.config import Config, example, load, settings
from kiosk.errors import KioskError
from kiosk.view import KEYS

TOKEN = "dXNlIG1lIG9uY2U"  # noqa: S105 - made up, to look for it in what is shown


def written(tmp_path, text):
    path = tmp_path / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(tmp_path, text):
    with pytest.raises(KioskError) as caught:
        load(written(tmp_path, text), run_folder=tmp_path / "no-run")
    assert str(tmp_path / "kiosk.toml") in str(caught.value)
    return caught.value


def test_a_question_set_is_all_that_has_to_be_named(tmp_path):
    config = load(written(tmp_path, 'sets = ["home.xml"]'), run_folder=tmp_path / "no-run")
    assert config.sets == (tmp_path / "home.xml",)
    assert config.voice.engine == "auto"
    assert config.asking.change_s == 4.0
    assert config.store.allow_unsealed is False
    assert config.server.url == ""
    assert config.keys["enter"] == "start"


def test_relative_paths_are_taken_from_the_files_own_folder(tmp_path):
    config = load(written(tmp_path, 'sets = ["a.xml", "/b.xml"]\n[store]\nfolder = "kept"\n[voice]\nmodels_dir = "m"'))
    assert [str(path) for path in config.sets] == [str(tmp_path / "a.xml"), "/b.xml"]
    assert config.store.folder == tmp_path / "kept"
    assert config.voice.models_dir == tmp_path / "m"


def test_the_status_file_is_under_the_run_folder_only_where_that_is_there(tmp_path):
    path = written(tmp_path, 'sets = ["a.xml"]')
    assert load(path, run_folder=tmp_path / "run").status == tmp_path / "data" / "status.json"
    (tmp_path / "run").mkdir()
    assert load(path, run_folder=tmp_path / "run").status == tmp_path / "run" / "status.json"
    path = written(tmp_path, 'sets = ["a.xml"]\nstatus = "s.json"')
    assert load(path, run_folder=tmp_path / "run").status == tmp_path / "s.json"


def test_keys_are_added_to_the_defaults_and_none_takes_one_away(tmp_path):
    config = load(written(tmp_path, 'sets = ["a.xml"]\n[keys]\nf1 = "start"\na = "stop"\nd = "none"'))
    assert (config.keys["f1"], config.keys["a"], config.keys["1"]) == ("start", "stop", "green")
    assert "d" not in config.keys
    assert set(config.keys.values()) <= set(KEYS)


def test_every_default_key_does_something_that_there_is(tmp_path):
    config = load(written(tmp_path, 'sets = ["a.xml"]'))
    assert set(config.keys.values()) == set(KEYS), "each key of the kiosk can be pressed in a terminal"


def test_a_configuration_and_its_keys_cannot_be_changed(tmp_path):
    config = load(written(tmp_path, 'sets = ["a.xml"]'))
    with pytest.raises(AttributeError):
        config.voice.volume = 1.0
    with pytest.raises(TypeError):
        config.keys["z"] = "start"


@pytest.mark.parametrize(
    ("text", "met", "hint"),
    [
        ("", "sets is missing", 'such as sets = ["my_home.xml"]'),
        ("sets = []", "sets is []", "a list of 1 to 3 paths"),
        ('sets = ["a", "b", "c", "d"]', 'sets is ["a", "b", "c", "d"]', "a list of 1 to 3 paths"),
        ('sets = "a.xml"', 'sets is "a.xml"', "a list of 1 to 3 paths"),
        ("sets = [1]", "sets is 1", "a list of 1 to 3 paths"),
        ('sets = [""]', "sets holds an empty path", "such as sets ="),
        ('sets = ["a"]\nvioce = 1', "vioce is no setting", 'Did you mean "voice"?'),
        ('sets = ["a"]\n[voice]\nvolum = 1', "voice.volum is no setting", 'Did you mean "volume"?'),
        ('sets = ["a"]\n[server]\nallow_unsealed = true', "server.allow_unsealed is no", "It belongs under [store]."),
        ('[home]\nsets = ["a"]', "home.sets is no setting", "It belongs at the top of the file"),
        ('sets = ["a"]\n[voice]\nvolume = 2', "voice.volume is 2", "a number from 0 to 1, such as volume = 0.7"),
        ('sets = ["a"]\n[voice]\nvolume = nan', "voice.volume is NaN", "a number from 0 to 1"),
        ('sets = ["a"]\n[voice]\nrate_wpm = 140.5', "voice.rate_wpm is 140.5", "a whole number from 80 to 300"),
        ('sets = ["a"]\n[voice]\nengine = "vosc"', 'voice.engine is "vosc"', '"auto", "vosk", "pocketsphinx", "none"'),
        ('sets = ["a"]\n[voice]\nmodels_dir = 3', "voice.models_dir is 3", "a path in double quotes"),
        ('sets = ["a"]\n[asking]\nchange_s = "4"', 'asking.change_s is "4"', "a number from 0 to 60"),
        ('sets = ["a"]\n[asking]\nspeak_keyed_answers = 1', "asking.speak_keyed_answers is 1", "true or false"),
        ('sets = ["a"]\nvoice = 3', "voice is 3", "Write [voice] on a line of its own"),
        ('sets = ["a"]\n[keys]\nk = "gren"', 'keys.k is "gren"', 'Did you mean "green"?'),
        ('sets = ["a"]\n[keys]\nk = 3', "keys.k is 3", 'such as "k" = "green"'),
        ('sets = ["a"]\n[keys]\n"a.b" = 3', "keys.a.b is 3", 'such as "a.b" = "green"'),
        ("sets = [", "it is not TOML", "Correct that line"),
        ('sets = ["a"]\n[server]\nurl = "ftp://x"', "server.url is no web address", "beginning with https://"),
    ],
)
def test_what_does_not_fit_is_told_with_its_key_what_was_met_and_what_to_write(tmp_path, text, met, hint):
    error = refusal(tmp_path, text)
    assert met in error.subject
    assert hint in error.hint


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path):
    with pytest.raises(KioskError, match="No such file"):
        load(tmp_path / "nothing.toml")
    path = tmp_path / "kiosk.toml"
    path.write_bytes(b"sets = [\xff]")
    with pytest.raises(KioskError, match="not UTF-8"):
        load(path)


@pytest.mark.parametrize(
    "line",
    [
        f'[server]\nurl = ["https://h/v1/key/{TOKEN}"]',
        f'server = "https://h/v1/key/{TOKEN}"',
        f'[server]\nurl = "htps://h/v1/key/{TOKEN}"',
        f'[server]\ntimeout_s = "https://h/v1/key/{TOKEN}"',
        f'[server]\nulr = "https://h/v1/key/{TOKEN}"',
        f'sevrer = "https://h/v1/key/{TOKEN}"',
        f'[server]\nurl = "https://h:port/v1/key/{TOKEN}"',
    ],
)
def test_no_error_shows_the_token(tmp_path, line):
    error = refusal(tmp_path, f'sets = ["a.xml"]\n{line}')
    assert TOKEN not in str(error)
    assert error.__cause__ is None or TOKEN not in str(error.__cause__)


def test_the_token_is_there_to_use_but_never_shown(tmp_path):
    config = load(written(tmp_path, f'sets = ["a.xml"]\n[server]\nurl = "https://h/v1/key/{TOKEN}"'))
    assert TOKEN in config.server.url
    for shown in (repr(config), str(config.server), f"{config}", pretty_repr(config)):
        assert TOKEN not in shown


def test_the_example_loads_and_says_the_defaults(tmp_path):
    loaded = load(written(tmp_path, example()), run_folder=tmp_path / "no-run")
    bare = load(written(tmp_path, 'sets = ["my_home.xml"]'), run_folder=tmp_path / "no-run")
    assert loaded == bare


def test_the_example_loads_with_every_line_of_it_switched_on(tmp_path):
    text = re.sub(r'^# (["\w]+ = )', r"\1", example(), flags=re.MULTILINE)
    raw = tomllib.loads(text)
    assert {name for name, value in raw.items() if isinstance(value, dict)} == {each.table for each in settings()} - {
        ""
    }
    assert set(raw["voice"]) == {field.encode_name for field in msgspec.structs.fields(Config(sets=()).voice)}
    loaded = load(written(tmp_path, text), run_folder=tmp_path / "no-run")
    assert loaded == load(written(tmp_path, 'sets = ["my_home.xml"]'), run_folder=tmp_path / "no-run")


def test_what_is_chosen_is_written_into_the_example_and_read_back_as_it_was(tmp_path):
    chosen = {
        "sets": ["a.xml", "server:my home"],
        "home": {"name": 'The "Elms"\\ 7, Tŷ Ni\n'},
        "voice": {"volume": 0.5, "microphone": "usb:0d8c:0014"},
        "asking": {"speak_keyed_answers": True},
        "staff": {"sequence": ["green", "red"]},
        "keys": {"1": "none", "f12": "start"},
        "buttons": {"KEY_A": "green", "BTN_TRIGGER": "yellow"},
    }
    path = written(tmp_path, example(chosen, first="Made by hand.\nTwice."))
    assert {name: value for name, value in tomllib.loads(path.read_text()).items() if value != {}} == chosen
    assert path.read_text().startswith("# Made by hand.\n# Twice.\n")
    assert load(path, tmp_path / "no-run").keys["f12"] == "start"
    assert all(f"{setting.key} = " in path.read_text() for setting in settings())
