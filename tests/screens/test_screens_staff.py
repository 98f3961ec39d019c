"""The staff's screen: names and values, whole, in as many columns as they need; nothing scrolls (issue 4 item 7)."""

from __future__ import annotations

import pytest
from views import ROWS

from kiosk.screens.layout import Rect
from kiosk.screens.staff import holds
from kiosk.view import ScreenName, Tile, View

GRIDS = {"800x480": (80, 24), "1024x600": (64, 20), "1280x800": (80, 25), "1920x1080": (80, 24), "720x1280": (48, 40)}
BUTTONS = (Tile("green", "Test sound"), Tile("yellow", "Send now"), Tile("red", "Export to USB"), Tile("blue", "Leave"))
DESK = View(ScreenName.STAFF, turn=9, words="As of last midnight", tiles=BUTTONS, rows=ROWS)


@pytest.mark.parametrize("cell", [None, (16, 30)], ids=["cells", "pictures"])
@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
async def test_every_row_and_button_is_whole_at_every_size(start, grid, cell):
    async with start(grid, DESK, cell=cell) as kiosk:
        at = kiosk.place("ask")
        assert holds(DESK, Rect(at.x, at.y, at.width, at.height))
        text = kiosk.words("ask")
        assert DESK.words in text
        for name, value in ROWS:
            assert name in text
            assert value in text
        for tile in BUTTONS:
            part = kiosk.app.screen.get_child_by_id(tile.key)
            drawn = [one.words for one in part.picture.draw().written] if part.picture else [kiosk.reads(tile.key)]
            assert tile.word in " ".join(drawn)
        await kiosk.pilot.press("3")
        assert kiosk.pressed == [("red", 9)]


def test_where_rows_do_not_fit_in_one_column_they_stand_in_two():
    rows = tuple((f"Name {at}", f"value {at}") for at in range(16))
    view = View(ScreenName.STAFF, rows=rows)
    assert holds(view, Rect(0, 0, 60, 8))
    assert not holds(view, Rect(0, 0, 30, 8))


def test_what_does_not_fit_is_told_so_that_the_desk_can_turn_the_page():
    rows = tuple((f"Name {at}", "a value of several words") for at in range(60))
    assert not holds(View(ScreenName.STAFF, rows=rows), Rect(0, 0, 64, 16))
    assert holds(View(ScreenName.STAFF, rows=rows[:10]), Rect(0, 0, 64, 16))
    assert not holds(View(ScreenName.STAFF, rows=(("Model", "x" * 80),)), Rect(0, 0, 64, 16)), "a word would be folded"
    assert holds(View(ScreenName.STAFF, words="Nothing to tell"), Rect(0, 0, 64, 16))


@pytest.mark.parametrize("count", [1, 7, 13, 30])
async def test_no_row_is_lost_in_columns(start, count):
    rows = tuple((f"Name{at}.", f"value{at}.") for at in range(count))
    async with start((80, 24), View(ScreenName.STAFF, rows=rows)) as kiosk:
        text = kiosk.words("ask")
        assert all(f"{name} {value}" in text for name, value in rows)
