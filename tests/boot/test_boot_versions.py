"""The versions that the boot test brings can be made of this tree: it should not be known only after half an hour."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from boot_console import BootError
from boot_versions import BROKEN, FALLING, GOOD, Version

ROOT = Path(__file__).parents[2]
OF_THEM = ("pyproject.toml", "kiosk/start.py", "kiosk/visit.py", "kiosk/keeping/schema.py", "kiosk/keeping/migrations")


@pytest.fixture
def source(tmp_path):
    for name in OF_THEM:
        target = tmp_path / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile)(ROOT / name, target)
    return tmp_path / "source"


@pytest.mark.parametrize("version", [GOOD, FALLING, BROKEN], ids=["good", "falling", "broken"])
def test_each_has_its_number_and_tables_that_follow_on_those_of_this_tree(version, source, tmp_path):
    tree = version.made(source, tmp_path / "tree")
    assert f'version = "{version.number}"' in (tree / "pyproject.toml").read_text().splitlines()
    revisions = {}
    for path in (tree / "kiosk/keeping/migrations/versions").glob("*.py"):
        found = dict(re.findall(r'(?m)^(revision|down_revision) = "?([^"\n]*)"?$', path.read_text()))
        revisions[found["down_revision"]] = found["revision"]
    head = "None"
    while head in revisions:
        head = revisions.pop(head)
    assert not revisions
    assert f'HEAD = "{head}"' in (tree / "kiosk/keeping/schema.py").read_text().splitlines()


def test_what_falls_does_so_where_the_kiosk_prepares_its_voice(source, tmp_path):
    words = (FALLING.made(source, tmp_path / "tree") / "kiosk/start.py").read_text()
    run = words[words.index("def run(") :]
    assert run.index("Store.open(") < run.index(" prepare(") < run.index("prepare = _falls")


def test_a_place_that_is_gone_is_told(source, tmp_path):
    with pytest.raises(BootError, match=r"breaks kiosk/gone\.py on purpose, and there is no such file"):
        Version("1.0", migrations=0, added={"kiosk/gone.py": "x"}).made(source, tmp_path / "tree")
