"""The choice between the recognisers that there are."""

from __future__ import annotations

from pathlib import Path

from voice.engine import Engine
from voice.errors import VoiceError
from voice.models import installed_model
from voice.weights import weights_for

ENGINES = ("auto", "vosk", "pocketsphinx")


def open_engine(name: str, language: str, models_dir: Path, *, beside: bool = False) -> Engine:
    """The engine of that name for that language.

    Args:
        name: "vosk", "pocketsphinx", or "auto": vosk where its model is installed, else pocketsphinx.
        language: a code such as "en" or "en-GB"; its first part chooses the model.
        models_dir: where `sayso models install` puts models. A folder that is itself a Vosk model is taken as it is.
        beside: let it start a process for a part of its work, where that is faster; see `PocketSphinxEngine`.

    Raises:
        VoiceError: no such engine, no model for the language, or a model or weights that can't be
            loaded.
    """
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
        # Each engine loads a library of its own, and a machine may lack one of them.
        from voice.engine_vosk import VoskEngine  # noqa: PLC0415

        return with_weights(VoskEngine(folder, language), models_dir)
    from voice.engine_pocketsphinx import PocketSphinxEngine  # noqa: PLC0415

    return with_weights(PocketSphinxEngine(language, beside=beside), models_dir)


def with_weights(engine: Engine, models_dir: Path) -> Engine:
    """The engine with the weights that were fitted for it and its model, if there are any.

    Raises:
        VoiceError: they are there and can't be read.
    """
    engine.weights = weights_for(engine.name, engine.model, models_dir)
    return engine


def _one_of() -> str:
    return f"Set voice.engine to one of {', '.join(ENGINES)}."
