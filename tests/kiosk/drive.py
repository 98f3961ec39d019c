"""Drives a visit in the tests: finishes prompts, commits what is to be kept, and notes the effects."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.events import (
    CallHelp,
    Effect,
    Event,
    Finish,
    Forget,
    Heard,
    HelpAnswered,
    Keep,
    KeepFailed,
    Kept,
    KeyPressed,
    Listen,
    PromptFinished,
    Recorded,
    Say,
    Silence,
    TimePassed,
)
from kiosk.state import Stage, Visit
from kiosk.view import Command
from kiosk.visit import step


@dataclass
class Driver:
    """A visit with a store that always commits, or never does."""

    visit: Visit
    commits: bool = True
    help_comes: bool = False
    effects: list[Effect] = field(default_factory=list)
    kept: list[dict[str, str]] = field(default_factory=list)

    def send(self, event: Event) -> Driver:
        """One event, and at once the store's word on what it asked for."""
        self.visit, effects = step(self.visit, event)
        self.effects.extend(effects)
        for effect in effects:
            if isinstance(effect, Keep | Finish | Forget):
                self.kept.append({name: answer.value for name, answer in self.visit.answers_with_pending.items()})
                self.send((Kept if self.commits else KeepFailed)(effect.turn))
            if isinstance(effect, CallHelp):
                self.send(HelpAnswered(effect.turn, self.help_comes))
        return self

    def key(self, key: str) -> Driver:
        return self.send(KeyPressed(key, self.visit.turn))

    def finish(self) -> Driver:
        return self.send(PromptFinished(self.visit.turn))

    def hear(self, answer: str, *, sure: bool = True) -> Driver:
        return self.send(Heard(self.visit.turn, answer=answer, sure=sure))

    def hear_nothing_known(self) -> Driver:
        return self.send(Heard(self.visit.turn))

    def hear_command(self, command: Command, *, sure: bool = True) -> Driver:
        return self.send(Heard(self.visit.turn, command=command, sure=sure))

    def silence(self) -> Driver:
        return self.send(Silence(self.visit.turn))

    def record(self, duration_s: float = 3.0) -> Driver:
        return self.send(Recorded(self.visit.turn, "voice-1.wav", duration_s))

    def time(self) -> Driver:
        timer = self.visit.timer
        assert timer is not None
        return self.send(TimePassed(self.visit.turn, timer.number))

    def to_first_question(self) -> Driver:
        """Start, who is here, and the note."""
        self.key("start").key("green")
        if self.visit.stage is Stage.NOTE:
            self.finish()
        return self

    def answer_all(self) -> Driver:
        """Good, good, one, and no message."""
        self.to_first_question()
        for key in ("green", "green", "green"):
            self.key(key).finish().time()
        return self.key("skip")

    def said(self) -> str:
        """The words of the last thing said."""
        last = [effect for effect in self.effects if isinstance(effect, Say)][-1]
        return " ".join(line.words for line in last.lines if line.words)

    def listened(self) -> list[int]:
        return [effect.turn for effect in self.effects if isinstance(effect, Listen)]

    def asked(self) -> str:
        return self.visit.question.name if self.visit.question else ""
