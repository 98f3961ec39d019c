"""Every skip is printed with its reason, and one that tests/skips.toml does not list fails the run.

So too where tests run in several processes: each one's skips are judged by the process that the others report to.
Whatever talks with a whole kiosk through a sound card is marked as `alone`: script/test runs it last and one by one.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

LISTED = tomllib.loads((Path(__file__).parent / "skips.toml").read_text(encoding="utf-8")).get("skip", [])
OUTPUT = "sayso_skipped_files"
_skipped: dict[tuple[str, str], None] = {}
"""(test, reason), in order; processes that collect the same files name each skip once."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("end_to_end") and "card" in getattr(item, "fixturenames", ()):
            item.add_marker("alone")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    longrepr = report.longrepr
    reason = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return reason.removeprefix("Skipped: ")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        _skipped[report.nodeid, _reason(report)] = None


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _skipped[report.nodeid, _reason(report)] = None


def unlisted() -> list[tuple[str, str]]:
    """The skips whose reason begins with no reason of skips.toml."""
    return [(test, reason) for test, reason in _skipped if not any(reason.startswith(one["reason"]) for one in LISTED)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for test, reason in _skipped:
        terminalreporter.write_line(f"skipped: {test}: {reason}")
    for test, reason in unlisted():
        terminalreporter.write_line(f"NOT LISTED in tests/skips.toml: {test}: {reason}", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    told = getattr(session.config, "workeroutput", None)
    if told is not None:  # one of several processes; xdist tells skipped tests by itself, but no skipped file
        told[OUTPUT] = list(_skipped)
    elif unlisted() and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """One of several processes has ended: take over what it has skipped."""
    for test, reason in getattr(node, "workeroutput", {}).get(OUTPUT, ()):
        _skipped[test, reason] = None
