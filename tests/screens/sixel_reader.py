"""Reads a sixel back into pixels, as DEC's manual has it; written for the tests alone, so that the encoder is not its
own witness."""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"[0-9;]+|#\d+(?:;2;\d+;\d+;\d+)?|!\d+[?-~]|[?-~]|\$|-')


def read(sixel: str) -> tuple[list[list[tuple[int, int, int] | None]], list[str]]:
    """The pixels, row by row, as colours in per cent; and what was found wrong.

    A colour that is defined after the first pixel is drawn is wrong: foot 1.13 draws its first run in another colour.
    """
    body = sixel[sixel.index("q") + 1 : sixel.index("\x1b\\")]
    wrong: list[str] = []
    colours: dict[int, tuple[int, int, int]] = {}
    pixels: list[list[tuple[int, int, int] | None]] = []
    x = top = 0
    colour: tuple[int, int, int] | None = None
    drawn = False
    for token in _TOKEN.findall(body):
        match token[0]:
            case '"':
                _, _, width, height = map(int, token[1:].split(";"))
                pixels = [[None] * width for _ in range(height)]
            case "#":
                number, *definition = map(int, token[1:].split(";"))
                if definition:
                    colours[number] = (definition[1], definition[2], definition[3])
                    if drawn:
                        wrong.append(f"colour {number} is defined after the first pixel")
                colour = colours[number]
            case "$":
                x = 0
            case "-":
                x, top = 0, top + 6
            case _:
                count, bits = (int(token[1:-1]), token[-1]) if token[0] == "!" else (1, token)
                for row in range(6):
                    if (ord(bits) - 63) >> row & 1:
                        drawn = True
                        pixels[top + row][x : x + count] = [colour] * count
                x += count
    return pixels, wrong
