"""What lies on a USB stick between a kiosk and an office: visits as they would be posted, lists, receipts. Both ends.

    sayso-export/
      README.txt
      SHA256SUMS                     of every file below instances/; `sha256sum -c SHA256SUMS` checks them
      instances/ID/submission.xml    a folder a visit, complete as soon as it has its name
      instances/ID/....enc
      lists/MARK.json                a kiosk's visits and their checksums, signed with that kiosk's key
      receipts/MARK.json             what a collector has taken, signed with the collector's key

MARK is a short name of the public key, so that several kiosks and several collectors can share a stick. Whoever finds a
stick can write anything on it: every reader here takes hostile bytes, and follows no link.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING, TypeVar

import msgspec

from openrosa.errors import OpenRosaError
from openrosa.signing import body_of, check_public, is_signed_by, mark_of, public_text, signed
from openrosa.submission import XML_NAME, Attachment, Submission, check_name, read_envelope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FOLDER = "sayso-export"
INSTANCES = "instances"
LISTS = "lists"
RECEIPTS = "receipts"
SUMS = "SHA256SUMS"

LARGEST_FILE_BYTES = 64_000_000
"""Of one file that is read from a stick. A voice message of two minutes has 4 MB."""

_UUID = re.compile(r"uuid:([0-9a-fA-F-]{1,64})")
_SUM = re.compile(r"[0-9a-f]{64}")
_LINE = re.compile(r"([0-9a-f]{64})  instances/([^/]+)/([^/]+)")


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One visit: SHA-256 (64 hexadecimal digits) by file name."""

    instance_id: str
    files: dict[str, str]


class VisitList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="what", tag="sayso-visits-1"):
    """What a kiosk has put on the stick; `by` is its public key."""

    by: str
    visits: tuple[Listed, ...]


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="what", tag="sayso-receipt-1"):
    """What a collector has, to the byte; `by` is its public key."""

    by: str
    visits: tuple[Listed, ...]


Kind = TypeVar("Kind", VisitList, Receipt)


def root_of(folder: Path) -> Path:
    """Where the files are: `sayso-export` on the stick, or that folder itself. Raises: OpenRosaError: neither."""
    for place in (folder / FOLDER, folder):
        if (place / INSTANCES).is_dir():
            return place
    hint = f"Name the folder where the stick is mounted, in which `sayso export` has made {FOLDER}."
    raise OpenRosaError("Cannot read", f"{folder}: there are no exported visits", hint)


def check_no_links(*places: Path) -> None:
    """Refuse folders of a stick that are links: what is written there would land elsewhere. Raises: OpenRosaError."""
    for place in places:
        if place.is_symlink():
            hint = "Ask who had the stick, and use another one."
            raise OpenRosaError("Cannot use", f"{place}: it is a link, which no stick of ours has", hint)


def folder_name(instance_id: str) -> str:
    """A visit's folder: a name that every file system takes."""
    found = _UUID.fullmatch(instance_id)
    if found:
        return f"uuid-{found[1].lower()}"
    return f"id-{hashlib.sha256(instance_id.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def files_of(submission: Submission) -> dict[str, bytes]:
    """A submission's files by name. Raises: OpenRosaError: a name that leads out of its folder."""
    for one in submission.attachments:
        check_name(one.name)
    return {XML_NAME: submission.xml} | {one.name: one.data for one in submission.attachments}


def listed(submission: Submission) -> Listed:
    """A submission as a list or receipt names it."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files_of(submission).items()}
    return Listed(submission.instance_id, sums)


def written(key: Ed25519PrivateKey, kind: type[VisitList | Receipt], visits: Iterable[Listed]) -> tuple[str, bytes]:
    """A signed list or receipt. Returns: its file name, and its bytes, always the same for the same visits."""
    public = public_text(key)
    # By id, which is chance: the order in which visits ended would tell who they were of.
    in_order = tuple(sorted(visits, key=lambda one: one.instance_id))
    body = msgspec.json.encode(kind(public, in_order), order="deterministic")
    return f"{mark_of(public)}.json", signed(key, body)


def read_list(data: bytes) -> VisitList:
    """A list, its signature proven with the key that it names itself: who that is, the reader has to know.

    Raises: OpenRosaError: no list, or its signature does not fit.
    """
    return _read(data, VisitList, "the list of visits")


def read_receipt(data: bytes, public: str) -> Receipt:
    """A receipt of the collector with that key.

    Raises: OpenRosaError: no receipt, of another collector, or its signature does not fit.
    """
    what = "the receipt"
    receipt = _read(data, Receipt, what)
    if receipt.by != check_public(public):
        hint = "Take the stick to the collector whose key stands in server.receipt_key."
        raise OpenRosaError("Cannot take", f"{what}: it is signed by {receipt.by}, another collector", hint)
    return receipt


def _read(data: bytes, kind: type[Kind], what: str) -> Kind:
    try:
        found = msgspec.json.decode(body_of(data), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise OpenRosaError("Cannot read", f"{what}: it is none", "Have it written anew.") from None
    if not is_signed_by(data, found.by):
        hint = "Have it written anew; if that does not help, ask who had the stick."
        raise OpenRosaError("Cannot take", f"{what}: its signature does not fit what it says", hint)
    if not all(_SUM.fullmatch(each) for one in found.visits for each in one.files.values()):
        raise OpenRosaError("Cannot read", f"{what}: it names a checksum that is none", "Have it written anew.")
    return found


def read_sums(root: Path) -> dict[str, dict[str, str]]:
    """What SHA256SUMS says: checksum by file name by folder. Nobody has signed it. Raises: OpenRosaError."""
    found: dict[str, dict[str, str]] = {}
    for line in read_file(root / SUMS).decode("utf-8", "replace").splitlines():
        if match := _LINE.fullmatch(line):
            found.setdefault(match[2], {})[match[3]] = match[1]
    return found


def read_visit(place: Path, sums: Mapping[str, str]) -> Submission:
    """A visit from its folder, as it would be posted.

    Args:
        place: the visit's folder.
        sums: SHA-256 by file name, of exactly the files that have to be there.

    Raises: OpenRosaError: a file is missing, damaged, too large, or one that the visit does not name.
    """
    files = {}
    for name, expected in sums.items():
        check_name(name)
        files[name] = read_file(place / name)
        if hashlib.sha256(files[name]).hexdigest() != expected:
            raise _damaged(place, f"{name} is not what the list says")
    if XML_NAME not in files:
        raise _damaged(place, f"the list names no {XML_NAME}")
    xml = files.pop(XML_NAME)
    envelope = read_envelope(xml)
    if not envelope.sealed or envelope.xml_file is None:
        raise OpenRosaError("Cannot take", f"{place.name}: it is not sealed", "Only sealed visits go by stick.")
    names = (*envelope.media, envelope.xml_file)
    if {*names} != {*files}:
        raise _damaged(place, "its files are not those that its XML names")
    attachments = tuple(Attachment(name, files[name], "application/octet-stream") for name in names)
    return Submission(envelope.instance_id, envelope.form_id, envelope.version or "", xml, attachments, sealed=True)


def read_file(path: Path, most_bytes: int = LARGEST_FILE_BYTES) -> bytes:
    """A plain file's bytes. Raises: OpenRosaError: not there, a link, no plain file, too large, or the stick fails."""
    op, hint = "Cannot read", "Put the stick in again; export once more if that does not help."
    try:
        # Neither a link into this machine nor a pipe that never ends.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OpenRosaError(op, f"{path.parent.name}/{path.name}: it is no plain file", hint)
            if found.st_size > most_bytes:
                raise OpenRosaError(op, f"{path.parent.name}/{path.name}: it has more than {most_bytes} bytes", hint)
            return file.read(most_bytes)
    except OSError as error:
        met = "it is a link" if error.errno == errno.ELOOP else error.strerror
        raise OpenRosaError(op, f"{path.parent.name}/{path.name}: {met}", hint) from None


def _damaged(place: Path, met: str) -> OpenRosaError:
    return OpenRosaError("Cannot take", f"{place.name}: {met}", "Export it once more; the kiosk still has it.")
