"""A stick's visits to any OpenRosa server, from a machine that has a network: `sayso upload --from DIR`.

ODK Central or KoboToolbox give no receipt that a kiosk could trust, so the kiosk keeps what went this way. The same
bytes twice are one visit to every such server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.keeping.uploader import ABOUT_ONE_FORM, Report, Sender
from openrosa.errors import OpenRosaError
from openrosa.reply import Reply, Verdict
from openrosa.stick import INSTANCES, PARTIAL, read_sums, read_visit

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
    delivered = set_aside = 0
    message = ""
    blocked: Reply | None = None
    held: set[tuple[str, str]] = set()
    for place in places:
        if stopping():
            break
        try:
            submission = read_visit(place, sums.get(place.name, {}))
        except OpenRosaError as error:
            set_aside += 1
            message = str(error)
            continue
        form = (submission.form_id, submission.version)
        if form in held:
            continue
        reply = client.submit(submission)
        delivered += reply.verdict is Verdict.DELIVERED
        set_aside += reply.verdict is Verdict.SET_ASIDE
        if reply.verdict is not Verdict.DELIVERED:
            message = reply.message
        if reply.verdict is Verdict.WAIT:
            blocked = reply
            if reply.status not in ABOUT_ONE_FORM:
                break
            held.add(form)
    waiting = len(places) - delivered - set_aside
    after_s = blocked.retry_after_s if blocked else None
    return Report(delivered, set_aside, waiting, message, retry=blocked is not None, retry_after_s=after_s)
