"""Recordings of real people, and somebody at the kiosk who presses keys and speaks with them.

Only names of recordings stand here: Debian's pocketsphinx-testdata, which is on any machine that runs these tests, and
a folder beside the project or in SAYSO_SPEECH, which may be absent.
"""

from __future__ import annotations

import os
import wave
from dataclasses import dataclass
from pathlib import Path

import pytest
from patience import wait_until
from sound_card import SoundCard
from terminal import Terminal

ROOT = Path(__file__).parent.parent.parent
SPEECH = Path(os.environ.get("SAYSO_SPEECH") or ROOT.parent / "shared" / "speech")
DEBIAN = Path("/usr/share/pocketsphinx/test/data")

DIDNT_CATCH = "Sorry, I didn't catch that."
HERE_IT_IS_AGAIN = "Take your time."
"""Nothing was heard at all."""
YOUR_TURN = "Your turn"
PRESS_YOUR_ANSWER = "Please press your answer."
"""A private answer that is not sure is neither named nor asked about aloud."""
THANK_YOU = "Thank you."
GOODBYE = "Thank you. Goodbye."


def speech(name: str) -> Path:
    """One of the folder beside the project; skips where that is absent."""
    if not (SPEECH / "manifest.csv").is_file():
        pytest.skip("no recordings of people: neither SAYSO_SPEECH nor ../shared/speech is there")
    return SPEECH / name


def debian(name: str, folder: Path) -> Path:
    """One of pocketsphinx-testdata as WAV; its raw ones have no header to be played by.

    Args:
        name: in its data folder.
        folder: for the WAV.
    """
    path = DEBIAN / name
    if not DEBIAN.is_dir():
        pytest.fail("no recordings: Debian's pocketsphinx-testdata is not installed")
    if path.suffix != ".raw":
        return path
    written = folder / f"{path.stem}.wav"
    with wave.open(str(written), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(path.read_bytes())
    return written


@dataclass
class Person:
    """Somebody at the kiosk.

    Attributes:
        terminal: what they see and press.
        card: what they hear and speak into; None where there is no sound at all.
    """

    terminal: Terminal
    card: SoundCard | None = None

    def start(self, language: str = "") -> None:
        """Press the start key, and say by key that they live here; before that, which language, where it is asked."""
        self.terminal.press("Enter")
        if language:
            self.terminal.wait_for("Which language would you like?")
            self.terminal.press(language)
        self.terminal.wait_for("Who is here?")
        self.terminal.press("1")

    def say(self, question: str, recording: Path, *outcomes: str) -> str:
        """Cut what the kiosk says short by a key, and speak once it listens.

        Args:
            question: words that stand on the screen before.
            recording: what they say.
            outcomes: one of these stands on the screen afterwards.
        Returns: which.
        """
        assert self.card is not None
        card, screen = self.card, self.terminal
        screen.wait_for(question)
        # Nobody speaks into a microphone that is about to be closed: the one of the answer before.
        wait_until(lambda: not card.recorders() or YOUR_TURN in screen.screen(), "the last listening to be closed")
        screen.press("Enter")
        screen.wait_for(YOUR_TURN)
        card.wait_until_recording()
        card.play_into_microphone(recording)
        return screen.wait_for(*outcomes)

    def answer(self, question: str, recording: Path, choice: str) -> None:
        """Say an answer, and again where the kiosk asks for it; it is said back as this choice."""
        said_back, heard = f"You said: {choice}.", f"I heard: {choice}."
        if self.heard(question, recording, said_back, heard) == heard:
            self.say(heard, recording, said_back)

    def heard(self, question: str, recording: Path, *outcomes: str) -> str:
        """Say something until one of these stands on the screen: once more where the kiosk did not catch it at all.

        People do so as well; where two processors are shared, sound is lost now and then.

        Returns: which stands there.
        """
        if question == DIDNT_CATCH:  # it stands there already
            return self.say(question, recording, *outcomes)
        outcome = self.say(question, recording, *outcomes, DIDNT_CATCH, HERE_IT_IS_AGAIN)
        if outcome in (DIDNT_CATCH, HERE_IT_IS_AGAIN):
            return self.say(DIDNT_CATCH if outcome == DIDNT_CATCH else question, recording, *outcomes)
        return outcome

    def say_what_is_no_answer(self, question: str, recording: Path) -> str:
        """Say other words: it is sorry, or asks whether they were some answer; nothing is kept of them.

        Which of the two hangs on where the sound was cut.

        Returns: what stands on the screen then.
        """
        return self.say(question, recording, DIDNT_CATCH, "I heard:")

    def press(self, question: str, key: str, choice: str) -> None:
        """Answer by key; the answer is shown."""
        self.terminal.wait_for(question)
        self.terminal.press(key)
        self.terminal.wait_for(f"You said: {choice}.")

    def keep(self) -> None:
        """At the end: keep what was said, and see the kiosk wait for the next person."""
        self.terminal.wait_for("Shall I keep what you said?")
        self.terminal.press("1")
        self.terminal.wait_for(GOODBYE)
        self.terminal.press("Enter")
        self.terminal.wait_for("Press the big key to start")
