"""A recogniser, whichever it is: one interface, and the choice between the two that there are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from voice.errors import VoiceError
from voice.utterance import Utterance

ENGINES = ("auto", "vosk", "pocketsphinx")


class Engine(Protocol):
    """Makes text of speech. Safe to call from any thread; one utterance at a time."""

    @property
    def name(self) -> str:
        """Which engine: "vosk" or "pocketsphinx"."""

    @property
    def model(self) -> str:
        """The model's name, such as "vosk-model-small-en-us-0.15"."""

    def unknown_words(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Words of the phrases that the model does not know, each once, in the order met."""

    def recognise(self, turn: int, pcm: bytes, phrases: tuple[str, ...]) -> Utterance:
        """What one utterance says.

        Args:
            turn: echoed back, so that a late result can be dropped.
            pcm: 16-bit little-endian mono at 16,000 Hz, any length; what is not voice at its ends is no matter.
            phrases: lower-case. One with a word that the model does not know can't be heard and is left out: ask
                `unknown_words` when a set is loaded, and say so there.

        Returns: the utterance; text "" when no phrase fits. `duration_s` is that of `pcm`: whoever cut it out of the
            stream knows the speech's own length better.
        """


def open_engine(name: str, language: str, models_dir: Path) -> Engine:
    """The engine of that name for that language.

    Args:
        name: "vosk", "pocketsphinx", or "auto": vosk where its model is installed, else pocketsphinx.
        language: a code such as "en" or "en-GB"; its first part chooses the model.
        models_dir: where `sayso models install` puts models. A folder that is itself a Vosk model is taken as it is.

    Raises:
        VoiceError: no such engine, no model for the language, or a model that can't be loaded.
    """
    # Imported here: each engine loads a library of its own, and a machine may lack one of them.
    from voice.models import installed_model  # noqa: PLC0415

    if name not in ENGINES:
        raise VoiceError("Cannot open the speech engine", f"'{name}': there is none of that name", _one_of())
    folder = installed_model(language, models_dir)
    if name == "vosk" or (name == "auto" and folder is not None):
        if folder is None:
            raise VoiceError(
                "Cannot open the speech engine",
                f"'vosk' for '{language}': no model for it in '{models_dir}'",
                f"Run `sayso models install {language.split('-', maxsplit=1)[0]}`, or for English use pocketsphinx.",
            )
        from voice.engine_vosk import VoskEngine  # noqa: PLC0415

        return VoskEngine(folder, language)
    from voice.engine_pocketsphinx import PocketSphinxEngine  # noqa: PLC0415

    return PocketSphinxEngine(language)


def unknown(phrases: Iterable[str], known: dict[str, bool]) -> tuple[str, ...]:
    """The words that `known` says no to, each once, in the order met."""
    return tuple(dict.fromkeys(word for phrase in phrases for word in phrase.split() if not known[word]))


def _one_of() -> str:
    return f"Set voice.engine to one of {', '.join(ENGINES)}."
