"""An upgrade either works or never was: what was kept stays kept, what was forgotten stays forgotten."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from installing import units
from installing.data import WORK
from installing.errors import InstallError
from installing.upgrade import STATE
from installing_bed import Bed, Doing

UNFIT = json.dumps({"fit": False, "lines": [{"level": "error", "what": "set", "met": "gone", "todo": ""}]})
LOSING = "    op.execute(sa.text(\"DELETE FROM submission WHERE instance_id = 'uuid:ben'\"))\n"
VISITS = {"anna", "ben", "cleo"}


def nothing_is_left(bed: Bed) -> bool:
    there = [bed.machine.path(STATE), bed.data.folder / WORK, bed.machine.path("/etc/sayso/.upgrade.toml")]
    there += list(bed.root.rglob(units.RESUME))
    return not any(path.exists() or path.is_symlink() for path in there)


def test_a_version_that_passes_is_in_use_and_finds_every_visit(bed: Bed):
    bed.version("2", newer=True)
    assert bed.upgrade("2").run()
    assert bed.versions.current() == "2"
    assert bed.kept() == VISITS
    assert nothing_is_left(bed)


def test_a_version_whose_check_finds_more_wrong_than_before_is_never_in_use(bed: Bed):
    bed.version("2", check=UNFIT, code=1)
    services = Doing(bed.machine)
    with pytest.raises(InstallError, match="`sayso check` of the new version says:\n    set: gone"):
        bed.upgrade("2", services).run()
    assert bed.versions.current() == "1"
    assert bed.kept() == VISITS
    assert nothing_is_left(bed)
    assert services.told[-1] == ("start", bed.upgrade("2")._wanted(bed.versions.of("1")))


def test_what_was_wrong_before_keeps_nobody_from_an_upgrade(bed: Bed):
    (bed.versions.of("1") / "check.json").write_text(UNFIT, "utf-8")
    (bed.versions.of("1") / "check.code").write_text("1", "utf-8")
    bed.version("2", check=UNFIT, code=1)
    assert bed.upgrade("2").run()


def test_a_check_that_only_says_so_by_its_code_is_believed(bed: Bed):
    bed.version("2", code=2)
    with pytest.raises(InstallError, match="it ended with 2"):
        bed.upgrade("2").run()


def test_a_version_that_cannot_rehearse_a_visit_is_never_in_use(bed: Bed):
    bed.version("2", answers=0)
    with pytest.raises(InstallError, match="`sayso rehearse` of the new version, my_home"):
        bed.upgrade("2").run()
    assert bed.versions.current() == "1"


def test_a_version_whose_migration_loses_a_visit_is_never_in_use(bed: Bed, tmp_path: Path):
    losing = tmp_path / "losing"
    shutil.copytree(bed.newer, losing)
    migration = losing / "kiosk/keeping/migrations/versions/9001_more.py"
    with migration.open("a", encoding="utf-8") as file:
        file.write(LOSING)
    bed.newer = losing
    bed.version("2", newer=True)
    with pytest.raises(InstallError, match="something would be lost: the table submission is not the same: 3 rows"):
        bed.upgrade("2").run()
    assert bed.kept() == VISITS


def numbers_used(bed: Bed) -> int:
    with closing(sqlite3.connect(bed.data.file)) as connection:
        return connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'submission'").fetchone()[0]


@pytest.mark.parametrize("newer", [True, False], ids=["other-tables", "same-tables"])
def test_going_back_keeps_what_was_kept_since_and_forgets_what_was_forgotten(bed: Bed, newer: bool):
    bed.version("2", newer=newer)
    used: list[int] = []

    def visits() -> None:
        if bed.versions.current() == "2":
            bed.keep("2", "-ben", "dora", "emil", "flo", "-flo")
            used.append(numbers_used(bed))
            if newer:
                in_a_state_that_nobody_knew(bed, "emil")

    services = Doing(bed.machine, on_start=visits, up=lambda: bed.versions.current() == "1")
    assert not bed.upgrade("2", services).run()
    assert bed.versions.current() == "1"
    assert bed.kept() == {"anna", "cleo", "dora", "emil"}
    assert nothing_is_left(bed)
    assert numbers_used(bed) == used[0], "a number is never used twice"


def in_a_state_that_nobody_knew(bed: Bed, name: str) -> None:
    with closing(sqlite3.connect(bed.data.file)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE submission SET state = 'resting' WHERE instance_id = ?", (f"uuid:{name}",))


def test_where_rows_cannot_be_carried_back_the_newer_file_is_kept_and_nothing_forgotten_returns(bed: Bed):
    bed.version("2", newer=True)

    def visits() -> None:
        if bed.versions.current() == "2":
            bed.keep("2", "-ben", "dora")
            with closing(sqlite3.connect(bed.data.file)) as connection, connection:
                connection.execute("ALTER TABLE attachment RENAME COLUMN data TO bytes")

    bed.upgrade("2", Doing(bed.machine, on_start=visits, up=lambda: bed.versions.current() == "1")).run()
    assert bed.kept() == {"anna", "cleo"}
    with closing(sqlite3.connect(bed.data.folder / "sayso.db.2")) as connection:
        assert ("uuid:dora",) in connection.execute("SELECT instance_id FROM submission").fetchall()


def test_nobody_is_interrupted(bed: Bed):
    bed.version("2")
    with closing(sqlite3.connect(bed.data.file)) as connection, connection:
        connection.execute("UPDATE submission SET state = 'open' WHERE instance_id = 'uuid:ben'")
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            with closing(sqlite3.connect(bed.data.file)) as connection, connection:
                connection.execute("UPDATE submission SET state = 'waiting'")

    assert bed.upgrade("2", Doing(bed.machine, now_s=lambda: 0.0, sleep=sleep)).run()
    assert len(slept) == 3


def test_who_stays_for_long_is_not_interrupted_either(bed: Bed):
    bed.version("2")
    with closing(sqlite3.connect(bed.data.file)) as connection, connection:
        connection.execute("UPDATE submission SET state = 'open' WHERE instance_id = 'uuid:ben'")
    hours = iter(range(0, 100_000, 900))
    services = Doing(bed.machine, now_s=lambda: float(next(hours)), sleep=lambda _: None)
    with pytest.raises(InstallError, match="somebody has been at the kiosk for 30 minutes"):
        bed.upgrade("2", services).run()
    assert not any(what == "stop" for what, _ in services.told)


def test_two_versions_are_kept(bed: Bed):
    for name in ("2", "3"):
        bed.version(name)
        assert bed.upgrade(name).run()
    assert sorted(path.name for path in bed.versions.folder.iterdir() if path.is_dir() and not path.is_symlink()) == [
        "2",
        "3",
    ]


def test_units_that_only_one_version_has_come_and_go_with_it(bed: Bed):
    folder = bed.version("2")
    unit = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=timers.target\n"
    (folder / "systemd/sayso-more.timer").write_text(unit, "utf-8")
    place = bed.root / "etc/systemd/system/sayso-more.timer"
    wanted = bed.root / "etc/systemd/system/timers.target.wants/sayso-more.timer"
    assert bed.upgrade("2").run()
    assert place.is_symlink()
    assert wanted.is_symlink()
    back = bed.upgrade("1")
    type(back)(back.machine, "1", "2", back.roles, back.steps, back.services).by_hand()
    assert bed.versions.current() == "1"
    assert not place.is_symlink()
    assert not wanted.is_symlink()
