"""The kiosk's ear with the real engine in its process, real recordings and a real visit: lost, and back."""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rehearsed import CARDS, cards
from rig import Rig, rig

from kiosk import events
from kiosk.config import Config, Voice
from kiosk.ear import Ear
from kiosk.events import Device, DeviceFound, DeviceLost
from kiosk.staff.health import Health
from kiosk.staff.status import CALL
from kiosk.state import Stage
from voice import events as sound
from voice.audio import load
from voice.engine_process import EngineLost
from voice.engine_timing import Timing
from voice.source import Recordings

PATIENCE_S = 60.0
ASKED = ("first", "second", "third", "fourth")


@dataclass
class Hearing:
    """An ear, its health, and what they put into the kiosk's inbox, which a test takes out one by one."""

    config: Config
    recordings: list[bytes]
    answer_s: float = PATIENCE_S
    started_again: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    inbox: queue.SimpleQueue[Any] = field(default_factory=queue.SimpleQueue)
    days: list[date] = field(default_factory=lambda: [date(2026, 11, 22)])

    def __post_init__(self) -> None:
        self.health = Health(self.config.voice, self.inbox.put, lambda: self.days[-1])
        timing = Timing(answer_s=lambda _: self.answer_s, wait=self._wait)
        self.ear = Ear(self.config, self.health.told, Recordings(self.recordings), timing)

    def _wait(self, closed: threading.Event, _seconds: float) -> bool:
        """A pause ends when the test says so, or the kiosk closes."""
        while not closed.is_set() and not self.started_again.acquire(timeout=0.05):
            pass
        return closed.is_set()

    def until(self, one: Rig, wanted: Any) -> None:
        """Let the runner take what happens, up to and with this."""
        while True:
            happened = self.inbox.get(timeout=PATIENCE_S)
            one.happen(happened)
            if happened == wanted or (isinstance(wanted, type) and isinstance(happened, wanted)):
                return

    @property
    def pid(self) -> int:
        assert self.ear._process is not None
        assert self.ear._process.pid is not None
        return self.ear._process.pid


@pytest.fixture
def hearing(tmp_path: Path) -> Iterator[Hearing]:
    if not CARDS.is_dir():
        pytest.skip("no recordings: Debian's pocketsphinx-testdata is not installed")
    config = Config(sets=(tmp_path / "set.xml",), voice=Voice(engine="pocketsphinx", models_dir=tmp_path))
    seven = load(CARDS / "003.wav")
    its = Hearing(config, [seven] * 4)
    yield its
    its.ear.close()


@pytest.fixture
def home(hearing: Hearing, tmp_path: Path) -> Iterator[Rig]:
    """A visit at its first question, listening with the engine loaded."""
    with rig(tmp_path / "data", cards(*ASKED)) as one:
        one.runner._ports.hearing = hearing.ear
        hearing.ear.load(one.sets)
        assert not hearing.ear.ready
        hearing.until(one, DeviceFound(Device.MICROPHONE))
        assert hearing.ear.ready
        yield one


def test_an_engine_stopped_while_it_recognises_leaves_the_visit_to_the_keys_and_voice_comes_back(
    home: Rig, hearing: Hearing
):
    hearing.answer_s = 0.3
    os.kill(hearing.pid, signal.SIGSTOP)
    home.key("start")
    hearing.until(home, sound.SpeechStarted)
    hearing.until(home, DeviceLost(Device.MICROPHONE))
    assert not home.visit.voice
    assert not hearing.ear.ready
    assert home.visit.stage is Stage.ASK, "nothing was decided for the person"
    home.key("green")
    assert home.record("uuid:1")["first_by"] == "key"
    home.time()
    assert (home.visit.question.name, home.visit.listening) == ("second", False)

    hearing.answer_s = PATIENCE_S
    hearing.started_again.release()
    hearing.until(home, DeviceFound(Device.MICROPHONE))
    assert not home.visit.listening, "not in the middle of a question"
    home.key("green")
    home.time()
    assert home.visit.question.name == "third"
    hearing.until(home, sound.Heard)
    assert home.record("uuid:1")["third_by"] == "voice"


def test_an_engine_killed_while_it_recognises_is_told_at_once(home: Rig, hearing: Hearing):
    os.kill(hearing.pid, signal.SIGSTOP)
    home.key("start")
    hearing.until(home, sound.SpeechStarted)
    os.kill(hearing.pid, signal.SIGKILL)
    hearing.until(home, DeviceLost(Device.MICROPHONE))
    assert not home.visit.voice
    home.key("green")
    assert home.record("uuid:1")["first_by"] == "key"


def test_a_visit_that_begins_while_there_is_no_engine_goes_by_keys(home: Rig, hearing: Hearing):
    os.kill(hearing.pid, signal.SIGKILL)
    hearing.until(home, DeviceLost(Device.MICROPHONE))
    home.key("start")
    assert home.visit.stage is Stage.ASK
    assert not home.visit.listening
    assert isinstance(home.log[-1], events.PromptFinished)


def test_a_microphone_found_while_there_is_no_engine_is_no_reason_to_listen(home: Rig, hearing: Hearing):
    os.kill(hearing.pid, signal.SIGKILL)
    hearing.until(home, DeviceLost(Device.MICROPHONE))
    hearing.health._changed(next(iter(hearing.health._watcher._watched)), "Jabra", "")
    assert hearing.inbox.empty()


def test_staff_are_told_how_often_as_of_midnight_and_only_when_it_goes_on(home: Rig, hearing: Hearing, caplog):
    told = hearing.ear._process._on_change
    told(EngineLost("its process was ended by SIGSEGV", 1))
    assert (hearing.ear.problem, hearing.health.facts()) == ("", {})
    told(EngineLost("its process was ended by SIGSEGV", 2))
    told(EngineLost("its process was ended by SIGSEGV", 3))
    assert hearing.ear.problem == f"Hearing stops again and again; the keys still work. {CALL}"
    assert "SIGSEGV" in caplog.text
    hearing.days.append(date(2026, 11, 23))
    assert hearing.health.facts() == {"engine_restarts": 3}


def test_an_engine_that_cannot_be_had_is_told_to_staff_as_a_sentence(tmp_path: Path):
    config = Config(sets=(tmp_path / "set.xml",), voice=Voice(engine="vosk", models_dir=tmp_path))
    its = Hearing(config, [])
    its.ear.load(())
    assert its.inbox.get(timeout=PATIENCE_S) == DeviceLost(Device.MICROPHONE)
    assert "sayso models install en" in its.ear.problem
    assert its.ear.engine is None
    its.ear.close()


def test_a_house_without_voice_starts_no_engine(tmp_path: Path):
    its = Hearing(Config(sets=(tmp_path / "set.xml",), voice=Voice(engine="none")), [])
    its.ear.load(())
    assert its.ear._process is None
    its.ear.close()
