"""`sayso run`: the kiosk, in this terminal."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from kiosk import config as configuration
from kiosk.start import LOG, read_house
from kiosk.start import run as run_kiosk


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
    # The screen has the terminal: what goes wrong is written beside the store. Never an answer, nor what was heard.
    config.store.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    logging.basicConfig(
        filename=config.store.folder / LOG,
        level=logging.INFO,
        format="%(levelname)s %(name)s: %(message)s",
    )
    house = read_house(config)
    run_kiosk(house, on_progress=progress, quit_keys=frozenset(quit_keys))


def progress(done: int, of_how_many: int) -> None:
    """One line that counts, while prompts are rendered for the first time."""
    click.echo(f"\rPreparing what the kiosk says: {done} of {of_how_many}", nl=done == of_how_many, err=True)
