"""What is put into the system's own folders leads to the version in use; a kiosk is locked down once it works."""

from __future__ import annotations

from pathlib import Path

import pytest
from installing import units
from installing.machine import Machine
from installing_bed import REPO


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def places(links: list[units.Link]) -> set[str]:
    return {link.place for link in links}


def test_every_unit_in_the_tree_belongs_to_exactly_one_role():
    all_of_them = {path.name for path in (REPO / "systemd").iterdir() if path.suffix in units.SUFFIXES}
    kiosk, collector = (
        {Path(place).name for place in places(units.unit_links(REPO, [role]))} for role in ("kiosk", "collector")
    )
    assert kiosk | collector == all_of_them
    assert not kiosk & collector


def test_everything_in_the_tree_has_a_place():
    known = {*units.EARLY, *units.LATE, *units.FILES, "README.md"}
    here = {path.name for path in (REPO / "systemd").iterdir() if path.suffix not in units.SUFFIXES}
    assert here <= known


def test_what_is_there_from_the_beginning_starts_nothing_and_locks_nothing():
    early = places(units.early_links(REPO, ["kiosk"]))
    assert not any(".wants/" in place or "logind" in place or "sysctl" in place or "getty" in place for place in early)


def test_a_kiosk_that_works_starts_with_the_machine_and_has_no_login():
    late = places(units.late_links(REPO, ["kiosk"]))
    assert f"{units.UNITS}/multi-user.target.wants/sayso-kiosk.service" in late
    assert f"{units.UNITS}/getty@tty1.service" in late


def test_a_collector_keeps_its_logins():
    late = places(units.late_links(REPO, ["collector"]))
    assert late == {f"{units.UNITS}/multi-user.target.wants/sayso-collector.service"}


def test_a_second_time_makes_nothing(machine: Machine):
    links = units.early_links(REPO, ["kiosk"]) + units.late_links(REPO, ["kiosk"])
    assert len(units.make(machine, links)) == len(links)
    assert units.make(machine, links) == []


def test_a_unit_that_an_admin_wrote_by_hand_is_left_alone(machine: Machine):
    mine = machine.path(f"{units.UNITS}/sayso-kiosk.service")
    mine.parent.mkdir(parents=True)
    mine.write_text("[Service]\n", "utf-8")
    units.make(machine, units.early_links(REPO, ["kiosk"]))
    assert mine.read_text("utf-8") == "[Service]\n"


def test_what_is_not_wanted_any_more_goes_and_nothing_else(machine: Machine):
    units.make(machine, units.early_links(REPO, ["kiosk"]) + units.late_links(REPO, ["kiosk"]))
    theirs = machine.path("/etc/systemd/system/multi-user.target.wants/ssh.service")
    theirs.symlink_to("/usr/lib/systemd/system/ssh.service")
    units.drop_stale(machine, [])
    left = {path for path in machine.root.rglob("*") if path.is_symlink()}
    assert left == {theirs}
