"""A kiosk that crashes leaves no core file: its memory holds the answers of the visit that is going on."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys

from kiosk_house import house


def ended(code, folder):
    """Run it as a process that may leave a core file, killed as by a crash; whether the kernel wrote one."""
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        os.execv(sys.executable, [sys.executable, "-c", code])  # noqa: S606 - no shell is what is wanted
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGSEGV
    return os.WCOREDUMP(status)


def test_a_crash_leaves_no_core_file(tmp_path, report):
    crash = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    usual = ended(crash, tmp_path)
    kept_out = ended(f"from kiosk.keeping.memory import leave_no_core; leave_no_core(); {crash}", tmp_path)
    assert not kept_out
    would = "would have left one" if usual else "would have left none here either"
    report.note("a crash of the kiosk's process", "no core file", f"none; without the kiosk's limit it {would}")


def test_a_service_that_allows_no_core_file_at_all_starts_the_kiosk_too():
    code = (
        "import os, resource; from kiosk.keeping.memory import leave_no_core; "
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); "
        "os.geteuid() == 0 and os.setuid(65534); "  # root could raise it again
        "leave_no_core(); "
        "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_running_kiosk_and_what_it_starts_have_that_limit(tmp_path):
    one = house(tmp_path / "house")
    with one.running() as terminal:
        terminal.wait_for("Press the big key to start")
        pid = terminal.process.pid
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], check=False, capture_output=True, text=True)
        for each in (pid, *map(int, children.stdout.split())):
            assert resource.prlimit(each, resource.RLIMIT_CORE) == (1, 1)
