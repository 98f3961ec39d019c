"""What is written belongs to whom it should, and comes whole or not at all; what is offered is what would be taken."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from pathlib import Path

import pytest
from walked import ROOT, SHEET

from kiosk.errors import KioskError
from kiosk.setting_up import writing
from kiosk.setting_up.draft import INSTALLED, USUAL, Draft, read
from kiosk.setting_up.offers import Offer, glanced, of_sheet, offers, with_sets

DAEMON = "daemon"
"""A user and a group that every Debian has."""


def draft(folder: Path) -> Draft:
    raw = {"sets": ["sets/my_home.xml"], "store": {"folder": str(folder / "data")}}
    return Draft(folder / "kiosk.toml", raw, sheets={"sets/my_home.xml": SHEET})


def test_on_an_appliance_the_kiosks_group_reads_it_and_the_data_is_the_kiosks_own(tmp_path, monkeypatch):
    """As root; anybody else keeps what they write."""
    monkeypatch.setattr(writing, "USER", DAEMON)
    written = writing.put(draft(tmp_path))
    config, data = written.path.stat(), written.data_folder.stat()
    key = (written.data_folder / "kiosk-key.pem").stat()
    kiosk, group = pwd.getpwnam(DAEMON).pw_uid, grp.getgrnam(DAEMON).gr_gid
    root = os.geteuid() == 0
    assert (config.st_uid, config.st_gid) == ((0, group) if root else (os.geteuid(), os.getegid()))
    assert (data.st_uid, key.st_uid) == ((kiosk, kiosk) if root else (os.geteuid(), os.geteuid()))
    assert [stat.S_IMODE(one.st_mode) for one in (config, data, key)] == [0o640, 0o700, 0o600]
    assert stat.S_IMODE(written.sets[0].stat().st_mode) == 0o644


def test_a_file_that_is_there_keeps_its_owner(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "USER", DAEMON)
    writing.put(draft(tmp_path))
    config = tmp_path / "kiosk.toml"
    if os.geteuid() == 0:
        os.chown(config, 2, 3)
    was = config.stat()
    writing.put(draft(tmp_path).having(home__name="Elm"))
    assert (config.stat().st_uid, config.stat().st_gid) == (was.st_uid, was.st_gid)


def test_a_disk_that_refuses_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    writing.put(draft(tmp_path))
    was = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def refuse(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", lambda _descriptor: refuse(tmp_path))
    with pytest.raises(KioskError, match="No space left on device"):
        writing.put(draft(tmp_path).having(home__name="Elm"))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == was


def test_a_new_kiosk_on_an_appliance_has_its_data_and_models_where_the_installation_has_them(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda _path: False)
    found = read(USUAL, INSTALLED / "1.2.3")
    assert found.value("store.folder") == "/var/lib/sayso"
    assert found.value("voice.models_dir") == "/opt/sayso/current/models", "an upgrade moves that link"
    assert read(tmp_path / "kiosk.toml", ROOT).value("voice.models_dir") == str(ROOT / "models")


def test_at_a_glance_a_sheet_has_the_title_and_the_languages_that_it_turns_out_to_have():
    assert glanced(SHEET) == of_sheet(SHEET)


def test_every_shipped_set_is_offered_with_its_languages():
    found = offers(Draft(Path("/nowhere/kiosk.toml"), {}), ROOT / "question_sets")
    sheets = [path for path in (ROOT / "question_sets").glob("*/*.md") if path.stem == path.parent.name]
    assert len(found) == len(sheets)
    assert all(one.languages and not one.refused for one in found)


def test_the_same_form_twice_is_refused():
    one = Offer("sets/a.xml", "A")
    with pytest.raises(KioskError, match="the same file"):
        with_sets(Draft(Path("/nowhere/kiosk.toml"), {}), (one, one))
