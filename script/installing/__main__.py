"""What script/install, script/uninstall and script/bundle run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from installing.bundle_make import APPLIANCE, MACHINES, make, running_python
from installing.errors import InstallError
from installing.install import Wanted, install
from installing.machine import Machine

WRONG = 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script")
    commands = parser.add_subparsers(dest="command", required=True)
    for_install = commands.add_parser(
        "install",
        prog="script/install",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Install Sayso on this machine, or bring it to this version. Run again, it changes nothing.",
        epilog="For example:\n"
        "  sudo script/install kiosk\n"
        "  sudo script/install kiosk --bundle /media/stick/sayso-0.1.0.tar\n\n"
        "Exit codes: 0 done, 1 installed but not fit to open (what to do is said), 2 could not be done.",
    )
    for_install.add_argument("role", choices=("kiosk", "collector"), help="what this machine is to be")
    for_install.add_argument("--bundle", type=Path, metavar="FILE", help="install from what script/bundle made")
    for_install.add_argument(
        "--root",
        type=Path,
        default=Path("/"),
        metavar="DIR",
        help="install into that folder's machine, which does not run",
    )
    for_install.add_argument("--no-packages", action="store_true", help="leave Debian's packages alone")
    for_bundle = commands.add_parser(
        "bundle",
        prog="script/bundle",
        description="Make one file that holds everything for an installation without a network, but Debian's packages.",
    )
    for_bundle.add_argument("--to", type=Path, metavar="FILE", help="the tar file; else dist/sayso-VERSION.tar")
    for_bundle.add_argument(
        "--python",
        action="append",
        metavar="X.Y",
        help=f"for these Pythons; else {APPLIANCE} and the one that runs this",
    )
    for_bundle.add_argument("--machine", action="append", choices=MACHINES, help="for these processors; else both")
    return parser


def main() -> int:
    """Run what was asked for; the exit code."""
    given = _parser().parse_args()
    try:
        if given.command == "bundle":
            pythons = given.python or sorted({APPLIANCE, running_python()})
            make(given.to, pythons, given.machine or MACHINES)
            return 0
        machine = Machine(given.root.resolve())
        return install(Wanted(given.role, machine, given.bundle, packages=not given.no_packages))
    except InstallError as error:
        sys.stderr.write(f"sayso {given.command}: {error}\n")
        return WRONG
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Run it again: it goes on from what is there.\n")
        return WRONG


if __name__ == "__main__":
    sys.exit(main())
