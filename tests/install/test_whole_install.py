"""`script/install` itself, into a folder: from a bundle of this tree, with one library that has all of this run's own.

Debian's packages and systemd are left out; they are in script/test-boot.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from installing import tree
from installing.bundle_make import list_files
from installing.machine import Machine
from installing.versions import Versions
from installing_bed import REPO

LIBRARIES = "sayso_libraries-1-py3-none-any.whl"
INFO = "sayso_libraries-1.dist-info"


def libraries(folder: Path) -> str:
    """A wheel that leads to the libraries of the Python that runs this; its line in a lock."""
    folder.mkdir(parents=True)
    files = {
        "sayso_libraries.pth": sysconfig.get_path("purelib") + "\n",
        f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: sayso-libraries\nVersion: 1\n",
        f"{INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{name},sha256={_sum(text)},{len(text)}" for name, text in files.items()]
    with zipfile.ZipFile(folder / LIBRARIES, "w") as wheel:
        for name, text in {**files, f"{INFO}/RECORD": "\n".join([*record, f"{INFO}/RECORD,,", ""])}.items():
            wheel.writestr(name, text)
    digest = hashlib.sha256((folder / LIBRARIES).read_bytes()).hexdigest()
    return f"sayso-libraries==1 \\\n    --hash=sha256:{digest}\n"


def _sum(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    tree.copy(REPO, folder / "tree")
    line = libraries(folder / "wheels")
    for lock in ("run.txt", "build.txt"):
        (folder / "tree/requirements" / lock).write_text(line, "utf-8")
    (folder / "models").mkdir()
    list_files(folder)
    return folder


def script_install(*arguments: str | Path, code: int = 0) -> str:
    command = [str(REPO / "script/install"), *map(str, arguments)]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "SAYSO_PYTHON": sys.executable}
    )
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def everything(root: Path) -> set[tuple[str, int]]:
    """Every name below a folder and when it was changed."""
    return {(str(path), path.lstat().st_mtime_ns) for path in root.rglob("*") if path.name != ".lock"}


@pytest.mark.skipif(
    shutil.which("systemd-sysusers") is None, reason="no systemd-sysusers: this is no machine of Debian's"
)
def test_a_first_time_installs_and_a_second_time_changes_nothing(bundle: Path, tmp_path: Path):
    options = ("--bundle", bundle, "--root", tmp_path, "--no-packages")
    told = script_install("kiosk", *options)
    assert re.search(r"^\[7/7\] Starting it\n +not yet: there is no configuration\n", told, re.MULTILINE)
    assert "Now run: sudo sayso setup\n" in told
    assert "trial engine" in told

    sayso = tmp_path / "opt/sayso/current/.venv/bin/sayso"
    version = subprocess.run([sayso, "--version"], capture_output=True, text=True, check=True).stdout
    assert version == f"sayso, version {tree.version(REPO)}\n"
    where = [
        sayso.with_name("python"),
        "-P",
        "-c",
        "import kiosk, sayso.models as m; print(kiosk.__file__, m.MANIFESTS)",
    ]
    home = (tmp_path / "opt/sayso" / tree.version(REPO)).resolve()
    found = subprocess.run(where, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert found == f"{home}/kiosk/__init__.py {home}/models\n"
    assert (tmp_path / "usr/local/bin/sayso").readlink() == Path("/opt/sayso/current/.venv/bin/sayso")
    assert not (tmp_path / "etc/sayso/sayso.toml").exists()
    assert "sayso:" in (tmp_path / "etc/passwd").read_text("utf-8")
    assert (tmp_path / "var/lib/sayso").stat().st_mode & 0o777 == 0o700

    before = everything(tmp_path)
    told = script_install("kiosk", *options)
    assert f"Sayso {tree.version(REPO)} was installed already; nothing was changed.\n" in told
    assert everything(tmp_path) == before


def test_what_was_left_half_done_is_begun_anew_and_never_in_use(tmp_path: Path):
    versions = Versions(Machine(tmp_path))
    (versions.begin("1.2") / "half").touch()
    assert versions.digest("1.2") is None
    assert versions.current() is None
    assert list(versions.begin("1.2").iterdir()) == []
    versions.finish("1.2", "digest")
    assert versions.whole() == ["1.2"]


def test_a_tree_that_is_installed_is_known_by_its_content_alone(tmp_path: Path):
    (tmp_path / "tree/sayso").mkdir(parents=True)
    (tmp_path / "tree/pyproject.toml").write_text('[project]\nversion = "1.2"\n', "utf-8")
    versions = Versions(Machine(tmp_path / "root"))
    versions.begin("1.2+0badcafe")
    versions.finish("1.2+0badcafe", tree.digest(tmp_path / "tree"))
    assert versions.name_for(tmp_path / "tree") == "1.2+0badcafe"


def test_two_trees_of_one_version_number_have_two_names(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name / "sayso").mkdir(parents=True)
        (tmp_path / name / "sayso/a.py").write_text(name, "utf-8")
        (tmp_path / name / "pyproject.toml").write_text('[project]\nversion = "1.2"\n', "utf-8")
    digest = tree.digest(tmp_path / "one")
    assert tree.name_of(tmp_path / "one", None) == "1.2"
    assert tree.name_of(tmp_path / "one", digest) == "1.2"
    assert tree.name_of(tmp_path / "two", digest) == f"1.2+{tree.digest(tmp_path / 'two')[:8]}"
