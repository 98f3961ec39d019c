"""The steps of the boot test: each looks at one thing that a kiosk has to be, and says what it saw."""

from __future__ import annotations

import time
from dataclasses import dataclass

from boot_console import BootError
from boot_guest import KIOSK, Guest, colours, differing, same
from boot_office import CHOICES, QUESTIONS, Office
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
    """The steps, in order; a machine that runs is handed from one to the next.

    Attributes:
        guest: the machine.
        report: where it is written down.
        office: who is sent to.
        came: how many visits had come there before the one that the power cut ends.
    """

    guest: Guest
    report: Report
    office: Office
    came: int = 0

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
        self._all_well()

    def _all_well(self) -> None:
        """The line for staff is looked at too: a kiosk that opens without its speaker is not as before."""
        line = self.guest.property_of(KIOSK, "StatusText")
        sound = "cat /proc/asound/cards; dmesg | grep -i -E 'snd|hda' | tail -n 8"
        seen = line if line == "All well" else f"{line} {self.guest.console.run(sound).words}"
        self.report.check("its line for staff: All well", so=line == "All well", seen=seen)

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
        self._all_well()

    def visit(self) -> None:
        """A visit by keys is delivered to the collector outside, exactly once, as it was pressed."""
        before = len(self.office.received())
        pressed = dict(zip(QUESTIONS, ("1", "3", "2"), strict=True))
        # After the last question: "Shall I keep what you said?", with the first key for yes.
        self._answer([*pressed.values(), "1"], "3")
        self._wait_over("3")
        self._send()
        received = self.office.received()
        self.report.check("one visit came", so=len(received) == before + 1, seen=str(len(received) - before))
        self._compare(received[-1]["values"], {name: CHOICES[key] for name, key in pressed.items()}, "yes")
        self._send()
        again = len(self.office.received())
        self.report.check("sent again, nothing more comes", so=again == before + 1, seen=str(again - before))

    def begun(self) -> dict[str, str]:
        """A visit that is not finished: what was answered in it stands on the screen. The plug is pulled after that."""
        self.came = len(self.office.received())
        pressed = dict(zip(QUESTIONS[:2], ("2", "1"), strict=True))
        self._answer(list(pressed.values()), "4")
        return {name: CHOICES[key] for name, key in pressed.items()}

    def after_power_cut(self, stood: dict[str, str]) -> None:
        """The disk is clean, the kiosk opens, and the visit was closed with all that stood on the screen."""
        guest, console = self.guest, self.guest.console
        told = console.must(
            "journalctl -b -o cat -k --no-pager | grep -i -E 'ext4|fsck'; cat /run/initramfs/fsck.log 2>/dev/null; true"
        )
        self.report.say("    " + " | ".join(told.splitlines()))
        state = console.must("tune2fs -l /dev/vda | grep 'Filesystem state'").strip()
        self.report.check("the file system is clean", so=state.endswith("clean"), seen=state)
        guest.wait_open()
        guest.still("4-after-power-cut")
        before, rows = self.came, guest.kept()
        self.report.check(
            "the visit was closed as incomplete",
            so=rows[-1][1] == 0,
            seen=str([row[:2] for row in rows]),
        )
        self._send()
        received = self.office.received()
        self.report.check("it came", so=len(received) == before + 1, seen=str(len(received) - before))
        self._compare(received[-1]["values"], stood, "no")
        self._all_well()

    def upgrade(self) -> None:
        """An upgrade to a version that is broken: the old one is in use again, with everything that was kept."""
        guest, console = self.guest, self.guest.console
        before, rows = console.must("readlink /opt/sayso/current").strip(), guest.kept()
        console.must(
            "mkdir -p /mnt/stick; mount -o ro /dev/vdb /mnt/stick; cd /root; tar -xf /mnt/stick/sayso.tar tree"
        )
        told = console.run("/root/tree/script/install kiosk --bundle /mnt/stick/sayso.tar", 8 * guest.patience_s)
        for line in told.words.splitlines():
            self.report.say(f"      | {line}")
        self.report.check("script/install says that it failed", so=told.code != 0, seen=f"exit code {told.code}")
        now = console.must("readlink /opt/sayso/current").strip()
        self.report.check("the version of before is in use", so=now == before, seen=now)
        guest.wait_open()
        guest.still("5-after-upgrade")
        kept = guest.kept()
        self.report.check("everything that was kept is there", so=kept == rows, seen=f"{len(kept)} visits")

    def _answer(self, keys: list[str], name: str) -> None:
        """Begin a visit and answer questions, one key after the other, as their screens come."""
        guest = self.guest
        waiting = guest.still(f"{name}-0-waiting")
        guest.machine.press("ret")
        screen = guest.still(f"{name}-1", other_than=waiting)
        for number, key in enumerate(keys, 1):
            before = guest.kept()
            guest.machine.press(key)
            guest.console.until(
                f"the answer by key {key} is kept", lambda before=before: guest.kept() != before, guest.patience_s
            )
            self.report.say(f"    key {key}: kept")
            screen = guest.still(f"{name}-{number + 1}", other_than=screen)

    def _wait_over(self, name: str) -> None:
        """Wait until the visit is closed and the waiting screen stands again."""
        guest = self.guest
        waiting = self.report.picture_path(f"{name}-0-waiting")
        ends = time.monotonic() + guest.patience_s
        while not same(waiting, guest.picture(f"{name}-over")):
            guest.console.drain()
            if time.monotonic() > ends:
                raise BootError("the waiting screen did not come back")
            time.sleep(1)

    def _send(self) -> None:
        """Ask for sending as staff's "send now" does: a file in /run/sayso, on which a unit acts."""
        guest, console = self.guest, self.guest.console
        console.must("runuser -u sayso -- touch /run/sayso/send-now")
        console.until(
            "the uploader has run",
            lambda: (
                console.run("test ! -e /run/sayso/send-now").code == 0
                and guest.property_of("sayso-upload.service", "ActiveState") in {"inactive", "failed"}
            ),
            2 * guest.patience_s,
            each_s=2,
        )
        state = guest.property_of("sayso-upload.service", "Result")
        told = console.run("journalctl --no-pager -o cat -n 6 -u sayso-upload.service").words
        self.report.check("sayso-upload.service ended well", so=state == "success", seen=told.replace("\n", " | "))

    def _compare(self, values: dict[str, str], answers: dict[str, str], complete: str) -> None:
        found = {name: values.get(name, "") for name in answers}
        self.report.check(
            "opened with the office's key: the answers that were pressed", so=found == answers, seen=str(found)
        )
        seen = values.get("sayso/complete", "")
        self.report.check(f"complete: {complete}", so=seen == complete, seen=seen)
