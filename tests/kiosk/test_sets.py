"""Question sets as files: the form, and every file that it names beside it, and none from elsewhere."""

from __future__ import annotations

import pytest
from rehearsed import saved, sheets, yes_no

from kiosk.errors import KioskError
from kiosk.sets import load_set, load_sets
from openrosa.convert import convert, write
from openrosa.xform import QuestionSetRefused


def form(folder, made=None, name="set"):
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.xml"
    write(convert(saved(folder, made or yes_no("lift"))), path)
    return path


def spoken(folder):
    """A set that names one recording, which lies beside it."""
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "hello.wav").write_bytes(b"sound")
    made = sheets("home", [], [])
    made["survey"][0].append("audio::English (en)")
    made["survey"][1].append("hello.wav")
    return form(folder, made)


def test_a_set_is_its_form_and_the_files_that_it_names(tmp_path):
    path = spoken(tmp_path / "spoken")
    loaded = load_set(path)
    assert loaded.question_set.form_id == "home"
    assert loaded.media == {"hello.wav": path.parent / "set-media" / "hello.wav"}


def test_a_file_that_is_not_there_is_refused_with_its_name_and_place(tmp_path):
    path = spoken(tmp_path / "spoken")
    (path.parent / "set-media" / "hello.wav").unlink()
    with pytest.raises(KioskError, match=r"hello\.wav.*set-media"):
        load_set(path)


@pytest.mark.parametrize("name", ["../secret.wav", "/etc/passwd", "media/../../secret.wav", ".."])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path, name):
    path = spoken(tmp_path / "spoken")
    (tmp_path / "secret.wav").write_bytes(b"not the form's")
    path.write_text(path.read_text(encoding="utf-8").replace("hello.wav", name), encoding="utf-8")
    with pytest.raises((KioskError, QuestionSetRefused)):
        load_set(path)


@pytest.mark.parametrize("what", ["missing", "folder"])
def test_a_set_that_cannot_be_read_is_refused_with_its_path(tmp_path, what):
    path = tmp_path / "set.xml"
    if what == "folder":
        path.mkdir()
    with pytest.raises(KioskError, match=r"set\.xml"):
        load_set(path)


def test_two_sets_of_one_name_are_refused(tmp_path):
    one, other = form(tmp_path / "a"), form(tmp_path / "b")
    with pytest.raises(KioskError, match="two are called 'home'"):
        load_sets((one, other))


def test_sets_are_loaded_in_the_configurations_order(tmp_path):
    one, other = form(tmp_path / "a", sheets("first", [], [])), form(tmp_path / "b", sheets("second", [], []))
    assert [loaded.question_set.form_id for loaded in load_sets((other, one))] == ["second", "first"]
