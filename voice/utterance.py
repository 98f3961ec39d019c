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
        begun_s: from the first sound of the listening to the first of the speech; counted in sound, as all times.
        pause_s: the longest pause within the speech.
        snr_db: the speech's level above the noise floor that was followed until then; None where it is not known.
        clipped_share: how much of the speech is at the end of the scale, 0 to 1.
        lost: how often sound was lost in it, or just before it.
        over_others: how much better `grammar_text` fits than anything else that was offered: another answer, two of
            them, a decoy. In nats (natural logarithm of the ratio of likelihoods), summed over the whole of it; None
            where the engine can't tell.
        over_sounds: how much better it fits than a free string of the language's phonemes; likewise.
    """

    grammar_text: str
    decoy_text: str
    open_text: str
    duration_s: float
    level_dbfs: float
    engine: str
    begun_s: float | None = None
    pause_s: float = 0.0
    snr_db: float | None = None
    clipped_share: float = 0.0
    lost: int = 0
    over_others: float | None = None
    over_sounds: float | None = None


def clean(text: str) -> str:
    """Lower-case, with single spaces: as phrases and texts are compared."""
    return " ".join(text.lower().split())


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
