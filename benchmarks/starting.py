"""Start command -> waiting screen, and a second `script/setup`."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from house import MY_HOME, ROOT, form, house
from measured import Budget, Figure
from pty_terminal import FOOT

START = Budget(3.0)
TIMES = 10


def waiting_screen(folder: Path, environment: Mapping[str, str]) -> Iterator[Figure]:
    """Each engine: the speech is cached by a first run, which is measured apart."""
    xform = form(folder, MY_HOME)
    for engine in ("none", "pocketsphinx"):
        its = house(folder / f"start-{engine}", xform, environment, voice__engine=engine)
        taken_s: list[float] = []
        for _ in range(1 + TIMES):
            with its.running(FOOT) as terminal:
                taken_s.append(terminal.sixel_shown().at_s - terminal.started_s)
        first, *others = taken_s
        yield Figure(
            f"start command -> waiting screen, engine {engine}",
            "s",
            others,
            START,
            "speech cached, files in the system's cache; the engine loads beside the waiting screen",
            {"first_s": round(first, 2)},
        )
        if engine == "none":
            yield Figure(
                "the same on the first day, everything the set can say being rendered",
                "s",
                [first],
                note="once for each set and voice; a counter shows how far it is",
            )


def second_setup() -> Iterator[Figure]:
    """What `script/setup test` takes when nothing is missing."""
    what = "a second script/setup run"
    if not (ROOT / ".venv" / "installed-test").exists():
        yield Figure(what, "s", note="script/setup has not been run in this folder: use script/benchmarks")
        return
    taken_s: list[float] = []
    for _ in range(4):
        start_s = time.monotonic()
        done = subprocess.run([ROOT / "script" / "setup", "test"], capture_output=True, text=True, check=False)
        taken_s.append(time.monotonic() - start_s)
        if done.returncode:
            yield Figure(what, "s", note=f"script/setup failed: {done.stderr.strip()[-200:]}")
            return
    yield Figure(
        what, "s", taken_s[1:], note="the first of four runs is left out: it may have had something to install"
    )
