"""`sayso questions listen`: the command; what it does is in `sayso.questions_heard`, for sound is slow to import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

SPEEDS = ("1.2", "1.0", "0.85", "0.7")
"""The kiosk's own steps, `kiosk.saying.voicebox.SPEED_FACTORS`; a test holds them against each other."""


@click.command("listen", short_help="Hear a set as the kiosk will say it.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", default="", metavar="CODE", help="Code of the language to hear; FILE's default one.")
@click.option("--question", metavar="NAME", help="One question or note only, by its name.")
@click.option(
    "--to", type=click.Path(path_type=Path), help="Write it: NAME.wav for all of it, or a folder for a WAV each."
)
@click.option("--speed", type=click.Choice(SPEEDS), default="1.0", show_default=True, help="Faster or slower.")
@click.option("--whole", is_flag=True, help="Also what the kiosk itself asks at the beginning and the end.")
@click.option("--again", is_flag=True, help="Also the second asking with its hint, and every answer said back.")
@click.option("--speaker", default="", metavar="PART", help="Part of the speaker's name.")
@click.option(
    "--recordings",
    default="recordings",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder of the kiosk's own sentences: voice.recordings of kiosk.toml.",
)
def command(file: Path, speed: str, **wish: Any) -> None:
    r"""Hear FILE, a sheet or an XForm, as the kiosk will say it: the same words, pauses and voices, in a visit's order.

    Each line is shown as it is said, with its voice: recorded, or made. Every question is said; where one is asked only
    sometimes, it is shown when. The kiosk waits after a question; so does this, for a key.

    \b
      Space, Enter   goes on, also in the middle      a   says it again
      h   says how it is asked a second time          b   goes back
      q   ends

    \b
    Example:
      $ sayso questions listen my_home.md
      $ sayso questions listen my_home.md --language cy --again --to heard.wav

    Without a terminal it writes FILE-heard-CODE.wav. In the end it says how long a visit takes, and which texts are too
    long to keep in mind.

    Exit codes: 0 heard, 2 wrong use, or a set that cannot be asked.
    """
    # Sound takes half a second to import, which no other command of this group needs.
    from sayso.questions_heard import Wish, run  # noqa: PLC0415

    run(file, Wish(factor=float(speed), **wish))
