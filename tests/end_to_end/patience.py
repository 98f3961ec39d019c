"""Waiting for other processes: for a condition, never for a time, and not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LOOKED_AT_EVERY_S = 0.1
USUAL_S = 40.0
"""Far more than anything takes; a loaded machine is not a failure."""


def wait_until(condition: Callable[[], T], what: str, *, met: Callable[[], str] = str, within_s: float = USUAL_S) -> T:
    """Wait until a condition is true.

    Args:
        condition: looked at again and again.
        what: is waited for, for the failure's text.
        met: what there was instead, asked when it failed.
        within_s: seconds.
    Returns: what the condition gave.
    Raises: AssertionError: it did not come true.
    """
    deadline = time.monotonic() + within_s
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {within_s:.0f} s for {what}; there was: {met()}"
        time.sleep(LOOKED_AT_EVERY_S)
