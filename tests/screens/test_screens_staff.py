"""The staff's screen: names and values, whole, in as many columns as they need; nothing scrolls (issue 4 item 7)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from views import ROWS

from kiosk.screens.cells import Look
from kiosk.screens.colours import DARK
from kiosk.screens.layout import Rect
from kiosk.screens.pictures.gallery import Gallery
from kiosk.screens.pictures.staff import StaffPicture, staff_picture
from kiosk.screens.staff import holds
from kiosk.view import ANSWER_KEYS, ScreenName, Tile, View

GRIDS = {"800x480": (80, 24), "1024x600": (64, 20), "1280x800": (80, 25), "1920x1080": (80, 24), "720x1280": (48, 40)}
BUTTONS = (Tile("green", "Test sound"), Tile("yellow", "Send now"), Tile("red", "Export to USB"), Tile("blue", "Leave"))
DESK = View(ScreenName.STAFF, turn=9, words="As of last midnight", tiles=BUTTONS, rows=ROWS)


@pytest.mark.parametrize("cell", [None, (16, 30)], ids=["cells", "pictures"])
@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
async def test_every_row_and_button_is_whole_at_every_size(start, grid, cell):
    async with start(grid, DESK, cell=cell) as kiosk:
        at = kiosk.place("ask")
        shown = kiosk.app.screen.get_child_by_id("ask").picture
        if cell is None:
            assert holds(DESK, Rect(at.x, at.y, at.width, at.height))
            text = kiosk.words("ask")
        else:
            text = " ".join(one.words for one in shown.draw().written)
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


CELLS = {"800x480": (10, 20), "1024x600": (16, 30), "1280x800": (16, 32), "1920x1080": (24, 45), "720x1280": (15, 32)}
ENTER_PIN = View(
    ScreenName.STAFF,
    words="Staff: enter the PIN • • •",
    tiles=tuple(Tile(key, str(at)) for at, key in enumerate(ANSWER_KEYS, 1)),
    rows=(("Start key", "enter"), ("Back key", "take the last digit away"), ("Stop key", "leave")),
)


def drawn(view, size):
    return Gallery(CELLS[size], Look()).parts(view, None, 0.0, GRIDS[size])


@pytest.mark.parametrize("size", GRIDS)
def test_the_pin_and_the_buttons_are_drawn_with_large_tiles_and_a_dot_for_each_digit(size):
    shown = drawn(ENTER_PIN, size)
    canvas = shown["ask"][1].draw()
    words = " ".join(one.words for one in canvas.written)
    assert "Staff: enter the PIN" in words
    assert "•" not in words
    one_less = drawn(replace(ENTER_PIN, words="Staff: enter the PIN • •"), size)["ask"][1].draw()
    white = [image.convert("L").histogram()[255] for image in (canvas.image, one_less.image)]
    assert white[0] > white[1]
    assert shown["green"][0].height > drawn(DESK, size)["green"][0].height
    asked = drawn(replace(ENTER_PIN, words="What would you like to do?", rows=()), size)["ask"][1].draw().written[0]
    assert asked.size_px >= 40 * shown["ask"][1].unit


@pytest.mark.parametrize("size", GRIDS)
def test_fewer_rows_have_larger_letters(size):
    few, many = (
        min(one.size_px for one in drawn(replace(DESK, rows=rows), size)["ask"][1].draw().written)
        for rows in (ROWS[:5], ROWS + ROWS[:2])
    )
    assert few > many


def test_rows_that_would_be_too_small_or_that_the_font_cannot_write_are_left_to_the_terminals_letters():
    assert staff_picture(DESK, (1024, 490), 1.0, DARK) == StaffPicture((1024, 490), 1.0, DESK.words, "", ROWS)
    for rows in (ROWS * 4, (("Set", "집은 어때요?"),), (("Model", "x" * 80),)):
        assert staff_picture(replace(DESK, rows=rows), (1024, 490), 1.0, DARK) is None


@pytest.mark.parametrize("size", GRIDS)
def test_no_row_is_cut_off_or_over_another(size):
    for view in (DESK, ENTER_PIN, replace(DESK, line="Sent 3 visits.", words="That is not the PIN. Wait 120 seconds.")):
        picture = drawn(view, size)["ask"][1]
        boxes = [one.box for one in picture.draw().written]
        assert all(
            box.left >= 0 and box.right <= picture.size[0] + 1 and box.bottom <= picture.size[1] for box in boxes
        )
        for at, one in enumerate(boxes):
            for other in boxes[at + 1 :]:
                apart = one.bottom <= other.top + 2 or other.bottom <= one.top + 2
                assert apart or one.right <= other.left or other.right <= one.left


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
