"""Keys as they come from devices, through the runner: one press, one answer; staff's keys are not the visit's."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from rehearsed import yes_no
from rig import Rig, rig

from kiosk.events import TwoKeys
from kiosk.keys.presses import Down, Up
from kiosk.state import Stage
from kiosk.view import ScreenName, View


@pytest.fixture
def home(tmp_path):
    with rig(tmp_path, yes_no("lift", "lights")) as one:
        one.key("start")
        one.key("start")
        assert one.visit.question.name == "lift"
        yield one


def down(one: Rig, key: str) -> None:
    one.happen(Down(key, one.visit.turn, one.inbox.now_s(), device="big keys", has_up=True))


def up(one: Rig, key: str) -> None:
    one.happen(Up(key, "big keys", one.inbox.now_s()))


def pass_time(one: Rig, seconds: float) -> None:
    """Everything that is due within that time happens, in its order."""
    until_s = one.inbox.now_s() + seconds
    while (due_s := one.runner._due_next_s()) is not None and due_s <= until_s:
        one.inbox.take(due_s)
        one.runner._pass_time()
        while one.inbox._happened:
            one.runner.take(one.inbox.take(None))
    one.inbox.take(until_s)


def test_r3_an_answer_key_counts_when_no_second_one_comes_with_it(home):
    down(home, "green")
    assert home.visit.answers == {}
    pass_time(home, 0.1)
    assert home.visit.answers["lift"].value == "yes"


def test_r3_a_key_held_for_ten_seconds_answers_one_question(home):
    down(home, "green")
    pass_time(home, 10.0)
    up(home, "green")
    assert set(home.visit.answers) == {"lift"}
    assert home.visit.question.name == "lights", "the visit went on by itself meanwhile"


def test_r4_two_answer_keys_at_once_answer_nothing_and_ask_again(home):
    down(home, "green")
    pass_time(home, 0.03)
    down(home, "red")
    pass_time(home, 0.2)
    assert home.visit.answers == {}
    assert any(isinstance(event, TwoKeys) for event in home.log)
    assert "I felt two keys. Please press one key." in home.voice.said


@dataclass(frozen=True)
class Used:
    """What a desk makes of a key."""

    used: bool
    view: View | None = None


class Desk:
    """A staff desk that opens with "stop" and closes with "back", or after 60 s: the same calls as the real one's."""

    def __init__(self) -> None:
        self.active = False
        self.due_s = None

    def take(self, key: str, now_s: float) -> Used:
        if key == "stop":
            self.active, self.due_s = True, now_s + 60
            return Used(True, View(ScreenName.STAFF, words="Staff"))
        if self.active and key == "back":
            self.active, self.due_s = False, None
            return Used(True)
        return Used(self.active)

    def pass_time(self, now_s: float) -> None:
        del now_s
        self.active, self.due_s = False, None


def test_while_staff_look_no_key_begins_a_visit_and_the_screen_closes_by_itself(tmp_path):
    with rig(tmp_path, yes_no("lift")) as one:
        one.runner._ports.desk = Desk()
        one.key("stop")
        assert one.screen.views[-1].screen is ScreenName.STAFF
        one.key("start")
        assert one.visit.stage is Stage.WAITING
        pass_time(one, 61.0)
        assert one.screen.views[-1].screen is ScreenName.WAITING
        one.key("start")
        assert one.visit.stage is not Stage.WAITING


def test_within_a_visit_staffs_keys_are_commands(home):
    home.runner._ports.desk = Desk()
    home.key("stop")
    assert all(view.screen is not ScreenName.STAFF for view in home.screen.views)
