"""Which key does what where the configuration says nothing else: a terminal's keys, and an input device's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

UNBOUND = "none"
"""As a key's meaning: this key does nothing."""

DEFAULT_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "1": "green",
        "2": "yellow",
        "3": "red",
        "4": "blue",
        "enter": "start",
        "space": "start",
        "a": "again",
        "e": "explain",
        "plus": "louder",
        "minus": "quieter",
        "s": "slower",
        "d": "dont_know",
        "w": "rather_not_say",
        "n": "skip",
        "b": "back",
        "x": "stop",
        "h": "help",
        "f": "faster",
        "m": "menu",
        "v": "speak_answers",
        "f1": "switch",
        "f2": "next",
    }
)
"""Terminal key, by Textual's name for it -> what it does, by `kiosk.view.KEYS`."""

DEFAULT_BUTTONS: Mapping[str, str] = MappingProxyType(
    {
        "KEY_1": "green",
        "KEY_2": "yellow",
        "KEY_3": "red",
        "KEY_4": "blue",
        "KEY_KP1": "green",
        "KEY_KP2": "yellow",
        "KEY_KP3": "red",
        "KEY_KP4": "blue",
        "KEY_ENTER": "start",
        "KEY_KPENTER": "start",
        "KEY_SPACE": "start",
        "KEY_A": "again",
        "KEY_E": "explain",
        "KEY_KPPLUS": "louder",
        "KEY_EQUAL": "louder",
        "KEY_KPMINUS": "quieter",
        "KEY_MINUS": "quieter",
        "KEY_S": "slower",
        "KEY_F": "faster",
        "KEY_D": "dont_know",
        "KEY_W": "rather_not_say",
        "KEY_N": "skip",
        "KEY_B": "back",
        "KEY_X": "stop",
        "KEY_H": "help",
        "KEY_M": "menu",
        "KEY_V": "speak_answers",
        "KEY_F1": "switch",
        "KEY_F2": "next",
    }
)
"""Key of an input device, by the kernel's name for it -> what it does, by `kiosk.view.KEYS`."""
