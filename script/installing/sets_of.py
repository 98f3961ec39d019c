"""Run by a version's own Python: the files of the question sets in a configuration, as that version reads it.

    .venv/bin/python script/installing/sets_of.py CONFIG

Prints a JSON list. A set that the server has and this kiosk has not fetched yet is in it, and not there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(config: Path) -> None:
    """Raises: KioskError: the configuration can't be used."""
    from kiosk.config import load  # noqa: PLC0415  told below, whatever a version lacks

    sys.stdout.write(json.dumps([str(path) for path in load(config).sets]))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except Exception as error:  # noqa: BLE001  told to the installer, which acts on it
        sys.exit(f"{error}")
