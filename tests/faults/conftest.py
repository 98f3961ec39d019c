"""What the tests that break things share: how often, with which seed, and the report of what was found.

A test takes `how_many(short, long)`, works through so many tries, and notes what it found:

    def test_...(how_many, dice, report):
        for number in report.each(how_many(300, 10_000)):
            ...
        report.note("kill -9 of a process that only keeps answers", "0 lost", f"{lost} lost of {kept}")

`script/test` runs the short numbers; `script/test-faults` the long ones, and writes the report.
"""

from __future__ import annotations

import os
import platform
import random
import secrets
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
USUAL_SEED = 6
"""Of the short form: what fails there fails again."""
PROGRESS_EVERY_S = 5.0
NOTED = "fault_noted"


class Report:
    """What one test tells: lines of the report, and how far it is.

    Args:
        request: of the test.
    """

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self._told_at = time.monotonic()

    def note(self, tried: str, figure: str, met: str) -> None:
        """Add a line to the report.

        Args:
            tried: what was done, with how often.
            figure: what must hold.
            met: what was found.
        """
        self._request.node.user_properties.append((NOTED, (tried, figure, met)))

    def each(self, count: int) -> Iterator[int]:
        """The numbers below `count`, telling in a long run every few seconds how far it is."""
        for number in range(count):
            self._tell(f"{number} of {count}")
            yield number

    def _tell(self, words: str) -> None:
        now = time.monotonic()
        if not self._request.config.getoption("--long", default=False) or now - self._told_at < PROGRESS_EVERY_S:
            return
        self._told_at = now
        capture = self._request.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            print(f"\n    {self._request.node.name}: {words}", end="", flush=True)  # noqa: T201 - progress is printed


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--long", action="store_true", help="every fault test in the number of its table: hours")
    group.addoption("--at-most", type=int, default=None, help="try nothing more often than this")
    group.addoption("--seed", type=int, default=None, help="of everything random; a failure prints the one it had")
    group.addoption("--faults-report", type=Path, default=None, help="write what was found to this Markdown file")


@pytest.fixture
def how_many(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """`how_many(short, long)`: how often this run tries."""
    in_full = bool(request.config.getoption("--long", default=False))
    at_most: int | None = request.config.getoption("--at-most", default=None)

    def count(short: int, long: int) -> int:
        wanted = long if in_full else short
        return wanted if at_most is None else min(wanted, at_most)

    return count


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What this test's randomness begins with. Printed, so that a failure can be had again."""
    chosen = _seed(request.config)
    print(f"random seed {chosen}: again with  script/test-faults --seed {chosen} -k {request.node.originalname}")  # noqa: T201 - shown with a failure
    return chosen


@pytest.fixture
def dice(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """Randomness of this test alone: the order of tests changes nothing."""
    return random.Random(f"{seed} {request.node.name}")  # noqa: S311 - what is repeated is the point, nothing is secret


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Where a test notes what it tried, what must hold and what it met."""
    return Report(request)


def _seed(config: pytest.Config) -> int:
    given: int | None = config.getoption("--seed", default=None)
    if given is not None:
        return given
    if not config.getoption("--long", default=False):
        return USUAL_SEED
    # One for the whole run; the report names it.
    return config.stash.setdefault(_CHOSEN, secrets.randbelow(1_000_000))


_CHOSEN = pytest.StashKey[int]()


class Writer:
    """Writes the report as the run goes on, so that one that is broken off leaves what it found."""

    def __init__(self, path: Path, config: pytest.Config) -> None:
        self._path = path
        path.write_text(_head(config), encoding="utf-8")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One test has ended: its lines; and one more where it failed or was skipped."""
        noted = [value for name, value in report.user_properties if name == NOTED] if report.when == "call" else []
        lines = [(report, *each) for each in noted]
        if report.failed:
            lines.append((report, f"{report.when} of the test", "it passes", "**FAILED**"))
        elif report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            lines.append((report, "not tried here", "", reason))
        with self._path.open("a", encoding="utf-8") as out:
            for its, *cells in lines:
                name = its.nodeid.removeprefix("tests/faults/")
                took = f"{its.duration:.0f} s"
                out.write("| " + " | ".join(_cell(text) for text in (*cells, took, f"`{name}`")) + " |\n")


def pytest_configure(config: pytest.Config) -> None:
    path: Path | None = config.getoption("--faults-report", default=None)
    if path is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Writer(path, config), "faults-report")


def pytest_report_header(config: pytest.Config) -> str:
    return f"faults: random seed {_seed(config)}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _form(config: pytest.Config) -> str:
    form = "the whole numbers" if config.getoption("--long") else "short, as in script/test"
    at_most = config.getoption("--at-most")
    return form if at_most is None else f"{form}, nothing more often than {at_most}"


def _head(config: pytest.Config) -> str:
    git = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": git.stdout.strip() or "unknown",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {memory_mb:.0f} MB, Linux {platform.release()}",
        "software": f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        "form": _form(config),
        "random seed": str(_seed(config)),
    }
    rows = "".join(f"- {name}: {value}\n" for name, value in facts.items())
    table = "| tried | must hold | met | took | test |\n| --- | --- | --- | --- | --- |\n"
    return f"# Faults: what was tried, and what was found\n\nMade by `script/test-faults`.\n\n{rows}\n{table}"
