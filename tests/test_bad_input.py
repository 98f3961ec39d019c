"""Input that cannot be used, through the commands as processes: exit code 2, and one sentence that says what, where and
what to do.
"""

from __future__ import annotations

import pytest
from kiosk_house import House, house
from rehearsed import card

SETS = "sets = ['set.xml']\n"


@pytest.fixture(scope="module")
def one(tmp_path_factory) -> House:
    """A house whose configuration each test writes anew."""
    return house(tmp_path_factory.mktemp("bad") / "house")


def refused(one: House, *words: str, said: tuple[str, ...]) -> None:
    """That command ends with 2, prints nothing to use, and says these on stderr, without a stack trace."""
    done = one.sayso(*words)
    assert (done.returncode, done.stdout) == (2, "")
    errors = done.stderr.strip().splitlines()
    # click puts two lines of usage before its own sentence.
    assert len([line for line in errors if not line.startswith(("Usage: ", "Try ")) and line]) == 1
    for part in said:
        assert part in done.stderr


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (SETS + "[voice]\nvolume = 'loud'\n", ('voice.volume is "loud"', "a number from 0 to 1")),
        (SETS + "[voice]\nengine = 'wosk'\n", ('voice.engine is "wosk"', '"auto", "vosk", "pocketsphinx", "none"')),
        (SETS + "[voise]\n", ("voise is no setting", 'Did you mean "voice"?')),
        (SETS + "volume = 1\n", ("volume is no setting", "It belongs under [voice]")),
        (SETS + "[keys]\nq = 'gren'\n", ('keys.q is "gren"', 'Did you mean "green"?')),
        (SETS + "[asking]\npreset_who = 'me'\n", ("asking.preset_who", '"i_live_here"')),
        ("sets = 'set.xml'\n", ("sets is", "a list of 1 to 3 paths")),
        ("", ("sets is missing",)),
        ("sets = [\n", ("it is not TOML",)),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused_with_its_key_and_what_to_write(one, toml, said):
    one.config.write_text(toml)
    refused(one, "run", "--config", "kiosk.toml", said=("kiosk.toml", *said))


@pytest.mark.parametrize("command", ["check", "status", "upload"])
def test_every_command_refuses_a_configuration_that_does_not_fit(one, command):
    one.config.write_text(SETS + "[voice]\nvolume = 'loud'\n")
    refused(one, command, "--config", "kiosk.toml", said=("kiosk.toml", 'voice.volume is "loud"'))


@pytest.mark.parametrize("command", ["run", "check", "status", "upload"])
def test_a_configuration_that_is_not_there_is_refused_with_its_path(one, command):
    refused(one, command, "--config", "none/such.toml", said=("none/such.toml", "No such file", "Give the path"))


def test_the_token_of_a_server_is_never_printed(one):
    one.config.write_text(SETS + "[server]\nurl = 5\nurl_token = 'sesame'\n")
    done = one.sayso("check", "--config", "kiosk.toml")
    assert done.returncode == 2
    assert "sesame" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["set.xml", "--microphone", "kiosk.toml"], ("kiosk.toml", "not sound that can be read", "WAV or FLAC")),
        (["set.xml", "--microphone", "none.wav"], ("none.wav", "there is no such file", "WAV or FLAC")),
        (["set.xml", "--microphone", "."], ("'.'", "it is a folder", "WAV or FLAC")),
        (["set.xml", "--microphone"], ("--microphone", "needs at least one value")),
        (["set.xml", "--keys", "gren"], ("'gren' is no key", "green, yellow, red, blue")),
        (["set.xml", "--engine", "wosk", "--keys", "green"], ("'wosk'", "'vosk', 'pocketsphinx'")),
        (
            ["set.xml", "--engine", "vosk", "--models-dir", "none", "--microphone", "-"],
            ("no model", "models install en"),
        ),
        (["set.xml", "--language", "cy", "--microphone", "-"], ("'cy'", "English only")),
        (["none.xml", "--keys", "green"], ("none.xml", "does not exist")),
        (["kiosk.toml", "--keys", "green"], ("QS001 kiosk.toml",)),
        (["cut.wav", "--keys", "green"], ("QS001 cut.wav",)),
        (["outside.md", "--keys", "green"], ("QS004 outside.md, survey row 2, column type", '"why"', "select_one")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_rehearse_refuses_what_it_cannot_use(one, words, said):
    (one.folder / "cut.wav").write_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt ")
    one.config.write_text(SETS)
    (one.folder / "outside.md").write_text(
        "| survey |\n| | type | name | label |\n| | text | why | Why? |\n\n"
        "| settings |\n| | form_id | version |\n| | outside | 1 |\n"
    )
    refused(one, "rehearse", *words, said=said)


def test_a_recording_that_is_cut_short_in_its_header_is_refused(one):
    (one.folder / "cut.flac").write_bytes(card(1).read_bytes()[:20])
    refused(one, "rehearse", "set.xml", "--microphone", "cut.flac", said=("cut.flac", "not sound that can be read"))


def test_one_unreadable_recording_among_good_ones_refuses_the_whole_rehearsal(one):
    words = ["--microphone", str(card(1)), "none.wav", "--json"]
    refused(one, "rehearse", "set.xml", *words, said=("none.wav",))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--engine", "wosk"], ("'wosk'", "'vosk', 'pocketsphinx'", "'none'")),
        (["--folder", "set.xml"], ("set.xml", "File exists", "--folder")),
        (["--folder", "set.xml/below"], ("set.xml/below", "Not a directory", "--folder")),
        (["none.md"], ("none.md", "does not exist")),
    ],
)
def test_the_demo_refuses_what_it_cannot_use(one, words, said):
    refused(one, "demo", *words, said=said)


def test_the_demos_folder_may_have_any_name(one):
    # Without a terminal it comes as far as its own kiosk, whose configuration holds the folder's name.
    done = one.sayso("demo", str(one.folder / "set.md"), "--folder", 'it\'s a "home"')
    assert done.returncode == 2
    assert "this is no terminal" in done.stderr
