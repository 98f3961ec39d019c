"""A disk that loses what was not synced: LazyFS through /dev/fuse, mounted for a test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from patience import wait_until

ROOT = Path(__file__).parent.parent.parent
CUT = b"lazyfs::clear-cache\n"
DONE = b"finished::clear-cache\n"


@dataclass
class LazyDisk:
    """A mounted LazyFS.

    Attributes:
        place: where it is mounted.
        fifo: takes commands.
        finished: tells when one was carried out.
    """

    place: Path
    fifo: Path
    finished: int

    def cut(self) -> None:
        """Lose everything that was written and not synced. Whoever wrote has to be dead already."""
        self.fifo.write_bytes(CUT)
        told = b""
        while not told.endswith(DONE):
            told += os.read(self.finished, 100)


@cache
def built() -> tuple[str, str]:
    """The program, built once for all tests; else why there is none."""
    done = subprocess.run([str(ROOT / "script" / "lazyfs")], check=False, capture_output=True, text=True, timeout=600)
    return ("", done.stderr.strip()) if done.returncode else (done.stdout.strip(), "")


@contextmanager
def lazy_disk(folder: Path) -> Iterator[LazyDisk]:
    """A disk of its own in that folder; skips where there is no LazyFS or no /dev/fuse."""
    program, why = built()
    if not program:
        pytest.skip(f"no LazyFS: {why}")
    place, under = folder / "lazy", folder / "under"
    place.mkdir()
    under.mkdir()
    fifo, finished = folder / "commands.fifo", folder / "finished.fifo"
    for one in (fifo, finished):
        os.mkfifo(one, 0o600)
    settings = folder / "lazyfs.toml"
    settings.write_text(
        f'[faults]\nfifo_path="{fifo}"\nfifo_path_completed="{finished}"\n'
        '[cache]\napply_eviction=false\n[cache.simple]\ncustom_size="0.2gb"\nblocks_per_page=1\n'
        f'[filesystem]\nlog_all_operations=false\nlogfile="{folder / "lazyfs.log"}"\n'
    )
    # The kernel must not remember sizes of files that a power cut shortens.
    fresh = "attr_timeout=0,entry_timeout=0,negative_timeout=0"
    # Its name alone: a path with "-o" in it, as pytest's folders have, is taken for an option.
    command = [program, str(place), "--config-path", settings.name, "-f"]
    told = os.open(finished, os.O_RDWR)  # opened for both ends, so that LazyFS finds a reader
    try:
        with (folder / "lazyfs.out").open("wb") as out:
            options = ["-o", "modules=subdir", "-o", f"subdir={under}", "-o", fresh]
            process = subprocess.Popen(
                [*command, *options], stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=folder
            )
        try:
            up = _mounted(place, process)
            if not up:
                pytest.skip(f"no LazyFS: {(folder / 'lazyfs.out').read_text(errors='replace').strip()[-300:]}")
            yield LazyDisk(place, fifo, told)
        finally:
            subprocess.run(["umount", "--lazy", str(place)], check=False, capture_output=True, timeout=60)
            process.terminate()
            process.wait(20)
    finally:
        os.close(told)


def _mounted(place: Path, process: subprocess.Popen[bytes]) -> bool:
    """Whether it gets mounted, rather than ends."""
    wait_until(lambda: os.path.ismount(place) or process.poll() is not None, "LazyFS to be mounted")
    return process.poll() is None
