"""The terminal's cells fill any screen, and no key or mouse button of the terminal's own is left."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from kiosk.display.foot import COLUMNS, COLUMNS_UPRIGHT, RATIOS, Grid, font_px, foot_ini, grid_for
from kiosk.errors import KioskError
from kiosk.screens.pictures.sixel import encode

SECTION = re.compile(r"^\[(.+)\]$")


@pytest.mark.parametrize(
    ("size_px", "grid"),
    [
        ((800, 480), Grid(16, 20, 10, 20, 80, 24)),
        ((1024, 600), Grid(26, 30, 16, 30, 64, 20)),
        ((1280, 800), Grid(26, 32, 16, 32, 80, 25)),
        ((1920, 1080), Grid(40, 45, 24, 45, 80, 24)),
        ((720, 1280), Grid(25, 32, 15, 32, 48, 40)),
    ],
)
def test_the_screens_that_were_looked_at_have_the_cells_that_were_measured(
    size_px: tuple[int, int], grid: Grid
) -> None:
    assert grid_for(*size_px) == grid


@pytest.mark.parametrize("size_px", [(800, 480), (1024, 600), (1280, 800), (1920, 1080), (720, 1280), (1280, 720)])
def test_cells_divide_these_screens_without_a_px_left_over(size_px: tuple[int, int]) -> None:
    grid = grid_for(*size_px)
    assert (grid.columns * grid.cell_width, grid.rows * grid.cell_height) == size_px


@given(wide=st.integers(480, 4096), high=st.integers(480, 4096))
@example(wide=1366, high=768)
@example(wide=1080, high=1920)
def test_any_screen_has_cells_that_fit_in_it_and_leave_less_than_one_over(wide: int, high: int) -> None:
    grid = grid_for(wide, high)
    least, most = COLUMNS if wide >= high else COLUMNS_UPRIGHT
    assert least <= grid.columns <= most
    assert 0 <= wide - grid.columns * grid.cell_width < grid.cell_width
    assert 0 <= high - grid.rows * grid.cell_height < grid.cell_height
    assert RATIOS[0] <= grid.cell_height / grid.cell_width <= RATIOS[1]


@pytest.mark.parametrize("size_px", [(1366, 768), (1024, 768), (1280, 1024), (1600, 900), (2560, 1440), (600, 1024)])
def test_other_usual_screens_lose_at_most_a_hundredth_to_their_edges(size_px: tuple[int, int]) -> None:
    grid = grid_for(*size_px)
    assert grid.columns * grid.cell_width * grid.rows * grid.cell_height >= 0.99 * size_px[0] * size_px[1]


@given(cell_width=st.integers(4, 80))
def test_a_letter_of_the_chosen_size_is_as_wide_as_the_cell_once_its_width_is_rounded(cell_width: int) -> None:
    assert round(font_px(cell_width) * 0.602) == cell_width


@pytest.mark.parametrize("size_px", [(320, 240), (479, 320), (480, 319), (319, 480)])
def test_a_screen_that_is_too_small_is_refused_with_what_would_do(size_px: tuple[int, int]) -> None:
    with pytest.raises(KioskError, match=r"Use a display of at least \d+ x \d+ px\.$"):
        grid_for(*size_px)


def bindings(ini: str) -> dict[str, dict[str, str]]:
    """The sections of a foot.ini whose name ends in -bindings."""
    found: dict[str, dict[str, str]] = {}
    section = ""
    for line in ini.splitlines():
        if match := SECTION.match(line):
            section = match[1]
        elif re.match(r"[a-z-]+ ?=", line) and section.endswith("-bindings"):
            name, _, value = line.partition("=")
            found.setdefault(section, {})[name.strip()] = value
    return found


@pytest.mark.parametrize("version", [(1, 13), (1, 21)])
def test_no_key_and_no_button_does_anything_in_the_terminal_itself(version: tuple[int, int]) -> None:
    found = bindings(foot_ini(grid_for(1024, 600), foot=version))
    assert set(found) == {"key-bindings", "search-bindings", "url-bindings", "mouse-bindings"}
    assert {value for its in found.values() for value in its.values()} == {"none"}


def test_every_binding_that_the_installed_foot_has_by_default_is_taken_away() -> None:
    example_ini = Path("/etc/xdg/foot/foot.ini")
    if not example_ini.exists():
        pytest.skip("no headless screen: foot not installed")
    commented = re.sub(r"^# ?(?=[\[\w])", "", example_ini.read_text(encoding="utf-8"), flags=re.MULTILINE)
    ours = bindings(foot_ini(grid_for(1024, 600), foot=installed_foot()))
    for section, its in bindings(commented).items():
        for name, default in its.items():
            if section != "text-bindings" and default.strip() != "none" and not name.startswith("pipe-"):
                assert name in ours[section], f"[{section}] {name}={default}"


def installed_foot() -> tuple[int, int]:
    told = subprocess.run(["foot", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)", told)
    assert found
    return int(found[1]), int(found[2])


def test_the_installed_foot_knows_every_name_that_it_is_given(tmp_path: Path) -> None:
    if shutil.which("foot") is None:
        pytest.skip("no headless screen: foot not installed")
    ini = tmp_path / "foot.ini"
    ini.write_text(foot_ini(grid_for(1366, 768), foot=installed_foot()))
    done = subprocess.run(["foot", "--check-config", "--config", ini], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_older_foot_is_not_given_names_that_only_a_newer_one_knows() -> None:
    old, new = (foot_ini(grid_for(1024, 600), foot=version) for version in ((1, 13), (1, 21)))
    assert "select-quote" not in old
    assert "select-quote=none" in new
    assert "[security]" not in old
    assert set(old.splitlines()) < set(new.splitlines())


def test_what_the_kiosk_does_not_draw_has_the_colour_of_its_background() -> None:
    ini = foot_ini(grid_for(1366, 768), background="#FFFFFF", words="#000000")
    assert "background=ffffff\n" in ini
    assert "foreground=000000\n" in ini
    assert "color=ffffff ffffff\n" in ini, "nor is the cursor seen"


def test_a_picture_leaves_what_lies_below_it_as_it_is() -> None:
    # foot since 1.15 blackens the rest of the last six rows unless the second number is 1: lines across the screen.
    assert encode(Image.new("RGB", (16, 32))).startswith("\x1bP0;1;")
