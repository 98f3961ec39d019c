"""A version's virtual environment: the libraries of the lock, each by its hash, and Sayso itself."""

from __future__ import annotations

from pathlib import Path

from installing import tree
from installing.machine import Machine

_OP = "Cannot install the libraries"
_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--root-user-action=ignore")
_EVDEV = "/usr/lib/python3/dist-packages/evdev"
"""Debian's: the library that reads keys has no wheel."""


def count(folder: Path) -> int:
    """How many libraries the lock names."""
    lines = (folder / "requirements" / "run.txt").read_text(encoding="utf-8").splitlines()
    return sum("==" in line and not line.startswith(" ") for line in lines)


def install(machine: Machine, folder: Path, wheels: Path | None) -> None:
    """Make .venv in a version's folder.

    Args:
        machine: where.
        folder: of the version, with the tree in it; seen from here.
        wheels: where the libraries lie, seen from here; None: they are fetched.

    Raises: InstallError: no network, a library that lacks or whose hash is another, no room.
    """
    from_where = ["--no-index", "--find-links", machine.inside(wheels)] if wheels else []
    hint = (
        "The bundle does not fit this machine: make one with this version's script/bundle."
        if wheels
        else "Is the network there? Without one, use a bundle: script/install ... --bundle FILE."
    )
    venv = folder / ".venv"
    python = machine.inside(venv / "bin" / "python")
    machine.run([machine.python, "-m", "venv", machine.inside(venv)], _OP, "Install Debian's python3-venv.")
    for lock in ("build.txt", "run.txt"):
        # Not isolated: what comes as source only is built with the pinned tools of the first lock.
        wanted = ["--require-hashes", "--no-build-isolation", "-r", machine.inside(folder / "requirements" / lock)]
        machine.run([python, *_PIP, *from_where, *wanted], _OP, hint, cwd=folder)
    itself = ["--no-deps", "--no-build-isolation", "--no-index", "-e", machine.inside(folder)]
    machine.run([python, *_PIP, *itself], _OP, "Report it, please.", cwd=folder)
    link_evdev(machine, folder)
    # Nothing can be written here while it runs, so it is compiled now.
    machine.run([python, "-m", "compileall", "-q", "-j", "0", *tree.PACKAGES], _OP, "Report it, please.", cwd=folder)


def link_evdev(machine: Machine, folder: Path) -> bool:
    """Let the virtual environment have Debian's evdev where it fits; whether it does."""
    python = machine.inside(folder / ".venv" / "bin" / "python")
    if machine.try_run([python, "-c", "import evdev"]).returncode == 0:
        return True
    for site in (folder / ".venv" / "lib").glob("python3.*/site-packages"):
        link = site / "evdev"
        link.unlink(missing_ok=True)
        link.symlink_to(_EVDEV)
        if machine.try_run([python, "-c", "import evdev"]).returncode == 0:
            return True
        link.unlink()
    return False
