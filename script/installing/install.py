"""`script/install`: from nothing to a version that is in use, step by step; each step only does what is not done."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from installing import bundle_open, disk, libraries, model, packages, tree, units
from installing.bundle_open import Bundle
from installing.errors import InstallError
from installing.machine import Machine, free_bytes
from installing.telling import Steps, say
from installing.versions import COMMAND, CURRENT, Versions

CONFIG = "/etc/sayso/sayso.toml"
COLLECTOR_ENV = "/etc/sayso/collector.env"
_ROOM_BYTES = 1_500_000_000
"""Two versions side by side, with a speech model each, were 0.9 GB."""
_STEPS = 7
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
    with _alone(machine), _source(wanted) as bundle:
        return _Run(wanted, bundle).all()


@contextmanager
def _alone(machine: Machine) -> Iterator[None]:
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
        say(f"Sayso {self.name} for a {self.role}, to {self.folder}")
        self._packages()
        self._files()
        self._users()
        self._libraries()
        self._model()
        self._mark()
        if before not in (None, self.name):
            raise InstallError("Cannot upgrade", f"{before} is in use", "This version of script/install cannot yet.")
        self._into_use()
        code = self._start()
        self._told()
        return code

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
        if made and self.machine.is_running:
            units.take_notice(self.machine)
        if changed:
            self.steps.changed(f"{self.name} is in use")
        else:
            self.steps.note("as they should be")

    def _start(self) -> int:
        self.steps.begin("Starting it")
        if self.role == "kiosk" and not self.machine.path(CONFIG).exists():
            self.steps.note("not yet: there is no configuration")
            return 0
        if self.role == "kiosk" and not self._is_fit():
            return NOT_FIT
        links = units.late_links(self.folder, self.roles)
        made = units.make(self.machine, links)
        if made:
            self.steps.changed(f"{len(made)} links in /etc: it starts by itself from now on")
        if not self.machine.is_running:
            self.steps.note("it starts when this machine does")
            return 0
        self._start_now(reload=bool(made))
        return 0

    def _is_fit(self) -> bool:
        """Whether `sayso check` has no error; without a running machine there is nothing to look at."""
        if not self.machine.is_running or self._active(["sayso-kiosk.service"]):
            return True
        self.steps.note("sayso check: is it fit to open?")
        sayso = str(self.folder / ".venv" / "bin" / "sayso")
        command = self.machine.as_user("sayso", [sayso, "check", "--config", CONFIG])
        ended = self.machine.try_run(command, timeout_s=300)
        if ended.returncode == 0:
            return True
        said = (ended.stdout + ended.stderr).splitlines()
        for line in [line for line in said if not line.startswith(("fine", "advice"))]:
            self.steps.note(line)
        self.steps.note("Not started. Put that right, then run this again: it starts once `sayso check` has no error.")
        return False

    def _start_now(self, *, reload: bool) -> None:
        names = units.wanted_units(self.folder, self.role)
        if reload:
            units.take_notice(self.machine)
        idle = [name for name in names if not self._active([name])]
        if not idle:
            self.steps.note("it is running")
            return
        hint = f"Look at: journalctl -u {idle[0]}"
        self.machine.run(["systemctl", "start", *idle], "Cannot start", hint, timeout_s=300)
        self.steps.changed(f"started: {', '.join(idle)}")

    def _active(self, names: list[str]) -> bool:
        return self.machine.try_run(["systemctl", "is-active", "--quiet", *names]).returncode == 0

    def _told(self) -> None:
        say()
        if not self.steps.changes:
            say(f"Sayso {self.name} was installed already; nothing was changed.")
        else:
            say(f"Sayso {self.name} is installed.")
        if self.role == "kiosk" and not self.machine.path(CONFIG).exists():
            say("Now run: sudo sayso setup")


def _allow(path: Path, mode: int) -> bool:
    if path.stat().st_mode & 0o7777 == mode:
        return False
    path.chmod(mode)
    return True
