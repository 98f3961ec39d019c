"""Every skip is printed with its reason, and one that tests/skips.toml does not list fails the run."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

LISTED = tomllib.loads((Path(__file__).parent / "skips.toml").read_text(encoding="utf-8")).get("skip", [])
_skipped: list[tuple[str, str]] = []


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    longrepr = report.longrepr
    reason = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return reason.removeprefix("Skipped: ")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        _skipped.append((report.nodeid, _reason(report)))


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _skipped.append((report.nodeid, _reason(report)))


def unlisted() -> list[tuple[str, str]]:
    """The skips whose reason begins with no reason of skips.toml."""
    return [(test, reason) for test, reason in _skipped if not any(reason.startswith(one["reason"]) for one in LISTED)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for test, reason in _skipped:
        terminalreporter.write_line(f"skipped: {test}: {reason}")
    for test, reason in unlisted():
        terminalreporter.write_line(f"NOT LISTED in tests/skips.toml: {test}: {reason}", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if unlisted() and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
