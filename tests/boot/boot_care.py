"""Steps of the boot test for those who look after a kiosk: the sign, the setting up, the call for help."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boot_bed import Bed
from boot_guest import KIOSK, QUIET, SIGN, colours, differing, loudest, same
from boot_machine import HEIGHT_PX, OUTSIDE, OUTSIDE_PORT, WIDTH_PX

from kiosk.saying.sentences import sentence
from kiosk.sign import picture

CONFIG = "/etc/sayso/sayso.toml"
ASIDE = "/root/sayso.toml.aside"
HELP = "sayso-help.service"
NO_WAY_OUT = (("ctrl", "alt", "f3"), ("alt", "f2"), ("ctrl", "c"), ("ctrl", "alt", "delete"))
HOOK = f"""#!/bin/sh
echo "called by user $(id -u)"
cat {CONFIG} >/dev/null 2>&1 && echo "reads the token"
ls /var/lib/sayso/* >/dev/null 2>&1 && echo "reads what is kept"
/usr/bin/python3 -c "import socket; socket.create_connection(('%s', %d), 30)" && echo "has a network"
exit 0
"""
"""A home's program: it tells what it can reach. What it says stands in the journal."""
FIRST_DYNAMIC_USER = 61184
"""systemd's range for DynamicUser= begins here."""


@dataclass
class Care:
    """What goes wrong, and what people do about it.

    Attributes:
        bed: the machine and what is beside it.
    """

    bed: Bed

    @contextmanager
    def _another_configuration(self) -> Iterator[None]:
        """Whatever becomes of it meanwhile, the one of before is there again afterwards."""
        console = self.bed.guest.console
        console.must(f"cp -p {CONFIG} {ASIDE}")
        try:
            yield
        finally:
            console.must(f"mv {ASIDE} {CONFIG}")

    def crash(self) -> None:
        """A kiosk that cannot start ends on the sign, shown and said; put right, it comes back."""
        guest, console, report = self.bed.guest, self.bed.guest.console, self.bed.report
        waiting = guest.still("8-before")
        said, heard_bytes = self._times_said(), guest.sound.stat().st_size
        with self._another_configuration():
            console.must(f"echo 'this is no TOML' > {CONFIG}")
            console.must(f"systemctl restart --no-block {KIOSK}")
            console.until("the sign is said", lambda: self._times_said() > said, 2 * guest.patience_s, each_s=2)
            starts = console.must(
                f"journalctl --no-pager -b -o short-monotonic -u {KIOSK} | grep -E 'cage.*sayso: |repeated'"
            )
            lines = [line.partition("kiosk ")[2] for line in starts.splitlines()]
            report.check(
                "systemd gave up",
                so="repeated too quickly" in lines[-1],
                seen=f"after {len(lines) - 1} starts that failed",
            )
            report.say(f"      | {lines[0]}")
            shown = guest.still("8-out-of-order")
            report.check("the sign has colours", so=colours(shown) > 8, seen=f"{colours(shown)}, {shown.name}")
            words = sentence("out_of_order", "en")
            wanted = self.bed.work / "sign.ppm"
            wanted.write_bytes(picture(words, (WIDTH_PX, HEIGHT_PX)))
            differs = differing(wanted, shown)
            report.check(
                f"it is the picture with '{words}'", so=same(wanted, shown), seen=f"{differs:.4f} of it differs"
            )
            level = loudest(guest.sound, heard_bytes)
            report.check("and it was said", so=level > QUIET, seen=f"the loudest sample meanwhile is {level:.3f}")
            self._no_way_out(shown)
            self._said_again()
        self._put_right(waiting)

    def _times_said(self) -> int:
        """How often since the machine's start."""
        command = f"journalctl --no-pager -b -o cat -u {SIGN} | grep -c -x 'out-of-order: said'"
        return int(self.bed.guest.console.run(command).words.strip())

    def _no_way_out(self, shown: Path) -> None:
        guest = self.bed.guest
        for combination in NO_WAY_OUT:
            guest.machine.press(*combination)
        now = guest.still("8-after-keys")
        seen = ", ".join("-".join(one) for one in NO_WAY_OUT)
        self.bed.report.check("no keys lead out of it", so=same(shown, now), seen=seen)

    def _said_again(self) -> None:
        guest = self.bed.guest
        before_bytes = guest.sound.stat().st_size

        def again() -> bool:
            guest.machine.press("1")
            return loudest(guest.sound, before_bytes) > QUIET

        guest.console.until("a key has it said again", again, guest.patience_s, each_s=2)
        self.bed.report.check("a key has it said again", so=True)

    def _put_right(self, waiting: Path) -> None:
        guest, console, report = self.bed.guest, self.bed.guest.console, self.bed.report
        command = "/opt/sayso/current/script/install kiosk"
        told = console.run(command, 2 * guest.patience_s, report.line)
        report.check("the configuration put right, script/install starts it", so=told.code == 0, seen=str(told.code))
        guest.wait_open()
        now = guest.still("8-again")
        report.check(
            "the waiting screen of before stands", so=same(waiting, now), seen=f"{differing(waiting, now):.4f}"
        )
        self.bed.all_well()

    def setup(self) -> None:
        """`sayso setup` by flags on a machine without a configuration, and again with one."""
        guest, console, report = self.bed.guest, self.bed.guest.console, self.bed.report
        waiting = guest.still("10-before")
        with self._another_configuration():
            console.must(f"rm {CONFIG}")
            console.write_file("/root/address.txt", self.bed.office.address)
            console.write_file("/root/pin.txt", "314241")
            flags = (
                "--home-name 'Elm Road' --language en --speaker 'HDA Intel' --no-microphone "
                "--server-file /root/address.txt --pin-file /root/pin.txt --sets server:boot_test"
            )
            told = self._sayso(f"setup {flags}")
            report.check("sayso setup: written, and fit to open", so=told.code == 0, seen=f"exit code {told.code}")
            token = self.bed.office.address.rpartition("/")[2]
            report.check("it says no token", so=token not in told.words)
            mode = console.must(f"stat -c '%a %U:%G' {CONFIG}")
            report.check(f"{CONFIG} is root's and the kiosk's to read", so=mode == "640 root:sayso", seen=mode)
            first = self._config()
            told = self._sayso("setup --home-name 'Oak Lane' --open 00:00-24:00")
            report.check("again, with two flags: written", so=told.code == 0, seen=f"exit code {told.code}")
            second = self._config()
            changed = sorted(name for name in {*first, *second} if first.get(name) != second.get(name))
            report.check("only they are changed", so=changed == ["home.name", "hours.open"], seen=", ".join(changed))
            mode = console.must(f"stat -c '%a %U:%G' {CONFIG}")
            report.check("its owner and mode are the same", so=mode == "640 root:sayso", seen=mode)
            console.must(f"systemctl restart {KIOSK}", 2 * guest.patience_s)
            guest.wait_open()
            now = guest.still("10-set-up")
            report.check(
                "it opens with the same waiting screen",
                so=same(waiting, now),
                seen=f"{differing(waiting, now):.4f} differs",
            )
            told = self._sayso(f"status --config {CONFIG}")
            report.check("sayso status: open and all well", so=told.code == 0, seen=f"exit code {told.code}")
            self.bed.all_well()
        # What comes next has the kiosk as it was.
        console.must(f"systemctl restart --no-block {KIOSK}")

    def help(self) -> None:
        """The help key has the home's own program run, outside the kiosk's sandbox; if that fails, staff are told."""
        guest, console, report = self.bed.guest, self.bed.guest.console, self.bed.report
        waiting = guest.still("7-before")
        self._hook("#!/bin/sh\nexit 1\n")
        guest.machine.press("h")
        report.check("the help key shows a screen", so=True, seen=guest.still("7-help", other_than=waiting).name)
        self._called(1)
        line = console.until("staff are told that the program failed", self._not_well, 2 * guest.patience_s)
        report.check("a program that fails: staff are told", so="Help could not be called" in line, seen=line)
        self._hook(HOOK % (OUTSIDE, OUTSIDE_PORT))
        guest.machine.press("h")
        told = self._called(2)
        report.check("the next press tries again", so=True)
        who = re.search(r"called by user (\d+)", told)
        sayso = int(console.must("id -u sayso"))
        dynamic = who is not None and int(who[1]) >= FIRST_DYNAMIC_USER and int(who[1]) != sayso
        report.check("the home's program is run as a user of its own", so=dynamic, seen=told.replace("\n", " | "))
        report.check("it has a network", so="has a network" in told)
        report.check("and reads neither token nor visits", so="reads" not in told)
        left = console.run("ls /run/sayso/help /run/sayso/help-failed").words.count("No such file")
        report.check("the request is gone", so=left == len(("help", "help-failed")))
        console.until("the line for staff is well again", lambda: not self._not_well(), 2 * guest.patience_s)
        self.bed.all_well()
        console.must("rm /etc/sayso/help")
        now = guest.still("7-after")
        report.check("the waiting screen stands", so=same(waiting, now), seen=f"{differing(waiting, now):.4f} differs")

    def _hook(self, words: str) -> None:
        self.bed.guest.console.write_file("/etc/sayso/help", words)
        self.bed.guest.console.must("chmod 755 /etc/sayso/help")

    def _called(self, times: int) -> str:
        """What the program said, once it has run so often since the machine's start."""
        console = self.bed.guest.console

        def runs() -> str:
            told = console.run(f"journalctl --no-pager -b -u {HELP}").words
            ended = len(re.findall(r"Finished|Failed to start", told))
            return told if ended >= times else ""

        console.until("the home's program is run", runs, self.bed.guest.patience_s)
        return console.must(f"journalctl --no-pager -b -o cat -u {HELP} | tail -n 8")

    def _not_well(self) -> str:
        line = self.bed.guest.property_of(KIOSK, "StatusText")
        return "" if line == "All well" else line

    def _sayso(self, words: str) -> Any:
        return self.bed.guest.console.run(f"sayso {words}", 2 * self.bed.guest.patience_s, self.bed.report.line)

    def _config(self) -> dict[str, Any]:
        """What the configuration says, by "table.name"."""
        read = f"import json, tomllib; print(json.dumps(tomllib.load(open('{CONFIG}', 'rb'))))"
        told = json.loads(self.bed.guest.console.must(f"python3 -c {shlex.quote(read)}"))
        tables = {name: value if isinstance(value, dict) else {"": value} for name, value in told.items()}
        return {f"{table}.{name}": value for table, values in tables.items() for name, value in values.items()}
