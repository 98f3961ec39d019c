"""What is wrong in a configuration file, in words: which key, what was met, what to write.

msgspec says what did not fit and where (`$.voice.volume`); the rest is looked up in the classes of `kiosk.settings`.
No value is shown of a key that is unknown, nor of any in [server]: it may be the token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from msgspec import Meta, Struct, inspect, structs

_UNKNOWN = re.compile(r"unknown field `(?P<key>.*)`", re.DOTALL)
_MISSING = re.compile(r"missing required field `(?P<key>.*)`")
_PLACE = re.compile(r" - at `\$(?P<place>.*)`$", re.DOTALL)

_LIKELY = {"sets": ["my_home.xml"], "url": "https://central.example.org/v1/key/TOKEN/projects/1"}
"""Where the default says nothing of what to write."""


def explain(message: str, raw: Mapping[str, Any], root: type[Struct]) -> tuple[str, str]:
    """What was met, and what to do.

    Args:
        message: of a msgspec.ValidationError.
        raw: the file as it was read.
        root: the class that it should have been.
    """
    found = _PLACE.search(message)
    place = found["place"].lstrip(".") if found else ""
    message = _PLACE.sub("", message)
    if unknown := _UNKNOWN.search(message):
        return _unknown(unknown["key"], place, root)
    if missing := _MISSING.search(message):
        return f"{_dotted(place, missing['key'])} is missing", _write(missing["key"], root, place)
    return _misfit(place, raw, root)


def unknown_key_name(key: str, name: str, names: Sequence[str]) -> tuple[str, str]:
    """The same for a name that no key can have: `[keys] k = "gren"`."""
    return (
        f'keys.{key} is "{name}", which no key can do',
        f"{_did_you_mean(name, names)}Write one of {', '.join(names)}.",
    )


def shown(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, Path):
        return json.dumps("" if value == Path() else str(value), ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, default=str)


def described(kind: Any) -> str:
    """What a setting of that type takes: "a number from 0 to 1"."""
    meta = meta_of(kind)
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(shown(each) for each in get_args(kind))
    if get_origin(kind) is tuple and get_args(kind)[0] is str:
        return "a list of texts, each in double quotes"
    if get_origin(kind) is tuple:
        return f"a list of {meta.min_length} to {meta.max_length} paths, in double quotes"
    limits = f" from {meta.ge:g} to {meta.le:g}" if meta.ge is not None and meta.le is not None else ""
    simple = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "text in double quotes",
        Path: "a path in double quotes",
    }
    return simple.get(kind, "a table of its own, under its name in square brackets") + limits


def meta_of(kind: Any) -> Meta:
    """What is said of a setting beside its type: limits, unit, sense."""
    metas = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    return next((each for each in metas if isinstance(each, Meta)), Meta())


def is_table(kind: Any) -> bool:
    """Whether a setting of that type is a table of settings."""
    return isinstance(kind, type) and inspect.is_struct_type(kind)


def _unknown(key: str, place: str, root: type[Struct]) -> tuple[str, str]:
    table = _kind_at(place, root)
    accepted = _names(table) if table else ()
    sections = {field.encode_name: field.type for field in structs.fields(root)}
    homes = [name for name, kind in sections.items() if is_table(kind) and key in _names(kind)]
    if homes:
        advice = f"It belongs under [{homes[0]}]. "
    elif place and key in sections:
        advice = "It belongs at the top of the file, before the first [table]. "
    else:
        advice = _did_you_mean(key, accepted)
    return f"{_dotted(place, key)} is no setting", f"{advice}Settings here: {', '.join(accepted)}."


def _misfit(place: str, raw: Mapping[str, Any], root: type[Struct]) -> tuple[str, str]:
    parts = re.findall(r"[^.\[\]]+|\[[^\]]*\]", place)
    value: Any = raw
    names: list[str] = []
    for part in parts:
        if part == "[...]":  # msgspec does not say which key of a mapping it was
            part = next((key for key, each in value.items() if not isinstance(each, str)), "")  # noqa: PLW2901 - named at last
        if isinstance(value, list):
            value = value[int(part.strip("[]"))]
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
        names.append(part)
    if names[-1].startswith("["):  # an item of a list: the hint is for the whole
        names.pop()
    key = ".".join(names)
    # Whatever stands in [server], or instead of it, may be the token.
    met = f"a value of the kind {type(value).__name__}" if names[:1] == ["server"] else shown(value)[:80]
    if names[:-1] == ["keys"]:
        return f"{key} is {met}", f'Write what the key does, in double quotes, such as {shown(names[-1])} = "green".'
    return f"{key} is {met}", _write(names[-1], root, ".".join(names[:-1]))


def _write(key: str, root: type[Struct], place: str) -> str:
    """The hint with an example: the default, or something likely."""
    table = _kind_at(place, root)
    for field in structs.fields(table) if table else ():
        if field.encode_name == key:
            if is_table(field.type) or key in ("keys", "buttons"):
                return f"Write [{key}] on a line of its own, with its settings below."
            likely = _LIKELY.get(key, field.default)
            return f"Write {described(field.type)}, such as {key} = {shown(likely)}."
    return "See docs/configuration.md."


def _kind_at(place: str, root: type[Struct]) -> type[Struct] | None:
    kind: Any = root
    for part in filter(None, place.split(".")):
        kind = next((field.type for field in structs.fields(kind) if field.encode_name == part), None)
        if not is_table(kind):
            return None
    return kind if isinstance(kind, type) else None


def _names(table: type[Struct]) -> tuple[str, ...]:
    return tuple(field.encode_name for field in structs.fields(table))


def _dotted(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _did_you_mean(word: str, accepted: Iterable[str]) -> str:
    close = get_close_matches(word, accepted, n=1)
    return f'Did you mean "{close[0]}"? ' if close else ""
