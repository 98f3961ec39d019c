"""Taking a kiosk off touches no visit unless somebody who knows the home says so."""

from __future__ import annotations

import os
import pty
import sys

import pytest
from installing import units
from installing.errors import InstallError
from installing.uninstall import ERASE, KEEP, uninstall
from installing_bed import REPO, Bed


def typed(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, line.encode())
    monkeypatch.setattr(sys, "stdin", os.fdopen(theirs, encoding="utf-8"))


def test_without_a_terminal_or_a_word_nothing_is_changed(bed: Bed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", open(os.devnull, encoding="utf-8"))  # noqa: SIM115, PTH123  as a service has it
    with pytest.raises(InstallError, match="Say --keep-data or --erase-data"):
        uninstall(bed.machine, "kiosk", "")
    assert bed.kept() == {"anna", "ben", "cleo"}


def test_the_home_s_name_erases(bed: Bed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    typed(monkeypatch, "Elm Road\n")
    folder = bed.data.folder
    assert uninstall(bed.machine, "kiosk", "") == 0
    assert not folder.exists()
    assert not bed.machine.path("/etc/sayso/sayso.toml").exists()
    assert "3 visits have not been delivered" in capsys.readouterr().out


def test_enter_alone_keeps_visits_and_configuration(bed: Bed, monkeypatch: pytest.MonkeyPatch):
    typed(monkeypatch, "\n")
    folder = bed.data.folder
    uninstall(bed.machine, "kiosk", "")
    assert (folder / "sayso.db").exists()
    assert bed.machine.path("/etc/sayso/sayso.toml").exists()
    assert not bed.versions.folder.exists()


def test_another_name_changes_nothing(bed: Bed, monkeypatch: pytest.MonkeyPatch):
    typed(monkeypatch, "Oak Road\n")
    with pytest.raises(InstallError, match="'Oak Road' is not 'Elm Road'"):
        uninstall(bed.machine, "kiosk", "")
    assert bed.kept() == {"anna", "ben", "cleo"}


def test_visits_that_no_server_has_are_not_erased_by_one_option_alone(bed: Bed):
    with pytest.raises(InstallError, match="3 visits have not been delivered"):
        uninstall(bed.machine, "kiosk", ERASE)
    assert bed.kept() == {"anna", "ben", "cleo"}
    assert uninstall(bed.machine, "kiosk", ERASE, even_unsent=True) == 0


def test_nothing_of_it_is_left_in_the_system_s_folders(bed: Bed):
    links = units.early_links(REPO, ["kiosk"]) + units.late_links(REPO, ["kiosk"])
    assert len(units.make(bed.machine, links)) > len(links) // 2
    uninstall(bed.machine, "kiosk", KEEP)
    assert [path for path in bed.root.rglob("*") if path.is_symlink()] == []
