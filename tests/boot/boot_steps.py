"""Steps of the boot test that look at the machine itself: its units, what its keyboard reaches, its watchdog."""

from __future__ import annotations

import time
from dataclasses import dataclass

from boot_bed import Bed
from boot_guest import KIOSK, Guest, colours, differing, same
from boot_report import Report

COMBINATIONS = (
    *(("ctrl", "alt", f"f{number}") for number in range(1, 7)),
    *(("alt", f"f{number}") for number in range(2, 7)),
    ("ctrl", "alt", "delete"),
    ("ctrl", "alt", "backspace"),
    ("ctrl", "c"),
    ("ctrl", "z"),
    ("ctrl", "d"),
    ("ctrl", "q"),
    ("ctrl", "s"),
    ("ctrl", "backslash"),
    ("ctrl", "p"),
    ("ctrl", "shift", "n"),
    ("ctrl", "shift", "c"),
    ("ctrl", "shift", "r"),
    ("ctrl", "shift", "o"),
    ("ctrl", "shift", "u"),
    ("ctrl", "equal"),
    ("alt", "f4"),
    ("alt", "tab"),
    ("alt", "esc"),
    ("meta_l", "ret"),
    ("alt", "sysrq", "h"),
    ("alt", "sysrq", "b"),
    ("alt", "sysrq", "k"),
    ("alt", "sysrq", "r"),
    ("esc",),
    ("f11",),
)
"""What somebody with a keyboard would try."""


@dataclass
class Steps:
    """A kiosk as it stands after its start.

    Attributes:
        bed: the machine and what is beside it.
    """

    bed: Bed

    @property
    def guest(self) -> Guest:
        """The machine as it runs now."""
        return self.bed.guest

    @property
    def report(self) -> Report:
        """Where it is written down."""
        return self.bed.report

    def units(self) -> None:
        """All units are as they should be, the screen is drawn, and nobody can log in."""
        guest, console = self.guest, self.guest.console
        guest.wait_open()
        state = console.run("systemctl is-system-running --wait", 2 * guest.patience_s).words.strip()
        failed = console.must("systemctl list-units --failed --plain --no-legend")
        self.report.check(
            "systemctl is-system-running: running, no failed unit", so=state == "running", seen=f"{state} {failed}"
        )
        enabled = console.must(
            "find /etc/systemd/system -path '*.wants/sayso-*' ! -name 'sayso-test-*' -printf '%f\\n' | sort -u"
        ).split()
        self.report.check("the kiosk and its timers and paths are enabled", so=KIOSK in enabled, seen=" ".join(enabled))
        for unit in enabled:
            told = console.run(f"systemctl is-active {unit}").words.strip()
            self.report.check(f"{unit} is active", so=told == "active", seen=told)
        self.report.say(
            f"    {guest.property_of(KIOSK, 'StatusText')!r}; " + console.must("systemd-analyze | head -n 1")
        )
        self.report.say(
            "    processes: "
            + " | ".join(
                console.must("ps -o user:14,tty:6,args --ppid 2 -p 2 -N --no-headers | cut -c 1-110").splitlines()
            )
        )
        screen = guest.still("1-waiting")
        seen = colours(screen)
        self.report.check("the screen is drawn", so=seen > 8, seen=f"{seen} colours, {screen.name}")
        cards = console.run("cat /proc/asound/cards").words
        self.report.check("there is a sound card", so="[" in cards, seen=cards.splitlines()[0].strip())
        self._no_login()
        self.bed.all_well()

    def _no_login(self) -> None:
        told = self.guest.console.run("pgrep -a 'agetty|login$|sulogin'")
        self.report.check("nobody can log in: no getty, no login", so=told.code == 1, seen=told.words)

    def keyboard(self) -> None:
        """Nothing that somebody presses leads out of the kiosk."""
        guest = self.guest
        before_process, restarts = guest.kiosk_process(), guest.property_of(KIOSK, "NRestarts")
        before = guest.still("6-before")
        for combination in COMBINATIONS:
            guest.machine.press(*combination)
            time.sleep(1.0)
            name = "-".join(combination)
            now = guest.picture(f"6-{name}")
            if not same(before, now):
                # A key may light something up for a moment; what stays is another screen.
                now = guest.still(f"6-{name}")
            self.report.check(
                f"{name} changes nothing", so=same(before, now), seen=f"{differing(before, now):.4f} of it differs"
            )
            now.unlink()
        vt = guest.console.must("cat /sys/class/tty/tty0/active").strip()
        self.report.check("the display is still the kiosk's terminal", so=vt == "tty1", seen=vt)
        self._no_login()
        self.report.check("the kiosk is the same process", so=guest.kiosk_process() == before_process)
        self.report.check("and was not started again", so=guest.property_of(KIOSK, "NRestarts") == restarts)
        guest.still("6-after")

    def watchdog(self) -> None:
        """A kiosk that hangs is ended by systemd, and started again."""
        guest, console = self.guest, self.guest.console
        waiting = guest.still("2-before")
        process, restarts = guest.kiosk_process(), int(guest.property_of(KIOSK, "NRestarts"))
        self.report.say(
            f"    WatchdogSec is {guest.property_of(KIOSK, 'WatchdogUSec')}; the kiosk's process {process} is stopped"
        )
        console.must(f"kill -STOP {process}")
        console.until(
            "systemd starts the kiosk again",
            lambda: int(guest.property_of(KIOSK, "NRestarts")) > restarts,
            2 * guest.patience_s,
            each_s=3,
        )
        told = console.run(
            f"journalctl --no-pager -o short-monotonic -b -u {KIOSK} | grep -i -E 'watchdog|Scheduled restart|Killing'"
        ).words
        self.report.check("systemd's watchdog ended it", so="atchdog" in told, seen=told)
        guest.wait_open()
        now = guest.kiosk_process()
        self.report.check("another process is the kiosk", so=now != process, seen=str(now))
        after = guest.still("2-after")
        self.report.check(
            "the same waiting screen stands", so=same(waiting, after), seen=f"{differing(waiting, after):.4f} differs"
        )
        self.bed.all_well()
