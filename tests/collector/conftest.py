"""A real collector on loopback, with a form and a key; each test of it runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from loopback_collector import NOW, Collector, Where, new_place, xform
from postgres_server import running_server

from collector.forms import add_form
from collector.keys import new_key
from collector.serve import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postgres_server import Server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all tests of a process; each gets a database of its own."""
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    """Where a collector's data may be: nothing is in it yet."""
    return new_place(request.param, tmp_path / "collected", lambda: request.getfixturevalue("postgres"))


@pytest.fixture
def collector(where: Where) -> Iterator[Collector]:
    with closing(where.open()) as database:
        add_form(database, xform(), {"good.wav": b"RIFF", "a b.png": b"PNG"}, NOW)
        token = new_key(database, "Elm Road", NOW)
        with running(database, lambda: NOW) as url:
            yield Collector(url, token, database, where)
