"""The collector as a process that can be killed, and the visits that are sent to it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Self

from loopback_collector import NOW, Collector, Where, visit, xform

from collector.forms import add_form
from collector.keys import new_key

if TYPE_CHECKING:
    from collections.abc import Sequence

SAYSO = (sys.executable, "-m", "sayso", "collector")
OFTEN = ("--per-minute", "1000000", "--unknown-per-minute", "1000000")
"""What is tried here is not the rates."""
FORM = xform(leaves="<place/>", binds='<bind nodeset="/data/place" type="binary"/>')


class Served:
    """`sayso collector serve`, started anew on the same port as often as it is killed."""

    def __init__(self, where: Where, log: Path, options: Sequence[str] = OFTEN) -> None:
        self._where = where
        self._log = log
        self._options = options
        self._port = "0"
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end(signal.SIGTERM)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        command = [*SAYSO, "serve", *self._where.options, "--port", self._port, *self._options]
        with self._log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, self._log.read_text(encoding="utf-8")
        self._port = self.url.rpartition(":")[2]

    def kill(self) -> None:
        """kill -9: whatever it was doing."""
        self._end(signal.SIGKILL)

    def said(self) -> str:
        """What it wrote on stderr."""
        return self._log.read_text(encoding="utf-8")

    def memory_mb(self, what: str = "VmRSS") -> float:
        """What it takes now, or `VmHWM`, what it ever took."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1000

    def _end(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        self._process.communicate(timeout=60)


def set_up(where: Where, kiosks: int) -> list[str]:
    """A form, and so many kiosks; their tokens."""
    with closing(where.open()) as database:
        add_form(database, FORM, {}, NOW)
        return [new_key(database, f"Kiosk {number}", NOW) for number in range(kiosks)]


def at(served: Served, token: str, where: Where) -> Collector:
    """A kiosk's view; its database is nobody's."""
    return Collector(served.url, token, None, where)  # type: ignore[arg-type]


def sent(number: int) -> tuple[bytes, dict[str, bytes]]:
    """The visit of that number, always the same bytes, with up to two files of up to 600 kB."""
    dice = random.Random(number)  # noqa: S311 - always the same
    names = ["a.wav", "b.wav"][: dice.randrange(3)]
    files = {name: dice.randbytes(dice.choice([10, 5_000, 300_000, 600_000])) for name in names}
    more = f"<place>{names[1]}</place>" if len(names) > 1 else ""
    return visit(number, message=names[0] if names else "", more=more), files
