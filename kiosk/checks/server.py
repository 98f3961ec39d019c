"""The check's part for the server: its settings, and whether it answers, takes the token and has the kiosk's sets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.checks.lines import Line, advice, fine, refused
from kiosk.config import Config
from kiosk.errors import KioskError
from kiosk.pulling.pull import offered_by
from kiosk.pulling.shelf import Shelf
from kiosk.server import client_of
from kiosk.sets import load_usable
from openrosa.errors import OpenRosaError
from openrosa.findings import one_line
from openrosa.protocol import FormEntry
from openrosa.signing import check_public
from openrosa.unreachable import trusting

WHAT = "server"
HERE = ("localhost", "127.0.0.1", "::1")
LONGEST_WAIT_S = 15.0
"""Whoever runs a check sits before it."""
AWAY = "Cannot reach"
"""The `op` of `openrosa.unreachable` where nobody answered: a kiosk may be offline for days, and loses nothing."""


def settings(config: Config) -> Line:
    """Where visits go. Nothing is sent, and the address is not printed: it holds the token."""
    url = config.server.url
    if not url:
        return advice(WHAT, "none is configured", "Visits stay on this kiosk until server.url is set.")
    try:
        if config.server.ca_file != Path():
            trusting(config.server.ca_file)
        if config.server.receipt_key:
            check_public(config.server.receipt_key)
    except OpenRosaError as unusable:
        return refused(WHAT, unusable)
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in HERE:
        met = "its address begins with http://, so that its token can be read on the way"
        return advice(WHAT, met, "Begin server.url with https:// if the server can do that.")
    return fine(WHAT, "one is configured")


def reached(config: Config) -> Iterator[Line]:
    """Fetch its form list: the one thing that needs address, token and network, and changes nothing there."""
    if not config.server.url:
        return
    try:
        with client_of(config, LONGEST_WAIT_S) as client:
            host, offered = client.host, offered_by(client)
    except OpenRosaError as met:
        if met.op == AWAY:
            yield advice(WHAT, f"{met.op} {met.subject}", f"{met.hint} Visits wait here until it can be reached.")
        else:
            yield refused(WHAT, met)
        return
    count = "1 form" if len(offered) == 1 else f"{len(offered)} forms"
    yield fine(WHAT, f"{host} answered and took the token; it offers {count}")
    by_id = {entry.form_id: entry for entry in offered}
    for path in config.sets:
        try:
            loaded = load_usable(path).question_set
        except (KioskError, OpenRosaError):  # the sets' own lines say so
            continue
        yield _offers(by_id.get(loaded.form_id), loaded.form_id, loaded.version, Shelf.of_path(path))


def _offers(entry: FormEntry | None, form_id: str, version: str, shelf: Shelf | None) -> Line:
    """Whether a set's visits would be taken there."""
    name, ours = one_line(form_id), one_line(version)
    if entry is None:
        met = f"it does not offer '{name}' to this kiosk: its visits wait here, unless the form is closing"
        return advice(WHAT, met, "Publish the form there, and give it to this kiosk's app user.")
    theirs = one_line(entry.version)
    note = shelf.note() if shelf else None
    if shelf is not None and (note is None or (entry.hash and note.hash != entry.hash)):
        met = f"it has another '{name}' than this kiosk: version '{theirs}', and here '{ours}'"
        return advice(WHAT, met, "Run `sayso questions pull`, or wait for its timer.")
    if theirs and theirs != ours:
        met = f"its newest '{name}' is version '{theirs}', and this kiosk asks version '{ours}'"
        return advice(WHAT, met, "Leave it so if that is meant; else put the new form here.")
    return fine(WHAT, f"it has '{name}', version '{theirs}'")
