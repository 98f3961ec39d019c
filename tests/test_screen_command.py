"""`sayso screen` finds the display, writes what the terminal is to do and becomes the terminal; or says what lacks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from headless_sway import HeadlessSway, end, missing
from kiosk_house import House, house
from pseudo_terminal import PseudoTerminal

from kiosk.display.foot import foot_ini, grid_for
from kiosk.display.outputs import Output, of_kernel, of_sway, of_wlr_randr, the_one
from kiosk.errors import KioskError
from sayso.screen import HOLDING, foot_version

CAGE = """\
HEADLESS-1 "Headless output 1"
  Enabled: yes
  Modes:
    1280x720 px
    1024x600 px (current)
  Position: 0,0
  Transform: {transform}
  Scale: {scale}
"""
"""By wlr-randr 0.2 inside cage 0.2."""
SCREEN = """\
HDMI-A-1 "Goodwill 7 inch"
  Make: Goodwill
  Physical size: 150x90 mm
  Enabled: yes
  Modes:
    1920x1080 px, 60.000000 Hz (preferred)
    800x480 px, 65.681000 Hz (current)
  Position: 0,0
  Transform: normal
  Scale: 1.000000
  Adaptive Sync: disabled
DSI-1 "off"
  Enabled: no
  Modes:
    1024x600 px, 60.000000 Hz (preferred, current)
"""
"""In the manner of wlr-randr 0.4 with a display that is switched off."""


def run(one: House, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command to its end, without a compositor unless the environment names one."""
    bare = {key: value for key, value in os.environ.items() if key not in {"WAYLAND_DISPLAY", "SWAYSOCK"}}
    return one.sayso("screen", "--config", str(one.config), *words, environment={**bare, **environment})


@pytest.fixture
def home(tmp_path: Path) -> House:
    return house(tmp_path / "home")


def test_print_shows_the_configuration_and_opens_nothing(home: House) -> None:
    done = run(home, "--size", "720x1280", "--print")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == foot_ini(grid_for(720, 1280), foot=foot_version())
    assert not list(home.folder.rglob("foot.ini"))


@pytest.mark.parametrize(
    ("theme", "background", "ink"),
    [("dark", "0a0f14", "ffffff"), ("light", "ebeff2", "000000"), ("high_contrast", "000000", "ffffff")],
)
def test_what_the_kiosk_does_not_draw_has_the_colours_of_the_house_s_theme(
    home: House, theme: str, background: str, ink: str
) -> None:
    home.write_config(f"[screen]\ntheme = '{theme}'")
    done = run(home, "--size", "1366x768", "--print")
    assert f"\n[colors]\nforeground={ink}\nbackground={background}\n" in done.stdout


@pytest.mark.parametrize("size", ["1024", "1024x", "wide", "1024x600px", "-1x5"])
def test_a_size_that_is_none_is_refused_with_an_example(home: House, size: str) -> None:
    done = run(home, f"--size={size}", "--print")
    assert done.returncode == 2
    assert "Write width and height in px, such as 1024x600." in done.stderr


def test_without_a_compositor_it_says_how_to_start_it(home: House) -> None:
    done = run(home, "--size", "1024x600")
    assert done.returncode == 2
    assert done.stderr == (
        "sayso: Cannot open the kiosk's terminal here: there is no Wayland compositor. Start it in one: "
        "`cage -- sayso screen --config kiosk.toml`. In a terminal that is open, use `sayso run`.\n"
    )


def test_without_foot_it_says_how_to_install_it(home: House) -> None:
    done = run(home, "--size", "1024x600", WAYLAND_DISPLAY="wayland-0", PATH=str(Path(sys.executable).parent))
    assert done.returncode == 2
    assert "foot: it is not installed. Install it: `sudo apt-get install foot`." in done.stderr


def test_a_runtime_folder_that_cannot_be_written_is_named(home: House) -> None:
    blocked = home.folder / "runtime"
    blocked.write_text("a file where a folder should be")
    done = run(home, "--size", "1024x600", WAYLAND_DISPLAY="wayland-0", XDG_RUNTIME_DIR=str(blocked))
    assert done.returncode == 2
    assert f"{blocked}/sayso/foot.ini: " in done.stderr
    assert "Let the user that runs Sayso write there." in done.stderr


def test_wlr_randr_tells_the_mode_that_is_current_and_leaves_out_what_is_switched_off() -> None:
    assert of_wlr_randr(SCREEN) == [Output("HDMI-A-1", 800, 480)]
    assert of_wlr_randr(CAGE.format(transform="normal", scale="1.000000")) == [Output("HEADLESS-1", 1024, 600)]
    assert of_wlr_randr("") == []


@pytest.mark.parametrize("transform", ["90", "270", "flipped-90"])
def test_a_display_that_is_turned_is_upright(transform: str) -> None:
    assert of_wlr_randr(CAGE.format(transform=transform, scale="1.0")) == [Output("HEADLESS-1", 600, 1024)]


def test_sway_tells_the_size_of_what_is_on_turned_and_scaled() -> None:
    answer = (
        '[{"name": "HDMI-A-1", "active": true, "scale": 2.0, "rect": {"x": 0, "y": 0, "width": 512, "height": 300}},'
        ' {"name": "DSI-1", "active": false, "rect": {"x": 0, "y": 0, "width": 0, "height": 0}}]'
    )
    assert of_sway(answer) == [Output("HDMI-A-1", 1024, 600, 2.0)]
    assert of_sway("") == []
    assert of_sway("[{}]") == []


def test_the_kernel_tells_the_first_mode_of_what_is_connected(tmp_path: Path) -> None:
    for name, status, modes in (
        ("card1-HDMI-A-1", "disconnected\n", "1920x1080\n"),
        ("card1-DSI-1", "connected\n", "800x480\n640x480\n"),
        ("card1-Writeback-1", "unknown\n", ""),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "status").write_text(status)
        (tmp_path / name / "modes").write_text(modes)
    (tmp_path / "card0").mkdir()
    assert of_kernel(tmp_path) == [Output("DSI-1", 800, 480)]
    assert of_kernel(tmp_path / "nothing") == []


@pytest.mark.parametrize(
    ("outputs", "met", "hint"),
    [
        ([], "no display was found", "Plug a display in, or say its size: --size 1024x600."),
        (
            [Output("A", 800, 480), Output("B", 1920, 1080)],
            "there are 2 displays: A with 800 x 480 px, B with 1920 x 1080 px",
            "say which size to fill: --size 1024x600.",
        ),
        ([Output("A", 3840, 2160, 2.0)], "A: its scale is 2", "`wlr-randr --output A --scale 1`"),
    ],
)
def test_no_display_two_displays_or_a_scaled_one_are_told_with_what_to_do(
    outputs: list[Output], met: str, hint: str
) -> None:
    with pytest.raises(KioskError) as told:
        the_one(outputs)
    assert met in str(told.value)
    assert hint in str(told.value)


@pytest.mark.skipif(bool(missing()), reason=missing() or "no headless screen:")
def test_a_scaled_display_is_refused_and_one_of_scale_one_is_filled(home: House) -> None:
    with HeadlessSway.start((1366, 768)) as screen:
        environment = {key: screen.environment[key] for key in ("WAYLAND_DISPLAY", "SWAYSOCK", "XDG_RUNTIME_DIR")}
        assert run(home, "--print", **environment).stdout == foot_ini(grid_for(1366, 768), foot=foot_version())
        subprocess.run(["swaymsg", "output * scale 2"], env=screen.environment, check=True, capture_output=True)
        done = run(home, **environment)
        assert done.returncode == 2
        assert re.search(r"HEADLESS-1: its scale is 2.*`output HEADLESS-1 scale 1`", done.stderr)


def test_a_kiosk_that_was_killed_is_not_waited_for(tmp_path: Path) -> None:
    """There is no sentence to be read; a kiosk that ended with one leaves it there."""
    command = ["sh", "-c", HOLDING, "600"]
    with PseudoTerminal.start([*command, "sh", "-c", "kill -9 $$"], os.environ, tmp_path) as terminal:
        assert terminal.wait_until_ended() == 128 + 9
    with PseudoTerminal.start([*command, "sh", "-c", "echo why; exit 2"], os.environ, tmp_path) as terminal:
        terminal.wait_for("why")
        terminal.press("\x03\x1c\x1a")
        with pytest.raises(AssertionError, match="did not end"):
            terminal.wait_until_ended(within_s=1.0)


@pytest.mark.skipif(bool(missing()), reason=missing() or "no headless screen:")
def test_a_start_that_fails_leaves_its_sentence_on_the_display_and_ctrl_c_does_not_end_it(home: House) -> None:
    home.form.unlink()
    with HeadlessSway.start((1024, 600)) as screen:
        process = subprocess.Popen(
            [sys.executable, "-m", "sayso", "screen", "--config", str(home.config)], env=screen.environment
        )
        try:
            sentence = screen.still(but=screen.pixels(), still_s=2.0)
            if not sentence.count(b"\xff\xff\xff"):  # the terminal, and no words yet
                sentence = screen.still(but=sentence, still_s=2.0, within_s=60)
            assert sentence.count(b"\xff\xff\xff") > 500, "white letters"
            screen.press("ctrl+c", "ctrl+z", "q", "Return")
            assert screen.still() == sentence
            assert process.poll() is None
        finally:
            end(process)
