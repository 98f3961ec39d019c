"""A real collector on loopback, with a form and a key."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from loopback_collector import NOW, Collector, xform

from collector.database import open_data
from collector.forms import add_form
from collector.keys import new_key
from collector.serve import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    data = tmp_path / "collected"
    with closing(open_data(data)) as database:
        add_form(database, xform(), {"good.wav": b"RIFF", "a b.png": b"PNG"}, NOW)
        token = new_key(database, "Elm Road", NOW)
        with running(database, lambda: NOW) as url:
            yield Collector(url, token, database, data)
