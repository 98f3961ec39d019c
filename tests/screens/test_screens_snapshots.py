"""What every state of the screen looks like at every size (issue 4, items 1 and 2), against pictures in snapshots/.

A change that is meant fails here too. Look at the picture that the failure names, then make the references anew and
look at them in the diff:

    SAYSO_UPDATE_SNAPSHOTS=1 .venv/bin/pytest tests/screens/test_screens_snapshots.py

Letters half a point larger are a change: FreeType draws whole sizes, so that a line grows by up to 15 px. No version
of FreeType does that by itself; what one does do, hint letters otherwise, is tried below.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from snapshot import FOLDER, HOW, check_picture, check_text, same
from states import ALL, STATES, State
from terminal_sizes import KEYS

from kiosk.screens.cells import Look
from kiosk.screens.colours import BACKGROUND, GREY, THEMES
from kiosk.screens.keys import printed
from kiosk.screens.pictures.gallery import Gallery
from kiosk.view import ScreenName

SIZES = {
    "800x480": ((80, 24), (10, 20)),
    "1024x600": ((64, 20), (16, 30)),
    "1280x800": ((80, 25), (16, 32)),
    "1920x1080": ((80, 24), (24, 45)),
    "720x1280": ((48, 40), (15, 32)),
}
"""Cells and a cell's px, as `sayso screen` chooses them."""
GRIDS = [(80, 24), (64, 20)]
CAPS = {name: printed(key) for key, name in KEYS.items()}
MOST_BYTES = 1_500_000
sizes = pytest.mark.parametrize("size", SIZES)


def parts(state: State, size: str):
    grid, cell = SIZES[size]
    look = Look(CAPS, state.signs, fine=True, theme=THEMES[state.theme])
    shown = Gallery(cell, look).parts(state.view, state.spoken, state.dbfs, grid)
    assert shown is not None, "the font has every letter"
    return {
        name: ((place.x * cell[0], place.y * cell[1]), part.draw().image.copy())
        for name, (place, part) in shown.items()
    }


def together(drawn, state: State, size: str) -> Image.Image:
    """The parts as they stand on the screen."""
    (columns, rows), (wide, high) = SIZES[size]
    whole = Image.new("RGB", (columns * wide, rows * high), THEMES[state.theme].background)
    for at, image in drawn.values():
        whole.paste(image, at)
    return whole


def screen(state: State, size: str) -> Image.Image:
    return together(parts(state, size), state, size)


def reference(size: str, name: str) -> Path:
    return FOLDER / size / f"{name}.png"


@sizes
@pytest.mark.parametrize("name", ALL)
def test_every_state_looks_as_it_did_at_every_size(name, size, tmp_path):
    check_picture(screen(ALL[name], size), f"{size}/{name}", tmp_path)


@pytest.mark.parametrize("grid", GRIDS, ids=["80x24", "64x20"])
@pytest.mark.parametrize("name", STATES, ids=lambda name: name.value)
async def test_without_sixel_every_state_stands_in_its_cells_as_it_did(start, name, grid, tmp_path):
    state = STATES[name]
    async with start(grid, state.view, signs=state.signs) as kiosk:
        if state.spoken is not None:
            await kiosk.light(state.spoken.key, state.spoken.words)
        else:
            await kiosk.level(state.dbfs)
        check_text(kiosk.rows(), f"cells-{grid[0]}x{grid[1]}/{name.value}", tmp_path)


def test_every_state_is_there_and_no_reference_is_left_over():
    assert set(STATES) == set(ScreenName)
    wanted = {f"{size}/{name}.png" for size in SIZES for name in ALL}
    wanted |= {f"cells-{wide}x{high}/{name.value}.txt" for wide, high in GRIDS for name in STATES}
    found = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    assert found == wanted, HOW
    assert sum(path.stat().st_size for path in FOLDER.rglob("*")) < MOST_BYTES


# --- what is seen, and what is not ----------


@sizes
@pytest.mark.parametrize("other", [(1, 0, 0.0), (-1, 1, 0.0), (2, 0, 0.0), (0, 0, 0.5)], ids=["x", "y", "2x", "bolder"])
@pytest.mark.parametrize("name", ["question", "question-light", "question-welsh", "who", "forget", "waiting"])
def test_letters_that_are_drawn_a_pixel_aside_or_bolder_are_no_other_picture(name, other, size, monkeypatch):
    right, down, bolder = other
    as_ever = ImageDraw.ImageDraw.text

    def text(pen, at, words, **more):
        as_ever(pen, (at[0] + right, at[1] + down), words, **more, stroke_width=bolder)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", text)
    assert same(screen(ALL[name], size), reference(size, name))


def test_another_hinter_of_freetype_draws_no_other_picture():
    """The one that FreeType had until 2.7; it is chosen when the library is loaded, so in a process of its own."""
    code = """if True:
        from test_screens_snapshots import ALL, SIZES, reference, same, screen

        tried = [(size, name) for size in SIZES for name in ("question", "waiting", "confirm", "question-welsh")]
        print([one for one in tried if not same(screen(ALL[one[1]], one[0]), reference(*one))])
    """
    hinted = {**os.environ, "FREETYPE_PROPERTIES": "truetype:interpreter-version=35"}
    here = Path(__file__).parent
    paths = os.pathsep.join((str(here), str(here.parent.parent)))
    done = subprocess.run(
        [sys.executable, "-c", code], env={**hinted, "PYTHONPATH": paths}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def without(words: str):
    """That command, tile or end of the question is not drawn."""

    def change(state: State) -> State:
        view = state.view
        return replace(
            state,
            view=replace(
                view,
                words=view.words.replace(words, "").strip(),
                tiles=tuple(replace(tile, word=tile.word.replace(words, "")) for tile in view.tiles),
                commands=tuple((command, word.replace(words, "")) for command, word in view.commands),
            ),
        )

    return change


@sizes
@pytest.mark.parametrize("words", ["in", "home?", "OK", "Good", "Skip", "Stop", "I don't know"])
def test_a_word_that_is_missing_is_seen(words, size):
    changed = without(words)(ALL["question"])
    assert changed != ALL["question"]
    assert not same(screen(changed, size), reference(size, "question"))


@sizes
@pytest.mark.parametrize("name", ["green", "voice", "commands", "ask"])
@pytest.mark.parametrize("by", [(1, 0), (0, 1)], ids=["a column", "a row"])
def test_a_part_that_stands_elsewhere_is_seen(name, by, size):
    drawn = parts(ALL["question"], size)
    (x, y), image = drawn[name]
    cell = SIZES[size][1]
    drawn[name] = (x + by[0] * cell[0], y + by[1] * cell[1]), image
    assert not same(together(drawn, ALL["question"], size), reference(size, "question"))


@sizes
@pytest.mark.parametrize("name", ["progress", "ask", "green", "red", "blue", "voice", "commands"])
def test_a_part_that_is_missing_or_cut_is_seen(name, size):
    whole = parts(ALL["question"], size)
    gone = {other: part for other, part in whole.items() if other != name}
    assert not same(together(gone, ALL["question"], size), reference(size, "question"))
    at, image = whole[name]
    background = THEMES["dark"].background
    for left in ((0, 0, image.width // 2, image.height), (0, 0, image.width, image.height // 2)):
        cut = Image.new("RGB", image.size, background)
        cut.paste(image.crop(left), (0, 0))
        assert not same(together({**whole, name: (at, cut)}, ALL["question"], size), reference(size, "question"))


@sizes
@pytest.mark.parametrize(
    "other",
    [
        {"keys": {**THEMES["dark"].keys, "green": "#66C1FF"}},
        {"keys": {**THEMES["dark"].keys, "yellow": "#FFA126"}},
        {"ink": "#66C1FF"},
        {"lit": GREY},
        {"panel": BACKGROUND},
        {"accent": "#FFD126"},
    ],
    ids=["a key", "a shade of a key", "words", "what is lit", "panels", "edges"],
)
def test_another_colour_is_seen(other, size, monkeypatch):
    monkeypatch.setitem(THEMES, "dark", replace(THEMES["dark"], **other))
    assert not same(screen(ALL["question"], size), reference(size, "question"))


@sizes
def test_a_tile_that_is_lit_chosen_or_scanned_is_seen(size):
    drawn = {
        name: screen(ALL[name], size) for name in ("question-said", "question-tile-lit", "question-scanning", "change")
    }
    for name, image in drawn.items():
        assert [other for other in drawn if same(image, reference(size, other))] == [name]


def test_a_failure_names_the_picture_that_was_drawn_and_how_to_keep_it(tmp_path, monkeypatch):
    monkeypatch.delenv("SAYSO_UPDATE_SNAPSHOTS", raising=False)
    with pytest.raises(AssertionError) as failed:
        check_picture(screen(ALL["thanks"], "800x480"), "800x480/waiting", tmp_path)
    assert str(tmp_path / "waiting.png") in str(failed.value)
    assert "SAYSO_UPDATE_SNAPSHOTS=1" in str(failed.value)
    with Image.open(tmp_path / "waiting.png") as seen:
        assert seen.size == (800, 480)
