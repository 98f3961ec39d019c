"""The speech model of a version: from the version before, from a bundle, or from the network; else the trial engine."""

from __future__ import annotations

import os
import shutil
import tomllib
from pathlib import Path

from installing.machine import Machine

_INSTALLED = "sayso-model.toml"
"""In an installed model: which one it is. `voice.models` writes it."""
_LANGUAGE = "en"
_TIMEOUT_S = 1800


def installed(folder: Path) -> list[str]:
    """The names of the models in a version's folder."""
    return sorted(path.parent.name for path in (folder / "models").glob(f"*/{_INSTALLED}"))


def take_over(before: Path, folder: Path) -> list[str]:
    """Have the models of the version before in the new one, as further names of the same files; their names.

    Only those that a manifest of the new version still names.
    """
    wanted = {_manifest(path).get("sha256") for path in (folder / "models").glob("*.toml")}
    taken = []
    for name in installed(before):
        place = folder / "models" / name
        if not place.exists() and _manifest(before / "models" / name / _INSTALLED).get("sha256") in wanted:
            shutil.copytree(before / "models" / name, place, copy_function=os.link)
            taken.append(name)
    return taken


def install(machine: Machine, folder: Path, zips: Path | None) -> str:
    """Have the model for English in a version's folder.

    Args:
        machine: where.
        folder: of the version, with its virtual environment.
        zips: where a bundle's models lie; None: it is fetched.

    Returns: why not, in one line; "" if it is there.
    """
    manifest = folder / "models" / f"{_LANGUAGE}.toml"
    name = str(_manifest(manifest).get("name", ""))
    if not name or name in installed(folder):
        return ""
    sayso = machine.inside(folder / ".venv" / "bin" / "sayso")
    command = [sayso, "models", "install", _LANGUAGE, "--models-dir", machine.inside(folder / "models")]
    if zips is not None:
        if not (zips / f"{name}.zip").is_file():
            return "the bundle has no model in it"
        command += ["--from", machine.inside(zips / f"{name}.zip")]
    ended = machine.try_run(command, timeout_s=_TIMEOUT_S)
    if ended.returncode == 0:
        return ""
    said = [line for line in ended.stderr.splitlines() if line.strip()]
    return said[-1].removeprefix("sayso: ") if said else f"it ended with {ended.returncode}"


def _manifest(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
