"""Units, users and what else belongs into the system's own folders: links to `current`, so that all move with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from installing import disk
from installing.errors import InstallError
from installing.machine import Machine
from installing.versions import CURRENT

UNITS = "/etc/systemd/system"
SUFFIXES = (".service", ".timer", ".path", ".socket", ".target", ".mount", ".slice")
EARLY = {"sysusers.d": "/etc/sysusers.d", "tmpfiles.d": "/etc/tmpfiles.d"}
"""Folder in systemd/ -> where it belongs, from the beginning."""
LATE = {
    "udev": "/etc/udev/rules.d",
    "udev.rules.d": "/etc/udev/rules.d",
    "rules.d": "/etc/udev/rules.d",
    "sysctl.d": "/etc/sysctl.d",
    "logind.conf.d": "/etc/systemd/logind.conf.d",
    "journald.conf.d": "/etc/systemd/journald.conf.d",
    "system.conf.d": "/etc/systemd/system.conf.d",
    "modules-load.d": "/etc/modules-load.d",
    "modprobe.d": "/etc/modprobe.d",
    "pam.d": "/etc/pam.d",
}
"""The same for what locks the machine down: only once it is a kiosk that works, or nobody could set it up."""
FILES = {"out-of-order": "/usr/local/lib/sayso/out-of-order"}
"""File in systemd/ -> where a kiosk's units look for it."""
MASKED = ("getty@tty1.service", "autovt@.service", "ctrl-alt-del.target")
"""Of the system's own, what a kiosk must not have: logins on its display, and a restart by three keys."""
RESUME = "sayso-upgrade.service"
"""Goes on with an upgrade after a power cut; `installing.upgrade` makes it and takes it away."""
MAIN = {"kiosk": "sayso-kiosk.service", "collector": "sayso-collector.service"}
"""Role -> the unit that has to run."""
_WANTS = {"WantedBy": "wants", "RequiredBy": "requires", "UpheldBy": "upholds"}


@dataclass(frozen=True)
class Link:
    """A link into the system's folders.

    Attributes:
        place: where it stands, on that machine.
        target: where it points, on that machine.
    """

    place: str
    target: str


def of_role(name: str, role: str) -> bool:
    """Whether a file is for that role: a collector's have the word in their names."""
    return ("collector" in name) == (role == "collector")


def early_links(version: Path, roles: list[str]) -> list[Link]:
    """What has to be there for the units, users and folders of those roles to be known; it starts nothing."""
    links = unit_links(version, roles) + folder_links(version, roles, EARLY)
    for name, place in FILES.items() if "kiosk" in roles else ():
        if (version / "systemd" / name).is_file():
            links.append(Link(place, f"{CURRENT}/systemd/{name}"))
    return links


def late_links(version: Path, roles: list[str]) -> list[Link]:
    """What starts them with the machine, and locks a kiosk down."""
    links = folder_links(version, roles, LATE) + enabling_links(version, roles)
    if "kiosk" in roles:
        links += [Link(f"{UNITS}/{name}", "/dev/null") for name in MASKED]
    return links


def wanted_units(version: Path, role: str) -> list[str]:
    """The units to start now."""
    return sorted({Path(link.place).name for link in enabling_links(version, [role]) if ".wants/" in link.place})


def enabled(machine: Machine, roles: list[str]) -> list[str]:
    """Those of the roles that start with the machine."""
    return [role for role in roles if machine.path(f"{UNITS}/multi-user.target.wants/{MAIN[role]}").is_symlink()]


def take_notice(machine: Machine) -> None:
    """Let the system read anew what was changed for it, if it runs."""
    if not machine.is_running:
        return
    for command in (
        ["systemctl", "daemon-reload"],
        ["systemd-tmpfiles", "--create"],
        ["udevadm", "control", "--reload"],
        ["systemctl", "restart", "systemd-sysctl.service"],
        ["systemctl", "kill", "--signal=HUP", "systemd-logind.service"],
    ):
        machine.try_run(command)


def unit_links(version: Path, roles: list[str]) -> list[Link]:
    """For every unit, and every folder of additions to one (NAME.d), that those roles have in a version."""
    links = []
    for path in sorted((version / "systemd").glob("*")):
        is_unit = path.is_file() and path.suffix in SUFFIXES
        is_addition = path.is_dir() and path.suffix == ".d" and Path(path.stem).suffix in SUFFIXES
        if is_unit and _wanted(path.name, roles):
            links.append(Link(f"{UNITS}/{path.name}", f"{CURRENT}/systemd/{path.name}"))
        if is_addition and _wanted(path.name, roles):
            inside = [f"{path.name}/{file.name}" for file in sorted(path.iterdir())]
            links += [Link(f"{UNITS}/{name}", f"{CURRENT}/systemd/{name}") for name in inside]
    return links


def folder_links(version: Path, roles: list[str], folders: dict[str, str]) -> list[Link]:
    """For everything in those folders of systemd/, and in no unit."""
    links = []
    for folder, place in folders.items():
        there = [path.name for path in sorted((version / "systemd" / folder).glob("*")) if path.is_file()]
        names = [name for name in there if _wanted(name, roles) or folder == "sysusers.d"]
        links += [Link(f"{place}/{name}", f"{CURRENT}/systemd/{folder}/{name}") for name in names]
    return links


def enabling_links(version: Path, roles: list[str]) -> list[Link]:
    """What `systemctl enable` would make for every unit of those roles that says by whom it is wanted."""
    links = []
    for unit in unit_links(version, roles):
        name = Path(unit.place).name
        path = version / "systemd" / name
        if not path.is_file() or "@." in name:
            continue
        for key, value in _install_section(path):
            for other in value.split():
                if key in _WANTS:
                    links.append(Link(f"{UNITS}/{other}.{_WANTS[key]}/{name}", f"{UNITS}/{name}"))
                elif key == "Alias" and other != name:
                    links.append(Link(f"{UNITS}/{other}", f"{UNITS}/{name}"))
    return links


def make(machine: Machine, links: list[Link]) -> list[str]:
    """Make those that are not there; their places. A file of somebody's own in such a place is left alone."""
    made = []
    for link in links:
        path = machine.path(link.place)
        if path.exists() and not path.is_symlink():
            continue
        if disk.point(path, link.target):
            made.append(link.place)
    return made


def ours(machine: Machine) -> Iterator[Path]:
    """Every link on that machine that leads to /opt/sayso, or to a unit that does."""
    places = {UNITS, *EARLY.values(), *LATE.values(), *(str(Path(place).parent) for place in FILES.values())}
    for place in sorted(places):
        top = machine.path(place)
        for path in sorted(top.rglob("*")) if top.is_dir() else ():
            if path.is_symlink():
                target = str(path.readlink())
                masked = path.name in MASKED and target == "/dev/null"
                if path.name == RESUME:
                    continue
                if masked or target.startswith((f"{CURRENT}/", f"{UNITS}/sayso-")):
                    yield path


def drop_stale(machine: Machine, wanted: list[Link]) -> list[str]:
    """Remove our links that no unit of the version in use asks for any more; their places."""
    keep = {machine.path(link.place) for link in wanted}
    gone = []
    for path in list(ours(machine)):
        if path not in keep:
            path.unlink()
            gone.append(str(path))
    return gone


def make_users(machine: Machine, version: Path, role: str) -> bool:
    """Have the role's user; whether it had to be made. Raises: InstallError."""
    user = user_of(role)
    if machine.number_of("passwd", user) is not None:
        return False
    op, hint = f"Cannot make the user {user}", "Is this Debian 13 with systemd? Nothing else was changed."
    files = sorted((version / "systemd" / "sysusers.d").glob("*.conf"))
    lines = "".join(file.read_text(encoding="utf-8") for file in files)
    root = [] if machine.is_this or machine.is_whole else [f"--root={machine.root}"]
    machine.path("/etc").mkdir(exist_ok=True)
    machine.run(["systemd-sysusers", *root, "-"], op, hint, given=lines)
    if machine.number_of("passwd", user) is None:
        raise InstallError(op, "systemd-sysusers did not make it", hint)
    return True


def user_of(role: str) -> str:
    """The user that a role runs as."""
    return "sayso" if role == "kiosk" else "sayso-collector"


def _wanted(name: str, roles: list[str]) -> bool:
    return any(of_role(name, role) for role in roles)


def _install_section(path: Path) -> Iterator[tuple[str, str]]:
    section = ""
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if line.startswith("["):
            section = line
        elif section == "[Install]" and "=" in line and not line.startswith(("#", ";")):
            key, _, value = line.partition("=")
            yield key.strip(), value.strip()
