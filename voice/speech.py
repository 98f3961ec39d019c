"""Speech synthesis into files: every wording is rendered when a question set is loaded, never during a visit.

`pyttsx3` on espeak-ng, in a process of its own that ends when the wordings are done: its espeak driver keeps one engine
per process, prints to stdout, waits for ever when espeak refuses a voice, and can't be interrupted; none of that may
happen to the kiosk. Names in the cache are hashes of wording, voice and speed, because the names must not tell what was
asked. Source: pyttsx3 2.99, drivers/espeak.py.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import wave
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from voice.errors import VoiceError

RATE_WPM = 150
"""Words a minute: slower than espeak-ng's 175."""
_RENDERER = 2
"""Raised when the same wording would sound different, so that old files are not used."""
_TIMEOUT_S = 30.0
_TIMEOUT_EACH_S = 5.0
_WORTH_A_PROCESS = 5
_TRIES = 3
"""espeak-ng crashed once in some 400 processes on a busy machine; without another try the kiosk would be mute."""


@dataclass(frozen=True)
class Wording:
    """Something to say.

    Attributes:
        text: the words.
        language: a code such as "en" or "cy"; espeak-ng's voice of that name.
        rate_wpm: words a minute.
    """

    text: str
    language: str
    rate_wpm: int = RATE_WPM


class SpeechCache:
    """Rendered wordings in a folder.

    Args:
        folder: made if need be.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def render(self, text: str, language: str, rate_wpm: int = RATE_WPM) -> Path:
        """One wording as a WAV file, rendered unless it is there already.

        Raises:
            VoiceError: as `render_all`.
        """
        return self.render_all([Wording(text, language, rate_wpm)])[0]

    def path(self, wording: Wording) -> Path | None:
        """The file of a wording that was rendered before, or None. Never renders: for use during a visit."""
        path = self._path(wording)
        return path if path.is_file() else None

    def render_all(self, wordings: Iterable[Wording]) -> tuple[Path, ...]:
        """All of them, in one process for each processor; those that are there already cost nothing.

        Returns: WAV files, 16-bit mono at 22,050 Hz, in the order asked.

        Raises:
            VoiceError: espeak-ng or pyttsx3 is missing, has no such voice, or the folder can't be written to.
        """
        wanted = tuple(wordings)
        with self._lock:
            missing = {self._path(wording): wording for wording in wanted if not self._path(wording).is_file()}
            if missing:
                try:
                    self._render(missing)
                except OSError as error:
                    raise VoiceError(
                        "Cannot keep rendered speech",
                        f"'{self._folder}': {error.strerror or error}",
                        "Make the folder writable and free some space.",
                    ) from error
        return tuple(self._path(wording) for wording in wanted)

    def _path(self, wording: Wording) -> Path:
        told = json.dumps([_RENDERER, wording.text, wording.language, wording.rate_wpm])
        return self._folder / f"{hashlib.sha256(told.encode()).hexdigest()[:32]}.wav"

    def _render(self, missing: dict[Path, Wording]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".rendering-", dir=self._folder) as scratch:
            jobs = [
                {
                    "text": wording.text,
                    "voice": wording.language,
                    "rate": wording.rate_wpm,
                    "path": f"{scratch}/{n}.wav",
                }
                for n, wording in enumerate(missing.values())
                if wording.text.strip()
            ]
            _run_beside(jobs)
            for n, (path, wording) in enumerate(missing.items()):
                made = Path(scratch) / f"{n}.wav"
                if not wording.text.strip():
                    _write_silence(made)
                if not made.is_file():
                    raise VoiceError("Cannot make speech", f"for language '{wording.language}': no sound came", _ESPEAK)
                made.replace(path)


_ESPEAK = "Install espeak-ng, with that language's voice; or give the set recorded voices."


def _job(wording: Wording, path: str) -> dict[str, object]:
    """What `voice.synthesis` is asked for."""
    return {"text": wording.text, "voice": wording.language, "rate": wording.rate_wpm, "path": path}


def _run_beside(jobs: list[dict[str, object]]) -> None:
    """Render on every processor: half the time with two. Few jobs are not worth a second process."""
    processes = max(1, min(os.cpu_count() or 1, len(jobs) // _WORTH_A_PROCESS))
    with ThreadPoolExecutor(processes) as pool:
        for done in [pool.submit(_run, jobs[first::processes]) for first in range(processes)]:
            done.result()


def _run(jobs: list[dict[str, object]]) -> None:
    """Let a process of its own render all jobs. Words go by stdin: a command line can be read by every user."""
    if not jobs:
        return
    for _ in range(_TRIES):
        done = _run_once(jobs)
        if done.returncode >= 0:
            break
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"it ended with {done.returncode}"
        raise VoiceError("Cannot make speech", f"with 'espeak-ng': {reason}", _ESPEAK)


def _run_once(jobs: list[dict[str, object]]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [sys.executable, "-m", "voice.synthesis"],
            input=json.dumps(jobs).encode(),
            capture_output=True,
            timeout=_TIMEOUT_S + _TIMEOUT_EACH_S * len(jobs),
            check=False,
            cwd=Path(__file__).parent.parent,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
    except subprocess.TimeoutExpired as error:
        raise VoiceError("Cannot make speech", "with 'espeak-ng': it does not end", _ESPEAK) from error


def _write_silence(path: Path) -> None:
    """A wording without words is a moment of silence: espeak-ng would make no file."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(22_050)
        out.writeframes(bytes(4_410))


def espeak_missing() -> bool:
    """Whether espeak-ng's program is not on this machine, for a check that costs nothing."""
    return shutil.which("espeak-ng") is None and shutil.which("espeak") is None
