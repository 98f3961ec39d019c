"""The whole kiosk on a disk that fills up in a visit: it says so, claims nothing, and goes on when there is room."""

from __future__ import annotations

import pytest
from kiosk_house import house
from rehearsed import yes_no
from rig import rig
from store_bed import small_disk
from store_kiosk import QUESTIONS, WAITS, in_terminal, without_speech
from test_store_disks import fill

from kiosk.keeping.store import Counts

NOT_SAVED = "Sorry, I could not save that."
CANNOT_SAVE = "Sorry, I can't save answers now."
NOT_WORKING = "Sorry, I am not working."


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path) as place:
        yield place


def test_a_disk_that_fills_up_in_a_visit_is_told_and_the_kiosk_goes_on_when_there_is_room(disk, report):
    one = house(disk / "house", None, yes_no(*QUESTIONS))
    without_speech(one)
    with in_terminal(one) as terminal:
        terminal.wait_for(WAITS)
        terminal.press("Enter")
        terminal.wait_for("Is lift good?")
        terminal.press("1")
        terminal.wait_for("You said: Yes.")
        fill(disk, 0)
        terminal.wait_for("Is lights good?")
        terminal.press("3")
        terminal.wait_for(NOT_SAVED)
        assert "You said" not in terminal.screen()
        terminal.press("1")
        terminal.wait_for(CANNOT_SAVE)
        assert "You said" not in terminal.screen()
        terminal.press("Enter")
        terminal.wait_for(NOT_WORKING)
        assert one.counts() == Counts(waiting=1), "what was kept before waits in the outbox, with the room set by"
        (disk / "filler").unlink()
        terminal.press("Enter")
        terminal.wait_for(WAITS)
        terminal.press("Enter")
        terminal.wait_for("Is lift good?")
        terminal.press("3")
        terminal.wait_for("You said: No.")
        assert terminal.running
    (kept,) = one.kept()
    assert (kept["/data/lift"], kept["/data/lights_how"], kept["/data/sayso/complete"]) == ("yes", "not_reached", "no")
    report.note(
        "the whole kiosk on a disk that fills up in a visit",
        "no false 'saved'; no crash; goes on when there is room",
        "it said that it could not save, then that it is not working; with room again the next visit was kept",
    )


def test_what_was_to_be_forgotten_on_a_failing_disk_is_forgotten_later_and_never_sent(tmp_path):
    with rig(tmp_path, yes_no("lift")) as one:
        one.key("start")
        one.hear("answer:no")
        one.key("stop")
        one.key("red")
        with one.store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        one.key("red")
        assert one.store.counts() == Counts(open=1)
        assert not any("forgotten" in words for words in one.voice.said)
        with one.store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = OFF")
        one.keeper.close_open()
        assert one.store.counts() == Counts(), "it does not go to the outbox against somebody's wish"
