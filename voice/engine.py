"""A recogniser, whichever it is: the one interface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from voice.utterance import Utterance
from voice.weights import Weights


@dataclass(frozen=True)
class Found:
    """What one pass of a recogniser found, and how well it fits.

    Attributes:
        text: the whole of it, "" for nothing.
        nats: the logarithm of its likelihood, comparable between passes of one engine over the same sound.
    """

    text: str
    nats: float


class Engine(Protocol):
    """Makes text of speech. Safe to call from any thread; one utterance at a time."""

    @property
    def name(self) -> str:
        """Which engine: "vosk" or "pocketsphinx"."""

    @property
    def model(self) -> str:
        """The model's name, such as "vosk-model-small-en-us-0.15"."""

    weights: Weights | None
    """What its evidence is worth, fitted on recordings; None where nobody has: then sure means unanimous."""

    def unknown_words(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Words of the phrases that the model does not know, each once, in the order met."""

    def recognise(self, turn: int, pcm: bytes, meanings: Mapping[str, str]) -> Utterance:
        """What one utterance says.

        Args:
            turn: echoed back, so that a late result can be dropped.
            pcm: 16-bit little-endian mono at 16,000 Hz, any length; what is not voice at its ends is no matter.
            meanings: each allowed phrase, lower-case, to a label. Phrases of one label do not compete with one
                another. One with a word that the model does not know can't be heard and is left out: ask
                `unknown_words` when a set is loaded, and say so there.

        Returns: the utterance; text "" when no phrase fits. `duration_s` is that of `pcm`: whoever cut it out of the
            stream knows the speech's own length better.
        """


def unknown(phrases: Iterable[str], known: dict[str, bool]) -> tuple[str, ...]:
    """The words that `known` says no to, each once, in the order met."""
    return tuple(dict.fromkeys(word for phrase in phrases for word in phrase.split() if not known[word]))
