"""The check's part for a set's pictures: whether each can be shown, and is no larger than a kiosk's memory takes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

from kiosk.checks.lines import Line, error
from kiosk.sets import LoadedSet
from openrosa.findings import one_line
from openrosa.question_set import Choice, Question

MOST_PX = 25_000_000
"""As many as a good camera's. Four bytes of memory each, twice while it is turned."""
MOST_BYTES = 20_000_000


def check_pictures(what: str, loaded: LoadedSet) -> Iterator[Line]:
    """A line for each picture of a set that cannot be shown."""
    shown: list[Question | Choice] = []
    for question in loaded.question_set.questions:
        shown += (question, *question.choices)
    named = {media.name for each in shown for media in each.image.values()}
    for name in sorted(named & loaded.media.keys()):
        if met := why_not(loaded.media[name]):
            yield error(what, f"the picture '{one_line(name)}' {met}", "Put a PNG, JPEG or SVG of usual size there.")


def why_not(path: Path) -> str:
    """Why a picture cannot be shown, as the rest of a sentence; "" if it can."""
    # Pillow takes a tenth of a second to import, which only a set with pictures pays.
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    from kiosk.screens.pictures.media import picture  # noqa: PLC0415

    unreadable = "is no picture that can be read"
    try:
        if (size_bytes := path.stat().st_size) > MOST_BYTES:
            return f"has {size_bytes / 1e6:.0f} MB"
        if path.suffix.lower() != ".svg":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # it is counted here
                with Image.open(path) as image:
                    width, height = image.size
            if width * height > MOST_PX:
                return f"has {width} x {height} px"
    except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError):
        return unreadable
    return "" if picture(str(path), 64, 64) else unreadable
