"""A stick's visits to any OpenRosa server, from a machine that has a network: `sayso upload --from DIR`.

ODK Central or KoboToolbox give no receipt that a kiosk could trust, so the kiosk keeps what went this way. The same
bytes twice are one visit to every such server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.sending.go import Go, Report, Sender
from openrosa.errors import OpenRosaError
from openrosa.folders import PARTIAL
from openrosa.stick import INSTANCES, read_sums, read_visit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random


def upload_stick(root: Path, client: Sender, rng: Random, *, stopping: Callable[[], bool] = lambda: False) -> Report:
    """Send every visit that is whole; one that is damaged, or that the server refuses, counts as set aside.

    Args:
        root: `openrosa.stick.root_of` the stick.
        client: the server.
        rng: shuffles.
        stopping: asked before each visit whether to end.

    Raises: OpenRosaError: there are no checksums, so nobody can tell what arrived whole.
    """
    sums = read_sums(root)
    places = [each for each in (root / INSTANCES).iterdir() if each.is_dir() and not each.name.startswith(PARTIAL)]
    rng.shuffle(places)
    go = Go()
    for place in places:
        if go.over or stopping():
            break
        try:
            submission = read_visit(place, sums.get(place.name, {}))
        except OpenRosaError as error:
            go.could_not_read(str(error))
            continue
        if not go.holds(submission):
            go.came(submission, client.submit(submission))
    return go.report(len(places) - go.settled)
