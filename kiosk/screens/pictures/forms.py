"""Smooth forms: plates, the shapes of the keys, faces and signs, each as a mask that takes any colour.

Masks are drawn four times as large and made smaller, which smooths their edges, and are kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from PIL import Image, ImageDraw

from kiosk.screens.shapes import Face

_FINER = 4
Point = tuple[float, float]
Pen = ImageDraw.ImageDraw


def _smooth(width: int, height: int, paint: Callable[[Pen, float, float], None]) -> Image.Image:
    """A mask; `paint` gets the pen, and width and height of the finer picture."""
    large = Image.new("L", (max(width, 1) * _FINER, max(height, 1) * _FINER), 0)
    paint(ImageDraw.Draw(large), large.width, large.height)
    return large.reduce(_FINER)


@lru_cache(maxsize=256)
def plate(width: int, height: int, radius: int) -> Image.Image:
    """A rectangle with round corners; all in px."""

    def paint(pen: Pen, w: float, h: float) -> None:
        pen.rounded_rectangle((0, 0, w - 1, h - 1), radius * _FINER, fill=255)

    return _smooth(width, height, paint)


def _polygon(pen: Pen, points: Sequence[Point], radius: float, *, ink: int = 255) -> None:
    """A polygon with round corners; radius in finer pixels, drawn outwards from the points."""
    pen.polygon(list(points), fill=ink)
    for at, point in enumerate(points):
        other = points[(at + 1) % len(points)]
        pen.line((*point, *other), fill=ink, width=round(radius * 2))
        pen.ellipse((point[0] - radius, point[1] - radius, point[0] + radius, point[1] + radius), fill=ink)


@lru_cache(maxsize=256)
def shape(name: str, side: int) -> Image.Image:
    """The shape of a key in a square. Args: name: circle, square, diamond, triangle or bubble; side: px."""

    def paint(pen: Pen, w: float, _h: float) -> None:
        def at(*points: Point) -> list[Point]:
            return [(x * w, y * w) for x, y in points]

        match name:
            case "circle":
                pen.ellipse((0, 0, w - 1, w - 1), fill=255)
            case "square":
                edge = w * 0.06
                pen.rounded_rectangle((edge, edge, w - edge, w - edge), w * 0.1, fill=255)
            case "diamond":
                _polygon(pen, at((0.5, 0.05), (0.95, 0.5), (0.5, 0.95), (0.05, 0.5)), w * 0.05)
            case "triangle":
                _polygon(pen, at((0.5, 0.1), (0.94, 0.88), (0.06, 0.88)), w * 0.05)
            case _:
                pen.rounded_rectangle((0, w * 0.08, w - 1, w * 0.74), w * 0.18, fill=255)
                pen.polygon(at((0.2, 0.7), (0.5, 0.7), (0.2, 0.98)), fill=255)

    return _smooth(side, side, paint)


_FACE_SCALE = {"circle": 1.0, "square": 0.9, "diamond": 0.72, "triangle": 0.6}
_FACE_LOWER = {"triangle": 0.14}


@lru_cache(maxsize=64)
def face(feeling: Face, name: str, side: int) -> Image.Image:
    """Eyes and mouth for the shape `name` in a square of `side` px."""

    def paint(pen: Pen, w: float, _h: float) -> None:
        scale = _FACE_SCALE[name] * w
        middle_x, middle_y = w / 2, w / 2 + _FACE_LOWER.get(name, 0.0) * w

        def box(x: float, y: float, half_x: float, half_y: float) -> tuple[float, float, float, float]:
            left, top = middle_x + (x - half_x) * scale, middle_y + (y - half_y) * scale
            return (left, top, left + 2 * half_x * scale, top + 2 * half_y * scale)

        for x in (-0.165, 0.165):
            pen.ellipse(box(x, -0.12, 0.056, 0.08), fill=255)
        line = round(0.064 * scale)
        ends: tuple[Point, Point]
        match feeling:
            case Face.GLAD:
                pen.arc(box(0, 0.08, 0.24, 0.2), 10, 170, fill=255, width=line)
                ends = _on_arc(box(0, 0.08, 0.24, 0.2), line, 10, 170)
            case Face.SAD:
                pen.arc(box(0, 0.33, 0.2, 0.17), 200, 340, fill=255, width=line)
                ends = _on_arc(box(0, 0.33, 0.2, 0.17), line, 200, 340)
            case Face.EVEN:
                y = middle_y + 0.2 * scale
                ends = ((middle_x - 0.21 * scale, y), (middle_x + 0.21 * scale, y))
                pen.line((*ends[0], *ends[1]), fill=255, width=line)
        for x, y in ends:
            pen.ellipse((x - line / 2, y - line / 2, x + line / 2, y + line / 2), fill=255)

    return _smooth(side, side, paint)


def _on_arc(box: tuple[float, float, float, float], line: float, start: float, end: float) -> tuple[Point, Point]:
    """The middles of an arc's two ends; degrees clockwise from the right, as Pillow counts them."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    half_x, half_y = (box[2] - box[0] - line) / 2, (box[3] - box[1] - line) / 2
    first, last = (
        (x + half_x * math.cos(math.radians(angle)), y + half_y * math.sin(math.radians(angle)))
        for angle in (start, end)
    )
    return first, last


@lru_cache(maxsize=128)
def sign(name: str, side: int) -> Image.Image:
    """A sign in a square of `side` px. Args: name: one of `_SIGNS`; side: px."""
    painter = _SIGNS[name]
    return _smooth(side, side, lambda pen, w, _h: painter(pen, w))


def _speaker(pen: Pen, w: float) -> None:
    pen.polygon(
        [
            (x * w, y * w)
            for x, y in ((0.08, 0.37), (0.24, 0.37), (0.46, 0.17), (0.46, 0.83), (0.24, 0.63), (0.08, 0.63))
        ],
        fill=255,
    )
    for reach in (0.17, 0.31, 0.45):
        box = ((0.5 - reach) * w, (0.5 - reach) * w, (0.5 + reach) * w, (0.5 + reach) * w)
        if reach > 0.2:  # noqa: PLR2004  # the first wave would touch the speaker
            pen.arc(box, -42, 42, fill=255, width=round(0.075 * w))
    pen.arc((0.4 * w, 0.37 * w, 0.66 * w, 0.63 * w), -55, 55, fill=255, width=round(0.07 * w))


def _microphone(pen: Pen, w: float) -> None:
    line = round(0.085 * w)
    pen.rounded_rectangle((0.37 * w, 0.04 * w, 0.63 * w, 0.6 * w), 0.13 * w, fill=255)
    pen.arc((0.22 * w, 0.2 * w, 0.78 * w, 0.76 * w), 0, 180, fill=255, width=line)
    for x in (0.22, 0.78 - 0.085):
        pen.rectangle((x * w, 0.42 * w, x * w + line, 0.5 * w), fill=255)
    pen.rectangle((0.5 * w - line / 2, 0.72 * w, 0.5 * w + line / 2, 0.92 * w), fill=255)
    pen.rounded_rectangle((0.3 * w, 0.88 * w, 0.7 * w, 0.97 * w), 0.04 * w, fill=255)


def _again(pen: Pen, w: float) -> None:
    pen.arc((0.16 * w, 0.18 * w, 0.8 * w, 0.82 * w), 20, 300, fill=255, width=round(0.11 * w))
    pen.polygon([(0.62 * w, 0.06 * w), (0.98 * w, 0.16 * w), (0.7 * w, 0.44 * w)], fill=255)


def _back(pen: Pen, w: float) -> None:
    line = round(0.12 * w)
    pen.line((0.3 * w, 0.36 * w, 0.66 * w, 0.36 * w), fill=255, width=line)
    pen.arc((0.46 * w, 0.3 * w, 0.9 * w, 0.8 * w), -90, 90, fill=255, width=line)
    pen.line((0.3 * w, 0.8 * w - line / 2, 0.68 * w, 0.8 * w - line / 2), fill=255, width=line)
    pen.polygon([(0.08 * w, 0.36 * w), (0.4 * w, 0.1 * w), (0.4 * w, 0.62 * w)], fill=255)


def _skip(pen: Pen, w: float) -> None:
    for left in (0.12, 0.46):
        pen.polygon([(left * w, 0.2 * w), ((left + 0.34) * w, 0.5 * w), (left * w, 0.8 * w)], fill=255)
    pen.rectangle((0.8 * w, 0.2 * w, 0.9 * w, 0.8 * w), fill=255)


def _tick(pen: Pen, w: float) -> None:
    line = round(0.14 * w)
    points = [(0.18 * w, 0.52 * w), (0.42 * w, 0.76 * w), (0.82 * w, 0.26 * w)]
    pen.line([xy for point in points for xy in point], fill=255, width=line, joint="curve")
    for x, y in points:
        pen.ellipse((x - line / 2, y - line / 2, x + line / 2, y + line / 2), fill=255)


def _plus(pen: Pen, w: float) -> None:
    pen.rectangle((0.42 * w, 0.14 * w, 0.58 * w, 0.86 * w), fill=255)
    pen.rectangle((0.14 * w, 0.42 * w, 0.86 * w, 0.58 * w), fill=255)


def _enter(pen: Pen, w: float) -> None:
    line = round(0.12 * w)
    pen.line((0.84 * w, 0.2 * w, 0.84 * w, 0.62 * w), fill=255, width=line)
    pen.line((0.3 * w, 0.62 * w - line / 2, 0.84 * w + line / 2, 0.62 * w - line / 2), fill=255, width=line)
    pen.polygon([(0.08 * w, 0.56 * w), (0.38 * w, 0.3 * w), (0.38 * w, 0.82 * w)], fill=255)


def _minus(pen: Pen, w: float) -> None:
    pen.rectangle((0.14 * w, 0.42 * w, 0.86 * w, 0.58 * w), fill=255)


def _play(pen: Pen, w: float) -> None:
    pen.polygon([(0.2 * w, 0.1 * w), (0.88 * w, 0.5 * w), (0.2 * w, 0.9 * w)], fill=255)


def _disc(pen: Pen, w: float) -> None:
    pen.ellipse((0.06 * w, 0.06 * w, 0.94 * w, 0.94 * w), fill=255)


def _menu(pen: Pen, w: float) -> None:
    for y in (0.24, 0.5, 0.76):
        pen.ellipse((0.08 * w, (y - 0.08) * w, 0.24 * w, (y + 0.08) * w), fill=255)
        pen.rounded_rectangle((0.34 * w, (y - 0.065) * w, 0.92 * w, (y + 0.065) * w), 0.06 * w, fill=255)


def _stroke(pen: Pen, w: float) -> None:
    _polygon(pen, [(0.1 * w, 0.1 * w), (0.9 * w, 0.9 * w)], 0.065 * w)


def _stroke_edge(pen: Pen, w: float) -> None:
    _polygon(pen, [(0.1 * w, 0.1 * w), (0.9 * w, 0.9 * w)], 0.1 * w)


def _down(pen: Pen, w: float) -> None:
    pen.rectangle((0.36 * w, 0.06 * w, 0.64 * w, 0.56 * w), fill=255)
    pen.polygon([(0.1 * w, 0.5 * w), (0.9 * w, 0.5 * w), (0.5 * w, 0.96 * w)], fill=255)


def _screen(pen: Pen, w: float) -> None:
    pen.rounded_rectangle((0.04 * w, 0.1 * w, 0.96 * w, 0.74 * w), 0.07 * w, fill=255)
    pen.rounded_rectangle((0.13 * w, 0.19 * w, 0.87 * w, 0.65 * w), 0.03 * w, fill=0)
    pen.rectangle((0.42 * w, 0.72 * w, 0.58 * w, 0.86 * w), fill=255)
    pen.rounded_rectangle((0.24 * w, 0.84 * w, 0.76 * w, 0.94 * w), 0.04 * w, fill=255)


_SIGNS: dict[str, Callable[[Pen, float], None]] = {
    "speaker": _speaker,
    "microphone": _microphone,
    "again": _again,
    "back": _back,
    "skip": _skip,
    "tick": _tick,
    "plus": _plus,
    "minus": _minus,
    "enter": _enter,
    "play": _play,
    "disc": _disc,
    "menu": _menu,
    "stroke": _stroke,
    "stroke_edge": _stroke_edge,
    "down": _down,
    "screen": _screen,
}
