"""Visits that come on a USB stick: whose list it is, what of it is taken, and the receipt that goes back.

A list counts when its signature fits a kiosk's public key that is known here; whoever can write on a stick cannot make
one. Twice does no harm: the same bytes are the same visit. The receipt names only what is committed here, to the byte,
so that the kiosk may erase it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random, SystemRandom
from typing import TYPE_CHECKING

from collector.arrivals import Outcome, receive
from collector.keys import Key, all_keys, new_key
from openrosa.errors import OpenRosaError
from openrosa.folders import write_whole
from openrosa.signing import mark_of, signing_key
from openrosa.stick import (
    INSTANCES,
    LISTS,
    RECEIPTS,
    Listed,
    Receipt,
    check_no_links,
    folder_name,
    listed,
    read_file,
    read_list,
    read_sums,
    read_visit,
    written,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from collector.database import Database

RECEIPT_KEY_NAME = "receipt-key.pem"
UNSIGNED = "a stick without a list"
"""Under this name stands what was taken though no kiosk has signed for it."""


@dataclass(frozen=True)
class Imported:
    """What came of a stick.

    Attributes:
        taken: how many visits are new here.
        before: how many were here, byte for byte.
        sensitive: how many of the new ones are of a sensitive form: they want to be opened now.
        problems: what was not taken and why, a sentence each.
        receipt: where it was written; None if nothing was taken, or it could not be written.
    """

    taken: int = 0
    before: int = 0
    sensitive: int = 0
    problems: tuple[str, ...] = ()
    receipt: Path | None = None


@dataclass(frozen=True)
class _Source:
    """Visits of one kiosk on the stick."""

    name: str
    visits: tuple[Listed, ...]


def import_stick(
    database: Database,
    root: Path,
    kiosks: Mapping[str, str],
    folder: Path,
    now: datetime,
    *,
    trust: bool = False,
    rng: Random | None = None,
) -> Imported:
    """Take what is on a stick and leave a receipt there.

    Args:
        database: the collector's.
        root: `openrosa.stick.root_of` the stick.
        kiosks: name by public key, of the kiosks that are known.
        folder: where the collector's own key is, or will be.
        now: the time of arrival.
        trust: take visits of a kiosk that is not known, of one that was revoked, and those that no list names.
        rng: shuffles: the order in which visits arrive must not be the order in which they ended.

    Raises: OpenRosaError, CollectorError: the stick can't be read at all, or the key not be made.
    """
    check_no_links(root, root / INSTANCES, root / LISTS, root / RECEIPTS)
    key = signing_key(folder / RECEIPT_KEY_NAME)
    problems: list[str] = []
    here: list[Listed] = []
    taken = before = sensitive = 0
    for source in _sources(root, kiosks, problems, trust=trust):
        sender = _sender(database, source.name, now)
        if sender.revoked_at is not None and not trust:
            problems.append(f"{source.name}: its key was revoked. With --trust its visits are taken all the same.")
            continue
        visits = [*source.visits]
        (rng or SystemRandom()).shuffle(visits)
        for one in visits:
            try:
                submission = read_visit(root / INSTANCES / folder_name(one.instance_id), one.files)
                if submission.instance_id != one.instance_id:
                    problems.append(f"{folder_name(one.instance_id)}: its XML has another instanceID than the list.")
                    continue
                arrival = receive(database, sender, submission.xml, submission.attachments, now, by_office=True)
            except OpenRosaError as error:
                problems.append(str(error))
                continue
            if arrival.outcome in (Outcome.TAKEN, Outcome.TAKEN_BEFORE):
                here.append(listed(submission))
                taken += arrival.outcome is Outcome.TAKEN
                before += arrival.outcome is Outcome.TAKEN_BEFORE
                sensitive += arrival.alert
            else:
                problems.append(f"{folder_name(one.instance_id)}: {arrival.message}")
    receipt = None
    if here:
        name, data = written(key, Receipt, here)
        try:
            (root / RECEIPTS).mkdir(exist_ok=True)
            write_whole(root / RECEIPTS / name, data)
            receipt = root / RECEIPTS / name
        except OSError as error:
            problems.append(f"The receipt cannot be written to {root}: {error.strerror}. Make the stick writable.")
    return Imported(taken, before, sensitive, tuple(problems), receipt)


def _sources(root: Path, kiosks: Mapping[str, str], problems: list[str], *, trust: bool) -> Iterator[_Source]:
    """Each list that counts; with `trust` also what no list names."""
    named: set[str] = set()
    for path in sorted((root / LISTS).glob("*.json")):
        try:
            found = read_list(read_file(path))
        except OpenRosaError as error:
            problems.append(f"{LISTS}/{path.name}: {error}")
            continue
        named |= {folder_name(one.instance_id) for one in found.visits}
        name = kiosks.get(found.by) or (f"unknown kiosk {mark_of(found.by)}" if trust else None)
        if name is None:
            problems.append(
                f"{LISTS}/{path.name}: {len(found.visits)} visits of a kiosk that is not known here; its key is "
                f"{found.by}. If it is yours, run `sayso collector kiosks add NAME {found.by}`; --trust takes them now."
            )
            continue
        yield _Source(name, found.visits)
    left = sorted(path.name for path in (root / INSTANCES).iterdir() if path.name not in named and path.is_dir())
    left = [name for name in left if not name.startswith(".")]
    if left and not trust:
        problems.append(f"{len(left)} visits that no list which counts names. --trust takes those that are whole.")
    if left and trust:
        yield _Source(UNSIGNED, tuple(_unsigned(root, left, problems)))


def _unsigned(root: Path, left: list[str], problems: list[str]) -> Iterator[Listed]:
    """Visits by SHA256SUMS alone, which anybody can write."""
    try:
        sums = read_sums(root)
    except OpenRosaError as error:
        problems.append(str(error))
        return
    for name in left:
        try:
            submission = read_visit(root / INSTANCES / name, sums.get(name, {}))
        except OpenRosaError as error:
            problems.append(str(error))
            continue
        if folder_name(submission.instance_id) == name:
            yield listed(submission)
        else:
            problems.append(f"{name}: its XML has another instanceID.")


def _sender(database: Database, name: str, now: datetime) -> Key:
    """The kiosk's row; one without an address that anybody knows, if it never had one."""
    found = next((one for one in all_keys(database) if one.name == name), None)
    if found is None:
        new_key(database, name, now)
        found = next(one for one in all_keys(database) if one.name == name)
    return found
