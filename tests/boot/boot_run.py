"""The boot test's command line: see script/test-boot."""

from __future__ import annotations

import argparse
import os
import platform
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from boot_bed import Bed
from boot_care import Care
from boot_console import BootError
from boot_guest import QUIET, Guest, loudest_part
from boot_image import Image, Maker
from boot_report import Report
from boot_steps import Steps
from boot_upgrades import Upgrades
from boot_visits import Visits

TREE = Path(__file__).parents[2]
STEPS: dict[str, tuple[str, Callable[[Bed], None]]] = {
    "units": ("units are active, the screen is drawn, nobody can log in", lambda bed: Steps(bed).units()),
    "keyboard": ("what a person with a keyboard can reach", lambda bed: Steps(bed).keyboard()),
    "visit": ("a visit by keys, delivered to a collector outside", lambda bed: Visits(bed).visit()),
    "send-now": ("staff ask to send what was said today", lambda bed: Visits(bed).send_now()),
    "power": ("power cut in the middle of a visit, and the next start", lambda bed: Visits(bed).power()),
    "watchdog": ("a kiosk that hangs is ended by the watchdog and started again", lambda bed: Steps(bed).watchdog()),
    "help": ("somebody asks for help", lambda bed: Care(bed).help()),
    "health": ("the kiosk tells the office how it is", lambda bed: Visits(bed).health()),
    "crash": ("a kiosk that cannot start: the sign, and back again", lambda bed: Care(bed).crash()),
    "setup": ("sayso setup, by flags, twice", lambda bed: Care(bed).setup()),
    "upgrade": ("an upgrade from a stick, to a version that runs", lambda bed: Upgrades(bed).good()),
    "falling": (
        "an upgrade that passes its trial, does not come up and goes back",
        lambda bed: Upgrades(bed).falling(),
    ),
    "broken": ("an upgrade that fails its trial", lambda bed: Upgrades(bed).broken()),
}
"""Every step, in order: what it is, and what does it."""
ON_STICK = {"upgrade", "falling", "broken"}


def parser() -> argparse.ArgumentParser:
    """What can be asked for."""
    made = argparse.ArgumentParser(
        prog="script/test-boot",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=(
            "Install Sayso on a Debian 13 of its own, start that in an emulated computer and look whether it is a\n"
            "kiosk: its units, screen and sound, its watchdog, visits by keys that reach a collector, a power cut in\n"
            "the middle of one, keys that should lead nowhere, the call for help, the sign 'out of order',\n"
            "sayso setup, an upgrade that succeeds and two that go back.\n\n"
            "It takes half an hour or more, and 6 GB of disk. It has to be root: debootstrap makes a Debian's files\n"
            "with their owners. What it needs (debootstrap, QEMU) it installs. It is no part of script/test."
        ),
        epilog=(
            "For example:\n"
            "  sudo script/test-boot                     all of it, on the last commit\n"
            "  sudo script/test-boot --number 4711       the number that somebody gave you, to see that it is new\n"
            "  sudo script/test-boot --only units,visit  some steps\n\n"
            "Exit codes: 0 all as it has to be, 1 something is not (boot.log says what), 2 it could not be tried."
        ),
    )
    made.add_argument(
        "--number", metavar="N", help="typed at the serial console, to stand in its log; else one is drawn"
    )
    made.add_argument(
        "--commit", default="HEAD", metavar="REV", help="what to install; what is not committed is not tested"
    )
    made.add_argument("--only", metavar="STEPS", help=f"some of: {','.join(STEPS)}")
    made.add_argument(
        "--report",
        type=Path,
        default=TREE / "boot-report",
        metavar="DIR",
        help="for the log and the pictures; else boot-report",
    )
    made.add_argument(
        "--cache", type=Path, metavar="DIR", help="for Debian and images that were made; else ~/.cache/sayso-boot"
    )
    made.add_argument("--keep", action="store_true", help="keep the disk as the test leaves it, in the report's folder")
    return made


def main() -> int:
    """Run the steps that were asked for; the exit code."""
    given = parser().parse_args()
    only = tuple(given.only.split(",")) if given.only else tuple(STEPS)
    if unknown := set(only) - {*STEPS}:
        sys.stderr.write(
            f"script/test-boot: --only {','.join(sorted(unknown))}: not known. Take of: {', '.join(STEPS)}\n"
        )
        return 2
    if os.geteuid() != 0:
        sys.stderr.write("script/test-boot: you are not root, and debootstrap needs it. Run: sudo script/test-boot\n")
        return 2
    cache = given.cache or Path.home() / ".cache" / "sayso-boot"
    cache.mkdir(parents=True, exist_ok=True)
    report = Report(given.report.resolve())
    commit = _told("git", "-C", str(TREE), "rev-parse", "--verify", f"{given.commit}^{{commit}}")
    report.say(f"commit {commit}")
    qemu = _told("qemu-system-x86_64", "--version").splitlines()[0]
    report.say(f"host: {platform.machine()}, {os.cpu_count()} processors, {qemu}")
    maker = Maker(TREE, commit, cache, report.say)
    try:
        image = maker.image()
        stick = maker.stick() if ON_STICK & {*only} else None
    except (BootError, OSError, subprocess.CalledProcessError) as error:
        report.say(f"the image could not be made: {error}")
        return 2
    report.say(f"image {image.sha256} (SHA-256 of the disk before its first start)")
    number = given.number or f"{secrets.randbelow(10**6):06}"
    with tempfile.TemporaryDirectory(prefix="sayso-boot-", dir=cache) as work:
        try:
            _Run(image, report, Path(work), only, number).all(stick)
        except (BootError, OSError) as error:
            report.failed.append("the machine")
            report.say(f"NOT SO: {error}")
        _close(report, Path(work), keep=given.keep)
    if report.failed:
        report.say(f"NOT as it has to be: {'; '.join(report.failed)}")
        return 1
    report.say("all as it has to be")
    return 0


@dataclass
class _Run:
    """Every step, on one machine that is switched off and on between some of them."""

    image: Image
    report: Report
    work: Path
    only: tuple[str, ...]
    number: str

    def all(self, stick: Path | None) -> None:
        """From the first start to the last. Raises: BootError: the machine itself does not do."""
        report = self.report
        office = self.image.office.copied(self.work / "office")
        disks = self.image.disks(self.work, stick)
        with office.serving(report.folder / "collector.log") as port:
            report.say("--- the machine is switched on")
            bed = Bed(report, office, disks, self.work, port)
            try:
                self._number(bed.guest)
                _versions(bed.guest, report)
                bed.guest.wait_open()
                for name, (what, do) in STEPS.items():
                    if name in self.only:
                        with report.step(f"{name}: {what}"):
                            do(bed)
                with report.step("switched off in order"):
                    bed.guest.machine.off(bed.guest.patience_s)
            finally:
                if bed.guest.console.alive:
                    bed.guest.machine.pull_the_plug()

    def _number(self, guest: Guest) -> None:
        guest.console.type_line(f"echo number: {self.number}")
        guest.console.wait_for(f"number: {self.number}", guest.patience_s)
        self.report.say(f"    number {self.number} typed at the serial console")


def _close(report: Report, work: Path, *, keep: bool) -> None:
    """What is to be said of what the machine leaves: its disk, and what it played."""
    disk = work / "disk.qcow2"
    with report.step("what it leaves: a disk without faults, and sound"):
        loudest = loudest_part(work)
        report.check(
            "sound came out of the sound card", so=loudest > QUIET, seen=f"the loudest sample is {loudest:.3f}"
        )
        raw = work / "disk.raw"
        subprocess.run(["qemu-img", "convert", "-O", "raw", str(disk), str(raw)], check=True)
        done = subprocess.run(["e2fsck", "-f", "-n", str(raw)], check=False, capture_output=True, text=True)
        report.check(
            "e2fsck -f finds nothing", so=done.returncode == 0, seen=done.stdout.splitlines()[-1].replace(str(work), "")
        )
    if keep:
        disk.rename(report.folder / "disk.qcow2")


def _versions(guest: Guest, report: Report) -> None:
    packages = "dpkg-query -W -f '${Package} ${Version}\\n' systemd cage foot seatd python3"
    words = f"uname -r; cat /etc/debian_version; {packages}; readlink /opt/sayso/current"
    report.say("    versions: " + ", ".join(guest.console.must(words).splitlines()))


def _told(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
