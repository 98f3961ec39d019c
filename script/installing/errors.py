"""What keeps an installation from going on, as one sentence that says what to do."""

from __future__ import annotations


class InstallError(Exception):
    """Something that the person at the machine can act on.

    Args:
        op: what could not be done: "Cannot install the libraries".
        met: on what, and what was met.
        hint: what to do.
    """

    def __init__(self, op: str, met: str, hint: str) -> None:
        super().__init__(f"{op}: {met}. {hint}")
        self.op, self.met, self.hint = op, met, hint
