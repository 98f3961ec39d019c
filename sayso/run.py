"""`sayso run`: the kiosk, in this terminal."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import click

from kiosk import config as configuration
from kiosk.errors import KioskError
from kiosk.house import read_house
from kiosk.start import LOG
from kiosk.start import run as run_kiosk
from kiosk.watchdog import Systemd


@click.command("run")
@click.option("--config", "path", type=click.Path(path_type=Path), help="The kiosk's TOML file.")
@click.option("--example-config", is_flag=True, help="Print a configuration to start from, every setting explained.")
@click.option("--quit-key", "quit_keys", multiple=True, help="A terminal key that closes it, such as ctrl+q.")
def command(path: Path | None, quit_keys: tuple[str, ...], *, example_config: bool) -> None:
    r"""Run the kiosk in this terminal: silent until the start key.

    \b
    For example:
      sayso run --example-config > kiosk.toml
      sayso run --config kiosk.toml
    """
    if example_config:
        click.echo(configuration.example(), nl=False)
        return
    if path is None:
        raise click.UsageError("Say which kiosk: --config kiosk.toml (--example-config prints one to start from).")
    config = configuration.load(path)
    house = read_house(config)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        hint = "Run it in a terminal, and leave stdin and stderr to it."
        raise KioskError("Cannot show the kiosk", "here: this is no terminal", hint)
    _log_to(config.store.folder)
    systemd = Systemd.taken_from(os.environ)

    def told(done: int, of_how_many: int) -> None:
        progress(done, of_how_many)
        systemd.getting_on(done, of_how_many)

    run_kiosk(house, on_progress=told, quit_keys=frozenset(quit_keys), systemd=systemd)


def _log_to(folder: Path) -> None:
    """The screen has the terminal: what goes wrong is written beside the store. Never an answer, nor what was heard.

    Raises: KioskError: the folder can't be made or written in.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        logging.basicConfig(filename=folder / LOG, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    except OSError as error:
        hint = "Let the user that runs Sayso write there, or name another folder in store.folder."
        raise KioskError("Cannot use the data folder", f"{folder}: {error.strerror}", hint) from error
    # It tells of every plugin that it loads.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def progress(done: int, of_how_many: int) -> None:
    """One line that counts, while prompts are rendered for the first time."""
    click.echo(f"\rPreparing what the kiosk says: {done} of {of_how_many}", nl=done == of_how_many, err=True)
