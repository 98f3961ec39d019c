"""A machine in a folder for each test; Sayso's rooms with a later store, made once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from installing_bed import Bed, newer_tree


@pytest.fixture(scope="session")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return newer_tree(tmp_path_factory.mktemp("newer"))


@pytest.fixture
def bed(tmp_path: Path, newer: Path, monkeypatch: pytest.MonkeyPatch) -> Bed:
    monkeypatch.setenv("SAYSO_PYTHON", sys.executable)
    made = Bed(tmp_path / "machine", newer)
    made.set_up()
    return made
