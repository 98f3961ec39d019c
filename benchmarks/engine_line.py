"""What an engine's own process costs: recognising 1 s in it and in the caller's, taken in turns, and the line alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from answering import IN_PROCESS, NO_SPEECH, recordings
from house import ROOT
from measured import Figure

from voice.audio import load, size_bytes
from voice.engine_process import EngineProcess
from voice.engines import open_engine

LOADED_WITHIN_S = 120.0
MEANINGS = {phrase: phrase for phrase in ("yes", "no", "happy", "stop", "again", "skip", "help")}
LETTERS = "x" * size_bytes(1.0)
"""As many bytes as 1 s of sound, in a word that is looked up once: nothing is recognised."""
TIMES = 200


def engine_line() -> Iterator[Figure]:
    """PocketSphinx both ways."""
    paths = recordings("yes", "no", "happy", each=IN_PROCESS)
    whats = ("recognising 1 s, pocketsphinx, in the same process", "the same in its own process")
    if not paths:
        yield from (Figure(what, "ms", note=NO_SPEECH) for what in whats)
        return
    here = open_engine("pocketsphinx", "en", ROOT / "models")
    taken_ms: dict[str, list[float]] = {what: [] for what in whats}
    with EngineProcess("pocketsphinx", "en", ROOT / "models") as there:
        there.wait_until_ready(LOADED_WITHIN_S)
        for path in paths:
            pcm = load(path)[: size_bytes(1.0)]
            for what, engine in zip(whats, (here, there), strict=True):
                taken_ms[what].append(_ms(lambda its=engine, sound=pcm: its.recognise(1, sound, MEANINGS)))
        line_ms = [_ms(lambda: there.unknown_words((LETTERS,))) for _ in range(TIMES)]
    for what, its in taken_ms.items():
        yield Figure(what, "ms", its[1:], note="three answers and four commands; clips of 1 s, in turns")
    yield Figure("of that, the line alone", "ms", line_ms, note="as many bytes as 1 s of sound there, a few back")


def _ms(call: Callable[[], Any]) -> float:
    start_s = time.perf_counter()
    call()
    return (time.perf_counter() - start_s) * 1000
