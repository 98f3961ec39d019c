"""The terminal for the screen alone.

Textual draws on stderr. So do the sound libraries complain there, and `sounddevice` points stderr elsewhere for the
moment in which it looks for devices: whatever is drawn meanwhile is gone, and what they say stands across the screen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STDERR = 2


@contextmanager
def kept_for_the_screen(log: Path) -> Iterator[None]:
    """Within it Textual draws on a copy of stderr, and stderr itself goes to the end of `log`.

    Args:
        log: a file that may be written.
    """
    before = sys.__stderr__
    original = os.dup(STDERR)
    with log.open("ab", buffering=0) as chatter, os.fdopen(os.dup(STDERR), "w", encoding="utf-8") as terminal:
        os.dup2(chatter.fileno(), STDERR)
        sys.__stderr__ = terminal  # type: ignore[misc]  # Textual's driver takes it from there and offers no other way
        try:
            yield
        finally:
            sys.__stderr__ = before  # type: ignore[misc]
            os.dup2(original, STDERR)
            os.close(original)
