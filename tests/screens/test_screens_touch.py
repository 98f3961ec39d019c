"""Mouse and touch (issue 4 item 4): a touch is the key or command that lies under it, once."""

from __future__ import annotations

import pytest
from views import question

from kiosk.answer import By
from kiosk.view import Command, Microphone, ScreenName, Tile, View

ways = pytest.mark.parametrize("more", [{}, {"cell": (16, 30)}], ids=["cells", "pictures"])


async def touch(kiosk, x, y):
    kiosk.clock.now_s += 10
    await kiosk.pilot.mouse_down(offset=(x, y))
    await kiosk.pilot.mouse_up(offset=(x, y))


def middle(kiosk, part):
    at = kiosk.place(part)
    return at.x + at.width // 2, at.y + at.height // 2


@ways
async def test_a_tile_is_its_key_with_the_turn_on_the_screen(start, more):
    async with start(view=question(), **more) as kiosk:
        for key in ("green", "yellow", "red"):
            await touch(kiosk, *middle(kiosk, key))
        assert kiosk.pressed == [("green", 7), ("yellow", 7), ("red", 7)]
        assert set(kiosk.by_what) == {By.TOUCH}


@ways
async def test_a_command_is_that_command(start, more):
    async with start(view=question(), **more) as kiosk:
        targets = [target for target in kiosk.app._targets if target.key not in {"green", "yellow", "red"}]
        assert {target.key for target in targets} == {command.value for command, _ in question().commands}
        for target in targets:
            at = target.place
            await touch(kiosk, at.x + at.width // 2, at.y + at.height // 2)
        assert [name for name, _ in kiosk.pressed] == [target.key for target in targets]


async def test_a_command_lies_where_its_word_is(start):
    async with start((80, 24), question()) as kiosk:
        rows = kiosk.rows()
        at = next(target.place for target in kiosk.app._targets if target.key == "back")
        assert "Back" in rows[at.y]


@ways
async def test_where_nothing_is_a_touch_is_nothing(start, more):
    async with start(view=View(ScreenName.QUESTION, words="Is it?", tiles=(Tile("green", "Yes"),)), **more) as kiosk:
        for x, y in (middle(kiosk, "ask"), (63, 10), (0, 0)):
            await touch(kiosk, x, y)
        assert kiosk.pressed == []


@ways
async def test_anywhere_on_the_waiting_screen_starts_and_on_a_note_goes_on(start, more):
    async with start(view=View(ScreenName.WAITING, words="Press the big key"), **more) as kiosk:
        await touch(kiosk, 3, 3)
        await kiosk.show(View(ScreenName.NOTE, turn=8, words="Hello.", commands=((Command.STOP, "Stop"),)))
        await touch(kiosk, 3, 3)
        assert kiosk.pressed == [("start", 0), ("green", 8)]
        for screen in (ScreenName.THANKS, ScreenName.OUT_OF_ORDER, ScreenName.SAID_BACK):
            await kiosk.show(View(screen, words="Hello."))
            await touch(kiosk, 3, 3)
        assert len(kiosk.pressed) == 2


async def test_a_double_click_is_one_press_though_another_screen_is_there_by_then(start):
    async with start(view=View(ScreenName.WAITING, words="Press the big key")) as kiosk:
        at = (10, 12)
        await touch(kiosk, *at)
        await kiosk.show(question(turn=8))
        kiosk.clock.now_s += 0.3
        await kiosk.pilot.mouse_down(offset=at)
        assert kiosk.pressed == [("start", 0)]
        kiosk.clock.now_s += 0.7
        await kiosk.pilot.mouse_down(offset=at)
        assert kiosk.pressed == [("start", 0), ("green", 8)]


async def test_other_buttons_and_a_drag_are_nothing(start):
    async with start(view=question()) as kiosk:
        for button in (2, 3):
            await kiosk.pilot.mouse_down(offset=middle(kiosk, "green"), button=button)
        await kiosk.pilot.hover(offset=middle(kiosk, "red"))
        await kiosk.pilot.mouse_up(offset=middle(kiosk, "red"))
        assert kiosk.pressed == []


async def test_i_dont_know_in_the_fourth_place_is_a_command(start):
    async with start(view=question(), cell=(16, 30)) as kiosk:
        await touch(kiosk, *middle(kiosk, "blue"))
        assert kiosk.pressed == [("dont_know", 7)]


async def test_with_evdev_the_terminals_keys_do_nothing_and_are_not_shown(start):
    async with start((80, 24), question(), terminal_keys=False) as kiosk:
        await kiosk.pilot.press("1", "k", "space")
        assert kiosk.pressed == []
        assert "?" not in kiosk.words("commands").replace("❓", "")
        await touch(kiosk, *middle(kiosk, "green"))
        assert kiosk.pressed == [("green", 7)]


async def test_the_turn_on_the_screen_is_told(start):
    async with start(view=question(turn=7)) as kiosk:
        assert kiosk.app.turn_shown == 7
        kiosk.app.show(question(Microphone.OPEN, turn=8))
        assert kiosk.app.turn_shown == 7
        await kiosk.pilot.pause()
        assert kiosk.app.turn_shown == 8


async def test_a_key_and_a_switch_say_what_they_are(start):
    async with start(view=question()) as kiosk:
        await kiosk.pilot.press("1", "tab", "period")
        assert kiosk.pressed == [("green", 7), ("switch", 7), ("next", 7)]
        assert kiosk.by_what == [By.KEY, By.SWITCH, By.SWITCH]
