"""What stands for a command or for a state of the kiosk, put together from signs and pictures.

All of them are drawn in black on something pale, in every theme. A stroke through something is red with a white edge:
its form says as much as its colour.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.screens.colours import BLACK, GREY, RED, WHITE
from kiosk.screens.pictures.canvas import Box, Canvas
from kiosk.view import Command

SIGN = "sign:"
"""A source that begins so is one of `forms.sign`."""
COMMAND = "command:"
"""A source that begins so is the sign of a command."""
EMBLEM = "emblem:"
"""A source that begins so is one of `EMBLEMS`."""
OWN_SOURCES = (SIGN, COMMAND, EMBLEM)

_SIGNS = {
    Command.AGAIN: "again",
    Command.BACK: "back",
    Command.SKIP: "skip",
    Command.LOUDER: "speaker",
    Command.QUIETER: "speaker",
    Command.MENU: "menu",
}
_PICTURES = {
    Command.EXPLAIN: "openmoji:1F4A1",
    Command.SLOWER: "openmoji:1F422",
    Command.FASTER: "openmoji:1F407",
    Command.RATHER_NOT_SAY: "openmoji:1F92B",
    Command.STOP: "openmoji:270B",
    Command.HELP: "openmoji:1F64B",
}


def draw(canvas: Canvas, source: str, box: Box) -> bool:
    """Draw any source in a box: a sign, a command, an emblem, an OpenMoji or a file. False: there was none to draw."""
    if source.startswith(SIGN):
        canvas.sign(source.removeprefix(SIGN), box, BLACK)
        return True
    if source.startswith(COMMAND):
        named = [one for one in Command if one.value == source.removeprefix(COMMAND)]
        if named:
            draw_command(canvas, named[0], box.square())
        return bool(named)
    if source.startswith(EMBLEM):
        EMBLEMS[source.removeprefix(EMBLEM)](canvas, box.square())
        return True
    return canvas.picture(source, box)


def draw_command(canvas: Canvas, command: Command, box: Box) -> None:
    """The sign of a command, without its plate."""
    side = box.width
    if command is Command.DONT_KNOW:
        canvas.shape("bubble", box, BLACK)
        mark = Box(box.left, box.top + side // 12, box.right, box.top + box.height * 3 // 4)
        canvas.mark("?", mark, (WHITE, BLACK))
    elif command in {Command.LOUDER, Command.QUIETER}:
        canvas.sign("speaker", Box(box.left, box.top, box.right - side // 5, box.bottom), BLACK)
        corner = Box(box.right - side // 3, box.top + side // 3, box.right, box.bottom - side // 3)
        canvas.sign("plus" if command is Command.LOUDER else "minus", corner, BLACK)
    elif command is Command.SPEAK_ANSWERS:
        canvas.shape("bubble", box, BLACK)
        canvas.sign("speaker", _part(box, 0.2, 0.1, 0.6), WHITE)
    elif sign := _SIGNS.get(command):
        canvas.sign(sign, box, BLACK)
    else:
        canvas.picture(_PICTURES[command], box)


def _part(box: Box, left: float, top: float, side: float) -> Box:
    """A square part of a square; shares of its side."""
    x, y, across = box.left + round(left * box.width), box.top + round(top * box.width), round(side * box.width)
    return Box(x, y, x + across, y + across)


def stroke(canvas: Canvas, box: Box) -> None:
    """A stroke through what was drawn there: not this."""
    canvas.sign("stroke_edge", box, WHITE)
    canvas.sign("stroke", box, RED)


def badge(canvas: Canvas, source: str, box: Box) -> None:
    """A small picture on a white disc with a black edge, for the corner of a large one."""
    canvas.plate(box, box.width // 2, BLACK)
    canvas.plate(box.within(max(box.width // 16, 2)), box.width // 2, WHITE)
    draw(canvas, source, box.within(box.width // 5))


def _struck_microphone(canvas: Canvas, box: Box) -> None:
    canvas.sign("microphone", box, BLACK)
    stroke(canvas, box)


def _noisy(canvas: Canvas, box: Box) -> None:
    canvas.picture("openmoji:1F4E2", _part(box, 0.5, 0.0, 0.5))
    _struck_microphone(canvas, _part(box, -0.06, 0.2, 0.8))


def _record(canvas: Canvas, box: Box) -> None:
    canvas.sign("microphone", _part(box, -0.04, 0, 1), BLACK)
    corner = _part(box, 0.68, 0.0, 0.36)
    canvas.sign("disc", corner, BLACK)
    canvas.sign("disc", corner.within(max(corner.width // 12, 1)), RED)


def _playback(canvas: Canvas, box: Box) -> None:
    canvas.shape("bubble", box, BLACK)
    canvas.sign("play", _part(box, 0.31, 0.2, 0.42), WHITE)


def _review(canvas: Canvas, box: Box) -> None:
    canvas.shape("bubble", box, BLACK)
    canvas.sign("microphone", _part(box, 0.02, 0.16, 0.5), WHITE)
    canvas.mark("?", _part(box, 0.5, 0.16, 0.5), (WHITE, BLACK))


def _forget(canvas: Canvas, box: Box) -> None:
    canvas.shape("bubble", _part(box, 0.0, 0.0, 0.46), BLACK)
    canvas.sign("down", _part(box, 0.1, 0.52, 0.26), BLACK)
    canvas.picture("openmoji:1F5D1", _part(box, 0.42, 0.36, 0.62))


def _sorry(canvas: Canvas, box: Box) -> None:
    canvas.shape("bubble", box, BLACK)
    stroke(canvas, _part(box, 0.1, 0.0, 0.8))


def _out_of_order(canvas: Canvas, box: Box) -> None:
    canvas.sign("screen", box, BLACK)
    stroke(canvas, _part(box, 0.1, 0.02, 0.8))
    badge(canvas, "openmoji:1F527", _part(box, 0.58, 0.54, 0.46))


def _help(canvas: Canvas, box: Box) -> None:
    canvas.picture("openmoji:1F64B", _part(box, -0.06, -0.06, 1.12))  # no bell: it would promise that somebody comes


def _language(canvas: Canvas, box: Box) -> None:
    canvas.shape("bubble", _part(box, 0.34, 0.26, 0.66), BLACK)
    canvas.mark("?", _part(box, 0.5, 0.34, 0.34), (WHITE, BLACK))
    back = _part(box, 0.0, 0.0, 0.58)
    canvas.shape("bubble", back, GREY, outline=max(box.width // 24, 2))


EMBLEMS: dict[str, Callable[[Canvas, Box], None]] = {
    "struck_microphone": _struck_microphone,
    "noisy": _noisy,
    "record": _record,
    "playback": _playback,
    "review": _review,
    "forget": _forget,
    "sorry": _sorry,
    "out_of_order": _out_of_order,
    "help": _help,
    "language": _language,
}
"""By name; each draws itself into a square."""
