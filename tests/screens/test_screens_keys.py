"""Keys: each once, with the turn that was on the screen, and no way out.

Rules (design, section 4): "Keys carry the turn that was on the screen"; issue 4 items 3 (a key counts again after
700 ms without it) and 8 (no way out).
"""

from __future__ import annotations

import threading

import pytest
from textual import events
from views import question

from kiosk.screens.app import KioskApp
from kiosk.screens.keys import HeldKeys
from kiosk.view import Microphone, ScreenName, View

WAYS_OUT = [
    *("ctrl+q", "ctrl+c", "ctrl+z", "ctrl+p", "ctrl+d", "ctrl+s", "ctrl+backslash", "super+c", "ctrl+insert"),
    *("escape", "shift+tab", "f1", "f12", "insert", "up", "down", "pageup", "home", "delete", "x", "Q"),
]


async def test_a_key_goes_out_with_the_turn_of_the_view_on_the_screen(start):
    async with start(view=question(turn=7)) as kiosk:
        await kiosk.pilot.press("1")
        await kiosk.show(question(turn=8))
        await kiosk.pilot.press("2", "question_mark", "plus", "space")
        assert kiosk.pressed == [("green", 7), ("yellow", 8), ("explain", 8), ("louder", 8), ("start", 8)]


async def test_a_view_that_is_not_drawn_yet_is_not_the_one_on_the_screen(start):
    async with start(view=question(turn=7)) as kiosk:
        kiosk.app.on_key(events.Key("1", "1"))
        kiosk.app.show(question(turn=8))
        kiosk.app.on_key(events.Key("2", "2"))
        assert kiosk.pressed == [("green", 7), ("yellow", 7)]


async def test_a_held_key_is_one_press(start):
    async with start(view=question()) as kiosk:
        await kiosk.pilot.press("1")
        kiosk.clock.now_s += 0.6
        for _ in range(30):
            await kiosk.pilot.press("1")
            kiosk.clock.now_s += 0.04
        assert kiosk.pressed == [("green", 7)]
        kiosk.clock.now_s += 0.7
        await kiosk.pilot.press("1")
        assert kiosk.pressed == [("green", 7), ("green", 7)]


@pytest.mark.parametrize(("gap_s", "counts"), [(0.0, False), (0.699, False), (0.7, True), (5.0, True)])
def test_a_key_counts_again_after_700_ms_without_it(gap_s, counts):
    now_s = 0.0
    held = HeldKeys(lambda: now_s)
    assert held.counts("green")
    now_s = gap_s
    assert held.counts("green") is counts


async def test_two_terminal_keys_for_one_big_key_are_one_key(start):
    async with start(view=question()) as kiosk:
        kiosk.app._names["g"] = "green"
        await kiosk.pilot.press("1", "g")
        assert kiosk.pressed == [("green", 7)]


async def test_another_key_counts_while_one_is_held(start):
    async with start(view=question()) as kiosk:
        await kiosk.pilot.press("1", "1", "s", "1")
        assert kiosk.pressed == [("green", 7), ("stop", 7)]


@pytest.mark.parametrize("key", WAYS_OUT)
async def test_no_other_key_does_anything(start, key):
    async with start(view=question()) as kiosk:
        before = kiosk.rows()
        await kiosk.pilot.press(key)
        await kiosk.pilot.pause()
        assert kiosk.pressed == []
        assert kiosk.app.is_running
        assert len(kiosk.app.screen_stack) == 1
        assert kiosk.rows() == before


async def test_no_key_is_bound_to_anything(start):
    async with start(view=question()) as kiosk:
        assert kiosk.app.screen.active_bindings == {}
        assert kiosk.app.use_command_palette is False


async def test_pasted_text_presses_no_key(start):
    async with start(view=question()) as kiosk:
        kiosk.app.post_message(events.Paste("1 2 s"))
        await kiosk.pilot.pause()
        assert kiosk.pressed == []


async def test_nothing_can_be_selected(start):
    async with start(view=question()) as kiosk:
        await kiosk.pilot.mouse_down(offset=(2, 2))
        await kiosk.pilot.hover(offset=(40, 8))
        await kiosk.pilot.mouse_up(offset=(40, 8))
        assert not kiosk.app.screen.selections
        assert kiosk.app.focused is None


async def test_a_quit_key_tells_who_asked_for_it(start):
    asked = []
    more = {"quit_keys": frozenset({"ctrl+c"}), "on_quit": lambda: asked.append(True)}
    async with start(view=question(), **more) as kiosk:
        await kiosk.pilot.press("ctrl+q")
        assert asked == []
        await kiosk.pilot.press("ctrl+c")
        assert asked == [True]
        assert kiosk.app.is_running


async def test_a_quit_key_leaves_where_nobody_asked_for_it(start):
    async with start(view=question(), quit_keys=frozenset({"ctrl+c"})) as kiosk:
        await kiosk.pilot.press("ctrl+c")
        await kiosk.pilot.pause()
        assert kiosk.app._exit


async def test_ready_is_told_once_when_the_first_screen_is_drawn(start):
    async with start(view=View(ScreenName.WAITING, words="Press the big key to start")) as kiosk:
        await kiosk.show(question())
        assert len(kiosk.ready) == 1
        assert "Press the big key to start" in kiosk.ready[0]


async def test_another_thread_may_show_light_and_close(start):
    async with start(view=question()) as kiosk:

        def run() -> None:
            for turn in range(50):
                kiosk.app.show(question(Microphone.OPEN, turn=turn))
                kiosk.app.light("red", "Red: Not good.")
            kiosk.app.level(-30.0)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        await kiosk.pilot.pause()
        await kiosk.pilot.press("1")
        assert kiosk.pressed == [("green", 49)]
        assert kiosk.white() == ["voice"]
        closer = threading.Thread(target=kiosk.app.close)
        closer.start()
        closer.join()
        await kiosk.pilot.pause()
        assert kiosk.app._exit


def test_showing_before_and_after_the_application_runs_is_no_error():
    app = KioskApp({}, on_key=lambda *_: None, on_ready=lambda: None)
    app.show(question())
    app.light("green")
    app.level(-20.0)
    app.close()
