"""The terminals and keys that the screens are tried with."""

from __future__ import annotations

SIZES = [(64, 20), (80, 24), (120, 40), (48, 40)]
KEYS = {
    "space": "start",
    "1": "green",
    "2": "yellow",
    "3": "red",
    "4": "blue",
    "r": "again",
    "question_mark": "explain",
    "plus": "louder",
    "minus": "quieter",
    "w": "slower",
    "f": "faster",
    "k": "dont_know",
    "p": "rather_not_say",
    "n": "skip",
    "b": "back",
    "s": "stop",
    "h": "help",
    "a": "speak_answers",
    "m": "menu",
    "tab": "switch",
    "period": "next",
}
