"""How long an engine's process may take, and when a lost one is started again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
"""The longest pause; and who ran for so long is not one that crashes at once."""
LOAD_WITHIN_S = 120.0
"""The Korean model takes 3 s here; a large one from an old SD card may take a minute."""
ANSWER_AT_LEAST_S = 5.0
ANSWER_TIMES = 4.0
"""The slowest engine here, Vosk with its Korean model, takes 1.2 s for 1 s of sound; a Raspberry Pi perhaps four times
that. Nobody waits for it with empty hands: keys work all the while."""


def pause_s(in_a_row: int) -> float:
    """How long to wait before the next start: 1, 2, 4 ... 60 s.

    Args:
        in_a_row: how often it was lost; from 1.
    """
    return float(min(FIRST_PAUSE_S * 2 ** min(in_a_row - 1, 10), LONGEST_PAUSE_S))


def answer_within_s(sound_s: float) -> float:
    """How long recognising that much sound may take before the engine counts as stalled."""
    return max(ANSWER_AT_LEAST_S, ANSWER_TIMES * sound_s)


@dataclass(frozen=True)
class Timing:
    """The bounds, and the clock.

    Attributes:
        load_s: for loading.
        answer_s: from the length of a sound, in seconds, to the bound for recognising it.
        now_s: a clock that never goes back.
        wait: waits so many seconds unless the event is set before; whether it is.
    """

    load_s: float = LOAD_WITHIN_S
    answer_s: Callable[[float], float] = answer_within_s
    now_s: Callable[[], float] = time.monotonic
    wait: Callable[[threading.Event, float], bool] = threading.Event.wait
