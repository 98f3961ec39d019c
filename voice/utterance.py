"""What was heard, and the evidence for it. Plain values: replayable, comparable, printable."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """Why a text may or may not be what was said.

    Attributes:
        grammar_text: the closed grammar of the allowed phrases; it fits almost any sound to one of them.
        decoy_text: the same grammar with common other words beside; "" where a decoy fitted best.
        open_text: an open pass over the whole vocabulary: the whole of what it understood.
        duration_s: length of the speech without its silence.
        level_dbfs: RMS of the speech, 0 = full scale.
        engine: engine and model, such as "pocketsphinx en-us".
    """

    grammar_text: str
    decoy_text: str
    open_text: str
    duration_s: float
    level_dbfs: float
    engine: str


@dataclass(frozen=True)
class Utterance:
    """One stretch of speech, recognised.

    Attributes:
        turn: the listening it belongs to; a late one can be dropped.
        text: the proposed phrase, "" when none fits.
        evidence: what speaks for it.
    """

    turn: int
    text: str
    evidence: Evidence
