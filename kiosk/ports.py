"""What the runner acts on: a screen, a voice, an ear, the keeper, somebody to call, the staff desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kiosk import events
from kiosk.keeping.keeper import Keeper
from kiosk.view import Command, View


class Screen(Protocol):
    """What the runner needs of a screen."""

    def show(self, view: View) -> None:
        """Put the whole of it up."""

    def light(self, key: str | None, words: str = "") -> None:
        """This tile, or the question, is being said now."""

    def level(self, dbfs: float) -> None:
        """How loud the microphone is."""

    def hush(self) -> None:
        """Nothing is being said any more: no tile is lit."""

    def expect(self, views: Sequence[View]) -> None:
        """One of these may be shown next, the likeliest first."""


class Speaking(Protocol):
    """What it needs of a voice. Answers with `voice.events`: LineStarted and PromptFinished."""

    def say(self, turn: int, lines: Sequence[events.Line], language: str, messages: dict[str, bytes]) -> None:
        """Say these lines, one after the other. `messages`: the sound of voice messages, by file name."""

    def stop(self) -> None:
        """Be quiet at once."""

    def adjust(self, command: Command) -> None:
        """Louder, quieter or slower."""

    def reset(self) -> None:
        """Back to the house's volume and speed."""

    def look(self) -> None:
        """See whether headphones were plugged in or pulled out."""


class Hearing(Protocol):
    """What it needs of an ear. Answers with `voice.events`."""

    def listen(
        self, turn: int, meanings: dict[str, str], silence_s: float, *, pause_s: float | None = None, said: str = ""
    ) -> None:
        """Open the microphone for an answer: see `voice.listener.Listener.listen`."""

    def record(self, turn: int, silence_s: float, max_s: float) -> None:
        """Open it for a voice message."""

    def finish(self) -> None:
        """Close it; a message being recorded ends with Recorded."""

    def stop(self) -> None:
        """Close it; nothing follows."""


class Taken(Protocol):
    """What became of a key on the staff desk."""

    @property
    def used(self) -> bool:
        """Nobody else gets it."""

    @property
    def view(self) -> View | None:
        """What to show; None: nothing new, or the waiting screen again where the desk has closed."""


class Desk(Protocol):
    """What the runner needs of the staff desk. Keys go there while nobody is being asked anything."""

    @property
    def active(self) -> bool:
        """The staff screen, or the entry of the PIN, is up."""

    @property
    def due_s(self) -> float | None:
        """When `pass_time` is wanted."""

    def take(self, key: str, now_s: float) -> Taken:
        """A key of `kiosk.view.KEYS`."""

    def pass_time(self, now_s: float) -> View | None:
        """What to show now; None: nothing new, or the waiting screen again where the desk has closed."""


@dataclass(frozen=True)
class NotUsed:
    """The key is the visit's."""

    used: bool = False
    view: View | None = None


class NoDesk:
    """A kiosk without a staff screen."""

    active = False
    due_s = None

    def take(self, key: str, now_s: float) -> NotUsed:
        """Nothing is staff's."""
        del key, now_s
        return NotUsed()

    def pass_time(self, now_s: float) -> None:
        """Nothing to close."""


@dataclass
class Ports:
    """Everything the runner acts on."""

    screen: Screen
    speaking: Speaking
    hearing: Hearing
    keeper: Keeper
    call_help: Callable[[], bool] = lambda: False
    """Call somebody; False where nobody can be called."""
    desk: Desk = field(default_factory=NoDesk)
