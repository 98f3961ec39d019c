"""The last step: what is installed is started, a kiosk only where `sayso check` has no error."""

from __future__ import annotations

from pathlib import Path

from installing import units
from installing.data import CONFIG, USERS
from installing.machine import Machine
from installing.services import Services
from installing.telling import Steps

_CHECK_S = 600
_START_S = 600


def start(machine: Machine, version: Path, role: str, roles: list[str], steps: Steps) -> bool:
    """Start a role, now and with the machine.

    Args:
        machine: where.
        version: the folder of the version in use, seen from here.
        role: to start.
        roles: all that the machine is.
        steps: where it tells.

    Returns: False where a kiosk is not fit to open; what to do was told.
    Raises: InstallError: systemd could not start it.
    """
    steps.begin("Starting it")
    if role == "kiosk" and not machine.path(CONFIG).exists():
        steps.note("not yet: there is no configuration")
        return True
    services = Services(machine)
    if role == "kiosk" and machine.is_running and not services.active(units.MAIN[role]) and not _is_fit(machine, steps):
        return False
    made = units.make(machine, units.late_links(version, sorted({*units.enabled(machine, roles), role})))
    if made:
        steps.changed(f"{len(made)} links in /etc: it starts by itself from now on")
        units.take_notice(machine)
    if not machine.is_running:
        steps.note("it starts when this machine does")
        return True
    idle = [name for name in units.wanted_units(version, role) if not services.active(name)]
    if not idle:
        steps.note("it is running")
        if role == "kiosk":
            steps.note("a configuration that was changed is taken up by: sudo systemctl restart sayso-kiosk")
        return True
    # What fell again and again is not started for half an hour otherwise; whoever runs this has put it right.
    machine.try_run(["systemctl", "reset-failed", *idle])
    hint = f"Look at: journalctl -b -u {idle[0]}"
    machine.run(["systemctl", "start", *idle], "Cannot start", hint, timeout_s=_START_S)
    steps.changed(f"started: {', '.join(idle)}")
    return True


def _is_fit(machine: Machine, steps: Steps) -> bool:
    steps.note("sayso check: is it fit to open?")
    command = machine.as_user(USERS["kiosk"], ["/usr/local/bin/sayso", "check", "--config", CONFIG])
    ended = machine.try_run(command, timeout_s=_CHECK_S)
    if ended.returncode == 0:
        return True
    for line in (ended.stdout + ended.stderr).splitlines():
        if not line.startswith(("fine", "advice")):
            steps.note(line)
    steps.note("Not started. Put that right, then run this again: it starts once `sayso check` has no error.")
    return False
