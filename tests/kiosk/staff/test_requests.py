"""Files by which the kiosk asks for what it may not do itself; systemd's part, which takes them away, is the test's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rehearsed import yes_no
from rig import rig

from kiosk.errors import KioskError
from kiosk.staff import requests
from kiosk.staff.help import Request


@pytest.fixture
def status(tmp_path):
    return tmp_path / "status.json"


@pytest.fixture
def helper(status, clock):
    return Request(status, clock)


def test_a_call_leaves_an_empty_file_that_tells_nothing(helper, status):
    assert helper.call() is True
    left = status.with_name("help")
    assert (left.read_bytes(), left.stat().st_mode & 0o077) == (b"", 0)
    assert helper.problem == ""


def test_a_second_press_within_a_minute_counts_as_called(helper, status, clock):
    helper.call()
    requests.taken(status, requests.HELP)
    clock.now_s = 59
    assert helper.call() is True
    assert not requests.is_there(status, requests.HELP)
    clock.now_s = 61
    assert helper.call() is True
    assert requests.is_there(status, requests.HELP)


def test_a_call_that_failed_is_told_to_staff_and_the_next_press_tries_again(helper, status):
    helper.call()
    requests.taken(status, requests.HELP)
    requests.leave(status, requests.HELP_FAILED)
    assert helper.problem == "Help could not be called: the program for it failed."
    assert helper.call() is True
    assert requests.is_there(status, requests.HELP)
    assert helper.problem == ""


def test_a_request_that_nobody_takes_is_told_to_staff_and_the_next_one_calls_nobody(helper, clock):
    helper.call()
    clock.now_s = 9
    assert helper.problem == ""
    clock.now_s = 11
    assert helper.problem == "Help could not be called: nothing takes the request."
    assert helper.call() is False, "somebody near has to be asked"


def test_a_folder_that_cannot_be_written_calls_nobody_and_says_why(tmp_path):
    helper = Request(tmp_path / "nothing" / "status.json")
    assert helper.call() is False
    assert "No such file or directory" in helper.problem


@pytest.mark.parametrize("sensitive", [True, False], ids=["sensitive", "another"])
def test_a_visit_of_a_sensitive_form_asks_for_it_to_be_sent_and_no_other_visit_does(tmp_path, status, sensitive):
    with rig(tmp_path / "data", yes_no("hurt")) as one:
        one.key("start")
        asked = replace(one.sets[0], sensitive=sensitive)
        requests.after(status, replace(one.visit, question_set=asked))
    assert requests.is_there(status, requests.SEND_DUE) is sensitive


def test_word_for_the_uploader_is_taken_once(tmp_path):
    path = tmp_path / "status.json"
    assert not requests.taken(path, requests.SEND_NOW)
    requests.leave(path, requests.SEND_NOW)
    requests.leave(path, requests.SEND_NOW)
    assert (tmp_path / "send-now").exists()
    assert requests.taken(path, requests.SEND_NOW)
    assert not requests.taken(path, requests.SEND_NOW)
    with pytest.raises(KioskError, match="Cannot ask the uploader"):
        requests.leave(tmp_path / "gone" / "status.json", requests.SEND_NOW)
