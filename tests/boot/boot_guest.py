"""The kiosk in the machine that is tested, as its serial console, its keyboard and its display show it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from boot_console import BootError, Console
from boot_machine import Disks, Machine
from boot_report import Report
from PIL import Image, ImageChops

KIOSK = "sayso-kiosk.service"
SIGN = "sayso-out-of-order.service"
KEPT = (
    "import sqlite3, json; "
    "base = sqlite3.connect('file:/var/lib/sayso/sayso.db?mode=ro&immutable=1', uri=True); "
    "print(json.dumps(base.execute('select state, complete, hex(sha256) from submission order by seq').fetchall()))"
)
"""What stands in the store: no answer can be read there, but one more that was kept is seen. Opened without a lock."""
PANIC = "Kernel panic - not syncing: Fatal exception in interrupt"
"""The emulator's: its two processors do not always see at once that Linux has changed its own code ("Oops: int3")."""
SWITCHED_ON_TIMES = 3
WAV_HEADER = 44
"""So many bytes it has."""
QUIET = 0.01
"""Loudest sample, of 1, of a sound card that played nothing."""
SAME_PARTS = 0.002
"""Two pictures are the same if no more of their pixels differ: a light that breathes, a minute of a clock."""


@dataclass
class Guest:
    """A machine with a kiosk.

    Attributes:
        machine: it.
        report: told what is seen.
        patience_s: how long anything may take on this host.
        sound: a WAV of what its sound card has played since it was switched on.
    """

    machine: Machine
    report: Report
    patience_s: float
    sound: Path

    @property
    def console(self) -> Console:
        """Its serial line."""
        return self.machine.console

    @classmethod
    def started(cls, disks: Disks, report: Report, work: Path, port: int, patience_s: float) -> Guest:
        """Switch the machine on and wait for its shell."""
        for times_left in reversed(range(SWITCHED_ON_TIMES)):
            began = time.monotonic()
            sound = work / f"sound-{len([*work.glob('sound-*')])}.wav"
            machine = Machine.on(disks, work, report.serial, sound, port)
            try:
                machine.console.wait_for_shell(patience_s)
                break
            except BootError as error:
                machine.pull_the_plug()
                if times_left == 0 or PANIC not in str(error):
                    raise
                report.say(f"    the kernel stopped before anything was started; switched on once more. {PANIC}")
        took_s = time.monotonic() - began
        report.say(f"    a shell at the serial console after {took_s:.0f} s")
        return cls(machine, report, max(patience_s, 10 * took_s), sound)

    def property_of(self, unit: str, name: str) -> str:
        """What systemd says of a unit."""
        return self.console.must(f"systemctl show -P {name} {unit}").strip()

    def wait_open(self) -> None:
        """Wait until the kiosk told systemd that its waiting screen stands."""

        def is_open() -> bool:
            state = self.console.run(f"systemctl is-active {KIOSK}").words.strip()
            if state == "failed":
                raise BootError(f"the kiosk failed:\n{self.journal()}")
            return state == "active"

        try:
            self.console.until("the kiosk opens", is_open, 2 * self.patience_s, each_s=3)
        except BootError as error:
            raise BootError(f"{error}\n{self.journal()}") from error

    def journal(self, lines: int = 40) -> str:
        """The last that the kiosk's unit said."""
        log = self.console.run("tail -n 20 /var/lib/sayso/kiosk.log").words
        return self.console.run(f"journalctl --no-pager -o cat -n {lines} -u {KIOSK}").words + "\n" + log

    def kiosk_process(self) -> int:
        """The number of the process that is the kiosk itself: cage, foot and a shell stand before it."""
        told = self.console.must("pgrep -u sayso -o -f '^[^ ]*/python[0-9.]* -m sayso run'").split()
        return int(told[0])

    def kept(self) -> list[list[str]]:
        """State, completeness and hash of every visit in the store."""
        told = self.console.must(f'python3 -c "{KEPT}"')
        rows: list[list[str]] = json.loads(told.splitlines()[-1])
        return rows

    def picture(self, name: str) -> Path:
        """What the display shows, kept beside the log."""
        return self.machine.picture(self.report.picture_path(name))

    def still(self, name: str, *, other_than: Path | None = None, still_s: float = 4.0) -> Path:
        """What the display shows once it stands still, and is not that other picture."""
        ends = time.monotonic() + self.patience_s
        path = self.picture(name)
        since = time.monotonic()
        while True:
            time.sleep(0.5)
            self.console.drain()
            before = path.read_bytes()
            previous = self.report.folder / ".before.png"
            previous.write_bytes(before)
            self.picture(name)
            if not same(previous, path):
                since = time.monotonic()
            fresh = other_than is None or not same(other_than, path)
            if fresh and time.monotonic() - since >= still_s:
                previous.unlink()
                return path
            if time.monotonic() > ends:
                previous.unlink()
                what = "does not stand still" if fresh else f"is still that of {other_than}"
                raise BootError(f"the display {what} after {self.patience_s:.0f} s: {path.name}")


def same(one: Path, other: Path) -> bool:
    """Whether two pictures of the display are the same to whoever looks."""
    return differing(one, other) <= SAME_PARTS


def differing(one: Path, other: Path) -> float:
    """The part, 0 to 1, of the pixels that differ."""
    with Image.open(one) as first, Image.open(other) as second:
        if first.size != second.size:
            return 1.0
        lit = ImageChops.difference(first.convert("RGB"), second.convert("RGB")).convert("L")
        return 1 - lit.histogram()[0] / (lit.width * lit.height)


def colours(path: Path) -> int:
    """How many colours a picture has: a black screen has one."""
    with Image.open(path) as picture:
        found = picture.convert("RGB").getcolors(1 << 20)
    return len(found) if found else 1 << 20


def loudest_part(folder: Path) -> float:
    """The loudest sample, 0 to 1, of what the machine's sound card played, over all its starts."""
    return max((loudest(path) for path in folder.glob("sound-*.wav")), default=0.0)


def loudest(path: Path, since: int = 0) -> float:
    """The loudest sample, 0 to 1, of a WAV that is still written, or was cut off with the plug.

    Args:
        path: 16 bits a sample. Its header says nothing of the length.
        since: how many bytes of it to leave out.
    """
    data = path.read_bytes()[max(since + since % 2, WAV_HEADER) :]
    samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2")
    return int(np.abs(samples.astype(np.int32)).max()) / 32768 if samples.size else 0.0
