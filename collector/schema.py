"""A form's own schema: which leaves a record has, in the form's order. Results are read by it: nothing else.

Names are without namespaces and paths without the root, as in ODK Central: `/data/sayso/who` is `sayso/who` here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from collector.forms import model_of, primary_instance
from openrosa.protocol import attribute, local_name
from openrosa.xform_record import is_yes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree


@dataclass(frozen=True)
class Field:
    """One leaf of a form's record; `kind` is its bind's type ("string", "binary", ...) or ""."""

    path: str
    kind: str


@dataclass(frozen=True)
class Schema:
    """The leaves of a form outside repeats, the paths of its repeats, and whether a visit needs an alert."""

    fields: tuple[Field, ...]
    repeats: tuple[str, ...]
    sensitive: bool

    def values(self, root: etree._Element) -> dict[str, str]:
        """What a record says, by path; a leaf that is not in the record, or empty, is left out."""
        declared = {field.path for field in self.fields}
        said = {path: str(leaf.xpath("string()")) for path, leaf in _leaves(root) if path in declared}
        return {path: text for path, text in said.items() if text.strip()}

    def files_in(self, root: etree._Element) -> tuple[str, ...]:
        """The names of the files that a record names, each once, in its order. Files within repeats count too."""
        binary = {field.path for field in self.fields if field.kind == "binary"}
        inside = tuple(f"{path}/" for path in self.repeats)
        names = (
            (leaf.text or "").strip()
            for path, leaf in _leaves(root)
            if path in binary or (path.startswith(inside) and inside)
        )
        return tuple(dict.fromkeys(name for name in names if name))


@lru_cache(maxsize=32)
def read_schema(xform: bytes) -> Schema:
    """A form's schema, read once for all of its submissions. Raises: OpenRosaError: it is no XForm."""
    model = model_of(xform)
    data = primary_instance(model)
    root = f"/{local_name(data)}/"
    kinds = {
        _plain(bind.get("nodeset", "")).removeprefix(root): bind.get("type") or ""
        for bind in model
        if local_name(bind) == "bind"
    }
    repeats = tuple(
        dict.fromkeys(
            _plain(one.get("nodeset") or "").removeprefix(root)
            for one in model.getroottree().getroot().iter()
            if local_name(one) == "repeat"
        )
    )
    inside = tuple(f"{path}/" for path in repeats)
    fields = [
        Field(path, _plain(kinds.get(path, "")))
        for path in dict.fromkeys(path for path, _ in _leaves(data))
        if path not in repeats and not (inside and path.startswith(inside))
    ]
    return Schema(tuple(fields), repeats, is_yes(attribute(data, "sayso_sensitive")))


def _leaves(element: etree._Element, before: str = "") -> Iterator[tuple[str, etree._Element]]:
    for one in element:
        name = local_name(one)
        if not name:
            continue
        path = f"{before}{name}"
        if any(local_name(below) for below in one):
            yield from _leaves(one, f"{path}/")
        else:
            yield path, one


def _plain(path: str) -> str:
    """A path or type without its namespace prefixes: `/data/orx:meta/orx:instanceID`, `xsd:string`."""
    return "/".join(part.rpartition(":")[2] for part in path.split("/"))
