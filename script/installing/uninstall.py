"""`script/uninstall`: takes Sayso off a machine; data only where somebody who knows the home says so."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tomllib

from installing import data, store_rows, units
from installing.data import COLLECTOR_ENV, CONFIG, USERS
from installing.errors import InstallError
from installing.install import alone
from installing.machine import Machine
from installing.services import Services
from installing.telling import say
from installing.versions import COMMAND, FOLDER, Versions

KEEP, ERASE = "keep", "erase"
_OP = "Cannot uninstall"
_SETTINGS = {"kiosk": CONFIG, "collector": COLLECTOR_ENV}


def uninstall(machine: Machine, role: str, choice: str, *, even_unsent: bool = False) -> int:
    """Take a role off; the exit code.

    Args:
        machine: where.
        role: "kiosk" or "collector".
        choice: what becomes of the data: `KEEP`, `ERASE`, or "" to ask on the terminal.
        even_unsent: erase what no server has, too. Asking asks for that.

    Raises: InstallError: it is not there, nobody can be asked, or visits would be lost.
    """
    if machine.is_this and os.geteuid() != 0:
        raise InstallError(_OP, "you are not root", f"Run: sudo script/uninstall {role}")
    versions = Versions(machine)
    if role not in versions.roles():
        raise InstallError(_OP, f"no {role} is installed here", "See what is: cat /opt/sayso/roles")
    with alone(machine):
        kept = data.of(machine, [role])
        unsent = _unsent(kept)
        _tell(machine, role, kept, unsent)
        erase = _chosen(machine, role, choice, unsent, even_unsent=even_unsent)
        _take_off(machine, versions, role)
        if erase:
            _erase(machine, role, kept)
    rest = [each for each in versions.roles() if each != role]
    versions.set_roles(rest)
    if not rest:
        machine.path(COMMAND).unlink(missing_ok=True)
        shutil.rmtree(machine.path(FOLDER))
    say()
    say(f"The {role} is gone. Debian's packages stay: other programs may need them.")
    if not erase:
        say(f"Kept: {_places(machine, role, kept)}")
    return 0


def _unsent(kept: list[data.Data]) -> int | None:
    """How many visits would be lost; None where that can't be told."""
    files = [one.file for one in kept if one.role == "kiosk" and one.file.exists()]
    counts = [store_rows.undelivered(file) for file in files]
    return None if None in counts else sum(filter(None, counts))


def _tell(machine: Machine, role: str, kept: list[data.Data], unsent: int | None) -> None:
    say(f"Here is: {_places(machine, role, kept) or 'no data'}")
    if role == "kiosk" and unsent is None:
        say("How many visits wait cannot be told: the database can't be read.")
    elif unsent:
        say(
            f"{unsent} visits have not been delivered. To send them first: sudo -u sayso sayso upload --config {CONFIG}"
        )
        say(f"To take them along on a USB stick: sudo -u sayso sayso export --config {CONFIG} FOLDER")
    elif role == "kiosk":
        say("Every visit has been delivered.")
    if role == "collector":
        say("A collector's visits are here and nowhere else, unless somebody exported them.")


def _places(machine: Machine, role: str, kept: list[data.Data]) -> str:
    there = [str(one.folder) for one in kept]
    there += [path for path in (_SETTINGS[role],) if machine.path(path).exists()]
    return ", ".join(there)


def _chosen(machine: Machine, role: str, choice: str, unsent: int | None, *, even_unsent: bool) -> bool:
    """Whether to erase. Raises: InstallError: nobody can be asked, or they were not sure."""
    if choice == KEEP:
        return False
    if choice == ERASE:
        if unsent != 0 and not even_unsent:
            met = f"{'some' if unsent is None else unsent} visits have not been delivered"
            raise InstallError(_OP, met, "Send or export them first, or say --even-unsent; nothing was changed.")
        return True
    if not sys.stdin.isatty():
        raise InstallError(_OP, "nobody can be asked here", "Say --keep-data or --erase-data; nothing was changed.")
    word = _name(machine) if role == "kiosk" else "collector"
    say(f"To erase all this, type: {word}")
    say("To keep it, press Enter. To leave everything as it is, press Ctrl+C.")
    typed = sys.stdin.readline().strip()
    if typed and typed != word:
        raise InstallError(_OP, f"'{typed}' is not '{word}'", "Run it again; nothing was changed.")
    return bool(typed)


def _name(machine: Machine) -> str:
    """The home's name; where it has none, a word that nobody types by chance."""
    try:
        home = tomllib.loads(machine.path(CONFIG).read_text(encoding="utf-8"))["home"]
        return str(home["name"]).strip() or "erase"
    except (OSError, ValueError, KeyError, TypeError):
        return "erase"


def _take_off(machine: Machine, versions: Versions, role: str) -> None:
    """Stop its units and take its links away; what another role needs stays."""
    current = versions.of(str(versions.current()))
    rest = [each for each in versions.roles() if each != role]
    services = Services(machine)
    services.stop([link.place.rsplit("/", 1)[1] for link in units.unit_links(current, [role])])
    say("Stopped.")
    links = units.early_links(current, rest) + units.late_links(current, units.enabled(machine, rest)) if rest else []
    gone = units.drop_stale(machine, links)
    say(f"{len(gone)} links in /etc are gone.")
    units.take_notice(machine)
    services.allow()
    if role == "kiosk":
        services.start(["getty@tty1.service"])  # a login on the display again


def _erase(machine: Machine, role: str, kept: list[data.Data]) -> None:
    for one in kept:
        shutil.rmtree(one.folder)
        say(f"Erased: {one.folder}. A memory card may still hold pieces of it; what is sealed stays sealed.")
    path = machine.path(_SETTINGS[role])
    if path.exists():
        path.unlink()
        say(f"Erased: {_SETTINGS[role]}. Take the kiosk's token off the server, too.")
    with contextlib.suppress(OSError):  # the other role's settings are in there still
        path.parent.rmdir()
    if machine.is_this or machine.is_whole:
        machine.try_run(["userdel", USERS[role]])
