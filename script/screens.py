# ruff: noqa: INP001, T201  # a script that script/screenshots runs, no package; it prints
"""Takes the pictures of docs/screens: runs the kiosk itself at every size, and meets every state of its screen.

    script/screenshots
    script/screenshots --sizes 1024x600 --tours keys voice --to /tmp/pictures

A state that can't be had here is printed with its reason. Exit code 1 if one failed for any other one than recordings
that are not there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from photographs import ROOT, House, Kiosk, Unreachable, pin_hash, save
from sound_card import SoundCard
from tours import TOURS

NO_RECORDINGS = "no recordings of people"
SIZES = ("800x480", "1024x600", "1280x800", "1920x1080", "720x1280")


def main() -> None:
    """Every tour at every size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="WxH", help=", ".join(SIZES))
    parser.add_argument("--tours", nargs="+", default=[*TOURS], choices=TOURS, metavar="TOUR", help=", ".join(TOURS))
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "screens", metavar="DIR", help="docs/screens")
    arguments = parser.parse_args()
    arguments.to.mkdir(parents=True, exist_ok=True)
    failed = False
    with tempfile.TemporaryDirectory(prefix="photographs-") as name, SoundCard.start() as card:
        for tour in arguments.tours:
            one = TOURS[tour]
            settings = {**one.settings, **({"staff.pin_hash": pin_hash(one.pin)} if one.pin else {})}
            house = House.made(Path(name) / tour, one.sheet, settings)
            for size in arguments.sizes:
                began_s = time.monotonic()
                taken, why = photographed(house, tour, size, card)
                if len(taken) < len(one.states) and not why.startswith(NO_RECORDINGS):  # a busy machine: once more
                    again, why = photographed(house, tour, size, card)
                    taken = {**again, **taken}
                for state, pixels in taken.items():
                    save(pixels, arguments.to / f"{size}-{state}.png")
                missed = [state for state in one.states if state not in taken]
                print(f"{size} {tour}: {len(taken)} pictures in {time.monotonic() - began_s:.0f} s", flush=True)
                if missed:
                    print(f"{size} {tour}: no picture of {', '.join(missed)}: {why}", flush=True)
                    failed = failed or not why.startswith(NO_RECORDINGS)
    sys.exit(1 if failed else 0)


def photographed(house: House, tour: str, size: str, card: SoundCard) -> tuple[Mapping[str, bytes], str]:
    """The pictures of one tour at one size, and why some are not there."""
    width, height = map(int, size.split("x"))
    taken: Mapping[str, bytes] = {}
    try:
        with Kiosk.running(house, (width, height), card) as kiosk:
            taken = kiosk.taken
            TOURS[tour].walk(kiosk)
    except Unreachable as why:
        return taken, str(why)
    return taken, "the tour ended early"


if __name__ == "__main__":
    main()
