"""The check's part for swap, on a machine's /proc and /sys as the kernel writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.checks.lines import Level
from kiosk.checks.swap import UNIT, swap

HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
FILE = "/var/swap                               file\t\t524284\t\t0\t\t-2\n"
ZRAM = "/dev/zram0                              partition\t2097148\t\t0\t\t100\n"
GROUPS = Path("sys/fs/cgroup")


def machine(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "level"),
    [
        pytest.param({"proc/swaps": HEAD}, Level.FINE, id="no swap"),
        pytest.param({"proc/swaps": HEAD + ZRAM}, Level.FINE, id="compressed memory"),
        pytest.param(
            {"proc/swaps": HEAD + ZRAM, "sys/block/zram0/backing_dev": "none\n"}, Level.FINE, id="zram, no disk behind"
        ),
        pytest.param(
            {"proc/swaps": HEAD + ZRAM, "sys/block/zram0/backing_dev": "/dev/loop0\n"}, Level.ERROR, id="zram, a disk"
        ),
        pytest.param({"proc/swaps": HEAD + FILE}, Level.ERROR, id="a file, no groups"),
        pytest.param(
            {"proc/swaps": HEAD + FILE, str(GROUPS / "cgroup.controllers"): "cpuset cpu io pids\n"},
            Level.ERROR,
            id="as Raspberry Pi OS starts",
        ),
        pytest.param(
            {"proc/swaps": HEAD + FILE, str(GROUPS / "cgroup.controllers"): "cpuset cpu io memory pids\n"},
            Level.FINE,
            id="a file, memory counted by unit",
        ),
        pytest.param(
            {"proc/swaps": HEAD + FILE, str(GROUPS / UNIT): "0\n"}, Level.FINE, id="a kiosk that is kept out of it"
        ),
        pytest.param(
            {
                "proc/swaps": HEAD + FILE,
                str(GROUPS / UNIT): "max\n",
                str(GROUPS / "cgroup.controllers"): "cpu memory\n",
            },
            Level.ERROR,
            id="a kiosk that is not",
        ),
    ],
)
def test_what_people_say_may_come_to_lie_on_no_disk(tmp_path, files, level):
    (line,) = swap(machine(tmp_path, files))
    assert line.level is level
    if level is Level.ERROR:
        assert "docs/lockdown.md" in line.todo


def test_a_machine_that_does_not_tell_is_not_judged(tmp_path):
    assert list(swap(tmp_path)) == []
