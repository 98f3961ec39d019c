"""From one version to another, and back again by itself.

    trying     the new one is tried on a copy; the one in use stays the one in use
    switched   `current` leads to the new one; it has to come up
    back       it did not: its data goes back into the older tables, then `current`

Where it stands is written down before each of them, so that whoever comes after a power cut (the next start of the
machine, or the next script/install) goes on from there. At every moment `current` leads to a whole version that can use
the data that lies there.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from installing import data, disk, units
from installing.errors import InstallError
from installing.machine import SYSTEM_PYTHON, Machine
from installing.services import Services
from installing.telling import Steps
from installing.trial import Trial
from installing.versions import FOLDER, Versions

STATE = f"{FOLDER}/upgrade.json"
LONGEST_WAIT_S = 1800
_LOOK_S = 5
_TRYING, _SWITCHED, _BACK = "trying", "switched", "back"
RESUME_TEXT = """# Made by script/install, which takes it away again: an upgrade that a power cut interrupted goes on.
[Unit]
Description=Sayso goes on with an upgrade
ConditionPathExists={state}
After=sayso-kiosk.service sayso-collector.service

[Service]
Type=oneshot
Environment=PYTHONPATH={script}
ExecStart={python} -B -m installing resume
TimeoutStartSec=1h
"""


@dataclass(frozen=True)
class Upgrade:
    """One from `old` to `new`, both whole versions in /opt/sayso.

    Attributes:
        machine: where.
        old, new: the versions' names.
        roles: what the machine is.
        steps: where it tells.
        services: those of the machine.
    """

    machine: Machine
    old: str
    new: str
    roles: list[str]
    steps: Steps
    services: Services

    @property
    def _versions(self) -> Versions:
        return Versions(self.machine)

    @property
    def _old(self) -> Path:
        return self._versions.of(self.old)

    @property
    def _new(self) -> Path:
        return self._versions.of(self.new)

    @property
    def _data(self) -> list[data.Data]:
        return data.of(self.machine, self.roles)

    def run(self) -> bool:
        """All of it; whether the new version is in use.

        Raises: InstallError: it could not even be tried; the old one runs as before.
        """
        self._note(_TRYING)
        try:
            self.steps.begin("Waiting until nobody is at the kiosk")
            self._wait()
            self.steps.begin("Closing for the upgrade")
            self.services.stop(self._units(self._old))
            self.services.tell_on_the_screen("Sayso is being renewed. It opens again by itself in a few minutes.")
            self.steps.begin(f"Trying {self.new} on a copy of the data")
            self._try()
        except BaseException:
            self._settle()
            self.services.start(self._wanted(self._old))
            raise
        self.steps.begin(f"Putting {self.new} in the place of {self.old}")
        self._note(_SWITCHED)
        self._resume_after_power_cut()
        self._point_to(self.new)
        self.steps.changed(f"{self.new} is in use")
        return self.finish()

    def finish(self) -> bool:
        """It was switched: it comes up, or it goes back; whether the new version is in use."""
        self.steps.begin("Does it come up?")
        self.services.start(self._wanted(self._new))
        if why := self._why_not_up():
            self.steps.note(f"no: {why}")
            self.back()
            return False
        self.steps.note("yes" if self.machine.is_running else "that is seen when this machine starts")
        self._settle()
        if gone := self._versions.keep_two((self.new, self.old)):
            self.steps.note(f"removed: {', '.join(gone)}. {self.old} is kept, to go back to")
        return True

    def by_hand(self) -> None:
        """To the old version because somebody wants to, although the new one runs.

        Raises: InstallError: its data can't go back; the new one runs as before.
        """
        self.steps.begin("Waiting until nobody is at the kiosk")
        self._wait()
        self.steps.begin(f"Closing, and going back to {self.old}")
        try:
            self.back()
        except InstallError:
            self._settle()
            raise

    def back(self) -> None:
        """To the old version, with all that was kept since. Raises: InstallError: it can't; the new one is started."""
        self._note(_BACK)
        self.steps.note(f"going back to {self.old}")
        self.services.stop(self._units(self._new))
        try:
            with ExitStack() as stack:
                for one in self._data:
                    stack.enter_context(one.held())
                    if told := one.bring_back(self._old, self._new):
                        self.steps.note(told)
                # Only now: the old one can't use the newer tables, but the new one can use the old ones.
                self._point_to(self.old)
        except BaseException:
            # Whatever it can do is more than a dark screen; and a restart of the machine tries to go back again.
            self.services.start(self._wanted(self._new))
            raise
        self.steps.changed(f"{self.old} is in use again")
        self.services.start(self._wanted(self._old))
        if why := self._why_not_up():
            self.steps.note(f"but {why}; look at: journalctl -b -u {units.MAIN[self.roles[0]]}")
        self._settle()

    def _wait(self) -> None:
        began = self.services.now_s()
        while any(one.open_visits() != 0 for one in self._data) and self.services.active(units.MAIN["kiosk"]):
            if self.services.now_s() - began > LONGEST_WAIT_S:
                met = f"somebody has been at the kiosk for {LONGEST_WAIT_S // 60} minutes"
                raise InstallError("Cannot upgrade", met, "Run this again later; nothing was changed.")
            self.services.sleep(_LOOK_S)
        self.steps.note("nobody is")

    def _try(self) -> None:
        trial = Trial(self.machine, self._new, self._old, self.steps)
        if not self._data:
            self.steps.note("there is none yet")
        try:
            for one in self._data:
                with one.held():
                    trial.on_copy_of(one)
        finally:
            trial.clean()

    def _why_not_up(self) -> str:
        started = self._wanted(self._versions.of(self._versions.current() or self.old))
        names = [units.MAIN[role] for role in self.roles if units.MAIN[role] in started]
        return next(filter(None, map(self.services.why_not_up, names)), "")

    def _units(self, version: Path) -> list[str]:
        """Every unit of a version, to be stopped."""
        names = [Path(link.place).name for link in units.unit_links(version, self.roles)]
        return [name for name in names if "@" not in name and Path(name).suffix in units.SUFFIXES]

    def _wanted(self, version: Path) -> list[str]:
        """Those to be started: a kiosk that does not start with the machine is not started now."""
        roles = units.enabled(self.machine, self.roles)
        return [name for role in roles for name in units.wanted_units(version, role)]

    def _point_to(self, name: str) -> None:
        """Let everything lead to a version: first what is new in /etc, at last what is not in it any more."""
        folder = self._versions.of(name)
        links = units.early_links(folder, self.roles)
        links += units.late_links(folder, units.enabled(self.machine, self.roles))
        units.make(self.machine, links)
        self._versions.use(name)
        units.drop_stale(self.machine, links)
        units.take_notice(self.machine)

    # Where it stands

    def _note(self, stage: str) -> None:
        noted = {"stage": stage, "old": self.old, "new": self.new}
        disk.write(self.machine.path(STATE), json.dumps(noted) + "\n")

    def _settle(self) -> None:
        """Nothing is going on any more."""
        self.machine.path(STATE).unlink(missing_ok=True)
        for path in (f"{units.UNITS}/multi-user.target.wants/{units.RESUME}", f"{units.UNITS}/{units.RESUME}"):
            self.machine.path(path).unlink(missing_ok=True)
        for one in self._data:
            one.clean()

    def _resume_after_power_cut(self) -> None:
        script = f"{FOLDER}/{self.new}/script"
        text = RESUME_TEXT.format(state=STATE, script=script, python=SYSTEM_PYTHON)
        folder = self.machine.path(units.UNITS)
        folder.mkdir(parents=True, exist_ok=True)
        disk.write(folder / units.RESUME, text)
        disk.point(folder / "multi-user.target.wants" / units.RESUME, f"{units.UNITS}/{units.RESUME}")

    def go_on(self, stage: str) -> bool:
        """After a power cut, from where it stood; whether the new version is in use then."""
        if stage == _BACK:
            self.back()
            return False
        if stage == _SWITCHED and self._versions.current() == self.new:
            self._point_to(self.new)
            return self.finish()
        self._settle()
        self.services.start(self._wanted(self._old))
        return False


def resume(machine: Machine, steps: Steps, services: Services) -> bool | None:
    """Go on with an upgrade that was cut short; whether the new version is in use then, None if there was none."""
    try:
        noted = json.loads(machine.path(STATE).read_text(encoding="utf-8"))
        stage, old, new = (str(noted[name]) for name in ("stage", "old", "new"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    versions = Versions(machine)
    upgrade = Upgrade(machine, old, new, versions.roles(), steps, services)
    steps.note(f"an upgrade from {old} to {new} was cut short; going on with it")
    return upgrade.go_on(stage)
