"""Voice messages as a page plays them: without the silence that fills them up, and small.

A WAV of two minutes is 4 MB, and a page may hold a hundred; as MP3, which every browser plays, it is half a MB. The WAV
files themselves lie beside the results.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from collector.page.pictures import data_uri

if TYPE_CHECKING:
    import numpy.typing as npt

_COMPRESSION = 0.9
"""Of 0 to 1, as libsndfile counts: speech at 16,000 Hz is about 4 kB a second."""
_QUIETER_THAN = 4
"""Of 32,768: what a kiosk fills up with is nought, and may have gone through a converter since."""
_TAIL_S = 0.3
"""Left behind the last sound, so that no word is cut."""


def playable(wav: bytes) -> str:
    """The recording inside an address, for `<audio src>`; "" when it can't be read or holds nothing."""
    written = io.BytesIO()
    try:
        samples, rate_hz = soundfile.read(io.BytesIO(wav), dtype="int16", always_2d=True)
        said = _without_filling(samples, int(rate_hz))
        if not len(said):
            return ""
        soundfile.write(written, said, rate_hz, format="MP3", compression_level=_COMPRESSION, bitrate_mode="CONSTANT")
    except soundfile.LibsndfileError:
        return ""
    return data_uri("audio/mpeg", written.getvalue())


def _without_filling(samples: npt.NDArray[np.int16], rate_hz: int) -> npt.NDArray[np.int16]:
    # As int32: the lowest int16 has no positive one.
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)).max(axis=1, initial=0) > _QUIETER_THAN)
    return samples[: int(loud[-1]) + 1 + int(_TAIL_S * rate_hz)] if len(loud) else samples[:0]
