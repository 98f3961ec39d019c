"""Sets from a server: taken whole or not at all, from friendly servers and hostile ones."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from forms_server import PAGE, Served, md5
from pull_bed import Bed, bed, made, served, write_toml
from rehearsed import rehearse

from collector.database import open_data
from collector.forms import add_form
from collector.keys import new_key
from collector.serve import running
from kiosk.checks import whole
from kiosk.checks.lines import Level
from kiosk.config import load
from kiosk.errors import KioskError
from kiosk.house import read_house
from kiosk.keeping.lock import Lock
from kiosk.pulling import pull as pulling
from kiosk.pulling.shelf import LOCK, Shelf
from kiosk.pulling.went import State, read_went
from openrosa.errors import OpenRosaError
from sayso.__main__ import sayso

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def one(tmp_path):
    with bed(tmp_path / "house", served()) as made_bed:
        yield made_bed


@pytest.fixture
def pulled(one):
    assert one.pull().state is State.NEW
    return one


def asked_version(one: Bed) -> str:
    """What a kiosk that starts now asks."""
    return read_house(one.config).question_sets[0].version


def contents(one: Bed) -> dict[str, bytes]:
    folder = one.shelf.path.parent
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def offer(one: Bed, *forms: Served) -> None:
    one.server.forms = list(forms)


# --- taking ----------------------------------------------------------------------------------------------------------


def test_a_set_of_the_server_is_taken_with_its_files_and_can_be_asked(one):
    found = one.pull()
    assert (found.state, found.version, found.hash) == (State.NEW, "1", md5(made().xform))
    (loaded,) = read_house(one.config).sets
    assert loaded.question_set.xform == made().xform
    assert {name: path.read_bytes() for name, path in loaded.media.items()} == made().media


def test_the_real_collector_gives_a_set_and_its_next_version(tmp_path):
    with closing(open_data(tmp_path / "collected")) as database:
        add_form(database, made().xform, made().media, NOW)
        token = new_key(database, "Elm Road", NOW)
        with running(database, lambda: NOW) as url:
            (tmp_path / "house").mkdir()
            write_toml(tmp_path / "house", f"{url}/key/{token}")
            run = ["questions", "pull", "--config", str(tmp_path / "house" / "kiosk.toml")]
            said = CliRunner().invoke(sayso, run)
            assert (said.exit_code, said.stdout) == (0, f"home: new, version '1', {md5(made().xform)}\n")
            again = CliRunner().invoke(sayso, run)
            assert again.stdout.startswith("home: as the server has it, version '1'")
            add_form(database, served("2").xform, made().media, NOW.replace(day=24))
            told = json.loads(CliRunner().invoke(sayso, [*run, "--json"]).stdout)
    assert [(each["state"], each["version"]) for each in told["sets"]] == [("new", "2")]
    went = read_went(load(tmp_path / "house" / "kiosk.toml").status)
    assert (went.failing_since, went.sets[0].version) == (None, "2")


def test_nothing_is_fetched_again_that_the_server_has_not_changed(pulled):
    pulled.server.asked.clear()
    assert pulled.pull().state is State.SAME
    assert pulled.server.asked == ["formList", "0/manifest"]


@pytest.mark.parametrize("gives", ["", "sha256:abc"], ids=["none", "of_another_kind"])
def test_a_server_whose_lists_have_no_hash_that_can_be_checked_still_gives_sets(one, gives):
    offer(one, served(hash=gives, media_hash=gives))
    assert one.pull().state is State.NEW
    before = one.shelf.path.resolve()
    assert one.pull().state is State.SAME
    assert one.shelf.path.resolve() == before
    offer(one, served("2", hash=gives if not gives else "sha256:def", media_hash=gives))
    assert (one.pull().state, one.shelf.note().version) == (State.NEW, "2")


def test_a_recording_that_was_changed_is_a_new_version_of_the_set(pulled):
    other = {**made().media, "hello.wav": made().media["hello.wav"] + b"\0\0"}
    offer(pulled, served(media=other))
    assert pulled.pull().state is State.NEW
    assert contents(pulled)["home-media/hello.wav"] == other["hello.wav"]


def test_files_that_the_form_does_not_name_are_not_fetched(one):
    offer(one, served(media={**made().media, "towns.csv": b"x" * 1000}))
    assert one.pull().state is State.NEW
    assert "home-media/towns.csv" not in contents(one)


def test_a_set_that_a_card_has_damaged_is_fetched_anew(pulled):
    pulled.shelf.path.write_bytes(pulled.shelf.path.read_bytes()[:-100])
    assert pulled.pull().state is State.NEW
    assert contents(pulled)["home.xml"] == made().xform


def test_the_key_and_the_version_are_those_of_the_form_that_the_server_gives(one):
    offer(one, served("1[encrypted:AaIEnpVL]"))
    assert one.pull().version == "1[encrypted:AaIEnpVL]"
    assert read_house(one.config).question_sets[0].public_key


def test_a_set_that_the_server_no_longer_offers_is_asked_until_the_configuration_leaves_it_out(pulled):
    offer(pulled)
    found = pulled.pull()
    assert (found.state, found.version) == (State.KEPT, "1")
    assert "taken out of sets" in found.message
    assert asked_version(pulled) == "1"


@pytest.mark.parametrize("form_id", ["..", ".hidden", "a/b", "../../etc", "ä b", "build_Home-2_17"])
def test_any_id_of_a_form_stays_within_the_folder_of_sets(one, form_id):
    shelf = Shelf.of_form(one.config.store.folder, form_id)
    assert shelf.folder.resolve().parent == (one.config.store.folder / "question_sets").resolve()
    assert shelf.form_id == form_id
    assert Shelf.of_path(shelf.path) == shelf


@pytest.mark.parametrize("form_id", ["..", ".hidden.x", "a/b", "ä b", "build_Home-2.17"])
def test_an_upgrade_rehearses_the_set_that_the_kiosk_asks(tmp_path, form_id):
    sys.path.insert(
        0, str(Path(__file__).parents[3] / "script")
    )  # it runs by Debian's Python, and imports nothing of ours
    from installing.trial import _form  # noqa: PLC0415

    config = {"store": {"folder": str(tmp_path / "data")}}
    assert _form(config, f"server:{form_id}") == Shelf.of_form(tmp_path / "data", form_id).path


def test_a_set_from_the_server_can_be_rehearsed_as_it_lies_there(pulled):
    done = rehearse(pulled.shelf.path, "--keys", "green")
    assert done.answers == {"lift": "yes"}


@pytest.mark.parametrize("name", ["", "x" * 300], ids=["none", "too_long"])
def test_what_is_no_forms_id_is_refused_with_the_configuration(one, name):
    write_toml(one.folder, one.server.url, f"['server:{name}']")
    with pytest.raises(KioskError, match="no form's id"):
        _ = one.config


# --- hostile servers -------------------------------------------------------------------------------------------------


def cut(handler):
    """Half of what was announced, and then nothing."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(made().xform[:500])
    handler.close_connection = True


def endless(handler):
    """A gigabyte, as fast as it is taken."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000000")
    handler.end_headers()
    try:
        for _ in range(1000):
            handler.wfile.write(bytes(1_000_000))
    except OSError:
        handler.close_connection = True


def outside(form: bytes) -> bytes:
    return form.replace(b"<select1 ", b"<upload ").replace(b"</select1>", b"</upload>")


HOSTILE = {
    "list_is_a_page": ({"formList": PAGE}, {}, "sign-in page"),
    "list_is_half": ({"formList": b"<xforms><xform><formID>home</formID>"}, {}, "not XML"),
    "token_refused": ({"formList": 401}, {}, "Check the token"),
    "form_is_a_page": ({"0.xml": PAGE}, {}, "not what the server's list says"),
    "form_is_a_page_without_hash": ({"0.xml": PAGE}, {"hash": ""}, "document type"),
    "form_is_half": ({"0.xml": cut}, {}, "Cannot reach"),
    "form_is_half_and_says_nothing": ({"0.xml": made().xform[:900]}, {"hash": ""}, "QS001"),
    "form_has_another_hash": ({}, {"hash": "md5:" + "0" * 32}, "not what the server's list says"),
    "form_is_another": ({}, {"xform": made().xform.replace(b'id="home"', b'id="other"')}, "calls itself 'other'"),
    "form_is_outside_the_profile": ({}, {"xform": outside(made().xform)}, "QS004"),
    "form_is_gone": ({"0.xml": 404}, {}, "HTTP 404"),
    "manifest_is_a_page": ({"0/manifest": PAGE}, {}, "document type"),
    "file_has_another_hash": ({}, {"media_hash": "md5:" + "0" * 32}, "not what the server's list says"),
    "file_is_missing": (
        {},
        {"media": {"lift.png": made().media["lift.png"]}},
        "'hello.wav', which the server does not",
    ),
    "file_is_a_gigabyte": ({"0/media/0": endless}, {}, "larger than"),
    "file_is_no_sound": ({}, {"media": {**made().media, "hello.wav": b"no sound"}}, "not sound"),
    "file_is_no_picture": ({}, {"media": {**made().media, "lift.png": b"no picture"}}, "no picture"),
    "file_is_half": ({"0/media/0": cut}, {}, "Cannot reach"),
    "form_has_no_key": ({}, {"xform": made().xform.replace(b"base64RsaPublicKey", b"somethingElse")}, "public key"),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_server_that_gives_nonsense_changes_nothing_and_is_told_of(pulled, how):
    broken, others, words = HOSTILE[how]
    before = contents(pulled)
    offer(pulled, served("2", **others))
    pulled.server.broken = broken
    if "formList" in broken:
        with pytest.raises(OpenRosaError) as caught:
            pulled.pull()
        message = str(caught.value)
    else:
        found = pulled.pull()
        assert (found.state, found.version) == (State.FAILED, "1")
        message = found.message
    assert words in message
    assert pulled.server.token not in message
    assert contents(pulled) == before
    assert asked_version(pulled) == "1"
    assert sorted(path.name for path in pulled.shelf.folder.iterdir() if path.is_symlink()) == ["newest"]
    assert len([path for path in pulled.shelf.folder.iterdir() if not path.is_symlink()]) == 1, "no half version stays"
    pulled.server.broken = {}
    offer(pulled, served("2"))
    assert pulled.pull().version == "2"


@pytest.mark.parametrize("name", ["../../../kiosk.toml", "/etc/passwd", "..", ".hidden", "a\\b"])
def test_a_name_of_a_file_that_is_a_path_is_refused_and_nothing_written_there(pulled, name):
    toml = pulled.toml.read_bytes()
    xform = made().xform.replace(b"hello.wav", name.encode())
    offer(pulled, served(xform=xform, media={**made().media, name: b"evil"}))
    assert pulled.pull().state is State.FAILED
    assert pulled.toml.read_bytes() == toml
    assert asked_version(pulled) == "1"
    assert not list(pulled.folder.rglob("*evil*"))


def test_files_that_are_too_much_together_are_refused(pulled, monkeypatch):
    monkeypatch.setattr(pulling, "MOST_BYTES", 100)
    offer(pulled, served("2"))
    assert "MB together" in pulled.pull().message


def test_room_is_left_for_visits(pulled, monkeypatch):
    monkeypatch.setattr(pulling, "LEAVE_FREE_BYTES", 10**18)
    offer(pulled, served("2"))
    assert "left for visits" in pulled.pull().message
    assert asked_version(pulled) == "1"


def test_one_set_that_cannot_be_taken_does_not_hold_up_another(one):
    other = served(xform=made().xform.replace(b'id="home"', b'id="other"'))
    other.form_id = "other"
    offer(one, served(hash="md5:" + "0" * 32), other)
    write_toml(one.folder, one.server.url, "['server:home', 'server:other']")
    said = CliRunner().invoke(sayso, ["questions", "pull", "--config", str(one.toml)])
    assert said.exit_code == 1
    assert said.stdout.splitlines()[1].startswith("other: new")
    went = read_went(one.config.status)
    assert [each.state for each in went.sets] == [State.FAILED, State.NEW]
    assert went.failing_since is not None


def test_a_set_that_the_server_has_never_offered_is_told_with_what_there_is(one):
    write_toml(one.folder, one.server.url, "['server:hoem']")
    said = CliRunner().invoke(sayso, ["questions", "pull", "--config", str(one.toml)])
    assert said.exit_code == 1
    assert "the server does not offer it; there is 'home'" in said.output


def test_no_server_is_exit_code_1_and_says_since_when(pulled):
    pulled.server.broken = {"formList": 503}
    said = CliRunner().invoke(sayso, ["questions", "pull", "--config", str(pulled.toml)])
    assert (said.exit_code, "HTTP 503" in said.stderr) == (1, True)
    went = read_went(pulled.config.status)
    assert went.failing_since == went.day
    assert pulled.server.token not in said.output + pulled.config.status.with_name("questions.json").read_text()


def test_one_pull_at_a_time(pulled):
    lock = Lock.take(pulled.config.store.folder / "question_sets" / LOCK, "pull")
    with pytest.raises(KioskError, match="Cannot start a second pull"):
        pulled.pull()
    lock.release()


def test_a_configuration_without_a_set_of_the_server_is_wrong_use(one):
    write_toml(one.folder, one.server.url, "['home.xml']")
    said = CliRunner().invoke(sayso, ["questions", "pull", "--config", str(one.toml)])
    assert isinstance(said.exception, KioskError)
    assert "none of its sets comes from the server" in str(said.exception)


# --- the kiosk and its check -----------------------------------------------------------------------------------------


def test_a_set_that_was_not_fetched_yet_says_how_to_fetch_it(one):
    with pytest.raises(KioskError, match="sayso questions pull"):
        read_house(one.config)


def test_where_the_newest_cannot_be_used_the_one_before_is_asked_and_check_says_so(pulled):
    offer(pulled, served("2"))
    assert pulled.pull().state is State.NEW
    pulled.shelf.path.write_bytes(b"lost")
    assert asked_version(pulled) == "1"
    lines = [line for line in whole.check(pulled.config, pulled.toml) if line.what == "set home.xml"]
    assert {line.level for line in lines} == {Level.ADVICE}
    assert lines[-1].met == "the version before, '1', is asked in its place"


def test_check_says_when_a_set_came(pulled):
    lines = [line for line in whole.check(pulled.config, pulled.toml) if line.what == "set home.xml"]
    assert lines[-1].met == "version '1' came from the server on 2026-11-23"


def test_the_version_that_the_kiosk_asks_stays_however_many_come(pulled):
    running_one = read_house(pulled.config).sets[0]
    pulled.shelf.run(running_one.path)
    for version in ("2", "3", "4"):
        offer(pulled, served(version))
        assert pulled.pull().version == version
    assert running_one.path.read_bytes() == made().xform
    assert {path.parent.name for path in pulled.shelf.versions()} == {
        path.name for path in pulled.shelf.folder.iterdir() if not path.is_symlink()
    }, "and no other is left"
