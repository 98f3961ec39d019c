"""Run by a version's own Python: open a database as that version does, which makes or migrates it.

    .venv/bin/python script/installing/store_open.py kiosk FOLDER

Every version keeps this command as it is: another version's installer calls it, to learn whether this one can use a
database, and to have an empty one of this one's making.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(role: str, folder: Path) -> None:
    """Open it and close it again. Raises: KioskError, CollectorError: this version can't use it."""
    if role == "kiosk":
        from kiosk.keeping.store import Role, Store  # noqa: PLC0415  a collector's machine needs none of it

        Store.open(folder, Role.KIOSK).close()
    else:
        from collector.database import FILE_NAME, Database  # noqa: PLC0415  the same

        Database(f"sqlite:///{folder / FILE_NAME}").close()


if __name__ == "__main__":
    try:
        main(sys.argv[1], Path(sys.argv[2]))
    except Exception as error:  # noqa: BLE001  told to the installer, which acts on it
        sys.exit(f"{error}")
