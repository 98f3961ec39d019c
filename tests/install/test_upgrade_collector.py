"""A collector on SQLite is upgraded on a copy too; one on PostgreSQL is not copied."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from installing import data
from installing.upgrade import Upgrade
from installing_bed import Bed, Doing

from collector.database import FILE_NAME, Database
from collector.keys import new_key


def test_a_collector_is_tried_on_a_copy_and_keeps_its_keys(bed: Bed, capsys: pytest.CaptureFixture[str]):
    folder = bed.root / "var/lib/sayso-collector"
    folder.mkdir()
    database = Database(f"sqlite:///{folder / FILE_NAME}")
    new_key(database, "Elm Road", datetime(2026, 1, 2, tzinfo=UTC))
    database.close()
    bed.versions.set_roles(["collector"])
    bed.version("2")
    assert Upgrade(bed.machine, "1", "2", ["collector"], bed.steps, Doing(bed.machine)).run()
    assert bed.versions.current() == "2"
    assert "collector: its data was brought up to date in a copy; 1 rows are the same" in capsys.readouterr().out
    assert not (folder / data.WORK).exists()


def test_a_collector_s_options_say_where_its_data_lies(bed: Bed):
    (bed.root / "srv/visits").mkdir(parents=True)
    options = bed.root / "etc/sayso/collector.env"
    options.write_text('SAYSO_COLLECTOR_OPTIONS="--port 8080 --data /srv/visits"\n', "utf-8")
    assert [one.folder for one in data.of(bed.machine, ["collector"])] == [bed.root / "srv/visits"]
    options.write_text("SAYSO_COLLECTOR_OPTIONS=--database postgresql:///sayso\n", "utf-8")
    assert data.of(bed.machine, ["collector"]) == []
