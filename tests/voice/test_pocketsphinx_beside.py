"""Two of PocketSphinx's passes in a process beside: the same evidence, and nobody waits for one that has ended."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from voice.engine import Engine
from voice.engine_pocketsphinx import PocketSphinxEngine
from voice.engine_process import EngineProcess
from voice.errors import EngineGone
from voice.pocketsphinx_search import NOTHING, Beside, Searches, more_processors

PHRASES = {phrase: phrase for phrase in ("seven of clubs", "ten of clubs", "three of hearts", "queen", "seven")}
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def searches() -> Searches:
    return Searches()


@pytest.fixture
def beside(searches: Searches) -> Iterator[Beside]:
    found = Beside(searches)
    yield found
    assert found.pid
    os.kill(found.pid, signal.SIGKILL)


def test_the_evidence_is_the_same_to_the_last_figure(pocketsphinx_en: Engine, beside: Beside, cards: list[bytes]):
    engine = PocketSphinxEngine("en")
    engine._free = beside  # whatever this machine's processors are
    for turn, sound in enumerate([*cards, b""]):
        assert engine.recognise(turn, sound, PHRASES) == pocketsphinx_en.recognise(turn, sound, PHRASES)


def test_what_was_not_asked_for_is_not_taken_for_the_next_sound(beside: Beside, cards: list[bytes], searches: Searches):
    beside.begin(cards[0])
    beside.begin(cards[1])
    assert beside.opened() == searches.opened(cards[1])
    assert beside.sounds() == searches.sounds(cards[1])


def test_a_search_that_came_to_no_end_is_told_as_that(beside: Beside):
    beside.begin(b"")
    assert beside.sounds() == NOTHING


def test_when_it_has_ended_the_engine_is_gone(searches: Searches, cards: list[bytes]):
    beside = Beside(searches)
    assert beside.pid
    os.kill(beside.pid, signal.SIGKILL)
    os.waitid(os.P_PID, beside.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(EngineGone, match="its second process has ended"):
        both(beside, cards[0])


def both(beside: Beside, sound: bytes) -> None:
    """A sound may still be taken in by the line of a process that has ended."""
    beside.begin(sound)
    beside.sounds()


def test_in_the_engines_process_it_is_started_anew_with_all_of_the_engine(tmp_path: Path, cards: list[bytes]):
    with EngineProcess("pocketsphinx", "en", tmp_path) as engine:
        engine.wait_until_ready(PATIENCE_S)
        children = children_of(engine.pid)
        assert len(children) == int(more_processors())
        os.kill((children or [engine.pid or 0])[0], signal.SIGKILL)
        with pytest.raises(EngineGone):
            engine.recognise(1, cards[2], PHRASES)
        engine.wait_until_ready(PATIENCE_S)
        assert engine.recognise(2, cards[2], PHRASES).text == "seven of clubs"
        first, second = engine.pid, children_of(engine.pid)
        assert first
    until_ended(first, *second)


def children_of(pid: int | None) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def until_ended(*pids: int) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while any(Path(f"/proc/{pid}").exists() and state(pid) != "Z" for pid in pids):
        assert time.monotonic() < deadline_s
        os.sched_yield()


def state(pid: int) -> str:
    """The kernel's letter for a process; "Z" when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
