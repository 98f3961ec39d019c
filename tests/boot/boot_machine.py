"""A computer to test: QEMU without any of the host's own virtualisation, its keyboard, its display, its plug."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boot_console import BootError, Console

WIDTH_PX, HEIGHT_PX = 1024, 600
"""The display: a size that is sold for a Pi."""
OUTSIDE = "10.0.2.100"
"""Where the guest finds the one machine that it can reach."""
OUTSIDE_PORT = 8383


@dataclass(frozen=True)
class Disks:
    """What the machine starts from.

    Attributes:
        root: the disk's image, qcow2.
        kernel: taken out of it.
        initrd: the same.
        stick: a second disk, read only; None is none.
    """

    root: Path
    kernel: Path
    initrd: Path
    stick: Path | None = None


@dataclass
class Machine:
    """A machine that runs.

    Attributes:
        console: its serial line.
        folder: where its sockets are.
    """

    console: Console
    folder: Path
    _monitor: socket.socket = field(init=False)
    _lines: Any = field(init=False)

    def __post_init__(self) -> None:
        ends = time.monotonic() + 60
        while True:
            self._monitor = socket.socket(socket.AF_UNIX)
            try:
                self._monitor.connect(str(self.folder / "qmp"))
                break
            except OSError:
                self._monitor.close()
                if time.monotonic() > ends or not self.console.alive:
                    raise
                time.sleep(0.2)
        self._monitor.settimeout(60)
        self._lines = self._monitor.makefile("rw", encoding="utf-8")
        self._lines.readline()
        self.ask("qmp_capabilities")

    @classmethod
    def on(cls, disks: Disks, folder: Path, serial_log: Path, sound: Path, collector_port: int) -> Machine:
        """Switch one on.

        Args:
            disks: what it starts from.
            folder: for its sockets.
            serial_log: what its serial line says is added there.
            sound: a WAV of what its sound card plays.
            collector_port: of this host's loopback, which the guest reaches at `OUTSIDE`. Nothing else is reached.
        """
        (folder / "qmp").unlink(missing_ok=True)
        relay = shlex.join([sys.executable, str(Path(__file__).parent / "boot_relay.py"), str(collector_port)])
        stick = [] if disks.stick is None else ["-drive", f"file={disks.stick},format=raw,if=virtio,readonly=on"]
        command = [
            *("qemu-system-x86_64", "-machine", "pc", "-accel", "tcg,thread=multi,tb-size=512"),
            # numpy's wheels need SSE4.2, which this has; more would be emulated slowly.
            *("-cpu", "Nehalem", "-smp", "2", "-m", "2048"),
            *("-nodefaults", "-display", "none", "-no-reboot"),
            *("-device", f"virtio-vga,xres={WIDTH_PX},yres={HEIGHT_PX}", "-device", "virtio-rng-pci"),
            # A disk with a cache: what the guest had not flushed may be gone when the plug is pulled.
            *("-drive", f"file={disks.root},format=qcow2,if=virtio,cache=writeback"),
            *stick,
            *("-netdev", f"user,id=net,restrict=on,guestfwd=tcp:{OUTSIDE}:{OUTSIDE_PORT}-cmd:{relay}"),
            *("-device", "virtio-net-pci,netdev=net"),
            *(
                "-audiodev",
                f"wav,id=sound,path={sound}",
                "-device",
                "intel-hda",
                "-device",
                "hda-output,audiodev=sound",
            ),
            *("-kernel", str(disks.kernel), "-initrd", str(disks.initrd)),
            *("-append", "root=/dev/vda ro console=tty0 console=ttyS0 quiet panic=-1"),
            *("-qmp", f"unix:{folder / 'qmp'},server=on,wait=off"),
            *("-chardev", "stdio,id=serial,signal=off", "-serial", "chardev:serial"),
        ]
        return cls(Console.of(command, serial_log, timeout_s=120), folder)

    def ask(self, command: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """A command of QEMU's monitor. Raises: BootError: it is refused."""
        self._lines.write(json.dumps({"execute": command, "arguments": dict(arguments or {})}) + "\n")
        self._lines.flush()
        while True:
            line = self._lines.readline()
            if not line:
                raise BootError(f"the machine has gone, while it was asked for {command}")
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise BootError(f"{command}: {answer['error']['desc']}")

    def press(self, *keys: str, hold_s: float = 0.12) -> None:
        """Press keys of the keyboard together, by QEMU's names ("1", "ret", "ctrl", "f2"), and let go."""
        for down, order in ((True, keys), (False, keys[::-1])):
            for key in order:
                event = {"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": key}}}
                self.ask("input-send-event", {"events": [event]})
                time.sleep(0.02)
            if down:
                time.sleep(hold_s)

    def picture(self, to: Path) -> Path:
        """What the display shows, as a PNG."""
        self.ask("screendump", {"filename": str(to), "format": "png"})
        return to

    def pull_the_plug(self) -> None:
        """No power from this moment on."""
        self._monitor.close()
        self.console.kill(signal.SIGKILL)

    def off(self, timeout_s: float) -> None:
        """Shut down in order."""
        self.console.type_line("systemctl poweroff")
        ends = time.monotonic() + timeout_s
        while self.console.alive:
            self.console.drain()
            if time.monotonic() > ends:
                self.pull_the_plug()
                raise BootError(f"the machine did not switch itself off within {timeout_s:.0f} s")
            time.sleep(0.5)
        self._monitor.close()
