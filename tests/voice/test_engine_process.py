"""The engine's own process with the real PocketSphinx: killed, stopped, never loading, and its kiosk killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from voice.engine import Engine
from voice.engine_process import EngineChange, EngineLost, EngineProcess, EngineReady, EngineRefused
from voice.engine_timing import Timing, answer_within_s, pause_s
from voice.errors import EngineGone, VoiceError
from voice.events import EngineFailed, Heard, HearingEvent
from voice.hear import Task, hear
from voice.pocketsphinx_search import more_processors
from voice.segment import Limits
from voice.source import Recording

ROOT = Path(__file__).parent.parent.parent
PHRASES = {phrase: phrase for phrase in ("seven of clubs", "ten of hearts", "queen of spades")}
GOOD = {"good": "good"}
PATIENCE_S = 60.0
DIES = (sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


def until(so: Callable[[], object]) -> None:
    """Looks again and again until it is so."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not so():
        assert time.monotonic() < deadline_s
        os.sched_yield()


def state(pid: int) -> str:
    """The kernel's letter for a process; "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def busy_s(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


def ended(pid: int) -> bool:
    return state(pid) in {"", "Z"}


@dataclass
class Told:
    """What the engine's process told, and a clock that does not make anybody wait."""

    changes: list[EngineChange] = field(default_factory=list)
    pauses_s: list[float] = field(default_factory=list)
    ready: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    answer_s: float = PATIENCE_S
    at_most: int = 100

    def take(self, change: EngineChange) -> None:
        self.changes.append(change)
        if isinstance(change, EngineReady):
            self.ready.release()

    def wait(self, closed: threading.Event, seconds: float) -> bool:
        self.pauses_s.append(seconds)
        if len(self.pauses_s) >= self.at_most:
            closed.set()
        return closed.is_set()

    def timing(self) -> Timing:
        return Timing(answer_s=lambda _: self.answer_s, wait=self.wait, now_s=lambda: 0.0)

    def engine(self, models_dir: Path, **more) -> EngineProcess:
        return EngineProcess("pocketsphinx", "en", models_dir, on_change=self.take, timing=self.timing(), **more)

    def wait_for_ready(self) -> None:
        assert self.ready.acquire(timeout=PATIENCE_S)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def engine(told: Told, tmp_path: Path) -> Iterator[EngineProcess]:
    with told.engine(tmp_path) as one:
        told.wait_for_ready()
        yield one


def pid_of(engine: EngineProcess) -> int:
    assert engine.pid is not None
    return engine.pid


def test_it_is_an_engine_and_says_the_same_as_one_in_this_process(
    engine: EngineProcess, pocketsphinx_en: Engine, cards: list[bytes]
):
    same: Engine = engine
    assert (same.name, same.model) == (pocketsphinx_en.name, pocketsphinx_en.model)
    assert same.unknown_words(("good", "blorft")) == ("blorft",)
    for sound in cards[:3]:
        assert same.recognise(3, sound, PHRASES) == pocketsphinx_en.recognise(3, sound, PHRASES)


def test_killed_in_the_middle_of_recognising_it_is_gone_at_once_and_then_hears_again(
    engine: EngineProcess, told: Told, cards: list[bytes]
):
    before = engine.recognise(1, cards[2], PHRASES)
    pid, failed = pid_of(engine), []

    def recognise() -> None:
        with pytest.raises(EngineGone, match=r"ended by SIGKILL\. It is started again by itself"):
            engine.recognise(2, cards[0] * 8, PHRASES)
        failed.append(True)

    asking = threading.Thread(target=recognise)
    used_s = busy_s(pid)
    asking.start()
    until(lambda: busy_s(pid) > used_s + 0.1)
    os.kill(pid, signal.SIGKILL)
    asking.join(PATIENCE_S)
    assert failed
    told.wait_for_ready()
    assert engine.recognise(3, cards[2], PHRASES).evidence == before.evidence
    assert [type(change) for change in told.changes] == [EngineReady, EngineLost, EngineReady]
    assert told.pauses_s == [1.0]


def test_a_process_that_ends_while_nobody_asks_is_noticed_and_started_again(engine: EngineProcess, told: Told):
    pid = pid_of(engine)
    os.kill(pid, signal.SIGSEGV)
    told.wait_for_ready()
    assert told.changes[1] == EngineLost("its process was ended by SIGSEGV", 1)
    assert pid_of(engine) != pid


@pytest.mark.parametrize("seconds", [1, 60], ids=["a word", "more than a socket holds"])
def test_a_stalled_process_is_ended_when_its_time_is_over_and_started_again(
    engine: EngineProcess, told: Told, seconds: int
):
    pid = pid_of(engine)
    os.kill(pid, signal.SIGSTOP)
    told.answer_s = 0.2
    with pytest.raises(EngineGone, match=r"did not answer within 0\.2 s"):
        engine.recognise(1, bytes(32_000 * seconds), GOOD)
    told.answer_s = PATIENCE_S
    told.wait_for_ready()
    assert ended(pid)
    assert engine.recognise(2, b"", GOOD).turn == 2


def test_a_process_that_dies_at_loading_is_tried_less_and_less_often(tmp_path: Path):
    told = Told(at_most=9)
    engine = told.engine(tmp_path, command=DIES)
    engine.start()
    until(lambda: len(told.pauses_s) == 9)
    engine.close()
    assert told.pauses_s == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert [change.in_a_row for change in told.changes if isinstance(change, EngineLost)] == list(range(1, 10))


def test_one_that_ran_for_a_minute_is_started_again_after_a_second(tmp_path: Path):
    told, now_s = Told(at_most=6), [0.0]

    def clock() -> float:
        now_s[0] += 61.0 if len(told.pauses_s) == 3 else 1.0
        return now_s[0]

    timing = Timing(wait=told.wait, now_s=clock)
    engine = EngineProcess("pocketsphinx", "en", tmp_path, timing=timing, command=DIES)
    engine.start()
    until(lambda: len(told.pauses_s) == 6)
    engine.close()
    assert told.pauses_s == [1, 2, 4, 1, 2, 4]


def test_while_there_is_none_asking_fails_at_once_and_says_why(tmp_path: Path):
    with EngineProcess("pocketsphinx", "en", tmp_path, command=(sys.executable, "-c", "input()")) as engine:
        assert not engine.ready
        with pytest.raises(EngineGone, match=r"Cannot recognise speech with 'pocketsphinx': .* answer by key"):
            engine.recognise(1, b"", GOOD)


def test_an_engine_that_cannot_be_had_as_configured_is_not_tried_again(told: Told, tmp_path: Path):
    with EngineProcess("vosk", "en", tmp_path, on_change=told.take, timing=told.timing()) as engine:
        with pytest.raises(VoiceError, match=r"no model for it in.*sayso models install en"):
            engine.wait_until_ready(PATIENCE_S)
        until(lambda: told.changes)
    assert [type(change) for change in told.changes] == [EngineRefused]
    assert told.pauses_s == []


def test_closing_ends_the_process_even_while_it_recognises(told: Told, tmp_path: Path, cards: list[bytes]):
    engine = told.engine(tmp_path)
    engine.start()
    told.wait_for_ready()
    pid, gone = pid_of(engine), []

    def recognise() -> None:
        with pytest.raises(EngineGone):
            engine.recognise(1, cards[0] * 8, PHRASES)
        gone.append(True)

    asking = threading.Thread(target=recognise)
    used_s = busy_s(pid)
    asking.start()
    until(lambda: busy_s(pid) > used_s)
    engine.close()
    asking.join(PATIENCE_S)
    assert gone
    assert ended(pid)
    assert told.changes == [EngineReady()]


@pytest.mark.parametrize("stopped", [False, True], ids=["idle", "stopped, so that it can notice nothing"])
def test_when_the_kiosk_is_killed_no_process_is_left(tmp_path: Path, *, stopped: bool):
    code = (
        "import sys; from pathlib import Path; from voice.engine_process import EngineProcess;"
        f"one = EngineProcess('pocketsphinx', 'en', Path({str(tmp_path)!r})); one.start(); one.wait_until_ready(60);"
        "print(one.pid, flush=True); sys.stdin.read()"
    )
    kiosk = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with kiosk:
        assert kiosk.stdout is not None
        pid = int(kiosk.stdout.readline())
        if stopped:
            os.kill(pid, signal.SIGSTOP)
        assert not ended(pid)
        kiosk.kill()
        until(lambda: ended(pid))


def test_the_process_has_nothing_of_the_kiosks_but_its_line(told: Told, tmp_path: Path):
    with (tmp_path / "kiosk.db").open("w") as database, socket.socket() as listening:
        os.set_inheritable(database.fileno(), True)
        os.set_inheritable(listening.fileno(), True)
        with told.engine(tmp_path) as engine:
            told.wait_for_ready()
            pid = pid_of(engine)
            open_files = [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()]
            assert os.getsid(pid) == pid
    beside = int(more_processors())  # its own second process: a line, and pipes that tell its end
    assert sum(name.startswith("socket:") for name in open_files) == 1 + beside
    assert sum(name.startswith("pipe:") for name in open_files) == 2 * beside
    assert {name for name in open_files if not name.startswith(("socket:", "pipe:"))} == {"/dev/null"}


def test_the_process_imports_only_what_an_engine_needs():
    code = (
        "import sys, voice.engine_worker;"
        "print({'kiosk', 'textual', 'sqlalchemy', 'sounddevice', 'http', 'ssl'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "set()"


def test_a_listening_whose_engine_is_lost_ends_at_once_and_the_next_is_heard(
    engine: EngineProcess, told: Told, cards: list[bytes]
):
    task = Task(7, Limits(silence_s=1.0), PHRASES)
    happened: list[HearingEvent] = []
    told.answer_s = 0.2
    os.kill(pid_of(engine), signal.SIGSTOP)
    assert hear(Recording(cards[2]), engine, task, happened.append)
    last = happened[-1]
    assert isinstance(last, EngineFailed)
    assert last.turn == 7
    told.answer_s = PATIENCE_S
    told.wait_for_ready()
    hear(Recording(cards[2]), engine, task, happened.append)
    assert isinstance(happened[-1], Heard)


def test_longer_sound_may_take_longer():
    assert answer_within_s(0.5) == answer_within_s(1.0) == 5.0
    assert answer_within_s(10.0) == 40.0


def test_pauses_grow_to_a_minute():
    assert [pause_s(number) for number in (1, 2, 6, 7, 1000)] == [1.0, 2.0, 32.0, 60.0, 60.0]
