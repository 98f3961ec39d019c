"""Posts that atheris makes up by watching which code each reaches: nothing but the answers that are documented."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parent / "fuzz_posts.py"


def fuzzed(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The harness in a process of its own; what fails it writes into the folder."""
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("no atheris: script/fuzz --install, on x86-64 alone")
    command = [sys.executable, str(FUZZ), "-rss_limit_mb=1024", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, errors="replace")


def test_no_post_that_atheris_makes_up_is_an_error(tmp_path: Path, how_many, seed: int, report) -> None:
    runs = how_many(500, 100_000)
    done = fuzzed(tmp_path, f"-runs={runs}", f"-seed={seed}", "-max_len=65536", "-timeout=20")
    assert done.returncode == 0, done.stderr[-3000:]
    report.note(f"{runs} posts made up by atheris", "only the documented answers", "only the documented answers")


def test_an_error_would_be_found(tmp_path: Path) -> None:
    """Or the test above would prove nothing: an empty post is refused, and where no answer is right that is told."""
    (tmp_path / "input").write_bytes(b"\x00")
    done = fuzzed(tmp_path, "input")
    assert done.returncode == 0, done.stderr[-3000:]
    done = fuzzed(tmp_path, "input", "--every-answer-is-wrong")
    assert "AssertionError: 400" in done.stdout + done.stderr
    assert done.returncode != 0
