"""How phrases are said: their phonemes, by espeak-ng, which the kiosk's made voice needs anyway.

Source: `man espeak-ng`, options -q, --ipa and --sep. One process for a whole set, 20 ms.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence

from voice.sound_alikes import Said, code_of, distance

_VOICES = {"en": "en-gb"}
"""What is spoken where a form says no more than the language."""
_WITHIN_S = 10.0
_NOT_HEARD = re.compile(r"[ˈˌːˑ\u200d]|\(\w+\)")
"""Stress and length, which nobody's answer is told apart by; and espeak-ng's marks for another language's words."""
LONG = 8
"""Phonemes: two phrases of so many are alike with two of them changed, shorter ones with one."""


def phonemes(phrases: Sequence[str], language: str) -> dict[str, Said] | None:
    """The phonemes of each phrase; None where espeak-ng is missing or does not speak the language.

    Args:
        phrases: lower-case, without punctuation, as `kiosk.interpret.phrase_of` makes them.
        language: a code such as "en" or "cy".
    """
    wanted = list(dict.fromkeys(phrases))
    if not wanted:
        return {}
    code = code_of(language)
    for voice in dict.fromkeys((_VOICES.get(language.lower(), language.lower()), _VOICES.get(code, code))):
        lines = _said("\n".join(wanted), voice)
        if lines is None:
            continue
        if len(lines) != len(wanted):  # a long phrase is more than one line of its own
            lines = [" ".join(_said(phrase, voice) or ()) for phrase in wanted]
        return {phrase: _sequence(line) for phrase, line in zip(wanted, lines, strict=True)}
    return None


def alike(one: Said, two: Said) -> bool:
    """Whether one may be heard for the other: one phoneme changed, left out or put in, of long phrases two.

    One phoneme alone is never alike to another: "a" and "I" are told apart.
    """
    if max(len(one), len(two)) < len(("n", "oʊ")):
        return one == two
    limit = 2 if min(len(one), len(two)) >= LONG else 1
    return abs(len(one) - len(two)) <= limit and distance(one, two) <= limit


def _said(text: str, voice: str) -> list[str] | None:
    """A line for each of the text's, as espeak-ng says them; None where it cannot."""
    command = ("espeak-ng", "-q", "--ipa", "--sep=_", "-v", voice)
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, encoding="utf-8", timeout=_WITHIN_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.splitlines() if done.returncode == 0 else None


def _sequence(line: str) -> Said:
    return tuple(filter(None, re.split(r"[_\s]+", _NOT_HEARD.sub("", line))))
