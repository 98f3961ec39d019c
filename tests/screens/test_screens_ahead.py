"""What is expected is drawn before it is wanted, once, and never in front of a key (issue 4: key -> picture)."""

from __future__ import annotations

import threading

import pytest
from views import question

from kiosk.screens.layout import Spoken
from kiosk.screens.pictures.drawn import Ahead, Drawn
from kiosk.screens.pictures.gallery import sixel_of
from kiosk.view import Microphone, ScreenName, View

GRID = (64, 20)
LONG_S = 30.0


def test_two_threads_that_want_the_same_picture_make_it_once():
    begun, go_on, made = threading.Event(), threading.Event(), []

    def make(part):
        begun.set()
        go_on.wait(LONG_S)
        made.append(part)
        return f"picture of {part}"

    drawn = Drawn(make, 3)
    got = []
    threads = [threading.Thread(target=lambda: got.append(drawn("home"))) for _ in range(2)]
    threads[0].start()
    assert begun.wait(LONG_S)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(LONG_S)
    assert (made, got) == (["home"], ["picture of home"] * 2)


def test_what_was_wanted_longest_ago_is_given_up_first():
    made = []
    drawn = Drawn(lambda part: made.append(part) or part, 2)
    for part in ("one", "two", "one", "three"):
        drawn(part)
    assert "one" in drawn
    assert "two" not in drawn


def test_a_picture_that_cannot_be_drawn_is_tried_again_when_it_is_wanted():
    tries = []

    def make(part):
        tries.append(part)
        if len(tries) == 1:
            raise ValueError("not yet")
        return part

    drawn = Drawn(make, 2)
    with pytest.raises(ValueError, match="not yet"):
        drawn("home")
    assert drawn("home") == "home"


class Thread:
    """A drawing thread, and what it drew; it can be waited for."""

    def __init__(self):
        self.now_s = 0.0
        self.drawn = []
        self.news = threading.Condition()
        self.ahead = Ahead(self.draw, lambda: self.now_s)

    def draw(self, part):
        with self.news:
            self.drawn.append(part)
            self.news.notify()

    def wait_for(self, *parts):
        with self.news:
            assert self.news.wait_for(lambda: self.drawn == list(parts), LONG_S), self.drawn


@pytest.fixture
def thread():
    one = Thread()
    one.ahead.start()
    yield one
    one.ahead.close()
    one.ahead._thread.join(LONG_S)
    assert not one.ahead._thread.is_alive()


def test_what_is_expected_is_drawn_in_its_order(thread):
    thread.ahead.expect(["a", "b", "c"])
    thread.wait_for("a", "b", "c")
    thread.ahead.expect(["d"])
    thread.wait_for("a", "b", "c", "d")


def test_nothing_is_begun_while_somebody_waits_for_a_picture(thread):
    thread.ahead.stand_back(1e6)
    thread.ahead.expect(["a"])
    thread.ahead.expect(["b"])
    assert thread.drawn == []
    thread.now_s = 2e6
    thread.ahead.stand_back(0.0)
    thread.ahead.expect(["c"])
    thread.wait_for("c")


def test_a_part_that_cannot_be_drawn_ends_neither_the_thread_nor_the_kiosk(thread):
    def parts():
        yield "a"
        raise ValueError("somebody's answer")

    thread.ahead.expect(parts())
    thread.wait_for("a")
    thread.ahead.expect(["b"])
    thread.wait_for("a", "b")


async def test_every_picture_of_an_expected_view_is_there_when_it_is_shown(start):
    view = View(ScreenName.QUESTION, words="Is the garden good?", tiles=question().tiles, microphone=Microphone.OPEN)
    async with start(GRID, question(), cell=(16, 30)) as kiosk:
        gallery = kiosk.app._gallery
        for part in gallery.likely([view], GRID):
            sixel_of(part)
        moods = [(Spoken(None, view.words), -120.0), (None, -20.0), (None, -45.0)]
        moods += [(Spoken(tile.key, ""), -120.0) for tile in view.tiles]
        for spoken, dbfs in moods:
            assert all(part in sixel_of for _, part in gallery.parts(view, spoken, dbfs, GRID).values()), spoken


async def test_the_application_draws_what_it_is_told_to_expect(start):
    words = "Is there a picture of this before it is shown?"
    view = View(ScreenName.NOTE, words=words)
    async with start(GRID, question(), cell=(16, 30)) as kiosk:
        asked = []
        done = threading.Event()
        kiosk.app._ahead._draw = lambda part: (asked.append(part), done.set())
        kiosk.clock.now_s += 10  # long after the last key
        kiosk.app.expect([view])
        kiosk.app._ahead.stand_back(0.0)
        kiosk.app.expect([view])
        assert done.wait(LONG_S)
    assert {type(part).__name__ for part in asked}
