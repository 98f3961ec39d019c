"""A visit as a value: where it stands, what was answered, what it waits for. Changed by `kiosk.visit.step` alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from kiosk.answer import Answer, Who
from kiosk.asks import Asking
from kiosk.saying.prompts import Tongue, languages_of
from kiosk.view import Command
from openrosa.question_set import Kind, Question, QuestionSet
from openrosa.xpath import relevant_questions


class Stage(Enum):
    """Where a visit stands."""

    WAITING = "waiting"  # silent until the start key
    NOTE = "note"  # something is being told
    ASK = "ask"  # a question is being put, or waits for its answer
    RECORDING = "recording"  # a voice message is being spoken
    CONFIRM = "confirm"  # "I heard ..."
    KEEPING = "keeping"  # an answer is being sealed and committed
    SAID_BACK = "said_back"  # it is kept; it may still be changed
    FINISHING = "finishing"  # the visit is being committed and put in the outbox
    FORGETTING = "forgetting"  # its deletion is being committed
    SORRY = "sorry"  # it could not be saved
    PLAYBACK = "playback"  # a voice message is being played back
    HELP = "help"  # somebody is being called
    THANKS = "thanks"
    OVER = "over"  # the runner makes a new visit


@dataclass(frozen=True)
class Rules:
    """Times and choices of the house: the settings under `[asking]`.

    Attributes:
        change_s: how long a kept answer waits to be changed before the next question.
        ask_again_s, ask_again_later_s: silence before the first asking again, and before the later ones.
        offer_stop_s: silence after the offer to stop, before it closes the visit.
        heard_within_s: after speech began, when to stop waiting for what was heard.
        pause_s: how long somebody may pause in what they say, until a visit has learnt that they need longer.
        message_silence_s, message_max_s: what ends a voice message.
        speak_keyed_answers: say aloud also what was given by key.
        preset_who: who is here, where the house knows it and doesn't ask.
        any_key_starts: an answer key starts a visit as the start key does.
        languages: those to choose from; empty: all that the sets have.
        switches: 0, or answering by one switch or by two.
        scan_step_s: with one switch, how long it stays on each answer.
    """

    change_s: float = 4.0
    ask_again_s: float = 20.0
    ask_again_later_s: float = 30.0
    offer_stop_s: float = 60.0
    heard_within_s: float = 20.0
    pause_s: float = 1.2
    message_silence_s: float = 8.0
    message_max_s: float = 120.0
    speak_keyed_answers: bool = False
    preset_who: Who | None = None
    any_key_starts: bool = True
    languages: tuple[str, ...] = ()
    switches: int = 0
    scan_step_s: float = 2.0


@dataclass(frozen=True)
class Aside:
    """What a visit comes back to after the menu or after help was called.

    Attributes:
        stage, asking, question, keys_only: where it stood.
    """

    stage: Stage
    asking: Asking | None
    question: Question | None
    keys_only: bool


@dataclass(frozen=True)
class Timer:
    """What the runner is to count down: TimePassed(turn, number) after `delay_s`. A new number starts anew."""

    number: int
    delay_s: float


@lru_cache(maxsize=128)
def _relevant(question_set: QuestionSet, given: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """Cached: a step asks for it several times, and parsing the form's model each time would be most of its work."""
    return frozenset(relevant_questions(question_set, dict(given)))


@dataclass(frozen=True)
class Visit:
    """One person's turn at the kiosk.

    Attributes:
        sets: the question sets to choose from; at least one.
        instance_id: made once, before the first question.
        seed: the visit's own number, 0 or more: the spoken order of choices comes from it.
        language: the kiosk's; from the choice of a set on, the set's own where the set lacks it.
        rules: times and choices of the house.
        voice: there are a microphone and a recogniser.
        hears: the recogniser's language; "" for any.
        turn: grows with everything that is put; events of an older one are dropped.
        question_set: the one chosen.
        asking, question: what is being put.
        speaking, listening: whether the prompt is still going on; whether the microphone is open.
        times_put: how often the question was put.
        listens_s: how long the microphone was opened for, if nobody speaks.
        pause_s: how long this person pauses, as far as that was learnt: `kiosk.patience`.
        failures, silences: on this question, in a row.
        keys_only: the microphone stays closed for this question.
        candidate: what was heard, and waits to be confirmed.
        pending: the answer on its way to the store.
        read_back: the pending answer has been put as "I heard ..." already.
        answers: kept, by question name.
        told: names of the notes that were said.
        asked_names: names of the questions that were put.
        history: what was put before, in order; the last is what "back" leads away from.
        start_done: the kiosk's own first questions that are behind us.
        deferred: a command that waits until an answer is kept.
        save_failures: answers in a row that could not be kept.
        abandoned: nobody seems to be there any more.
        another: the person wants to answer another set.
        headphones: only this person hears what is said.
        speak_answers: keyed answers are said aloud, switched on or off for this visit; None: as the house has it.
        switching: answers are given by one switch or two, and lit one after the other.
        scanned: what the switch would take: a tile's key, or "menu"; "" while nothing is lit.
        scan_steps: how many were lit since the question was put.
        menu_at: how far the menu has moved on.
        aside: what the menu or the call for help leads back to.
        help_coming: whether somebody said to be coming, while that is told.
        in_noise: something that was not understood on this question was probably the room.
        wary: others talk, or a television does: until something is confirmed, whatever is heard is asked about.
        noisy: the room is too loud for this question.
        two_keys: how often two keys came at once on this question.
        out_of_order: nothing can be kept, so nothing is asked.
        closed: it is outside opening hours: no visit begins; one that has begun goes on.
        timer: what is being counted down.
    """

    sets: tuple[QuestionSet, ...]
    instance_id: str
    seed: int = 0
    language: str = "en"
    rules: Rules = field(default_factory=Rules)
    voice: bool = True
    hears: str = ""
    stage: Stage = Stage.WAITING
    turn: int = 0
    question_set: QuestionSet | None = None
    who: Who = field(default_factory=Who)
    asking: Asking | None = None
    question: Question | None = None
    speaking: bool = False
    listening: bool = False
    listens_s: float = 0.0
    pause_s: float = 0.0
    times_put: int = 0
    failures: int = 0
    silences: int = 0
    keys_only: bool = False
    candidate: Answer | None = None
    pending: Answer | None = None
    read_back: bool = False
    answers: Mapping[str, Answer] = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    asked_names: frozenset[str] = frozenset()
    history: tuple[tuple[Asking, str], ...] = ()
    start_done: frozenset[Asking] = frozenset()
    deferred: Command | None = None
    save_failures: int = 0
    abandoned: bool = False
    another: bool = False
    headphones: bool = False
    speak_answers: bool | None = None
    switching: bool = False
    scanned: str = ""
    scan_steps: int = 0
    menu_at: int = 0
    aside: Aside | None = None
    help_coming: bool | None = None
    in_noise: bool = False
    wary: bool = False
    noisy: bool = False
    two_keys: int = 0
    out_of_order: bool = False
    closed: bool = False
    timers: int = 0
    timer: Timer | None = None

    @property
    def tongue(self) -> Tongue:
        """In which language to speak."""
        one = self.question_set or self.sets[0]
        return Tongue(self.language, one.default_language)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages to choose from: those of the sets that the house offers."""
        offered = languages_of(self.sets)
        wanted = self.rules.languages
        return tuple(code for code in offered if code in wanted) if wanted else offered

    @property
    def can_hear(self) -> bool:
        """Whether the microphone may open: Welsh said into an English recogniser would only be misheard.

        Somebody who answers by switch is not listened to: what is said to them again and again would be heard.
        """
        if self.switching:
            return False
        return self.voice and (not self.hears or self.hears.split("-")[0] == self.language.split("-")[0])

    @property
    def turned_away(self) -> bool:
        """Whether the hours keep it from beginning. One that has begun is no longer asked about them."""
        return self.closed and self.asking is None and self.question_set is None

    @property
    def answers_with_pending(self) -> Mapping[str, Answer]:
        """What a snapshot taken now holds: the kept answers, the one on its way in its place."""
        if self.pending is None or self.question is None:
            return self.answers
        return {**self.answers, self.question.name: self.pending}

    @property
    def complete(self) -> bool:
        """Whether every question that is relevant has been answered, in whatever way."""
        return self.question_set is not None and self.upcoming() is None

    def relevant_names(self, answers: Mapping[str, Answer]) -> frozenset[str]:
        """The notes and questions of the set that are relevant with these answers."""
        if self.question_set is None:
            return frozenset()
        return _relevant(self.question_set, tuple((name, answer.value) for name, answer in answers.items()))

    def upcoming(self) -> Question | None:
        """The first relevant note not yet told or question not yet answered."""
        if self.question_set is None:
            return None
        relevant = self.relevant_names(self.answers)
        for question in self.question_set.questions:
            behind = self.told if question.kind is Kind.NOTE else self.answers
            if question.name in relevant and question.name not in behind:
                return question
        return None
