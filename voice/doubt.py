"""What else may be wrong with what was heard: the kiosk's own words, sound cut off or lost, a room that talks. Pure.

`voice.decide` weighs what the recognisers say. Here it is asked where the sound came from and what became of it on its
way. It only ever takes certainty away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voice.decide import Decision, Outcome
from voice.utterance import Evidence

AT_ONCE_S = 0.15
"""Speech that begins so early was there before the microphone was open."""
EARLY_S = 0.5
"""Nobody who waited for the end of the prompt begins to answer much earlier; its echo does."""
RUN_WORDS = 3
"""So many words in a row that the kiosk has just said are no chance."""
CLIPPED_SHARE = 0.02
"""So many of the speech's samples at the end of the scale are no single loud sound."""
LOW_SNR_DB = 10.0
"""Speech less than this above the room is hard to hear. Source: docs/hearing.md, the figures with noise."""
SENTENCE_S = 1.5
LONG_S = 3.0
"""Answers and commands are short. What goes on for longer, or for a sentence from before the microphone opened, and is
none, is mostly somebody else's talk."""

_OWN_PROMPT = Decision(Outcome.OWN_PROMPT)
_CLIPPED = Decision(Outcome.CLIPPED)


def doubted(decision: Decision, evidence: Evidence, said: str = "") -> Decision:
    """What a decision is worth after that.

    Args:
        decision: by the recognisers' evidence.
        evidence: of the same utterance.
        said: what the kiosk last said before the microphone opened; "" where it is not known.

    Returns: the same; or
        OWN_PROMPT: no answer, and a run of words that the kiosk has just said; or the last of them, already sounding
            when the microphone opened. A person who says a choice over is answering, and begins later.
        ASK in place of SURE: the prompt's last words, begun so early that they may be an echo; or sound was lost in it.
        CLIPPED in place of NO_MATCH: so loud that it is cut off.
    """
    heard, prompt = _words(evidence.open_text), _words(said)
    begun_s = evidence.begun_s
    is_tail = bool(heard) and prompt[-len(heard) :] == heard
    if is_tail and begun_s is not None and begun_s < AT_ONCE_S:
        return _OWN_PROMPT
    early_tail = is_tail and begun_s is not None and begun_s <= EARLY_S
    if decision.outcome is Outcome.NO_MATCH:
        if early_tail or _runs_along(heard, prompt):
            return _OWN_PROMPT
        if evidence.clipped_share > CLIPPED_SHARE:
            return _CLIPPED
    if decision.outcome is Outcome.SURE and (early_tail or evidence.lost):
        return Decision(Outcome.ASK, decision.phrase, decision.meaning)
    return decision


def in_noise(evidence: Evidence) -> bool:
    """Whether speech that was no answer was probably lost in noise."""
    return evidence.snr_db is not None and evidence.snr_db < LOW_SNR_DB


def is_talk(evidence: Evidence) -> bool:
    """Whether speech that was no answer was probably not said to the kiosk: a television, or others talking."""
    was_there = evidence.begun_s is not None and evidence.begun_s < AT_ONCE_S
    return evidence.duration_s >= (SENTENCE_S if was_there else LONG_S)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower().replace("\u2019", "'"))


def _runs_along(heard: Sequence[str], prompt: Sequence[str]) -> bool:
    """Whether three words in a row of it, and half of it at least, are the prompt's."""
    length = max(RUN_WORDS, (len(heard) + 1) // 2)
    runs = {tuple(prompt[at : at + length]) for at in range(len(prompt) - length + 1)}
    return any(tuple(heard[at : at + length]) in runs for at in range(len(heard) - length + 1))
