"""Calling help by the home's own program: real scripts, nothing of the visit, nothing left behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.staff.help import PATH, Helper


def script(folder, body):
    path = folder / "call-somebody"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def called(folder):
    """How often the script that appends to `calls` was run."""
    calls = folder / "calls"
    return calls.read_text().count("called") if calls.exists() else 0


def test_help_runs_the_program_with_its_arguments_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("SAYSO_SECRET", "of this process")
    out = tmp_path / "told"
    program = script(tmp_path, f'{{ echo "$*"; env; pwd; readlink /proc/$$/fd/0 /proc/$$/fd/2; }} > {out}')
    helper = Helper((program, "the house", "2"))
    assert helper.call() is True
    helper.wait()
    told = out.read_text().splitlines()
    assert told[0] == "the house 2"
    assert "SAYSO_SECRET" not in out.read_text()
    variables = {line.partition("=")[0] for line in told[1:] if "=" in line}
    assert variables <= {"PATH", "PWD", "OLDPWD", "SHLVL", "_"}, "the shell's own, and the path"
    assert f"PATH={PATH}" in told
    assert told[-3:] == ["/", "/dev/null", "/dev/null"]
    assert helper.problem == ""


def test_it_runs_in_a_session_of_its_own(tmp_path):
    out = tmp_path / "session"
    helper = Helper((script(tmp_path, f"echo $(cut -d' ' -f6 /proc/$$/stat) > {out}"),))
    helper.call()
    helper.wait()
    assert int(out.read_text()) != os.getsid(0)


def test_pressing_again_within_a_minute_counts_as_called_and_calls_nobody_twice(tmp_path, clock):
    helper = Helper((script(tmp_path, f"echo called >> {tmp_path}/calls"),), clock)
    for at_s in (0, 1, 59.9):
        clock.now_s = at_s
        assert helper.call() is True
        helper.wait()
    assert called(tmp_path) == 1
    clock.now_s = 60.0
    assert helper.call() is True
    helper.wait()
    assert called(tmp_path) == 2


@pytest.mark.parametrize("what", ["missing", "not executable", "a folder"])
def test_a_program_that_cannot_be_started_is_false_and_told_to_staff(tmp_path, what):
    path = tmp_path / "call-somebody"
    if what == "not executable":
        path.write_text("#!/bin/sh\n")
    elif what == "a folder":
        path.mkdir()
    helper = Helper((str(path), "07700 900123"))
    assert helper.call() is False
    assert helper.problem.startswith("Help could not be called: call-somebody: it cannot be started (")
    assert "07700" not in helper.problem
    path.unlink(missing_ok=True) if what != "a folder" else path.rmdir()
    script(tmp_path, "exit 0")
    assert helper.call() is True, "what failed is tried again at once"
    helper.wait()
    assert helper.problem == ""


def test_a_program_that_fails_is_told_to_staff_and_called_again_when_asked(tmp_path, clock):
    helper = Helper((script(tmp_path, f"echo called >> {tmp_path}/calls; exit 3"),), clock)
    assert helper.call() is True
    helper.wait()
    assert helper.problem == "Help could not be called: call-somebody: it ended with 3."
    assert helper.call() is True
    helper.wait()
    assert called(tmp_path) == 2


def test_a_program_that_hangs_is_ended_with_all_that_it_started(tmp_path):
    helper = Helper((script(tmp_path, f"sleep 300 & echo $! > {tmp_path}/child; wait"),), longest_s=0.5)
    helper.call()
    helper.wait()
    assert "not done after" in helper.problem
    child = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    assert not child.exists() or child.read_text().split()[2] == "Z", "the sleep is gone too"


def test_no_zombie_is_left(tmp_path):
    helper = Helper((script(tmp_path, f"echo $$ > {tmp_path}/pid"),))
    helper.call()
    helper.wait()
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


def test_without_a_program_nobody_is_called():
    helper = Helper(())
    assert helper.call() is False
    assert helper.problem == "", "that is how this home is set up, no fault"
