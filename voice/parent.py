"""A process that ends with the one that started it."""

from __future__ import annotations

import contextlib
import ctypes
import signal

_PR_SET_PDEATHSIG = 1
"""Source: prctl(2)."""


def end_with_parent() -> None:
    """End when the thread that started this process ends, even in the middle of work or while it is stopped.

    Where the kernel knows no such thing, the end of the line to it is noticed after what is being done.
    """
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
