"""Nothing of a bundle is used before every file in it is the one that was put in."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from installing import bundle_open, tree
from installing.bundle_make import list_files
from installing.errors import InstallError
from installing.machine import Machine


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    for name in ("tree/sayso/a.py", "tree/kiosk/b.py", "tree/requirements/run.txt", "tree/requirements/build.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, "utf-8")
    (folder / "tree/pyproject.toml").write_text('[project]\nversion = "1.2"\n', "utf-8")
    (folder / "wheels").mkdir()
    (folder / "wheels/one.whl").write_bytes(b"wheel")
    list_files(folder)
    return folder


def test_a_whole_one_is_taken(bundle: Path, tmp_path: Path):
    with bundle_open.opened(bundle, Machine(tmp_path)) as opened:
        assert tree.version(opened.tree) == "1.2"


def change(bundle: Path) -> None:
    (bundle / "wheels/one.whl").write_bytes(b"Wheel")


def take(bundle: Path) -> None:
    (bundle / "wheels/one.whl").unlink()


def add(bundle: Path) -> None:
    (bundle / "wheels/two.whl").write_bytes(b"")


def link(bundle: Path) -> None:
    (bundle / "wheels/two.whl").symlink_to("/etc/passwd")


@pytest.mark.parametrize(
    ("harm", "met"),
    [
        (change, "one.whl is not what it was"),
        (take, "one.whl is missing"),
        (add, "two.whl is in it, but not on its list"),
        (link, "two.whl is in it, but not on its list"),
    ],
    ids=["changed", "missing", "more", "link"],
)
def test_another_one_is_refused_with_the_file_s_name(
    bundle: Path, tmp_path: Path, harm: Callable[[Path], None], met: str
):
    harm(bundle)
    with pytest.raises(InstallError, match=met), bundle_open.opened(bundle, Machine(tmp_path)):
        pass


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.REGTYPE], ids=str)
def test_a_tar_that_reaches_out_of_its_folder_is_refused(tmp_path: Path, kind: bytes):
    member = tarfile.TarInfo("../out" if kind == tarfile.REGTYPE else "in")
    member.type, member.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        archive.addfile(member, io.BytesIO())
    with (
        pytest.raises(InstallError, match="does not belong"),
        bundle_open.opened(tmp_path / "bad.tar", Machine(tmp_path)),
    ):
        pass
    assert not (tmp_path / "var/out").exists()
    assert not list((tmp_path / "var/tmp").iterdir())


def test_a_file_that_was_cut_off_is_refused(bundle: Path, tmp_path: Path):
    whole = tmp_path / "whole.tar"
    with tarfile.open(whole, "w") as archive:
        archive.add(bundle, ".")
    whole.write_bytes(whole.read_bytes()[:3000])
    with pytest.raises(InstallError, match="Copy it again"), bundle_open.opened(whole, Machine(tmp_path)):
        pass
