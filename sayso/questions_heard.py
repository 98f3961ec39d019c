"""`sayso questions listen`: hear a set as the kiosk will say it, at a terminal or as WAV files."""

from __future__ import annotations

import queue
import select
import sys
import termios
import tty
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from authoring.passages import Passage, passages, texts
from authoring.spoken import RATE_HZ, Reader, Said, samples_of, seconds_of
from kiosk.saying.prompts import UNNAMED, english_name
from kiosk.saying.voicebox import recordings
from kiosk.sets import LoadedSet, load_set
from openrosa.convert import SHEET_SUFFIXES, convert, write
from openrosa.errors import OpenRosaError
from sayso.questions_record import Lines, Quit
from sayso.questions_told import plural
from voice.audio import size_bytes, write_wav
from voice.events import LineStarted, PromptFinished, SpeakerLost, SpeakingEvent
from voice.speaker import Speaker

TOO_LONG_S = 15.0
"""A text that takes longer than that is more than most people keep in mind."""
_BETWEEN_S = 1.0
"""Silence between two prompts of one WAV."""
_LOOK_S = 0.05
"""How long a key waits for the ear, and a line for the eye."""
_WHAT = {
    "note": "note",
    "question": "question",
    "again": "asked again",
    "explain": "explained",
    "heard": "when it is not sure",
    "said back": "said back",
    "kiosk": "the kiosk's own",
}


@dataclass(frozen=True)
class Wish:
    """What is to be heard, and how: the command's options."""

    language: str
    question: str | None
    to: Path | None
    factor: float
    whole: bool
    again: bool
    speaker: str
    recordings: Path


@dataclass(frozen=True)
class Told:
    """A passage with its sound."""

    passage: Passage
    said: tuple[Said, ...]
    seconds: float


def run(file: Path, wish: Wish) -> None:
    """Say it all, or write it.

    Raises: OpenRosaError, KioskError, VoiceError: what is not there or cannot be asked, as a sentence.
    """
    with TemporaryDirectory(prefix="sayso-listen-") as work:
        loaded = _loaded(file, Path(work))
        found = loaded.question_set
        language = wish.language or found.default_language
        if language not in found.languages:
            known = ", ".join(found.languages)
            raise OpenRosaError("Cannot listen", f"'{language}': {file.name} has {known}", "Name one of these.")
        spoken = "en" if language == UNNAMED else language
        every = [
            one
            for one in passages(found, spoken, whole=wish.whole)
            if wish.question is None or one.name == wish.question
        ]
        if not every:
            names = ", ".join(one.name for one in found.questions)
            raise OpenRosaError("Cannot listen", f"'{wish.question}': {file.name} has {names}", "Name one of these.")
        reader = Reader({**loaded.media, **recordings(wish.recordings)}, spoken, Path(work, "speech"), wish.factor)
        written = [one for one in texts(found, spoken) if wish.question in (None, one.name)]
        lines = (*(one.lines for one in every), *(one.lines for one in written))
        reader.prepare(chain.from_iterable(lines), _progress())
        told = [Told(one, said, seconds_of(said)) for one in every for said in (reader.say(one.lines),)]
        shown = [one for one in told if wish.again or one.passage.straight]
        long = [
            (one.name, one.what, seconds)
            for one in written
            if (seconds := seconds_of(reader.say(one.lines))) > TOO_LONG_S
        ]
        click.echo(f"{file.name}, {english_name(spoken)}, {plural(len(shown), 'prompt')}.")
        if wish.to is None and sys.stdin.isatty() and sys.stdout.isatty():
            _say(shown, told, wish.speaker)
        else:
            _write(shown, wish.to or Path(f"{file.stem}-heard-{spoken}.wav"))
        _sum_up(shown, long, wish)


def _loaded(file: Path, work: Path) -> LoadedSet:
    """The set as a kiosk has it: a sheet is converted first."""
    if file.suffix.lower() not in SHEET_SUFFIXES:
        return load_set(file)
    form = work / f"{file.stem}.xml"
    write(convert(file), form)
    return load_set(form)


def _progress() -> Callable[[int, int], None]:
    """Tells how much speech is made, where somebody looks on."""

    def told(done: int, of: int) -> None:
        click.echo(f"\rMaking speech: {done} of {of}" + ("\n" if done == of else ""), nl=False, err=True)

    return told if sys.stderr.isatty() else lambda _done, _of: None


# --- at a terminal -------------------------------------------------------------------------------------------------


class Keys(Lines):
    """Single keys, without Enter."""

    @contextmanager
    def at_once(self) -> Iterator[Keys]:
        """While this lasts, a key counts as soon as it is pressed."""
        before = termios.tcgetattr(self._fd)
        tty.setcbreak(self._fd)
        try:
            yield self
        finally:
            termios.tcsetattr(self._fd, termios.TCSADRAIN, before)

    def pressed(self) -> str:
        """The next key, or "" where none was pressed. Raises: Quit: nobody types any more."""
        if not self._typed:
            if not select.select([self._fd], [], [], 0)[0]:
                return ""
            self._read()
        if self._typed.startswith(b"\x1b"):  # an arrow key sends several letters, which mean nothing here
            self._typed = b""
            return ""
        key, self._typed = self._typed[:1], self._typed[1:]
        return key.decode(errors="replace").lower()


def _say(shown: Sequence[Told], told: Sequence[Told], name: str) -> None:
    """Say them one after the other, as somebody presses keys."""
    click.echo("Space or Enter: on.  a again  b back  h how it is asked a second time  q quit")
    events: queue.SimpleQueue[SpeakingEvent] = queue.SimpleQueue()
    speaker = Speaker(name, events.put)
    hints = {one.passage.name: one for one in told if one.passage.what == "again"}
    place = 0
    try:
        with Keys(sys.stdin.fileno()).at_once() as keys:
            desk = _Desk(speaker, events, keys)
            while place < len(shown):
                one = shown[place]
                click.echo(f"\n[{place + 1} of {len(shown)}] {_heading(one)}")
                step = desk.hear(one)
                while step == "h" and one.passage.name in hints:
                    click.echo(f"\n{_heading(hints[one.passage.name])}")
                    step = desk.hear(hints[one.passage.name])
                place = max(0, place + {"b": -1, "a": 0, "h": 0}.get(step, 1))
    except Quit:
        pass
    finally:
        speaker.close()
        click.echo()


@dataclass
class _Desk:
    """Speaker and keys."""

    speaker: Speaker
    events: queue.SimpleQueue[SpeakingEvent]
    keys: Keys
    plays: int = 0

    def hear(self, one: Told) -> str:
        """Say it; the key that ended it, or "" where the kiosk would go on by itself. Raises: Quit."""
        self.plays += 1
        self.speaker.play(self.plays, [said.sound for said in one.said])
        over = shown = 0
        while True:
            if key := self.keys.pressed():
                if key == "q":
                    raise Quit
                if key in " \r\nabh":
                    return key  # what is played next, or the end, silences it
            if over and not one.passage.waits:
                return ""
            try:
                event = self.events.get(timeout=_LOOK_S)
            except queue.Empty:
                continue
            match event:
                case LineStarted(turn=self.plays, index=index):
                    _show(one.said[index])
                    shown = index + 1
                case PromptFinished(turn=self.plays):
                    over = 1
                case SpeakerLost(turn=self.plays, reason=reason):
                    for said in one.said[shown:]:
                        _show(said)
                    click.echo(f"  It could not be heard: {reason}. Space goes on.")
                case _:
                    pass  # of a prompt that a key has ended


# --- as files ------------------------------------------------------------------------------------------------------


def _write(shown: Sequence[Told], to: Path) -> None:
    """One WAV for all of it, or a folder with one a prompt. Raises: OpenRosaError: it can't be written."""
    single = to.suffix.lower() == ".wav"
    silence = bytes(size_bytes(_BETWEEN_S, RATE_HZ))
    begins_s, files = 0.0, {to: b""} if single else {}
    for place, one in enumerate(shown, 1):
        name = f"{place:03}-{one.passage.name}-{one.passage.what.replace(' ', '-')}.wav"
        minutes, seconds = divmod(int(begins_s), 60)
        click.echo(f"\n{f'{minutes}:{seconds:02}' if single else name}  {_heading(one)}")
        for said in one.said:
            _show(said)
        if single:
            files[to] += samples_of(one.said) + silence
            begins_s += one.seconds + _BETWEEN_S
        else:
            files[to / name] = samples_of(one.said)
    try:
        (to.parent if single else to).mkdir(parents=True, exist_ok=True)
        for file, sound in files.items():
            write_wav(file, sound, RATE_HZ)
    except OSError as error:
        raise OpenRosaError("Cannot write", f"{to}: {error.strerror}", "Say where, with --to.") from error
    click.echo(f"\n{to}: written.")


def _heading(one: Told) -> str:
    first = one.passage.what in ("note", "question")
    only = f", only if {one.passage.only_if}" if first and one.passage.only_if else ""
    return f"{one.passage.name}, {_WHAT[one.passage.what]}, {one.seconds:.0f} s{only}"


def _show(said: Said) -> None:
    if said.words:
        click.echo(f"    {said.words}  [{said.voice}]")
    else:
        click.echo("    (a tone)")


def _sum_up(shown: Sequence[Told], long: Sequence[tuple[str, str, float]], wish: Wish) -> None:
    """How long it takes, and what is too long."""
    straight_s = sum(one.seconds for one in shown if one.passage.straight)
    longest = max(shown, key=lambda one: one.seconds)
    click.echo(
        f"The kiosk speaks for {_about(straight_s)} where everything is asked once; answering comes on top. "
        f"Longest prompt: {longest.passage.name}, {_WHAT[longest.passage.what]}, {longest.seconds:.0f} s."
    )
    for name, what, seconds in long:
        click.echo(
            f"Too long to keep in mind, over {TOO_LONG_S:.0f} s: {name}, {what}, {seconds:.1f} s. Use fewer words."
        )
    if not wish.again:
        click.echo("Hints and what is said only sometimes: --again.")


def _about(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"about {seconds:.0f} seconds" if minutes < 1 else f"about {plural(minutes, 'minute')}"
