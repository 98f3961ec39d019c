"""Which picture each screen is known by, for people who do not read."""

from __future__ import annotations

from kiosk.screens.cells import Look
from kiosk.screens.pictures.media import source_of
from kiosk.view import ScreenName, View

_DEFAULTS = {
    ScreenName.WHO: "openmoji:1F465",
    ScreenName.CONFIRM: "openmoji:1F442",
    ScreenName.NOISY: "emblem:noisy",
    ScreenName.MENU: "command:menu",
    ScreenName.STOPPING: "openmoji:270B",
    ScreenName.NOTE: "openmoji:1F4AC",
    ScreenName.THANKS: "openmoji:1F44B",
    ScreenName.CLOSED: "openmoji:1F319",
}
"""What stands beside the words where the view names no picture."""
_OF_ITS_OWN = {
    ScreenName.LANGUAGE: "emblem:language",
    ScreenName.MESSAGE: "emblem:record",
    ScreenName.PLAYBACK: "emblem:playback",
    ScreenName.REVIEW: "emblem:review",
    ScreenName.FORGET: "emblem:forget",
    ScreenName.HELP: "emblem:help",
    ScreenName.SORRY: "emblem:sorry",
    ScreenName.OUT_OF_ORDER: "emblem:out_of_order",
}
"""Screens that are known by their own picture, whatever the question's is."""
_MARKS = {
    ScreenName.CONFIRM: "openmoji:1F442",
    ScreenName.NOISY: "emblem:struck_microphone",
    ScreenName.CHANGE: "openmoji:270F",
}
"""At the corner of the question's own picture: I heard; I can't hear; something else."""


def picture_and_mark(view: View, look: Look) -> tuple[str, str]:
    """The source of the picture beside the words, and of the small one at its corner; "" for none."""
    if view.screen is ScreenName.SAID_BACK and any(tile.chosen for tile in view.tiles):
        return "", ""  # the answer itself is the picture
    if own := _OF_ITS_OWN.get(view.screen):
        return own, ""
    mark = _MARKS.get(view.screen, "")
    named = source_of(view.picture, look.file_of)
    source = named or _DEFAULTS.get(view.screen, "")
    if mark and (not source or (mark == source or not named)):
        return source or mark, ""
    return source, mark
