"""Steps of the boot test in which another version is installed: one that runs, and two that do not."""

from __future__ import annotations

from dataclasses import dataclass

from boot_bed import Bed
from boot_guest import KIOSK, same
from boot_versions import GOOD
from boot_visits import Visits

STICK = "/mnt/stick"
TABLES = (
    "import sqlite3; "
    "base = sqlite3.connect('file:/var/lib/sayso/sayso.db?mode=ro&immutable=1', uri=True); "
    "print(base.execute('select version_num from alembic_version').fetchone()[0])"
)
"""Which tables the store has."""


@dataclass
class Upgrades:
    """Upgrades, by script/install from a stick.

    Attributes:
        bed: the machine and what is beside it.
    """

    bed: Bed

    def good(self) -> None:
        """A version that runs, wholly from its bundle: the store and all visits stay, and people can answer."""
        guest, console, report = self.bed.guest, self.bed.guest.console, self.bed.report
        before, tables, rows = self._current(), self._tables(), guest.kept()
        self._stick()
        console.must(f"cd /root; rm -rf tree; tar -xf {STICK}/sayso.tar tree")
        code = self._install("/root/tree", f"--bundle {STICK}/sayso.tar")
        report.check("script/install: done", so=code == 0, seen=f"exit code {code}")
        now = self._current()
        report.check("the new version is in use", so=now == GOOD.number, seen=now)
        report.check(
            "the version of before is kept", so=console.run(f"test -d /opt/sayso/{before}").code == 0, seen=before
        )
        guest.wait_open()
        self._kept(rows)
        report.check("its tables are newer", so=self._tables() > tables, seen=f"{tables}, now {self._tables()}")
        told = console.run("sayso status --config /etc/sayso/sayso.toml").words
        software = next((line for line in told.splitlines() if line.startswith("Software")), told)
        report.check("sayso status says which version", so=GOOD.number in software, seen=software)
        guest.still("5-new-version")
        self.bed.all_well()
        Visits(self.bed).arrives("5")

    def falling(self) -> None:
        """A version that passes its trial and then does not come up: the one of before, with its older tables."""
        guest, console, report = self.bed.guest, self.bed.guest.console, self.bed.report
        guest.wait_open()
        waiting, before, tables, rows = guest.still("11-before"), self._current(), self._tables(), guest.kept()
        self._prepare("falling")
        code = self._install(f"{STICK}/falling")
        report.check("script/install says that it went back", so=code == 1, seen=f"exit code {code}")
        started = f"journalctl --no-pager -b -o cat -u {KIOSK} | grep -c 'Scheduled restart job'"
        report.say(
            f"    started again by systemd since the machine's start: {console.run(started).words.strip()} times"
        )
        self._as_before(before, tables, rows)
        now = guest.still("11-after")
        report.check("the waiting screen of before stands", so=same(waiting, now), seen=now.name)
        self.bed.all_well()

    def broken(self) -> None:
        """A version that fails its trial: the one of before stays in use."""
        report = self.bed.report
        before, tables, rows = self._current(), self._tables(), self.bed.guest.kept()
        self._prepare("broken")
        code = self._install(f"{STICK}/broken")
        report.check("script/install says that it could not be done", so=code == 2, seen=f"exit code {code}")
        self._as_before(before, tables, rows)

    def _as_before(self, version: str, tables: str, rows: list[list[str]]) -> None:
        guest, report = self.bed.guest, self.bed.report
        now = self._current()
        report.check("the version of before is in use", so=now == version, seen=now)
        guest.wait_open()
        self._kept(rows)
        report.check("its tables are those of before", so=self._tables() == tables, seen=self._tables())
        left = guest.console.run(
            "ls -d /opt/sayso/upgrade.json /run/sayso-upgrading /etc/systemd/system/sayso-upgrade.service"
        )
        report.check(
            "nothing of the upgrade is left", so=left.words.count("No such file") == 3, seen=left.words.strip()
        )

    def _kept(self, rows: list[list[str]]) -> None:
        kept = self.bed.guest.kept()
        self.bed.report.check("everything that was kept is there", so=kept == rows, seen=f"{len(kept)} visits")

    def _current(self) -> str:
        return self.bed.guest.console.must("readlink /opt/sayso/current").strip()

    def _tables(self) -> str:
        return self.bed.guest.console.must(f'python3 -c "{TABLES}"').splitlines()[-1]

    def _stick(self) -> None:
        self.bed.guest.console.must(f"mountpoint -q {STICK} || {{ mkdir -p {STICK}; mount -o ro /dev/vdb {STICK}; }}")

    def _prepare(self, name: str) -> None:
        """A version's folder with the libraries of the one in use: for them alone script/install takes long."""
        self._stick()
        guest = self.bed.guest
        command = f"PYTHONPATH={STICK}/{name}/script python3 -B {STICK}/guest_version.py {STICK}/{name}"
        for line in guest.console.must(command, 4 * guest.patience_s).splitlines():
            self.bed.report.line(line)

    def _install(self, tree: str, more: str = "") -> int:
        """script/install of a tree; its exit code."""
        guest = self.bed.guest
        command = f"{tree}/script/install kiosk {more}"
        return guest.console.run(command, 8 * guest.patience_s, self.bed.report.line).code
