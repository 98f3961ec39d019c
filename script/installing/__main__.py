"""What script/install, script/uninstall and script/bundle run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from installing.bundle_make import APPLIANCE, MACHINES, make, running_python
from installing.errors import InstallError
from installing.install import Wanted, go_back, go_on, install
from installing.machine import Machine
from installing.uninstall import uninstall

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
        "Another version than the one in use is tried on a copy of the data first, and goes back by itself where it\n"
        "fails.\n\n"
        "Exit codes: 0 done; 1 installed but not fit to open, or gone back; 2 could not be done, nothing was changed.",
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
    for_install.add_argument("--back", action="store_true", help="go back to the version before the one in use")
    for_uninstall = commands.add_parser(
        "uninstall",
        prog="script/uninstall",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Take Sayso off this machine. It asks what is to become of the data, unless an option says so.",
        epilog="Debian's packages stay. Exit codes: 0 done, 2 could not be done.",
    )
    for_uninstall.add_argument("role", choices=("kiosk", "collector"), help="what is to go")
    for_uninstall.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="off that folder's machine")
    what = for_uninstall.add_mutually_exclusive_group()
    what.add_argument("--keep-data", action="store_true", help="leave visits and configuration where they are")
    what.add_argument("--erase-data", action="store_true", help="erase visits and configuration")
    for_uninstall.add_argument("--even-unsent", action="store_true", help="erase visits that no server has, too")
    commands.add_parser("resume", prog="resume", description="Go on with an upgrade that a power cut interrupted.")
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
        if given.command == "resume":
            return go_on(Machine())
        machine = Machine(given.root.resolve())
        if given.command == "uninstall":
            choice = "keep" if given.keep_data else "erase" if given.erase_data else ""
            return uninstall(machine, given.role, choice, even_unsent=given.even_unsent)
        if given.back:
            return go_back(machine)
        return install(Wanted(given.role, machine, given.bundle, packages=not given.no_packages))
    except InstallError as error:
        sys.stderr.write(f"sayso {given.command}: {error}\n")
        return WRONG
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Run it again: it goes on from what is there.\n")
        return WRONG


if __name__ == "__main__":
    sys.exit(main())
