"""Receipts that come back on a stick: what the collector has signed for is erased here, and nothing else is.

A receipt counts only when it is signed with the key that stands in server.receipt_key, and for a visit only when the
checksums in it are those of the very bytes that are kept here. Whoever finds a stick can neither erase anything with it
nor learn from it what is still here.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.errors import KioskError
from openrosa.errors import OpenRosaError
from openrosa.signing import check_public
from openrosa.stick import FOLDER, INSTANCES, RECEIPTS, check_no_links, folder_name, listed, read_file, read_receipt

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from kiosk.keeping.store import Store
    from openrosa.stick import Listed


@dataclass(frozen=True)
class Received:
    """What came of a stick's receipts.

    Attributes:
        erased: how many visits.
        other: how many that a receipt names were kept, as its checksums are not those of the bytes here.
        refused: why whole receipts did not count, a sentence each.
    """

    erased: int = 0
    other: int = 0
    refused: tuple[str, ...] = ()


def take_receipts(store: Store, target: Path, public: str, today: date) -> Received:
    """Erase what the collector has, by its receipts on the stick; its folders on the stick go too.

    Args:
        store: in any role.
        target: where the stick is mounted.
        public: the collector's public key, `server.receipt_key`; "": no receipt counts, and none is looked at.
        today: written down as the day of delivery.

    Raises: KioskError: the store can't be read or written, or `public` is no key. OpenRosaError: the stick leads
        elsewhere.
    """
    if not public:
        return Received()
    try:
        check_public(public)
    except OpenRosaError as error:
        hint = "Write what `sayso collector kiosks receipt-key` prints."
        raise KioskError("Cannot take receipts", "server.receipt_key is no public key", hint) from error
    check_no_links(target / FOLDER, target / FOLDER / INSTANCES)
    erased = other = 0
    refused = []
    for path in sorted((target / FOLDER / RECEIPTS).glob("*.json")):
        try:
            receipt = read_receipt(read_file(path), public)
        except OpenRosaError as error:
            refused.append(f"{path.name}: {error}")
            continue
        for one in receipt.visits:
            here = _here(store, one)
            if here and store.erase_received(one.instance_id, today):
                erased += 1
                shutil.rmtree(target / FOLDER / INSTANCES / folder_name(one.instance_id), ignore_errors=True)
            other += here is False
    return Received(erased, other, tuple(refused))


def _here(store: Store, one: Listed) -> bool | None:
    """Whether those very bytes are here; None where nothing is kept of that visit, or it is damaged."""
    try:
        return listed(store.load(one.instance_id)) == one
    except KioskError:
        return None
