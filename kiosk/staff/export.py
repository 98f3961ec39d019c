"""Sealed visits on a USB stick, for homes without a network: OpenRosa files, exactly as they would be posted.

`openrosa.stick` says what lies there. Nothing is erased on the kiosk by copying: that takes a receipt
(`kiosk.staff.receipts`).
"""

from __future__ import annotations

import errno
import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom
from typing import TYPE_CHECKING

from kiosk.errors import KioskError
from kiosk.keeping.store import DamagedError
from openrosa.errors import OpenRosaError
from openrosa.folders import PARTIAL, sync_folder, write_synced, write_whole
from openrosa.signing import public_text
from openrosa.stick import (
    FOLDER,
    INSTANCES,
    LISTS,
    SUMS,
    Listed,
    VisitList,
    check_no_links,
    files_of,
    folder_name,
    listed,
    read_file,
    read_list,
    written,
)

if TYPE_CHECKING:
    from datetime import date

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from kiosk.keeping.store import Store

README = "README.txt"
README_TEXT = """Sealed visits of a Sayso kiosk, as OpenRosa files. Only the office's private key opens them.

Each folder below instances/ is one visit: its submission.xml and the files that belong to it, as a kiosk posts them.
`sha256sum -c SHA256SUMS` in this folder says whether everything arrived whole. lists/ says which kiosk wrote which
visits, signed with its key. In the office: `sayso collector import` with the folder of this stick. Then bring the stick
back to the kiosk: what the office has signed for in receipts/ is erased there.
"""
SPARE_BYTES = 256 * 1024
"""Room for each visit besides its bytes: a stick gives out space in blocks of up to 64 KiB."""

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


@dataclass(frozen=True)
class Exported:
    """What is on the stick now.

    Attributes:
        folder: where.
        copied: how many visits were written.
        already: how many were there, byte for byte.
        unsealed: how many were left out because whoever has the stick could read them.
        damaged: why others could not be copied, a sentence each.
    """

    folder: Path
    copied: int = 0
    already: int = 0
    unsealed: int = 0
    damaged: tuple[str, ...] = ()


def export(
    store: Store,
    target: Path,
    *,
    key: Ed25519PrivateKey | None = None,
    before: date | None = None,
    told: Callable[[int, int], None] = lambda _done, _of: None,
    rng: Random | None = None,
) -> Exported:
    """Copy everything that the server does not have, what was set aside too. Twice does no harm.

    Args:
        store: opened as a reader.
        target: the stick's folder; see `kiosk.staff.stick.check_target`.
        key: the kiosk's own, which signs the list; None: no list, and a collector takes nothing without being told to.
        before: leave out visits that ended on that day or later; None: all.
        told: (done, of how many), after each.
        rng: shuffles: on a stick the order in which folders were made can be seen.

    Raises: KioskError: the store can't be read, or the stick written; what is there by then is whole. OpenRosaError:
        the stick leads elsewhere.
    """
    folder = target / FOLDER
    instances = folder / INSTANCES
    with meeting_stick(target):
        check_no_links(folder, instances, folder / LISTS)
        instances.mkdir(parents=True, exist_ok=True)
        for left in instances.glob(f"{PARTIAL}*"):  # of a stick that was pulled out
            shutil.rmtree(left)
        waiting = store.undelivered(before)
        _check_room(target, [size for name, size in waiting if not (instances / folder_name(name)).exists()])
        (rng or SystemRandom()).shuffle(waiting)
        copied = already = unsealed = 0
        damaged: list[str] = []
        sums: dict[str, str] = {}
        mine: list[Listed] = []
        for done, (instance_id, _) in enumerate(waiting, start=1):
            try:
                submission = store.load(instance_id)
            except DamagedError as error:
                damaged.append(str(error))
            else:
                if submission.sealed:
                    files = files_of(submission)
                    is_new = _place(instances / folder_name(instance_id), files)
                    copied, already = copied + is_new, already + (not is_new)
                    place = f"{INSTANCES}/{folder_name(instance_id)}"
                    mine.append(listed(submission))
                    sums |= {f"{place}/{name}": total for name, total in mine[-1].files.items()}
                else:
                    unsealed += 1
            told(done, len(waiting))
        write_whole(folder / README, README_TEXT.encode())
        write_whole(folder / SUMS, _manifest(folder, sums))
        if key is not None:
            _write_list(folder, key, mine)
        sync_folder(folder)
    return Exported(folder, copied, already, unsealed, tuple(damaged))


def _write_list(folder: Path, key: Ed25519PrivateKey, mine: list[Listed]) -> None:
    """This kiosk's signed list: what was copied now, and what it has listed before and is still there."""
    (folder / LISTS).mkdir(exist_ok=True)
    name, _ = written(key, VisitList, ())
    known = {one.instance_id: one for one in (*_listed_before(folder / LISTS / name, key), *mine)}
    here = [one for one in known.values() if (folder / INSTANCES / folder_name(one.instance_id)).is_dir()]
    write_whole(folder / LISTS / name, written(key, VisitList, here)[1])


def _listed_before(path: Path, key: Ed25519PrivateKey) -> tuple[Listed, ...]:
    try:
        found = read_list(read_file(path))
    except OpenRosaError:  # none yet, or damaged: what the kiosk still has is listed anew
        return ()
    return found.visits if found.by == public_text(key) else ()


def _place(place: Path, files: dict[str, bytes]) -> bool:
    """Write one visit's folder; False if it is there with the same bytes."""
    if _is_there(place, files):
        return False
    partial = place.with_name(f"{PARTIAL}{place.name}")
    partial.mkdir()
    for name, data in files.items():
        write_synced(partial / name, data)
    sync_folder(partial)
    if place.exists():  # damaged on the stick, or an earlier snapshot
        old = place.with_name(f"{PARTIAL}old-{place.name}")
        place.rename(old)
        partial.rename(place)
        shutil.rmtree(old)
    else:
        partial.rename(place)
    sync_folder(place.parent)
    return True


def _is_there(place: Path, files: dict[str, bytes]) -> bool:
    try:
        names = {each.name for each in place.iterdir()}
        return names == {*files} and all(read_file(place / name) == data for name, data in files.items())
    except (OSError, OpenRosaError):
        return False


def _manifest(folder: Path, sums: dict[str, str]) -> bytes:
    """SHA-256 of every file that is there, in the form that sha256sum reads.

    Args:
        folder: on the stick.
        sums: of this kiosk's files, from its own store. What an earlier manifest says of another's stays as it is: a
            file that was damaged since must not be made right.
    """
    manifest = folder / SUMS
    text = read_file(manifest).decode("utf-8", "replace") if manifest.exists() else ""
    known = {found[2]: found[1] for found in map(_LINE.fullmatch, text.splitlines()) if found} | sums
    lines = []
    for path in sorted((folder / INSTANCES).glob("*/*")):
        name = path.relative_to(folder).as_posix()
        if not path.parent.name.startswith(PARTIAL) and (total := known.get(name) or _total(path)):
            lines.append(f"{total}  {name}\n")
    return "".join(lines).encode()


def _total(path: Path) -> str:
    """SHA-256 of what another has put there; "" for a link or a pipe, which nobody's visit is."""
    try:
        return hashlib.sha256(read_file(path)).hexdigest()
    except OpenRosaError:
        return ""


def _check_room(target: Path, sizes: list[int]) -> None:
    needed = sum(sizes) + SPARE_BYTES * (len(sizes) + 1)
    free = shutil.disk_usage(target).free
    if needed > free:
        met = f"to {target}: {needed / 1e6:.1f} MB are needed and {free / 1e6:.1f} MB are free"
        raise KioskError("Cannot export", met, "Make room on the stick, or take a larger one. Nothing was written.")


@contextmanager
def meeting_stick(target: Path) -> Iterator[None]:
    """Turn what the stick says into a sentence that says what to do."""
    try:
        yield
    except OSError as error:
        hint = "Put the stick in again and export once more: what was copied whole is not copied again."
        if error.errno == errno.ENOSPC:
            hint = "Make room on the stick, or take a larger one, and export once more."
        raise KioskError("Cannot export", f"to {target}: {error.strerror}", hint) from error
