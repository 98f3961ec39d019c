"""In the real terminal under a real compositor: its cells fill the screen, and nothing pressed in it leads out."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from headless_sway import HeadlessSway, as_image, end, missing

from kiosk.display.foot import foot_ini, grid_for

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "no headless screen:")

BACKGROUND = "#0A0F14"
SHOWS = """
import fcntl, json, struct, sys, termios, time, tty
tty.setraw(0)
print("\\x1b[?1049h\\x1b[2J\\x1b[?25lhello https://example.org", end="", flush=True)
seen = None
while True:
    now = struct.unpack("HHHH", fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8)))
    if now != seen and now[2]:
        seen = now
        print(json.dumps(now), file=open(sys.argv[1], "a"), flush=True)
    time.sleep(0.02)
"""
"""Writes down rows, columns, width and height in px, once and whenever they change; reads no key."""
WAYS_OUT = (
    ("ctrl+plus", "ctrl+equal", "ctrl+minus", "ctrl+0"),
    ("ctrl+shift+c", "ctrl+shift+v", "shift+Insert", "ctrl+shift+r"),
    ("ctrl+shift+n", "ctrl+shift+u", "ctrl+shift+o", "ctrl+shift+z"),
    ("shift+Prior", "shift+Next", "F11", "ctrl+c", "ctrl+z", "ctrl+d"),
)


def shown(screen: HeadlessSway, folder: Path) -> tuple[subprocess.Popen[bytes], Path]:
    """The terminal with a program that writes down its size."""
    ini, sizes = folder / "foot.ini", folder / "sizes"
    ini.write_text(foot_ini(grid_for(*screen.size_px), background=BACKGROUND))
    words = ["foot", "--config", str(ini), "--fullscreen", "--", sys.executable, "-c", SHOWS, str(sizes)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, env=screen.environment, stdout=log, stderr=log)
    return process, sizes


def last(sizes: Path, wanted_width_px: int, within_s: float = 20.0) -> list[int]:
    """The size that was written down last, once the terminal is as wide as that."""
    deadline = time.monotonic() + within_s
    while True:
        found = [json.loads(line) for line in sizes.read_text().splitlines()] if sizes.exists() else []
        if (found and found[-1][2] == wanted_width_px) or time.monotonic() > deadline:
            return list(found[-1]) if found else []
        time.sleep(0.05)


@pytest.mark.parametrize(
    "size_px",
    [(800, 480), (1024, 600), (1280, 800), (1920, 1080), (720, 1280), (1366, 768), (1080, 1920)],
    ids="{0[0]}x{0[1]}".format,
)
def test_the_cells_that_were_chosen_are_those_that_foot_draws_and_no_px_is_left_uncovered(
    size_px: tuple[int, int], tmp_path: Path
) -> None:
    grid = grid_for(*size_px)
    with HeadlessSway.start(size_px) as screen:
        process, sizes = shown(screen, tmp_path)
        try:
            covered = (grid.columns * grid.cell_width, grid.rows * grid.cell_height)
            assert last(sizes, covered[0]) == [grid.rows, grid.columns, *covered]
            picture = as_image(screen.still())
        finally:
            end(process)
    assert picture.size == size_px
    corners = [(x, y) for x in (0, size_px[0] - 1) for y in (0, size_px[1] - 1)]
    assert {picture.getpixel(corner) for corner in corners} == {(0x0A, 0x0F, 0x14)}


def test_no_key_of_the_terminal_changes_its_letters_opens_anything_or_ends_it(tmp_path: Path) -> None:
    with HeadlessSway.start((1024, 600)) as screen:
        process, sizes = shown(screen, tmp_path)
        try:
            assert last(sizes, 1024) == [20, 64, 1024, 600]
            before = screen.still()
            settled = sizes.read_text()  # a slow compositor fills the screen when the terminal is there already
            for keys in WAYS_OUT:
                screen.press(*keys)
                assert screen.still() == before, keys
            assert process.poll() is None
            assert sizes.read_text() == settled, "its size never changed"
            windows = subprocess.run(
                ["swaymsg", "-t", "get_tree"], env=screen.environment, capture_output=True, text=True, check=True
            )
            assert windows.stdout.count('"app_id": "foot"') == 1, "no second terminal"
        finally:
            end(process)
