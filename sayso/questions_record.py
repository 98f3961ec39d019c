"""`sayso questions record`: walk through what a set says, record it through the microphone, and keep what sounds right.

What is kept stays: a recording is written at once, and the set's sheet names it at once. So the command goes on where
it was left.
"""

from __future__ import annotations

import os
import queue
import select
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from kiosk.saying.prompts import english_name, own_name
from openrosa.errors import OpenRosaError
from sayso.questions_wordings import Wording, of_kiosk, of_set
from voice.audio import duration_s, write_wav
from voice.events import PromptFinished, SpeakerLost, SpeakingEvent
from voice.microphone import Microphone
from voice.recorder import Take, listen, take
from voice.sound import Sound
from voice.speaker import Speaker

_WIDTH = 30
_LOUDEST_DBFS, _SOFTEST_DBFS = 0.0, -60.0


class Quit(Exception):  # noqa: N818  what happened: somebody has had enough for now
    """Somebody ended it, or nobody is there to answer."""


def run(
    sheet: Path | None, *, language: str, own: bool, only: str | None, microphone: str, speaker: str, recordings: Path
) -> None:
    """Record with somebody at the terminal. Arguments as for the command.

    Raises: OpenRosaError, KioskError, VoiceError: what is not there, as a sentence.
    """
    found: list[Wording] = []
    if sheet is not None:
        language, of_sheet = of_set(sheet, language)
        found += of_sheet
    if own:
        found += of_kiosk(language, recordings)
    if only is not None:
        found = [one for one in found if only in (one.name, one.name.rpartition("/")[2])]
        if not found:
            raise OpenRosaError(
                "Cannot record", f"'{only}': nothing is called so", "Leave out --only to see the names."
            )
    desk = Desk(Lines(sys.stdin.fileno()), microphone, speaker)
    try:
        _say_hello(found, language, microphone)
        walk(found, desk, anew=only is not None)
    except Quit:
        click.echo()
    finally:
        desk.close()
    left = sum(not one.recorded() for one in found)
    click.echo(f"{len(found) - left} of {len(found)} are recorded." + (" The same command goes on." if left else ""))
    if sheet is not None:
        click.echo(f"Then make the form again: sayso questions convert {sheet}")


def _say_hello(found: list[Wording], language: str, microphone: str) -> None:
    done = sum(one.recorded() for one in found)
    name = (
        own_name(language)
        if own_name(language) == english_name(language)
        else (f"{english_name(language)} ({own_name(language)})")
    )
    click.echo(
        f"{len(found)} texts in {name}, {done} recorded already. Microphone: {microphone or 'the system default'}."
    )
    click.echo("Read out what is shown. Enter: begin, end, keep.  a again  l listen  s skip  b back  q quit")


class Lines:
    """What is typed, line by line, without waiting where nothing was: a recording goes on meanwhile."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._typed = b""

    def ready(self) -> bool:
        """Whether Enter was pressed; takes that line away. Raises: Quit: nobody types any more."""
        while b"\n" not in self._typed:
            if not select.select([self._fd], [], [], 0)[0]:
                return False
            self._read()
        self._typed = self._typed.partition(b"\n")[2]
        return True

    def next(self) -> str:
        """The next line, however long that takes. Raises: Quit: nobody types any more."""
        while b"\n" not in self._typed:
            self._read()
        line, _, self._typed = self._typed.partition(b"\n")
        return line.decode(errors="replace").strip().lower()

    def _read(self) -> None:
        read = os.read(self._fd, 1024)
        if not read:
            raise Quit
        self._typed += read


@dataclass
class Desk:
    """Keyboard, microphone and speaker."""

    lines: Lines
    microphone: str
    speaker_name: str

    def __post_init__(self) -> None:
        self._events: queue.SimpleQueue[SpeakingEvent] = queue.SimpleQueue()
        self._speaker = Speaker(self.speaker_name, self._events.put)
        self._plays = 0

    def ask(self, words: str, known: str) -> str:
        """One of the letters of `known`, or "" for Enter. Raises: Quit: q, or nobody types any more."""
        while True:
            click.echo(f"  {words} ", nl=False)
            typed = self.lines.next()[:1]
            if typed == "q":
                raise Quit
            if typed == "" or typed in known:
                return typed
            click.echo(f"  '{typed}' is none of them.")

    def record(self) -> Take:
        """One recording."""
        click.echo("  Speak now. Enter ends it.")
        meter = _meter if sys.stdout.isatty() else (lambda _level_dbfs: None)
        heard = listen(Microphone(self.microphone), self.lines.ready, meter)
        if sys.stdout.isatty():
            click.echo("\r" + " " * (_WIDTH + 4) + "\r", nl=False)
        return take(heard)

    def play(self, pcm: bytes) -> None:
        """Play it back; a machine without a speaker says so and goes on."""
        self._plays += 1
        self._speaker.play(self._plays, [Sound(pcm)])
        while not isinstance(event := self._events.get(), PromptFinished | SpeakerLost):
            pass
        if isinstance(event, SpeakerLost):
            click.echo(f"  It could not be played back: {event.reason}")

    def close(self) -> None:
        """Let the speaker go."""
        self._speaker.close()


def walk(found: list[Wording], desk: Desk, *, anew: bool) -> None:
    """Go through all of them; those that are recorded already are passed by, unless somebody goes back to them.

    Raises: Quit: somebody ended it. VoiceError: the microphone can't be used. OpenRosaError: it can't be written.
    """
    place, back = 0, False
    while place < len(found):
        one = found[place]
        if one.recorded() and not anew and not back:
            place += 1
            continue
        click.echo(f"\n[{place + 1} of {len(found)}] {one.what}{', recorded already' if one.recorded() else ''}")
        click.echo(f"    {one.words}")
        step = _one(one, desk)
        back = step < 0
        place = max(0, place + step)


def _one(one: Wording, desk: Desk) -> int:
    """Record one text; where to go from there: 1 on, -1 back. Raises: as `walk`."""
    if typed := desk.ask("Enter to begin:", "sb"):
        return -1 if typed == "b" else 1
    while True:
        made = desk.record()
        if made.pcm:
            click.echo(f"  {duration_s(made.pcm):.1f} s, {_louder(made)}. This is how it sounds.{_warning(made)}")
            desk.play(made.pcm)
            asked = "Enter keeps it (a again, l listen, s skip, b back):"
        else:
            click.echo("  Nobody was heard. Is it the right microphone (--microphone), and is it switched on?")
            asked = "Enter to try again (s skip, b back):"
        typed = desk.ask(asked, "alsb")
        while typed == "l":
            desk.play(made.pcm)
            typed = desk.ask(asked, "alsb")
        if typed in ("s", "b"):
            return -1 if typed == "b" else 1
        if typed == "" and made.pcm:
            keep(made.pcm, one.file)
            one.on_kept()
            click.echo(f"  Kept: {one.file}")
            return 1


def keep(pcm: bytes, file: Path) -> None:
    """Write the recording; an older one is replaced at once. Raises: OpenRosaError: it can't be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, prefix=".sayso-", delete=False) as out:
            write_wav(out, pcm)
        made = Path(out.name)
        made.chmod(0o644)  # the kiosk may run as another user
        made.replace(file)
    except OSError as error:
        raise OpenRosaError(
            "Cannot write", f"{file}: {error.strerror}", "Give a folder that you may write to."
        ) from error


def _louder(made: Take) -> str:
    gain = round(made.gain_db)
    return "as loud as it was" if gain == 0 else f"made {abs(gain)} dB {'louder' if gain > 0 else 'softer'}"


def _warning(made: Take) -> str:
    if made.clipped:
        return "\n  It was too loud for the microphone and may crackle: move away a little, and record it again."
    if made.quiet:
        return "\n  It was very soft: move closer, or turn the microphone up."
    return ""


def _meter(level_dbfs: float) -> None:
    """How loud it is now, as a bar."""
    share = (level_dbfs - _SOFTEST_DBFS) / (_LOUDEST_DBFS - _SOFTEST_DBFS)
    filled = round(_WIDTH * min(1.0, max(0.0, share)))
    click.echo(f"\r  |{'#' * filled}{' ' * (_WIDTH - filled)}|", nl=False)
