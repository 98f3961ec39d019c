"""What staff and admins are told of the sets: which are asked, where they came from, and how the last pull went."""

from __future__ import annotations

from kiosk.house import House
from kiosk.pulling.shelf import Shelf
from kiosk.staff.facts import described
from openrosa.findings import one_line

HASH_SHOWN = 12
"""Characters of "md5:" and what follows: enough to tell two versions apart."""


def sets_told(house: House) -> str:
    """Each set in a few words; of one that a server gave, its hash and its day: "my_home 3 (en), md5:0a1b2c3d, ...".

    Args:
        house: as it is asked now.
    """
    told = []
    for one in house.sets:
        words = described(one.question_set)
        shelf = Shelf(one.path.parent.parent)
        note = shelf.note(one.path.parent.name)
        if note is not None:
            words += f", {one_line(note.hash)[:HASH_SHOWN]}, from the server on {note.day}"
        told.append(words.replace(";", ","))
    return "; ".join(told)
