"""The configuration: one TOML file, read once and strictly into `kiosk.settings`; and an example of it, in words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import msgspec

from kiosk.config_errors import described, explain, is_table, meta_of, shown, unknown_key_name
from kiosk.errors import KioskError
from kiosk.keys.defaults import DEFAULT_BUTTONS, DEFAULT_KEYS, UNBOUND
from kiosk.pulling.shelf import PREFIX, Shelf
from kiosk.settings import Asking, Config, Home, Server, Store, Voice
from kiosk.view import KEYS

__all__ = [
    "Asking",
    "Config",
    "Home",
    "Server",
    "Setting",
    "Store",
    "Voice",
    "example",
    "load",
    "of",
    "read_toml",
    "settings",
]

RUN_FOLDER = Path("/run/sayso")
"""Made by the systemd unit; in memory, so that the status is not written to the card."""


_OP = "Cannot use configuration"


def load(path: Path, run_folder: Path = RUN_FOLDER) -> Config:
    """The configuration in that file.

    Args:
        path: a TOML file. Relative paths in it are taken from its own folder.
        run_folder: where the status goes if the file names no place and this folder is there.

    Raises:
        KioskError: no such file, no TOML, a key that there is not, a value that does not fit.
    """
    return of(read_toml(path), path, run_folder)


def read_toml(path: Path) -> dict[str, Any]:
    """What stands in that file, as it is. Raises: KioskError: no such file, or no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        hint = "Give the path of a kiosk's TOML file; `sayso setup` or `sayso run --example-config` makes one."
        raise KioskError(_OP, f"{path}: {error.strerror}", hint) from error
    except UnicodeDecodeError as error:
        raise KioskError(_OP, f"{path}: it is not UTF-8 text", "Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        hint = "Correct that line; texts and paths stand in double quotes."
        raise KioskError(_OP, f"{path}: it is not TOML: {error}", hint) from error


def of(raw: Mapping[str, Any], path: Path, run_folder: Path = RUN_FOLDER) -> Config:
    """The configuration that such a file holds.

    Args:
        raw: what stands in it, as TOML has it.
        path: where it lies, or is to lie.
        run_folder: as for `load`.

    Raises: KioskError: a key that there is not, a value that does not fit.
    """
    op = _OP
    try:
        config = msgspec.convert(raw, Config, dec_hook=_path)
    except msgspec.ValidationError as error:
        met, hint = explain(str(error), raw, Config)
        # The message of msgspec is not chained: it may hold what stands in [server].
        raise KioskError(op, f"{path}: {met}", hint) from None
    if Path() in config.sets:
        raise KioskError(
            op, f"{path}: sets holds an empty path", 'Write each set\'s file, such as sets = ["my_home.xml"].'
        )
    for key, name in (
        *config.keys.items(),
        *config.buttons.items(),
        *(("staff", each) for each in config.staff.sequence),
    ):
        if name not in (*KEYS, UNBOUND):
            met, hint = unknown_key_name(key, name, (*KEYS, UNBOUND))
            raise KioskError(op, f"{path}: {met}", hint)
    if config.server.url and not _is_address(config.server.url):
        hint = "Write the whole address, beginning with https:// (or http:// for a collector on this machine)."
        raise KioskError(op, f"{path}: server.url is no web address", hint)
    return _resolved(config, path.absolute().parent, run_folder)


def _path(kind: type, value: Any) -> Any:
    """A path from a text, for msgspec, which has no paths of its own."""
    if kind is Path and isinstance(value, str) and "\0" not in value:
        return Path(value)
    raise TypeError(f"Expected `str`, got `{type(value).__name__}`")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # a port out of range, or a bracket that is not closed
        return False


def _resolved(config: Config, base: Path, run_folder: Path) -> Config:
    """With paths made absolute, the status file's place chosen and the keys completed."""
    folder = base / config.store.folder
    status = base / config.status
    if config.status == Path():
        status = (run_folder if run_folder.is_dir() else folder) / "status.json"
    keys = {key: name for key, name in {**DEFAULT_KEYS, **config.keys}.items() if name != UNBOUND}
    buttons = {key: name for key, name in {**DEFAULT_BUTTONS, **config.buttons}.items() if name != UNBOUND}
    replace = msgspec.structs.replace
    return replace(
        config,
        sets=tuple(_set_path(str(path), base, folder) for path in config.sets),
        status=status,
        store=replace(config.store, folder=folder),
        server=config.server
        if config.server.ca_file == Path()
        else replace(config.server, ca_file=base / config.server.ca_file),
        voice=replace(
            config.voice,
            models_dir=base / config.voice.models_dir,
            recordings=base / config.voice.recordings,
        ),
        keys=MappingProxyType(keys),
        buttons=MappingProxyType(buttons),
    )


def _set_path(name: str, base: Path, folder: Path) -> Path:
    """Where a set lies: beside the file, or for `server:FORM` in the data folder."""
    if not name.startswith(PREFIX):
        return base / name
    return Shelf.of_form(folder, name.removeprefix(PREFIX)).path


@dataclass(frozen=True)
class Setting:
    """One setting as documentation and the example show it.

    Attributes:
        key: "volume", or "1" under [keys].
        table: "voice", or "" at the top of the file.
        default: as TOML writes it; "" for the one without a default.
        takes: "a number from 0 to 1".
        unit: "seconds", or "".
        sense: one sentence.
    """

    key: str
    table: str
    default: str
    takes: str
    unit: str
    sense: str

    @property
    def name(self) -> str:
        """`voice.volume`."""
        return f"{self.table}.{self.key}" if self.table else self.key


def settings() -> tuple[Setting, ...]:
    """Every setting, in the file's order: first what stands above the tables, [keys] with its defaults last."""
    found: list[Setting] = []
    tables: list[Setting] = []
    for field in msgspec.structs.fields(Config):
        if is_table(field.type):
            tables += [_setting(each, field.encode_name) for each in msgspec.structs.fields(field.type)]
        elif field.encode_name not in ("keys", "buttons"):
            found.append(_setting(field, ""))
    takes = described(str)
    keys = [
        Setting(shown(key) if key.isdigit() else key, "keys", shown(name), takes, "", f"Key `{key}` of the terminal.")
        for key, name in DEFAULT_KEYS.items()
    ]
    buttons = [
        Setting(key, "buttons", shown(name), takes, "", f"Key {key} of an input device.")
        for key, name in DEFAULT_BUTTONS.items()
    ]
    return (*found, *tables, *keys, *buttons)


def example(chosen: Mapping[str, Any] = MappingProxyType({"sets": ["my_home.xml"]}), *, first: str = "") -> str:
    """A whole configuration file with every setting, each explained; what is not chosen stands there as its default.

    Args:
        chosen: what is set, as `read_toml` gives it: settings of `Config` alone.
        first: a comment above everything.
    """
    lines = [
        *(f"# {line}" for line in first.splitlines()),
        "# A kiosk's configuration. A line that begins with # shows a default: take the # away to change it.",
        "# Relative paths are taken from this file's folder.",
    ]
    table = ""
    for setting in settings():
        if setting.table != table:
            lines += _more(chosen, table)
            table = setting.table
            lines += ["", f"[{table}]"]
            if table in ("keys", "buttons"):
                whose = "the terminal" if table == "keys" else "an input device"
                lines.append(f"# Key of {whose} = what it does: " + ", ".join((*KEYS, UNBOUND)) + ".")
        if table not in ("keys", "buttons"):
            unit = f" ({setting.unit})" if setting.unit else ""
            lines += ["", f"# {setting.sense} Takes {setting.takes}{unit}."]
        within = chosen.get(table, {}) if table else chosen
        bare = setting.key.strip('"')
        if bare in within:
            lines.append(f"{setting.key} = {shown(within[bare])}")
        elif setting.default:
            lines.append(f"# {setting.key} = {setting.default}")
    return "\n".join([*lines, *_more(chosen, table)]) + "\n"


def _more(chosen: Mapping[str, Any], table: str) -> list[str]:
    """Chosen keys of [keys] or [buttons] that no default has."""
    known = {"keys": DEFAULT_KEYS, "buttons": DEFAULT_BUTTONS}.get(table)
    if known is None:
        return []
    return [f"{_key(key)} = {shown(name)}" for key, name in chosen.get(table, {}).items() if key not in known]


def _key(key: str) -> str:
    """As TOML writes it."""
    return key if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", key) else shown(key)


def _setting(field: msgspec.structs.FieldInfo, table: str) -> Setting:
    meta = meta_of(field.type)
    default = "" if field.default is msgspec.NODEFAULT else shown(field.default)
    unit = str((meta.extra or {}).get("unit", ""))
    return Setting(field.encode_name, table, default, described(field.type), unit, meta.description or "")
