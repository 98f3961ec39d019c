"""Debian's packages: which a kiosk and a collector need, and having them."""

from __future__ import annotations

from installing.errors import InstallError
from installing.machine import Machine

BOTH = ("ca-certificates", "python3", "python3-venv")
KIOSK = (
    # Sound: PortAudio on ALSA, the levels of a sound card, and synthetic speech
    "libportaudio2",
    "alsa-utils",
    "espeak-ng",
    # The screen: a compositor that shows one program and what gives it the display, its terminal, letters
    "cage",
    "seatd",
    "foot",
    "wlr-randr",
    "fonts-dejavu-core",
    "fontconfig",
    # Keys by input device: the library has no wheel
    "python3-evdev",
    # The clock, where there is a network now and then
    "systemd-timesyncd",
)
COLLECTOR: tuple[str, ...] = ()
_ENV = {"DEBIAN_FRONTEND": "noninteractive"}


def needed(role: str) -> tuple[str, ...]:
    """The names of all packages for "kiosk" or "collector"."""
    return BOTH + (KIOSK if role == "kiosk" else COLLECTOR)


def missing(machine: Machine, role: str) -> list[str]:
    """Those that are not installed there."""
    command = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *needed(role)]
    told = machine.try_run(command).stdout.splitlines()
    there = {line.split()[0] for line in told if line.split()[1:] == ["installed"]}
    return [name for name in needed(role) if name not in there]


def install(machine: Machine, role: str, names: list[str]) -> None:
    """Install those. Raises: InstallError: there is no network, or Debian's own installer failed."""
    hint = (
        "Is the network there? Without one, install them from a medium first (docs/install.md says how), then run this "
        "again."
    )
    op = f"Cannot install Debian's packages for a {role}"
    if machine.try_run(["apt-get", "--version"]).returncode != 0:
        raise InstallError(op, f"there is no apt-get here, and these are missing: {' '.join(names)}", hint)
    machine.run(["apt-get", "update", "-qq"], op, hint, env=_ENV)
    machine.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *names], op, hint, env=_ENV)
