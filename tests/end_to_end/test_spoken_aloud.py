"""The speaker is really used, and a key makes it quiet."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import pytest
from house import CARDS, Kiosk
from patience import wait_until
from people import YOUR_TURN
from sound_card import RECORDED_RATE_HZ, SoundCard, SpeakerRecording

pytestmark = pytest.mark.end_to_end

PIECE = RECORDED_RATE_HZ // 10
LOUD = 100
"""Of 32,767; the virtual speaker's silence is 0."""
PAUSE_S = 1.5
"""Longer than any pause within a prompt."""


def loud_s(pcm: bytes) -> float:
    """How many seconds of 16-bit mono there is sound in, by tenths."""
    samples = array("h", pcm[: len(pcm) // 2 * 2])
    pieces = [samples[at : at + PIECE] for at in range(0, len(samples), PIECE)]
    return sum(max(map(abs, piece)) > LOUD for piece in pieces) / 10


def wait_until_quiet(speaker: SpeakerRecording) -> None:
    """Wait until it has been quiet for longer than a prompt ever pauses, from now on."""
    now = len(speaker.pcm())
    last = 2 * round(RECORDED_RATE_HZ * PAUSE_S)

    def quiet() -> bool:
        pcm = speaker.pcm()
        return len(pcm) >= now + last and not loud_s(pcm[-last:])

    wait_until(quiet, "a quiet speaker", met=lambda: f"{loud_s(speaker.pcm()[-last:])} s of sound in the last pause")


def test_a_question_is_heard_and_a_key_stops_it(kiosk: Callable[..., Kiosk], card: SoundCard) -> None:
    one = kiosk(CARDS, card.environment, asking__ask_again_s=120, asking__preset_who="i_live_here")
    with one.running() as terminal:
        one.wait_for_engine("pocketsphinx")
        speaker = card.record_speaker()
        wait_until_quiet(speaker)
        assert loud_s(speaker.pcm()) == 0.0, "it is silent until the start key"

        before = len(speaker.pcm())
        terminal.press("Enter")
        terminal.wait_for("Which card do you hold?")
        terminal.wait_for(YOUR_TURN)
        wait_until_quiet(speaker)
        whole_s = loud_s(speaker.pcm()[before:])

        before = len(speaker.pcm())
        terminal.press("a")  # again
        wait_until(lambda: loud_s(speaker.pcm()[before:]) > 0, "the question to be said again")
        terminal.press("Enter")
        terminal.wait_for(YOUR_TURN)
        wait_until_quiet(speaker)
        cut_s = loud_s(speaker.pcm()[before:])

    assert whole_s > 4
    assert cut_s < whole_s / 2
