"""Bars that can be read without colour: a box for each answer, patterns of their own, drawn by matplotlib.

The words and the number stand beside a bar as text of the page, so a bar itself has shapes only. Of few answers each is
a box, full when it is one of this choice's, so that nobody has to judge a length; of many the whole bar is one box.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import TYPE_CHECKING

import matplotlib as mpl
from lxml import etree
from markupsafe import Markup
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

if TYPE_CHECKING:
    from collector.page.pictures import Pictures

MOST_BOXES = 40
"""Of more answers the boxes would be too narrow to count."""
WIDTH, HEIGHT = 8.0, 0.6
"""In inches, as matplotlib counts; a page makes it as wide as there is room."""
_INK = "#1a1a1a"
_PAPER = "#ffffff"
_EMPTY = "#6b6b6b"
_GAP, _GAP_OF_ONE = 0.07, 0.005
"""On each side of a box, of its room; and where the whole bar is one box."""
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Pattern:
    """How the boxes of one choice look.

    Attributes:
        hatch: as matplotlib names it; on paper and for who sees no colours it is all there is.
        tint: under the hatch, light enough for it to be seen.
    """

    hatch: str
    tint: str


PATTERNS = {
    "green": Pattern("//", "#d5ead8"),
    "yellow": Pattern("..", "#f8e9b5"),
    "red": Pattern("xx", "#f5d5cf"),
    "blue": Pattern("--", "#d3e3f3"),
}
"""By the choice's key: the tile that people pressed had that colour."""


@dataclass(frozen=True)
class Drawn:
    """A bar's shapes, and the patterns that they are filled with, by id."""

    view_box: str
    shapes: Markup
    patterns: tuple[tuple[str, Markup], ...]


def bar(pictures: Pictures, count: int, of: int, key: str, label: str, width: float = WIDTH) -> Markup:
    """A bar for a page.

    Args:
        pictures: the page's: each bar lies there once.
        count: how many boxes are full.
        of: how many there are; 0 draws nothing but the room.
        key: of `PATTERNS`.
        label: the same in words.
        width: in inches, to its height of 0.6.
    """
    drawn = draw(count, of, key, width)
    for name, shapes in drawn.patterns:
        pictures.define(name, shapes)
    name = pictures.drawing(f"bar:{key}:{count}:{of}:{width}", drawn.view_box, drawn.shapes)
    shown = Markup('<svg class="bar" role="img" aria-label="{}" viewBox="{}" focusable="false"><use href="#{}"/></svg>')
    return shown.format(label, drawn.view_box, name)


@cache
def draw(count: int, of: int, key: str, width: float = WIDTH) -> Drawn:
    """The shapes of a bar: `count` of `of` boxes full."""
    pattern = PATTERNS[key]
    boxes, full, gap = (of, count, _GAP) if of <= MOST_BOXES else (1, count / of, _GAP_OF_ONE)
    # The salt makes the ids of patterns the same each time, so that a page is the same bytes from the same figures.
    with mpl.rc_context({"svg.hashsalt": "sayso", "hatch.linewidth": 2.4, "hatch.color": _INK}):
        figure = Figure(figsize=(width, HEIGHT))
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        # Right onto the figure, whose sides are 1: axes would take most of the time, and none are shown.
        figure.add_artist(_boxes(boxes, boxes, gap, facecolor=_PAPER, edgecolor=_EMPTY, linewidth=1.2))
        figure.add_artist(
            _boxes(full, boxes, gap, facecolor=pattern.tint, edgecolor=_INK, hatch=pattern.hatch, linewidth=1.8)
        )
        written = io.BytesIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    return _shapes(written.getvalue())


def _boxes(end: float, of: int, gap: float, **look: str | float) -> PathPatch:
    """So many of those boxes as one shape; a part of a box is drawn as far as it goes."""
    room = max(1, of)
    edges = [
        ((number + gap) / room, min(number + 1 - gap, max(end, number + gap)) / room) for number in range(ceil(end))
    ]
    corners = [[(left, 0.06), (right, 0.06), (right, 0.94), (left, 0.94), (left, 0.06)] for left, right in edges]
    none = Path([(0.0, 0.0)], [Path.MOVETO])
    path = Path.make_compound_path(*(Path(each, closed=True) for each in corners)) if corners else none
    return PathPatch(path, clip_on=False, **look)


def _shapes(svg: bytes) -> Drawn:
    """The shapes alone: a page's policy allows no `style` inside, so that becomes attributes; metadata goes."""
    root = etree.fromstring(svg)
    paths = [_plain(path) for path in root.iterfind(f"{_SVG}g//{_SVG}path")]
    patterns = [(str(each.get("id")), _plain(each)) for each in root.iter(f"{_SVG}pattern")]
    return Drawn(str(root.get("viewBox")), Markup().join(paths), tuple(patterns))


def _plain(element: etree._Element) -> Markup:
    """An element without namespace and `style`, and what is in it."""
    attributes = {name: " ".join(str(value).split()) for name, value in element.attrib.items() if name != "style"}
    for rule in element.get("style", "").split(";"):
        name, _, value = rule.partition(":")
        if value:
            attributes[name.strip()] = value.strip()
    attributes.pop("clip-path", None)
    words = Markup().join(Markup(' {}="{}"').format(name, value) for name, value in attributes.items())
    inside = Markup().join(_plain(child) for child in element)
    name = Markup(etree.QName(element).localname)  # noqa: S704 - matplotlib's own element
    return Markup("<{0}{1}>{2}</{0}>").format(name, words, inside)
