"""A runner with a real visit, store and sealing, and the package's own stand-ins for screen, voice, ear and clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rehearsed import Sheets, saved

from kiosk import events
from kiosk.answer import Who
from kiosk.inbox import RehearsalInbox
from kiosk.keeping.keeper import Keeper
from kiosk.keeping.record import Circumstances
from kiosk.keeping.store import Role, Store
from kiosk.ports import Ports
from kiosk.rehearsal import DeafEar, NoScreen, SilentVoice
from kiosk.runner import Runner
from kiosk.state import Rules, Visit
from openrosa.convert import convert
from openrosa.instance import values_of
from openrosa.question_set import QuestionSet
from openrosa.sealing import Opened, new_key_pair, open_submission, public_key_to_base64
from openrosa.xform import load
from voice import events as sound
from voice.decide import Decision, Outcome
from voice.utterance import Evidence, Utterance

CIRCUMSTANCES = Circumstances("2026-11-22", clock_trusted=True, software="sayso test")


@cache
def office_key() -> tuple[bytes, bytes]:
    """Private PEM and public DER: making a pair takes a while."""
    return new_key_pair()


def sealed_set(made: Sheets) -> QuestionSet:
    """The set as a kiosk loads it, sealed to `office_key`."""
    with TemporaryDirectory() as folder:
        converted = convert(saved(Path(folder), made), public_key_to_base64(office_key()[1]))
    return load(converted.xform, "set.xml")


class ListeningEar(DeafEar):
    """Remembers what it was asked for; the test says what it hears."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.listens: list[tuple[float, float | None, str]] = []

    def listen(
        self, turn: int, meanings: dict[str, str], silence_s: float, *, pause_s: float | None = None, said: str = ""
    ) -> None:
        """Note it."""
        del turn, meanings
        self.asked.append("listen")
        self.listens.append((silence_s, pause_s, said))

    def record(self, turn: int, silence_s: float, max_s: float) -> None:
        """Note it."""
        del turn, silence_s, max_s
        self.asked.append("record")

    def finish(self) -> None:
        """Note it."""
        self.asked.append("finish")

    def stop(self) -> None:
        """Note it."""
        self.asked.append("stop")


@dataclass
class Rig:
    """Everything that the runner acts on, and ways to make things happen."""

    store: Store
    sets: tuple[QuestionSet, ...]
    runner: Runner
    inbox: RehearsalInbox
    screen: NoScreen
    voice: SilentVoice
    ear: ListeningEar
    keeper: Keeper
    over: list[Visit] = field(default_factory=list)
    log: list[events.Event] = field(default_factory=list)

    @property
    def visit(self) -> Visit:
        """As it stands."""
        return self.runner.visit

    def happen(self, happened: Any) -> None:
        """This, and whatever follows from it at once; no time passes."""
        self.runner.take(happened)
        while self.inbox._happened:
            self.runner.take(self.inbox.take(None))

    def key(self, name: str) -> None:
        """Press a key at what is on the screen."""
        self.happen(events.KeyPressed(name, self.visit.turn))

    def hear(self, meaning: str, outcome: Outcome = Outcome.SURE, *, turn: int | None = None) -> None:
        """Say something that hearing takes for that meaning of `kiosk.interpret`."""
        turn = self.visit.turn if turn is None else turn
        text = meaning.partition(":")[2]
        evidence = Evidence(text, text, text, 0.5, -20.0, "test")
        self.happen(sound.Heard(turn, Utterance(turn, text, evidence), Decision(outcome, text, meaning)))

    def time(self) -> None:
        """Let the visit's timer run out."""
        assert self.visit.timer is not None
        self.happen(events.TimePassed(self.visit.turn, self.visit.timer.number))

    def opened(self, instance_id: str) -> Opened:
        """What the store has of a visit, opened with the office's key."""
        kept = self.store.load(instance_id)
        assert kept.sealed
        return open_submission(kept.xml, {one.name: one.data for one in kept.attachments}, office_key()[0])

    def record(self, instance_id: str) -> dict[str, str]:
        """Its values by the last part of their paths."""
        values = values_of(self.sets[0], self.opened(instance_id).xml)
        return {path.rpartition("/")[2]: value for path, value in values.items()}


@contextmanager
def rig(
    folder: Path,
    *made: Sheets,
    voice: Callable[[Callable[[Any], None]], SilentVoice] = SilentVoice,
    line: Callable[[], str] | None = None,
) -> Iterator[Rig]:
    """A runner at its waiting screen."""
    sets = tuple(map(sealed_set, made))
    inbox, screen, ear = RehearsalInbox(), NoScreen(), ListeningEar()
    mouth = voice(inbox.put)
    made_ids = iter(range(1, 1000))
    rules = Rules(preset_who=Who("resident", "self"))
    over: list[Visit] = []
    log: list[events.Event] = []

    def new_visit() -> Visit:
        return Visit(sets=sets, instance_id=f"uuid:{next(made_ids)}", seed=0, language="en", rules=rules)

    with Store.open(folder, Role.KIOSK) as store:
        keeper = Keeper(store, lambda: CIRCUMSTANCES, allow_unsealed=False)
        runner = Runner(
            Ports(screen, mouth, ear, keeper),
            inbox,
            new_visit,
            on_event=lambda _, event: log.append(event),
            on_over=over.append,
            line=line,
        )
        yield Rig(store, sets, runner, inbox, screen, mouth, ear, keeper, over, log)
