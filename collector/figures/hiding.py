"""What must not be shown: figures of few visits, and those that could be worked out from what is shown. Pure.

All homes together and the homes apart are one sum: whatever is missing from the parts can be worked out by taking them
from the whole. So what is hidden is always enough visits together, or nothing at all.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def merged_homes(visits: Mapping[str, int], least: int) -> tuple[tuple[str, ...], ...]:
    """Homes in parts of enough visits each: the smallest part takes the next smallest, until none is too small.

    Args:
        visits: of one group, by home; those without any are left out.
        least: how many visits a part needs.
    Returns: names, sorted, a part each, the part with most visits first; () where all of them would be one part, since
        that is all homes.
    """
    heap: list[tuple[int, tuple[str, ...]]] = [(count, (home,)) for home, count in visits.items() if count]
    heapq.heapify(heap)
    while len(heap) > 1 and heap[0][0] < least:
        count, names = heapq.heappop(heap)
        other, others = heapq.heappop(heap)
        heapq.heappush(heap, (count + other, tuple(sorted(names + others))))
    if len(heap) < 2:  # noqa: PLR2004 - one part is no split
        return ()
    return tuple(names for _, names in sorted(heap, key=lambda part: (-part[0], part[1])))


def hidden_parts(counts: Sequence[int], least: int) -> frozenset[int]:
    """Which parts of a sum are hidden: those with too few, and as many more as it takes that they are enough together.

    Args:
        counts: how many visits each part has to show something of.
        least: how many are enough.
    Returns: places in `counts`.
    """
    hidden = {place for place, count in enumerate(counts) if count < least}
    shown = sorted((count, place) for place, count in enumerate(counts) if place not in hidden)
    while shown and 0 < sum(counts[place] for place in hidden) < least:
        hidden.add(shown.pop(0)[1])
    return frozenset(hidden)
