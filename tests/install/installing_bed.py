"""A bed for the installer: a folder as a machine, versions of a few files each, and a systemd that only does as told.

A version here has the real units, the real store (in the tables of its own), and a `sayso` that says at once what it is
told to say. What a whole version does is in test_whole_install.py.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from installing.data import Data, of
from installing.machine import Machine
from installing.services import Services
from installing.telling import Steps
from installing.upgrade import Upgrade
from installing.versions import MARK, Versions

REPO = Path(__file__).parents[2]
MIGRATION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9001", "{head}", None, None


def upgrade() -> None:
    op.add_column("submission", sa.Column("mood", sa.String))
    op.create_table("extra", sa.Column("id", sa.Integer, primary_key=True))
"""
CONFIG = """
sets = ["my_home.xml"]
status = "status.json"
[store]
folder = "/var/lib/sayso"
[home]
name = "Elm Road"
"""
FIT = json.dumps({"fit": True, "lines": []})
SAYSO = """#!/bin/sh
case "$1 $*" in
    *--help*) echo "--quick" ;;
    check*) cat "{folder}/check.json"; exit "$(cat "{folder}/check.code")" ;;
    rehearse*) echo '{{"answers": {answers}}}' ;;
esac
"""
PYTHON = """#!/bin/sh
PYTHONPATH="{tree}" exec "{python}" "$@"
"""
KEEP = """
from kiosk.keeping.store import Role, Store
from openrosa.submission import Attachment, Submission
with Store.open(folder, Role.KIOSK) as store:
    for name in names:
        file = Attachment("submission.xml.enc", name.encode() * 500, "application/octet-stream")
        visit = Submission(f"uuid:{name}", "my_home", "1", b"sealed " + name.encode(), (file,), sealed=True)
        if name.startswith("-"):
            store.forget(f"uuid:{name[1:]}")
        else:
            store.keep(visit)
            store.finish(visit)
"""
LOOK = """
from kiosk.keeping.store import Role, Store
with Store.open(folder, Role.KIOSK) as store:
    for each in store.waiting():
        found = store.load(each)
        name = each.removeprefix("uuid:").encode()
        assert found.xml == b"sealed " + name and found.attachments[0].data == name * 500
    told = [each.removeprefix("uuid:") for each in store.waiting()]
"""


def newer_tree(to: Path) -> Path:
    """Sayso's rooms with a store of a later version."""
    from kiosk.keeping.schema import HEAD  # noqa: PLC0415  of this tree

    for name in ("kiosk", "openrosa", "collector"):
        shutil.copytree(REPO / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    schema = to / "kiosk" / "keeping" / "schema.py"
    text = schema.read_text("utf-8")
    schema.write_text(text.replace(f'HEAD = "{HEAD}"', 'HEAD = "9001"'), "utf-8")
    versions = to / "kiosk" / "keeping" / "migrations" / "versions"
    (versions / "9001_more.py").write_text(MIGRATION.format(head=HEAD), "utf-8")
    return to


@dataclass
class Bed:
    """A machine in a folder, a kiosk with a configuration and a store.

    Attributes:
        root: the folder.
        newer: Sayso's rooms with a later store.
    """

    root: Path
    newer: Path
    steps: Steps = field(default_factory=lambda: Steps(total=9))

    @property
    def machine(self) -> Machine:
        return Machine(self.root)

    @property
    def versions(self) -> Versions:
        return Versions(self.machine)

    @property
    def data(self) -> Data:
        return of(self.machine, ["kiosk"])[0]

    def set_up(self) -> None:
        """A kiosk of version 1 with three visits, that starts with the machine."""
        (self.root / "etc/sayso").mkdir(parents=True)
        (self.root / "var/lib/sayso").mkdir(parents=True)
        (self.root / "etc/sayso/sayso.toml").write_text(CONFIG, "utf-8")
        (self.root / "etc/sayso/my_home.xml").touch()
        self.version("1")
        self.versions.use("1")
        self.versions.set_roles(["kiosk"])
        wants = self.root / "etc/systemd/system/multi-user.target.wants"
        wants.mkdir(parents=True)
        (wants / "sayso-kiosk.service").symlink_to("/etc/systemd/system/sayso-kiosk.service")
        self.keep("1", "anna", "ben", "cleo")

    def version(self, name: str, *, newer: bool = False, check: str = FIT, code: int = 0, answers: int = 6) -> Path:
        """A whole version of that name."""
        folder = self.versions.of(name)
        (folder / ".venv/bin").mkdir(parents=True)
        shutil.copytree(REPO / "systemd", folder / "systemd")
        (folder / "script").symlink_to(REPO / "script")
        (folder / "check.json").write_text(check, "utf-8")
        (folder / "check.code").write_text(str(code), "utf-8")
        sayso = SAYSO.format(folder=folder, answers=json.dumps(dict.fromkeys(map(str, range(answers)), 1)))
        tree = self.newer if newer else REPO
        if newer:
            (folder / "newer").touch()
        for program, text in (("sayso", sayso), ("python", PYTHON.format(tree=tree, python=sys.executable))):
            path = folder / ".venv/bin" / program
            path.write_text(text, "utf-8")
            path.chmod(0o755)
        (folder / MARK).write_text(json.dumps({"digest": name}), "utf-8")
        return folder

    def keep(self, version: str, *names: str) -> None:
        """Let the kiosk of a version keep these visits; "-anna" is one that is forgotten."""
        self._in(version, KEEP, self.data.folder, *names)

    def kept(self) -> set[str]:
        """The visits that the version in use finds, in a copy: looking at them changes nothing."""
        copy = self.root / "looked-at"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.data.folder, copy, ignore=shutil.ignore_patterns(".upgrade"))
        return set(self._in(str(self.versions.current()), LOOK, copy))

    def _in(self, version: str, program: str, folder: Path, *arguments: str) -> list[str]:
        """Run a piece with a version's store; one with this tree's own is there already."""
        if not (self.versions.of(version) / "newer").exists():
            there: dict[str, Any] = {"folder": folder, "names": arguments, "told": []}
            exec(program, there)  # noqa: S102  a piece of this file
            return list(there["told"])
        given = f"folder, names, told = Path({str(folder)!r}), {arguments!r}, []"
        whole = f"from pathlib import Path\n{given}\n{program}\nimport json\nprint(json.dumps(told))"
        # -P: this tree's own rooms are in the folder that the tests run in.
        command = [str(self.versions.of(version) / ".venv/bin/python"), "-P", "-c", whole]
        found: list[str] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return found

    def upgrade(self, to: str, services: Services | None = None) -> Upgrade:
        """From the version in use to that one."""
        before = str(self.versions.current())
        given = services or Doing(self.machine)
        return Upgrade(self.machine, before, to, ["kiosk"], self.steps, given)


@dataclass(frozen=True)
class Doing(Services):
    """Stands in for systemd, which does not run here: notes what it is told, and starts what a test gives it.

    Attributes:
        on_start: what a kiosk does that is started.
        up: whether it comes up, by the version in use.
        told: "stop" and "start", each with its units.
    """

    on_start: Callable[[], None] = lambda: None
    up: Callable[[], bool] = lambda: True
    told: list[tuple[str, list[str]]] = field(default_factory=list)

    def stop(self, names: list[str]) -> None:
        self.told.append(("stop", names))

    def start(self, names: list[str]) -> None:
        self.told.append(("start", names))
        self.on_start()

    def active(self, name: str) -> bool:
        del name
        return True

    def why_not_up(self, name: str) -> str:
        return "" if self.up() else f"{name} ended 3 times"


def killed_before(number: int) -> None:
    """End this process, as a power cut would, before its so-many-th change of the disk or start of a program."""
    seen = 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in CHANGES:
            seen += 1
            if seen == number:
                os.kill(os.getpid(), 9)

    sys.addaudithook(count)


CHANGES = {
    "os.rename",
    "os.symlink",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.chmod",
    "os.link",
    "shutil.rmtree",
    "subprocess.Popen",
}
