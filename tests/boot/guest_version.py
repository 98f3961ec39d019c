"""Run in the machine that is tested: a version's folder, of a tree and of the libraries of the version in use.

    PYTHONPATH=TREE/script python3 guest_version.py TREE

script/install would take as long for it as for any version. It finds this one whole, as after a run that was cut short
before the upgrade itself, and goes on with that: what it does from there on is the test.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from installing import tree  # type: ignore[import-not-found]  # of script/, in that machine
from installing.machine import Machine  # type: ignore[import-not-found]
from installing.versions import MARK, Versions  # type: ignore[import-not-found]

NAMES_ITS_FOLDER = (
    ".venv/pyvenv.cfg",
    ".venv/bin/*",
    ".venv/lib/python3*/site-packages/__editable__*",
    ".venv/lib/python3*/site-packages/sayso-*.dist-info/direct_url.json",
)


def main(source: Path) -> None:
    """Make it; libraries are hard links, and what differs is a file of its own."""
    versions = Versions(Machine())
    base, name = versions.of(str(versions.current())), tree.version(source)
    folder = versions.begin(name)
    folder.rmdir()
    subprocess.run(["cp", "-al", str(base), str(folder)], check=True)
    (folder / MARK).unlink()
    mine = set(tree.files(source))
    for relative in set(tree.files(folder)) - mine:
        (folder / relative).unlink()
    for relative in mine:
        _put(folder / relative, (source / relative).read_bytes())
    for pattern in NAMES_ITS_FOLDER:
        for path in folder.glob(pattern):
            if path.is_file() and not path.is_symlink():
                _put(path, path.read_bytes().replace(str(base).encode(), str(folder).encode()))
    python = str(folder / ".venv/bin/python")
    itself = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(folder)]
    subprocess.run([python, *itself, "--root-user-action=ignore", "--disable-pip-version-check"], check=True)
    subprocess.run([python, "-m", "compileall", "-q", *tree.PACKAGES], check=True, cwd=folder)
    versions.finish(name, tree.digest(source))
    print(f"{folder}: made of {base.name}'s libraries")  # noqa: T201  for the log


def _put(path: Path, data: bytes) -> None:
    """Not into a file that another version has too."""
    if path.exists() and path.read_bytes() == data:
        return
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
