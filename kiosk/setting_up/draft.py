"""What is to be written: the configuration as it stands, with the answers of the walk in place of what they change.

A draft is a value. Nothing here touches the disk but `read`, and nothing is written before `kiosk.setting_up.writing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kiosk.config import of, read_toml
from kiosk.settings import Config

USUAL = Path("/etc/sayso/sayso.toml")
DATA = Path("/var/lib/sayso")
INSTALLED = Path("/opt/sayso")
"""Where script/install puts an appliance's parts."""

_DEFAULTS = Config(sets=())


@dataclass(frozen=True)
class Draft:
    """A configuration in the making.

    Attributes:
        path: the file that it is for.
        raw: what is chosen, as TOML has it; everything else is at its default.
        found: whether the file was there.
        sheets: for a value of `sets`, the sheet that it is converted from when all is written.
        public_key: the organisation's, for those; "" for none.
    """

    path: Path
    raw: Mapping[str, Any]
    found: bool = False
    sheets: Mapping[str, Path] = field(default_factory=dict)
    public_key: str = ""

    def value(self, name: str) -> Any:
        """A setting as it stands, such as `voice.speaker`: chosen, or its default."""
        table, _, key = name.rpartition(".")
        chosen = self.raw.get(table, {}) if table else self.raw
        if key in chosen:
            return chosen[key]
        of_table = getattr(_DEFAULTS, table) if table else _DEFAULTS
        return getattr(of_table, key)

    def having(self, **values: Any) -> Draft:
        """With these settings; `__` in a name stands for the dot. None goes back to the default."""
        raw = deepcopy(dict(self.raw))
        for name, value in values.items():
            table, _, key = name.rpartition("__")
            chosen = raw.setdefault(table, {}) if table else raw
            if value is None:
                chosen.pop(key, None)
            else:
                chosen[key] = value
        return replace(self, raw=raw)

    def config(self) -> Config:
        """As the kiosk will read it. Raises: KioskError: a value that does not fit."""
        return of(self.raw, self.path)

    @property
    def data_folder(self) -> Path:
        """Where the kiosk will keep."""
        return self.path.absolute().parent / str(self.value("store.folder"))

    @property
    def ca_file(self) -> Path | None:
        """The certificate of the server's own authority, where it has one."""
        named = str(self.value("server.ca_file"))
        return None if named in {"", "."} else self.path.absolute().parent / named

    @property
    def models_folder(self) -> Path:
        """Where it will look for speech models."""
        return self.path.absolute().parent / str(self.value("voice.models_dir"))


def read(path: Path, source: Path) -> Draft:
    """What stands in the file; for one that is not there yet, the places of its data and models alone.

    Args:
        path: the kiosk's TOML.
        source: the folder of this Sayso, which has `models/`.

    Raises: KioskError: it can't be read, or is no configuration.
    """
    if path.exists():
        draft = Draft(path, read_toml(path), found=True)
        if "sets" in draft.raw:
            draft.config()  # what it says must be right before something is put beside it
        return draft
    raw: dict[str, Any] = {"voice": {"models_dir": str(_models(source))}}
    if path == USUAL:
        raw |= {"store": {"folder": str(DATA)}}
        raw["voice"]["recordings"] = str(DATA / "recordings")
    return Draft(path, raw)


def _models(source: Path) -> Path:
    """Of an installed version, by the link that an upgrade moves on."""
    source = source.resolve()
    return (INSTALLED / "current" if source.parent == INSTALLED else source) / "models"
