"""The versions in /opt/sayso: which are whole, which is in use, and which may go.

A version is a folder of its own that nothing is changed in once it is whole; a file in it, written last, says so.
`current` points to the one in use and is moved in one step.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from installing import disk, tree
from installing.errors import InstallError
from installing.machine import Machine

FOLDER = "/opt/sayso"
CURRENT = f"{FOLDER}/current"
COMMAND = "/usr/local/bin/sayso"
MARK = "installed.json"
"""In a version's folder, written last: the digest of the tree that it was made of."""
_ROLES = f"{FOLDER}/roles"


@dataclass(frozen=True)
class Versions:
    """What stands in /opt/sayso of a machine."""

    machine: Machine

    @property
    def folder(self) -> Path:
        """/opt/sayso, seen from here."""
        return self.machine.path(FOLDER)

    def of(self, name: str) -> Path:
        """A version's folder, seen from here."""
        return self.folder / name

    def current(self) -> str | None:
        """The name of the version in use; None before the first."""
        link = self.machine.path(CURRENT)
        return link.readlink().name if link.is_symlink() else None

    def digest(self, name: str) -> str | None:
        """The digest of the tree that a version was made of; None if it is not whole."""
        try:
            found = json.loads((self.of(name) / MARK).read_text(encoding="utf-8"))["digest"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if isinstance(found, str) else None

    def whole(self) -> list[str]:
        """Every whole version, the one that was installed last at the end."""
        found = [path.parent for path in self.folder.glob(f"*/{MARK}") if not path.parent.is_symlink()]
        return [folder.name for folder in sorted(found, key=lambda each: (each / MARK).stat().st_mtime_ns)]

    def name_for(self, source: Path) -> str:
        """The folder's name for a tree; of two trees with one version number the later one's is longer."""
        mine = tree.digest(source)
        there = [name for name in self.whole() if self.digest(name) == mine]
        return there[-1] if there else tree.name_of(source, self.digest(tree.version(source)))

    def begin(self, name: str) -> Path:
        """An empty folder for a version; what an earlier run left half done is thrown away.

        Raises: InstallError: it is in use.
        """
        folder = self.of(name)
        if name == self.current():
            hint = "Install another version over it, or repair its disk."
            raise InstallError("Cannot install", f"{folder} is in use, and not whole", hint)
        remove(folder)
        folder.mkdir(parents=True)
        return folder

    def finish(self, name: str, digest: str) -> None:
        """All of it is there: have it on the disk, then say so."""
        os.sync()
        disk.write(self.of(name) / MARK, json.dumps({"digest": digest}) + "\n")

    def use(self, name: str) -> bool:
        """Let `current` point there, in one step; whether it did not before."""
        return disk.point(self.machine.path(CURRENT), name)

    def keep_two(self, but: tuple[str, ...]) -> list[str]:
        """Remove every version but those, and what was left half done; their names."""
        gone = []
        for folder in sorted(self.folder.iterdir()):
            if folder.is_dir() and not folder.is_symlink() and folder.name not in but:
                remove(folder)
                gone.append(folder.name)
        return gone

    def roles(self) -> list[str]:
        """What this machine is: "kiosk", "collector" or both."""
        try:
            return self.machine.path(_ROLES).read_text(encoding="utf-8").split()
        except OSError:
            return []

    def set_roles(self, roles: list[str]) -> bool:
        """Note what this machine is; whether it was something else."""
        if self.roles() == sorted(roles):
            return False
        disk.write(self.machine.path(_ROLES), "".join(f"{role}\n" for role in sorted(roles)))
        return True


def remove(folder: Path) -> None:
    """Remove a version's folder: first what says that it is whole."""
    (folder / MARK).unlink(missing_ok=True)
    if folder.exists():
        shutil.rmtree(folder)
