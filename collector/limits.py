"""How much is taken, how fast, and how often: everything that one sender could use up for the others."""

from __future__ import annotations

import ipaddress
import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import datetime

LARGEST_POST_BYTES = 20_000_000
MOST_REMEMBERED = 10_000
"""Senders whose rate is known at once. More share one rate: a flood of addresses fills no memory."""
_MINUTE_S = 60.0


@dataclass(frozen=True)
class Limits:
    """What is taken.

    Attributes:
        most_bytes: the largest post; larger submissions come in several.
        most_xml_bytes: the largest XML of a submission, which is the one part that is read into memory.
        most_files, most_fields: parts of one post.
        idle_s: after so many seconds without a byte a post is given up.
        whole_s: and after so many in all. 20 MB need 90 kbit/s.
        per_minute: requests with one token; as many may come at once.
        unknown_per_minute: requests without a known token, from one address (of IPv6, one /64).
        connections: open at once; more are answered with 503.
    """

    most_bytes: int = LARGEST_POST_BYTES
    most_xml_bytes: int = 2_000_000
    most_files: int = 200
    most_fields: int = 20
    idle_s: float = 30.0
    whole_s: float = 1800.0
    per_minute: int = 1200
    unknown_per_minute: int = 30
    connections: int = 200


class Rate:
    """So many a minute for each sender: the generic cell rate algorithm, one number a sender.

    Source: ITU-T I.371, annex A. The clock is the caller's, so that a test needs no waiting.

    Args:
        per_minute: in the long run, and at most at once.
    """

    def __init__(self, per_minute: int) -> None:
        self._step_s = _MINUTE_S / per_minute
        self._due_s: dict[Hashable, float] = {}
        self._lock = threading.Lock()

    def wait_s(self, who: Hashable, now: datetime) -> int:
        """0 where it may go on, which counts; else in how many seconds it may, which does not."""
        now_s = now.timestamp()
        with self._lock:
            if who not in self._due_s and len(self._due_s) >= MOST_REMEMBERED:
                self._due_s = {one: due_s for one, due_s in self._due_s.items() if due_s > now_s}
                if len(self._due_s) >= MOST_REMEMBERED:
                    who = None
            # A clock that was set back by a day must shut nobody out for a day.
            due_s = min(max(self._due_s.get(who, now_s), now_s), now_s + _MINUTE_S)
            if due_s + self._step_s > now_s + _MINUTE_S + 1e-6:
                return max(1, math.ceil(due_s + self._step_s - now_s - _MINUTE_S))
            self._due_s[who] = due_s + self._step_s
            return 0


def sender(address: str) -> str:
    """Who an address stands for: of IPv6 the /64, which is one house; anything else as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if found.version == 6:  # noqa: PLR2004 - the protocol's number
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
