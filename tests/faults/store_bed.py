"""Beds for the store's fault tests: a process that only keeps, small disks, and submissions that can be told apart."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kiosk.keeping.store import Role, Store
from openrosa.submission import Attachment, Submission

ANSWERS = 4
"""Kept in a visit before it is finished."""


def snapshot(instance_id: str, answers: int, size_bytes: int = 4100) -> Submission:
    """A visit with so many answers; its XML says how many, and so does each byte of its file."""
    file = Attachment("submission.xml.enc", bytes([answers % 256]) * size_bytes, "application/octet-stream")
    return Submission(instance_id, "my_home", "1", str(answers).encode(), (file,), sealed=True)


def answering(folder: Path, first: int, pipe: int) -> None:
    """A kiosk that only keeps: one visit after the other, naming each answer once the store says that it is kept."""
    with Store.open(folder, Role.KIOSK) as store:
        visit = first
        while True:
            for answers in range(1, ANSWERS + 1):
                store.keep(snapshot(f"uuid:{visit}", answers))
                os.write(pipe, b"%d %d\n" % (visit, answers))
            store.finish(snapshot(f"uuid:{visit}", ANSWERS + 1))
            os.write(pipe, b"%d %d\n" % (visit, ANSWERS + 1))
            visit += 1


@dataclass
class Keeping:
    """A process that keeps. It is this one's child by fork, so that ten thousand of them take no hours to start.

    Attributes:
        pid: its number.
        lines: what it says, as it says it.
    """

    pid: int
    lines: Any

    @classmethod
    def start(cls, work: Callable[[int], None]) -> Keeping:
        """Run it in a process of its own, with a pipe to write to."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(reading)
                work(writing)
            finally:
                os._exit(1)  # nothing of pytest may run on in here
        os.close(writing)
        return cls(child, os.fdopen(reading, "rb"))

    def killed_after(self, answers: int, until: Callable[[], bool] = lambda: True) -> dict[str, int]:
        """Kill it once it has named so many: it has gone on meanwhile, so at any moment of a commit.

        Args:
            answers: so many.
            until: and this holds; asked for at most some thousand times, as it may have gone by.

        Returns: the last answer that it named of each visit.
        """
        with self.lines as pipe:
            named = [pipe.readline() for _ in range(answers)]
            any(until() for _ in range(5000))
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            named += pipe.readlines()
        assert named[0], "it kept nothing at all"
        return {f"uuid:{int(visit)}": int(last) for visit, last in (line.split() for line in named if line)}


def lost(store: Store, named: Mapping[str, int]) -> list[str]:
    """Visits of which less is kept than was named, and those that are not whole."""
    found = []
    for instance_id, answers in named.items():
        try:
            loaded = store.load(instance_id)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is not there
            found.append(f"{instance_id}: {error}")
            continue
        kept = int(loaded.xml)
        # One more may have been committed and not named yet.
        if kept not in (answers, answers + 1) or loaded != snapshot(instance_id, kept):
            found.append(f"{instance_id}: answer {answers} was named, {kept} is kept")
    return found


@contextmanager
def small_disk(folder: Path, size_mb: int = 24) -> Iterator[Path]:
    """An ext4 of its own in a file, mounted; skips where that can't be. The file is `folder / "disk.img"`."""
    image, place = folder / "disk.img", folder / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(size_mb * 1_000_000)
    made = subprocess.run(
        ["mkfs.ext4", "-q", "-m", "0", str(image)], check=False, capture_output=True, text=True, timeout=60
    )
    if made.returncode:
        pytest.skip(f"no small disk to fill: {made.stderr.strip()}")
    mount(image, place)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False, capture_output=True, timeout=60)


def mount(image: Path, place: Path) -> None:
    """Mount it; skips where only root may."""
    done = subprocess.run(
        ["mount", "-o", "loop", str(image), str(place)], check=False, capture_output=True, text=True, timeout=60
    )
    if done.returncode:
        pytest.skip(f"no small disk to fill: {done.stderr.strip()}")


def remount(place: Path, how: str) -> None:
    """Mount it again as `ro` or `rw`."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(place)], check=True, capture_output=True, timeout=60)
