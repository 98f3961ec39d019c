"""What every step of the boot test has: the machine, the office outside, and where it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from boot_guest import KIOSK, SIGN, Guest
from boot_machine import Disks
from boot_office import Office
from boot_report import Report

FIRST_PATIENCE_S = 400.0
"""For the first start, before it is known how fast this host is."""


@dataclass
class Bed:
    """One machine, which is switched off and on between some of the steps.

    Attributes:
        report: where it is written down.
        office: who is sent to.
        disks: what the machine starts from.
        work: a folder of this run's own.
        port: of the office's collector, on this host's loopback.
        guest: the machine as it runs now.
    """

    report: Report
    office: Office
    disks: Disks
    work: Path
    port: int
    guest: Guest = field(init=False)

    def __post_init__(self) -> None:
        self.guest = self._started(FIRST_PATIENCE_S)

    def again(self) -> None:
        """Switch it on once more, after its plug was pulled."""
        self.guest = self._started(self.guest.patience_s)

    def _started(self, patience_s: float) -> Guest:
        return Guest.started(self.disks, self.report, self.work, self.port, patience_s)

    def all_well(self) -> None:
        """Its line for staff says so, which a speaker that lacks would change; and no sign is up, unseen behind it."""
        line = self.guest.property_of(KIOSK, "StatusText")
        sound = "cat /proc/asound/cards; dmesg | grep -i -E 'snd|hda' | tail -n 8"
        seen = line if line == "All well" else f"{line} {self.guest.console.run(sound).words}"
        self.report.check("its line for staff: All well", so=line == "All well", seen=seen)
        sign = self.guest.console.run(f"systemctl is-active {SIGN}").words.strip()
        self.report.check("and no sign is up", so=sign == "inactive", seen=sign)
