"""A power cut at any moment of an upgrade leaves a kiosk that starts, with every visit; and the next start goes on.

The process is killed before the n-th time that it changes the disk or starts a program. `script/test` takes some of
these moments; SAYSO_INSTALL_KILLS=all takes every one (some minutes).
"""

from __future__ import annotations

import os
import shutil

import pytest
from installing.upgrade import STATE, resume
from installing_bed import Bed, Doing, killed_before

ALL = os.environ.get("SAYSO_INSTALL_KILLS") == "all"
MOST = 400
STRIDE = 1 if ALL else 61
MOMENTS = range(1, MOST, STRIDE)


def run_until(bed: Bed, moment: int, *, up: bool) -> bool:
    """Upgrade in a process that is killed at that moment; whether it was."""
    child = os.fork()
    if child == 0:
        try:
            killed_before(moment)
            bed.upgrade("2", services_of(bed, up=up)).run()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9


def services_of(bed: Bed, *, up: bool) -> Doing:
    """Of a version 2 that comes up, or does not."""
    return Doing(bed.machine, up=lambda: up or bed.versions.current() == "1")


@pytest.mark.timeout(7200 if ALL else 1800)
@pytest.mark.parametrize("up", [True, False], ids=["comes-up", "goes-back"])
def test_a_kill_at_any_moment_leaves_a_kiosk_that_starts(bed: Bed, up: bool):
    bed.version("2", newer=ALL or not up)
    original = bed.root.with_name("original")
    shutil.copytree(bed.root, original, symlinks=True)
    for moment in MOMENTS:
        shutil.rmtree(bed.root)
        shutil.copytree(original, bed.root, symlinks=True)
        was_killed = run_until(bed, moment, up=up)
        current = str(bed.versions.current())
        assert bed.versions.digest(current) == current, f"killed before change {moment}"
        assert bed.kept() == {"anna", "ben", "cleo"}, f"killed before change {moment}"
        # The machine starts again: the kiosk migrates its store, somebody answers, and the upgrade is gone on with.
        bed.keep(current, "dora")
        resume(bed.machine, bed.steps, services_of(bed, up=up))
        assert not bed.machine.path(STATE).exists(), f"killed before change {moment}"
        assert bed.kept() == {"anna", "ben", "cleo", "dora"}, f"killed before change {moment}"
        if not was_killed:
            assert bed.versions.current() == ("2" if up else "1")
            print(f"{moment} was past its end")  # noqa: T201  for SAYSO_INSTALL_KILLS=all
            break
    else:
        pytest.fail(f"it never came to its end: more than {MOST} changes")
