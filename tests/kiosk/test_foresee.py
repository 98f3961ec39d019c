"""What may come next is known before it comes."""

from __future__ import annotations

from dataclasses import replace

from drive import Driver

from kiosk.foresee import next_views
from kiosk.present import view_of
from kiosk.state import Visit
from kiosk.view import View
from question_sets import question_set


def drawn(view: View) -> View:
    """All that a picture depends on."""
    return replace(view, turn=0)


def test_every_screen_of_a_visit_by_keys_was_foreseen_on_the_one_before():
    driver = Driver(Visit(sets=(question_set(),), instance_id="uuid:1"))
    moves = ["start", "green", "finish", "finish", "green", "finish", "time", "red", "finish", "time", "green"]
    for move in moves:
        foreseen = {drawn(view) for view in next_views(driver.visit)}
        before = view_of(driver.visit)
        {"finish": driver.finish, "time": driver.time}.get(move, lambda key=move: driver.key(key))()
        after = drawn(view_of(driver.visit))
        assert after in foreseen or after == drawn(before), f"{move} from {before.screen} to {after.screen}"


def test_trying_out_changes_nothing():
    visit = Driver(Visit(sets=(question_set(),), instance_id="uuid:1")).to_first_question().visit
    next_views(visit)
    assert visit.answers == {}
    assert visit.pending is None
