"""How a recogniser searches, as the manifests in models/ say it in their table [decoder]."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from voice.errors import VoiceError

Settings = Mapping[str, float]
"""By the decoder's own names. Whole numbers and yes or no are kinds of float to the type checker."""

POCKETSPHINX: Settings = {"maxhmmpf": 500, "maxwpf": 5, "bestpath": False, "fwdflat": False, "compallsen": True}
"""What is set where no manifest is beside the program; why, in models/pocketsphinx/en-us.toml."""
VOSK: Settings = {"beam": 10.0, "max-active": 3000, "lattice-beam": 2.0}
"""What can be set; a model without them in its manifest is left as upstream made it."""

_MODELS = Path(__file__).parent.parent / "models"


def pocketsphinx_settings(manifest: Path = _MODELS / "pocketsphinx" / "en-us.toml") -> dict[str, float]:
    """How PocketSphinx searches: its manifest over the defaults.

    Raises:
        VoiceError: the manifest can't be read, or sets what is not known.
    """
    if not manifest.is_file():
        return dict(POCKETSPHINX)
    try:
        data = tomllib.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise VoiceError("Cannot read the model's manifest", f"'{manifest}': {error}", "Give it back.") from error
    return {**POCKETSPHINX, **checked(data.get("decoder", {}), POCKETSPHINX, manifest)}


def checked(table: object, known: Settings, manifest: Path) -> dict[str, float]:
    """A manifest's table [decoder], once it is sure that every key is known and its value of the right kind.

    Raises:
        VoiceError: it is not so.
    """
    op = "Cannot read the model's manifest"
    if not isinstance(table, dict):
        raise VoiceError(op, f"'{manifest}': 'decoder' is no table", "Write [decoder], and below it a line for each.")
    for name, value in table.items():
        if name not in known:
            raise VoiceError(
                op, f"'{manifest}': there is no '{name}' for the decoder", f"Known are {', '.join(known)}."
            )
        wanted = type(known[name])
        if not (type(value) is wanted or (wanted is float and type(value) is int)) or value < 0:
            kind = {bool: "true or false", int: "a whole number from 0", float: "a number from 0"}[wanted]
            raise VoiceError(op, f"'{manifest}': {name} = {value!r} is not {kind}", f"Write {name} = {known[name]}.")
    return dict(table)
