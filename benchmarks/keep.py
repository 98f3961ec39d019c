"""How long one answer takes from its instance XML to sealed and committed, beside the budget of 20 ms at p99.

Run it on the disk that the kiosk will use: `.venv/bin/python benchmarks/keep.py --folder /var/lib/sayso`.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from kiosk.keeping.store import Role, Store
from openrosa.sealing import new_key_pair, seal

BUDGET_P99_MS = 20.0
OUTBOX = 300
"""Finished visits that wait meanwhile: a home that was offline for some months."""

ANSWERS_A_VISIT = 10


def measure(answers: int = 1000, folder: Path | None = None) -> dict[str, Any]:
    """Keep so many answers, each sealed with a fresh key and committed, into an outbox that is not empty.

    Args:
        answers: how many are timed; 20 more come first and are not.
        folder: on which disk; None is the folder for temporary files.
    """
    _, public_key = new_key_pair()
    timings_ms: list[float] = []
    form = ("my_home", "2026-11-22")
    with tempfile.TemporaryDirectory(dir=folder) as data, Store.open(Path(data), Role.KIOSK) as store:
        for number in range(OUTBOX):
            store.finish(seal(public_key, *form, f"uuid:waiting-{number}", _instance(ANSWERS_A_VISIT), ()))
        for number in range(20 + answers):
            visit, answer = divmod(number, ANSWERS_A_VISIT)
            xml = _instance(answer + 1)
            start_s = time.perf_counter()
            store.keep(seal(public_key, *form, f"uuid:{visit}", xml, ()))
            timings_ms.append((time.perf_counter() - start_s) * 1000)
        size_bytes = sum(path.stat().st_size for path in Path(data).iterdir())
    timed = sorted(timings_ms[20:])
    return {
        "name": "one answer sealed and committed, no voice message",
        "answers": len(timed),
        "outbox": OUTBOX,
        "database_bytes": size_bytes,
        "p50_ms": round(_at(timed, 0.5), 2),
        "p99_ms": round(_at(timed, 0.99), 2),
        "max_ms": round(timed[-1], 2),
        "samples_ms": timed,
        "budget_p99_ms": BUDGET_P99_MS,
    }


def _instance(answers: int) -> bytes:
    """An instance of about 3 kB, random enough that nothing shrinks."""
    fields = "".join(
        f"<q{n}>{os.urandom(4).hex()}</q{n}><q{n}_how>given</q{n}_how><q{n}_by>voice</q{n}_by><q{n}_order>1</q{n}_order>"
        for n in range(answers)
    )
    return f'<data id="my_home" version="1">{fields}<note>{os.urandom(700).hex()}</note></data>'.encode()


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> None:
    """Print the figures as a line and as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--folder", type=Path, default=None)
    arguments = parser.parse_args()
    found = measure(arguments.answers, arguments.folder)
    print(f"{found['name']}: p50 {found['p50_ms']} ms, p99 {found['p99_ms']} ms (budget {found['budget_p99_ms']} ms)")
    print(json.dumps({key: value for key, value in found.items() if key != "samples_ms"}))


if __name__ == "__main__":
    main()
