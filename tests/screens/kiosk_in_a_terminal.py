"""A kiosk's screen alone, as a program: it writes each press that comes out of it to a file, a line each.

Its words look like ways out. Usage: kiosk_in_a_terminal.py FILE
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from terminal_sizes import KEYS
from views import MARKUP

from kiosk.screens.app import KioskApp


def main() -> None:
    """Run until killed."""
    presses = Path(sys.argv[1]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115  # as long as the program
    seconds = itertools.count(0, 10)  # no press is one that is held
    app = KioskApp(
        KEYS,
        on_key=lambda name, turn, by: presses.write(f"{name} {turn} {by.value}\n"),
        on_ready=lambda: None,
        clock=lambda: float(next(seconds)),
        fine=False,
    )
    app.show(MARKUP)
    app.run(mouse=True)


if __name__ == "__main__":
    main()
