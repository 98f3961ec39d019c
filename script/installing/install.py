"""`script/install`: from nothing to a version that is in use, step by step; each step only does what is not done."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from installing import bundle_open, disk, libraries, model, packages, starting, tree, units
from installing.bundle_open import Bundle
from installing.data import COLLECTOR_ENV, CONFIG
from installing.errors import InstallError
from installing.machine import Machine, free_bytes
from installing.services import Services
from installing.telling import Steps, say
from installing.upgrade import Upgrade, resume
from installing.versions import COMMAND, CURRENT, Versions

_ROOM_BYTES = 1_500_000_000
"""A version was 0.43 GB on x86-64, and as much again while it is made; a speech model is 0.1 GB."""
_STEPS = 7
_STEPS_OF_AN_UPGRADE = 5
NOT_FIT = 1


@dataclass(frozen=True)
class Wanted:
    """What was asked for.

    Attributes:
        role: "kiosk" or "collector".
        machine: where.
        bundle: to install from; None: from this tree and the network.
        packages: whether to install Debian's packages.
        room: whether to look for free room first.
    """

    role: str
    machine: Machine
    bundle: Path | None = None
    packages: bool = True
    room: bool = True


def install(wanted: Wanted) -> int:
    """Install; the exit code: 0 done, 1 installed but the kiosk is not fit to open. Raises: InstallError."""
    machine = wanted.machine
    if machine.is_this and os.geteuid() != 0:
        raise InstallError("Cannot install", "you are not root", f"Run: sudo script/install {wanted.role}")
    os.umask(0o022)
    machine.path("/opt/sayso").mkdir(parents=True, exist_ok=True)
    with alone(machine), _source(wanted) as bundle:
        resume(machine, Steps(total=1), Services(machine))
        return _Run(wanted, bundle).all()


@contextmanager
def alone(machine: Machine) -> Iterator[None]:
    """One installation at a time. Raises: InstallError."""
    with machine.path("/opt/sayso/.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            hint = "Wait for it to end."
            raise InstallError("Cannot install", "another installation is going on", hint) from error
        yield


@contextmanager
def _source(wanted: Wanted) -> Iterator[Bundle | None]:
    if wanted.bundle is not None:
        say(f"Looking at {wanted.bundle}: every file's hash")
    with bundle_open.opened(wanted.bundle, wanted.machine) if wanted.bundle else nullcontext() as bundle:
        yield bundle


def go_on(machine: Machine) -> int:
    """Go on with an upgrade that a power cut interrupted; the exit code."""
    with alone(machine):
        return NOT_FIT if resume(machine, Steps(total=1), Services(machine)) is False else 0


def go_back(machine: Machine) -> int:
    """To the version before the one in use; the exit code. Raises: InstallError: there is none, or its data can't."""
    with alone(machine):
        resume(machine, Steps(total=1), Services(machine))
        versions = Versions(machine)
        current = versions.current()
        others = [name for name in versions.whole() if name != current]
        if current is None or not others:
            raise InstallError("Cannot go back", "there is no version before this one", "Install one over it.")
        Upgrade(machine, others[-1], current, versions.roles(), Steps(total=2), Services(machine)).by_hand()
    return 0


@contextmanager
def _out_of_the_way() -> Iterator[None]:
    """What takes minutes beside an open kiosk gets only the time that nobody else wants: it has to go on hearing."""
    policy = os.sched_getscheduler(0)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, os.sched_param(0))


class _Run:
    """One run of script/install."""

    def __init__(self, wanted: Wanted, bundle: Bundle | None) -> None:
        self.wanted, self.bundle, self.machine = wanted, bundle, wanted.machine
        self.role = wanted.role
        self.versions = Versions(self.machine)
        self.source = bundle.tree if bundle else tree.this_tree()
        self.name = self.versions.name_for(self.source)
        self.folder = self.versions.of(self.name)
        self.roles = sorted({*self.versions.roles(), self.role})
        self.steps = Steps(total=_STEPS)

    def all(self) -> int:
        """Every step; the exit code."""
        before = self.versions.current()
        upgrading = before not in (None, self.name)
        self.steps.total += _STEPS_OF_AN_UPGRADE if upgrading else 0
        say(f"Sayso {self.name} for a {self.role}, to {self.folder}{f', in place of {before}' if upgrading else ''}")
        with _out_of_the_way() if upgrading else nullcontext():
            self._packages()
            self._files()
            self._users()
            self._libraries()
            self._model()
            self._mark()
        if upgrading:
            roles = self.versions.roles() or self.roles
            services = Services(self.machine)
            if not Upgrade(self.machine, str(before), self.name, roles, self.steps, services).run():
                say()
                say(f"{self.name} did not come up, so {before} is in use again, with everything that was kept.")
                return NOT_FIT
        self._into_use()
        fit = starting.start(self.machine, self.folder, self.role, self.roles, self.steps)
        self._told()
        return 0 if fit else NOT_FIT

    # The version's own folder

    @property
    def _is_whole(self) -> bool:
        return self.versions.digest(self.name) is not None

    def _packages(self) -> None:
        self.steps.begin("Debian's packages")
        if not self.wanted.packages:
            self.steps.note("left out, as asked for")
            return
        names = packages.missing(self.machine, self.role)
        if not names:
            self.steps.note("all of them are there")
            return
        self.steps.note(f"installing {len(names)}: {' '.join(names)}")
        packages.install(self.machine, self.role, names)
        self.steps.changed(f"{len(names)} packages were installed")

    def _files(self) -> None:
        self.steps.begin(f"Sayso's own files, question sets and units to {self.folder}")
        if self._is_whole:
            self.steps.note("they are there")
            return
        if self.wanted.room and free_bytes(self.versions.folder) < _ROOM_BYTES:
            free = free_bytes(self.versions.folder) // 1_000_000
            hint = "Free some, or take a larger card; nothing was changed."
            raise InstallError("Cannot install", f"{free} MB are free, {_ROOM_BYTES // 1_000_000} are needed", hint)
        tree.copy(self.source, self.versions.begin(self.name))
        self.steps.changed("copied")

    def _users(self) -> None:
        user = units.user_of(self.role)
        data = f"/var/lib/{user}"
        self.steps.begin(f"The user {user}, /etc/sayso and {data}")
        changed = [
            units.make_users(self.machine, self.folder, self.role),
            self.machine.folder("/etc/sayso", 0o755),
            self.machine.folder(data, 0o700, user, user),
        ]
        for secret in (CONFIG, COLLECTOR_ENV):
            path = self.machine.path(secret)
            if path.exists() and secret == (CONFIG if self.role == "kiosk" else COLLECTOR_ENV):
                changed.append(self.machine.own(path, "root", user))
                changed.append(_allow(path, 0o640))
        if any(changed):
            self.steps.changed("made")
        else:
            self.steps.note("they are there")

    def _libraries(self) -> None:
        self.steps.begin(f"{libraries.count(self.folder)} libraries, each checked by its hash")
        if self._is_whole:
            self.steps.note("they are there")
            return
        self.steps.note("this takes a minute; ten on a Raspberry Pi")
        libraries.install(self.machine, self.folder, self.bundle.wheels if self.bundle else None)
        self.steps.changed("installed")

    def _model(self) -> None:
        self.steps.begin("The speech model")
        if self.role != "kiosk":
            self.steps.note("a collector needs none")
            return
        before = self.versions.current()
        if before not in (None, self.name):
            model.take_over(self.versions.of(str(before)), self.folder)
        had = model.installed(self.folder)
        why = model.install(self.machine, self.folder, self.bundle.models if self.bundle else None)
        if why:
            self.steps.note(f"not installed: {why}")
            self.steps.note(
                "so it hears with the trial engine, which mishears many people: nobody should be judged by it."
            )
            self.steps.note("The zip can be installed later: sudo sayso models install en --from FILE")
        elif model.installed(self.folder) == had:
            self.steps.note(f"it is there: {', '.join(had)}")
        else:
            self.steps.changed(f"installed: {', '.join(model.installed(self.folder))}")

    def _mark(self) -> None:
        if not self._is_whole:
            self.versions.finish(self.name, tree.digest(self.source))

    # Into use

    def _into_use(self) -> None:
        self.steps.begin("Units, and the command `sayso`")
        made = units.make(self.machine, units.early_links(self.folder, self.roles))
        changed = bool(made)
        changed |= disk.point(self.machine.path(COMMAND), f"{CURRENT}/.venv/bin/sayso")
        changed |= self.versions.set_roles(self.roles)
        changed |= self.versions.use(self.name)
        if made:
            units.take_notice(self.machine)
        if changed:
            self.steps.changed(f"{self.name} is in use")
        else:
            self.steps.note("as they should be")

    def _told(self) -> None:
        say()
        if not self.steps.changes:
            say(f"Sayso {self.name} was installed already; nothing was changed.")
        else:
            say(f"Sayso {self.name} is installed.")
        if self.role == "kiosk" and not self.machine.path(CONFIG).exists():
            say("Now run: sudo sayso setup")
            say(f"And then, to have it checked and started: sudo {CURRENT}/script/install kiosk")


def _allow(path: Path, mode: int) -> bool:
    if path.stat().st_mode & 0o7777 == mode:
        return False
    path.chmod(mode)
    return True
