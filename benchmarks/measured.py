"""What one benchmark found, and how it stands to its budget."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Budget:
    """What design and benchmark agreed on before anything was measured.

    Attributes:
        limit: in the figure's unit; met when the figure is not above it.
        share: of all samples that must be within it: 0.5 is the median, 0.95 the p95, 1.0 the slowest.
    """

    limit: float
    share: float = 0.95


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        what: is measured.
        unit: "ms", "s", "MB", "% of a core".
        samples: every one, in the order measured; empty where it can't be measured.
        budget: None for a figure that only explains another.
        note: what a reader must know to understand it.
        details: more numbers, for the JSON alone.
    """

    what: str
    unit: str
    samples: Sequence[float] = ()
    budget: Budget | None = None
    note: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def at(self, share: float) -> float:
        """The sample which that share of all samples does not exceed (nearest rank)."""
        ordered = sorted(self.samples)
        return ordered[max(0, -(-round(share * 1000) * len(ordered) // 1000) - 1)]

    @property
    def verdict(self) -> str:
        """Met, not met, not measurable here, or nothing where there is no budget."""
        if not self.samples:
            return "not measurable here"
        if self.budget is None:
            return ""
        return "met" if self.at(self.budget.share) <= self.budget.limit else "not met"

    def row(self) -> tuple[str, str, str, str]:
        """What, measured, budget, verdict; as the table shows them."""
        return self.what, self._measured(), self._budget(), self.verdict

    def as_json(self) -> dict[str, Any]:
        """Everything, samples too."""
        found: dict[str, Any] = {
            "what": self.what,
            "unit": self.unit,
            "n": len(self.samples),
            "budget": None if self.budget is None else {"limit": self.budget.limit, "share": self.budget.share},
            "verdict": self.verdict,
            "note": self.note,
            "samples": [round(one, 3) for one in self.samples],
            "details": dict(self.details),
        }
        if self.samples:
            found |= {
                "p50": round(statistics.median(self.samples), 3),
                "p95": round(self.at(0.95), 3),
                "p99": round(self.at(0.99), 3),
                "max": round(max(self.samples), 3),
            }
        return found

    def _measured(self) -> str:
        if not self.samples:
            return "-"
        if len(self.samples) == 1:
            return f"{_number(self.samples[0])} {self.unit}"
        high = self.budget.share if self.budget is not None and self.budget.share > 0.5 else 0.95
        name = "max" if high == 1.0 else f"p{high * 100:.0f}"
        middle = statistics.median(self.samples)
        return f"p50 {_number(middle)}, {name} {_number(self.at(high))} {self.unit}, n {len(self.samples)}"

    def _budget(self) -> str:
        if self.budget is None:
            return ""
        name = {0.5: "p50", 1.0: "max"}.get(self.budget.share, f"p{self.budget.share * 100:.0f}")
        return f"{_number(self.budget.limit)} {self.unit}" + ("" if len(self.samples) <= 1 else f" ({name})")


def _number(value: float) -> str:
    """Three digits that count, no more."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")
