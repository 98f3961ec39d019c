"""The staff screen as a configuration puts it together: over a real store and a real status file."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.config import load
from kiosk.errors import KioskError
from kiosk.keeping.store import Role, Store
from kiosk.staff import requests, status
from kiosk.staff.pin import hash_pin
from kiosk.staff.setup import desk_of
from openrosa.submission import Submission

HASH = hash_pin("1243")
DAY = date(2026, 11, 22)
TO_ROWS = ("back", "stop", "back", "stop", "green", "yellow", "blue", "red", "start")


def configured(folder, more="", pin_hash=HASH):
    path = folder / "kiosk.toml"
    path.write_text(f"sets = ['home.xml']\nstatus = 'status.json'\n{more}\n[staff]\npin_hash = '{pin_hash}'\n")
    return load(path, folder / "no-run-folder")


def opened(config, store):
    """A desk that has been opened, over that store; and the view."""

    def refresh():
        return status.write(config.status, store.tally(), {"microphone": "USB Audio"}, DAY)

    desk = desk_of(config, refresh, lambda: "Did you hear it?", lambda: DAY)
    view = None
    for second, key in enumerate(TO_ROWS):
        view = desk.take(key, float(second)).view
    return desk, view


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "data", Role.KIOSK, lambda: DAY) as one:
        yield one


def test_the_rows_are_those_of_a_status_written_just_now_and_a_visit_of_today_is_in_none(tmp_path, store):
    _, before = opened(configured(tmp_path), store)
    store.finish(Submission("uuid:1", "home", "1", b"", (), sealed=True))
    store.keep(Submission("uuid:2", "home", "1", b"", (), sealed=True))
    _, after = opened(configured(tmp_path), store)
    assert before == after
    assert ("What to do", "All well") in after.rows


def test_without_a_server_or_a_stick_there_is_only_the_sound_to_test(tmp_path, store):
    desk, _ = opened(configured(tmp_path), store)
    assert [tile.key for tile in desk.take("blue", 10.0).view.tiles] == ["green", "red"]
    assert desk.take("green", 11.0).view.words == "Did you hear it?"


def test_send_now_leaves_word_for_the_uploader(tmp_path, store):
    config = configured(tmp_path, "server = { url = 'https://example.org/key/abc' }")
    desk, _ = opened(config, store)
    desk.take("blue", 10.0)
    assert "will be sent now" in desk.take("yellow", 11.0).view.words
    assert requests.taken(config.status, requests.SEND_NOW)


def test_a_pin_hash_that_is_none_is_refused_and_without_one_the_screen_never_opens(tmp_path, store):
    with pytest.raises(KioskError, match="sayso staff pin"):
        opened(configured(tmp_path, pin_hash="1243"), store)
    desk, view = opened(configured(tmp_path, pin_hash=""), store)
    assert view is None
    assert not desk.active
