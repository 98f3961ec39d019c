"""What is said while it works: numbered steps in plain words, on stdout."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field


def say(sentence: str = "") -> None:
    """One line, at once: a terminal over a slow line must not look dead."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


@dataclass
class Steps:
    """Counts the steps of one run.

    Attributes:
        total: how many there will be.
        changes: what was changed, in a few words each; empty: everything was as it should be.
    """

    total: int
    changes: list[str] = field(default_factory=list)
    _number: int = 0

    def begin(self, sentence: str) -> None:
        """The next step begins."""
        self._number += 1
        say(f"[{self._number}/{self.total}] {sentence}")

    def changed(self, what: str) -> None:
        """Something was changed; told at once and remembered for the end."""
        self.changes.append(what)
        say(f"      {what}")

    def note(self, sentence: str) -> None:
        """Something to know, that changes nothing."""
        say(f"      {sentence}")
