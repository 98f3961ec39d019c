"""The sign "out of order", made in better times: `systemd/out-of-order` puts it up when the kiosk cannot be started.

That program has neither pictures nor voices of its own. So at each start the kiosk leaves it the words in the home's
language, somebody's voice or rendered speech, a picture as large as the screen, and which speaker is the home's.
"""

from __future__ import annotations

import io
import logging
from pathlib import Path

from kiosk.saying.sentences import media_name, sentence
from kiosk.saying.voicebox import recordings
from kiosk.settings import Config
from openrosa.folders import write_whole
from voice.errors import VoiceError
from voice.speech import SpeechCache

log = logging.getLogger(__name__)

FOLDER = "out-of-order"
"""In the data folder."""
SENTENCE = "out_of_order"
FRAMEBUFFER = Path("/sys/class/graphics/fb0/virtual_size")
USUAL_PX = (1024, 600)
LARGEST_PX = 4096
_INK, _BEHIND, _PLATE = "#FFFFFF", "#0A0F14", "#FFFFFF"


def make(config: Config, cache: SpeechCache, screen: Path = FRAMEBUFFER) -> None:
    """Leave everything in the data folder; what is there already is not written again.

    What can't be made is told to the log: the kiosk runs without it, and the sign has words of its own.

    Args:
        config: the house's.
        cache: of rendered speech.
        screen: where the kernel says how large the screen is.
    """
    language = config.home.language
    words = sentence(SENTENCE, language)
    folder = config.store.folder / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        _leave(folder / "words.txt", f"{language}\n{words}\n".encode())
        _leave(folder / "speaker.txt", f"{config.voice.speaker}\n".encode())
        _leave(folder / "picture.ppm", picture(words, size_of(screen)))
        recorded = recordings(config.voice.recordings).get(media_name(SENTENCE, language))
        _leave(folder / "spoken.wav", (recorded or cache.render(words, language, config.voice.rate_wpm)).read_bytes())
    except (OSError, VoiceError) as error:
        log.warning("the sign for a kiosk that does not start can't be made: %s", error)


def size_of(screen: Path) -> tuple[int, int]:
    """Width and height in px of the screen; a usual one where the kernel has none."""
    try:
        width, height = (int(part) for part in screen.read_text("ascii").split(","))
    except (OSError, ValueError):
        return USUAL_PX
    return (width, height) if 0 < width <= LARGEST_PX and 0 < height <= LARGEST_PX else USUAL_PX


def picture(words: str, size_px: tuple[int, int]) -> bytes:
    """The emblem above the words, as the bytes of a PPM: a format that needs no library to be read."""
    # Pillow and the fonts take a third of a second to import, which only this needs here.
    from kiosk.screens.pictures.canvas import Box, Canvas  # noqa: PLC0415
    from kiosk.screens.pictures.emblems import EMBLEM, draw  # noqa: PLC0415

    width, height = size_px
    canvas = Canvas(size_px, _BEHIND)
    side = min(width, height) * 2 // 5
    edge = min(width, height) // 20
    plate = Box((width - side) // 2, edge, (width + side) // 2, edge + side)
    canvas.plate(plate, side // 8, _PLATE)
    draw(canvas, f"{EMBLEM}{SENTENCE}", plate.within(side // 10))
    room = Box(edge, plate.bottom + edge // 2, width - edge, height - edge // 2)
    canvas.words(words, room, (_INK, _BEHIND), (height // 5, height // 24))
    out = io.BytesIO()
    canvas.image.save(out, "PPM")
    return out.getvalue()


def _leave(path: Path, data: bytes) -> None:
    """Whole or not at all, and not if it says so already. Raises: OSError."""
    if path.is_file() and path.read_bytes() == data:
        return
    write_whole(path, data, 0o600)
