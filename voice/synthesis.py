"""The process that `voice.speech` starts: reads jobs from stdin as JSON, renders each with pyttsx3, and ends.

A job is `{"text", "voice", "rate", "path"}`. Exit code 0 when every file is there; else 1, and why
on the last line of stderr.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

_TIMES = 3
"""A wording in some thousand comes to no file, and does when it is asked for again."""
_TRIES = 100
_TRY_S = 0.005


def _render(engine: Any, job: dict[str, Any]) -> None:
    """One job. The driver's properties are set directly: through pyttsx3's queue a refused voice would be swallowed."""
    driver = engine.proxy._driver  # noqa: SLF001 - see above; the public way hides errors and then waits for ever
    _choose_voice(driver, job["voice"])
    _choose_rate(driver, job["rate"])
    engine.save_to_file(job["text"], job["path"])
    engine.runAndWait()


def _choose_voice(driver: Any, language: str) -> None:
    """The voice of a language: "en-GB" is "en-gb" to espeak-ng, and "en" will do where a kind of it is unknown.

    Raises:
        ValueError: espeak-ng speaks no such language.
    """
    for voice in dict.fromkeys((language, language.lower(), language.split("-", maxsplit=1)[0].lower())):
        try:
            driver.setProperty("voice", voice)
        except ValueError:
            continue
        return
    raise ValueError(f"it has no voice for '{language}'")


def _choose_rate(driver: Any, rate_wpm: int) -> None:
    """The speed. espeak takes it on a thread of its own and now and then forgets it, so it is asked until it agrees.

    Raises:
        RuntimeError: it never does.
    """
    for _ in range(_TRIES):
        driver.setProperty("rate", rate_wpm)
        time.sleep(_TRY_S)
        if driver.getProperty("rate") == rate_wpm:
            return
    raise RuntimeError(f"it does not take {rate_wpm} words a minute")


def main() -> int:
    """Render every job of stdin."""
    jobs = json.load(sys.stdin)
    try:
        import pyttsx3  # noqa: PLC0415 - its driver raises where espeak-ng is missing, which is reported below

        # pyttsx3 prints a line for each file.
        with redirect_stdout(sys.stderr):
            engine = pyttsx3.init("espeak")
            for _ in range(_TIMES):
                for job in jobs:
                    if not Path(job["path"]).is_file():
                        _render(engine, job)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        sys.stderr.write(f"{' '.join(str(error).split())}\n")
        return 1
    missing = [job["voice"] for job in jobs if not Path(job["path"]).is_file()]
    if missing:
        sys.stderr.write(f"no sound came for the voice '{missing[0]}'\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
