"""What the boot test writes down as it goes: each thing that was looked at, when, and what was seen."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from boot_console import BootError


@dataclass
class Report:
    """A folder with boot.log, serial.log and the pictures.

    Attributes:
        folder: where it is.
        failed: the names of the steps that were not as they have to be.
    """

    folder: Path
    failed: list[str] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("boot.log", "serial.log"):
            (self.folder / name).unlink(missing_ok=True)
        for old in self.folder.glob("*.png"):
            old.unlink()

    @property
    def serial(self) -> Path:
        """Everything that came over the serial line."""
        return self.folder / "serial.log"

    def say(self, words: str) -> None:
        """A line of the log, with the time of day and since the beginning; shown too."""
        line = f"{datetime.now(UTC):%H:%M:%S} {time.monotonic() - self._began:7.1f} s  {words}"
        with (self.folder / "boot.log").open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def line(self, words: str) -> None:
        """A line of what a command in the machine says."""
        self.say(f"      | {words}")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step: begun, and then fine, or not as it has to be; the next ones are tried all the same."""
        self.say(f"--- {name}")
        began = time.monotonic()
        try:
            yield
        except (BootError, OSError) as error:
            self.failed.append(name)
            self.say(f"    NOT SO: {error}")
        else:
            self.say(f"    fine: {name} ({time.monotonic() - began:.0f} s)")

    def check(self, what: str, *, so: bool, seen: str = "") -> None:
        """One thing that has to be. Raises: BootError: it is not."""
        if not so:
            raise BootError(f"{what}: not so. {seen}")
        self.say(f"    seen: {what}{f': {seen}' if seen else ''}")

    def picture_path(self, name: str) -> Path:
        """Where a picture of the display goes."""
        return self.folder / f"{name}.png"
