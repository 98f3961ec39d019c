"""`sayso screen`: the kiosk on the whole of a display, in a terminal whose cells fill it exactly."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click

from kiosk import config as configuration
from kiosk.display.foot import FONT, OLDEST, foot_ini, grid_for
from kiosk.display.outputs import of_kernel, of_sway, of_wlr_randr, the_one
from kiosk.errors import KioskError
from kiosk.screens.colours import THEMES
from kiosk.settings import Config

OP = "Cannot open the kiosk's terminal"
ASKED_S = 10
"""How long another program has to answer."""
HELD_S = 30
"""How long the sentence of a start that failed stands on the display, where staff see it."""
HOLDING = 'stty -isig -ixon -echo; "$@"; code=$?; [ $code = 0 ] || [ $code -gt 128 ] || sleep "$0"; exit $code'
"""Until the kiosk has the terminal, and after it, Ctrl+C ends nothing, Ctrl+S stops nothing and no key is shown.

A kiosk that was killed has left no sentence to be read: it is started again at once.
"""


def _size(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Width and height in px of "1024x600"."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", value)
    if found is None:
        raise click.BadParameter(f"'{value}' is no size. Write width and height in px, such as 1024x600.")
    return int(found[1]), int(found[2])


@click.command("screen")
@click.option("--config", "path", required=True, type=click.Path(path_type=Path), help="The kiosk's TOML file.")
@click.option("--size", metavar="WxH", callback=_size, help="The display's size in px, instead of asking for it.")
@click.option("--print", "only_print", is_flag=True, help="Print the terminal's configuration and open nothing.")
@click.option("--quit-key", "quit_keys", multiple=True, help="A key that closes it, such as ctrl+q: for trials.")
def command(path: Path, size: tuple[int, int] | None, quit_keys: tuple[str, ...], *, only_print: bool) -> None:
    r"""Run the kiosk on the whole of a display: what a kiosk's computer starts.

    It looks how large the display is, chooses the font with which the terminal's cells fill it, takes every way out of
    the terminal away, and becomes the terminal (foot), in which `sayso run` runs.

    \b
    On a kiosk, where cage is all there is on the display:
      cage -- sayso screen --config kiosk.toml
    To try it in a desktop with Wayland, closed by Ctrl+Q:
      sayso screen --config kiosk.toml --size 1024x600 --quit-key ctrl+q
    To see what the terminal is told:
      sayso screen --config kiosk.toml --size 1024x600 --print
    """
    config = configuration.load(path)
    theme = THEMES[config.screen.theme]
    grid = grid_for(*(size or display_px()))
    words = foot_ini(grid, background=theme.background, words=theme.ink, foot=foot_version())
    if only_print:
        click.echo(words, nl=False)
        return
    if not os.environ.get("WAYLAND_DISPLAY"):
        hint = (
            "Start it in one: `cage -- sayso screen --config kiosk.toml`. In a terminal that is open, use `sayso run`."
        )
        raise KioskError(OP, "here: there is no Wayland compositor", hint)
    _need_font()
    ini = _written(words, config)
    sayso = [sys.executable, "-m", "sayso", "run", "--config", str(path.resolve())]
    sayso += [word for key in quit_keys for word in ("--quit-key", key)]
    terminal = ["foot", "--config", str(ini), "--fullscreen", "--log-level", "warning"]
    os.environ["LC_ALL"] = "C.UTF-8"  # foot needs a locale that is UTF-8
    try:
        os.execvp("foot", [*terminal, "--", "sh", "-c", HOLDING, str(HELD_S), *sayso])  # noqa: S606  no shell is asked
    except FileNotFoundError as error:
        raise KioskError(OP, "foot: it is not installed", "Install it: `sudo apt-get install foot`.") from error


def display_px() -> tuple[int, int]:
    """Width and height in px of the display that this runs on. Raises: KioskError: none, several, or a scaled one."""
    outputs = of_sway(_told("swaymsg", "-r", "-t", "get_outputs")) if os.environ.get("SWAYSOCK") else []
    if not outputs and os.environ.get("WAYLAND_DISPLAY"):
        outputs = of_wlr_randr(_told("wlr-randr"))
    only = the_one(outputs or of_kernel())
    return only.width_px, only.height_px


def foot_version() -> tuple[int, int]:
    """Of the foot that is installed; the oldest that is known where it does not tell."""
    found = re.search(r"version: (\d+)\.(\d+)", _told("foot", "--version"))
    return (int(found[1]), int(found[2])) if found else OLDEST


def _told(*command: str) -> str:
    """What a program prints; "" where it is not installed or fails."""
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, check=False, timeout=ASKED_S)
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""


def _need_font() -> None:
    """Raises: KioskError: the terminal would take another font, whose letters have another width."""
    told = _told("fc-match", "--format", "%{family}", FONT)
    if told and FONT not in told:
        hint = "Install it: `sudo apt-get install fonts-dejavu-core`."
        raise KioskError(OP, f"font {FONT}: it is not installed, and {told} would be shown instead", hint)


def _written(words: str, config: Config) -> Path:
    """The foot.ini, where it was written. Raises: KioskError: it can't be."""
    folder = _runtime_folder() or config.store.folder
    ini = folder / "foot.ini"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ini.write_text(words, encoding="utf-8")
    except OSError as error:
        raise KioskError(OP, f"{ini}: {error.strerror}", "Let the user that runs Sayso write there.") from error
    return ini


def _runtime_folder() -> Path | None:
    """A folder in memory, made for the service or for whoever is logged in."""
    if os.access(configuration.RUN_FOLDER, os.W_OK):
        return configuration.RUN_FOLDER
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return Path(runtime) / "sayso" if runtime else None
