"""Files that an office takes home: a pair of keys, and opened submissions, each in a folder of its own."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

from collector.errors import CollectorError
from openrosa.errors import OpenRosaError
from openrosa.sealing import new_key_pair, public_key_to_base64
from openrosa.submission import XML_NAME, check_name

if TYPE_CHECKING:
    from pathlib import Path

    from collector.results import Result

PRIVATE_NAME = "private.pem"
PUBLIC_NAME = "public_key.txt"
_UUID = re.compile(r"uuid:([0-9a-f-]{36})")


def write_key_pair(folder: Path) -> tuple[Path, str]:
    """A new pair of keys: the private one for this user alone, the public one as a form's `public_key` setting is.

    Returns: the private key's path and the public key's base64.
    Raises: CollectorError: there is one already (it is never overwritten: old visits need it), or it can't be written.
    """
    path = folder / PRIVATE_NAME
    private_pem, public_der = new_key_pair()
    public = public_key_to_base64(public_der)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Exclusive: with two at once, one is told, and none loses its key.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(private_pem)
            file.flush()
            os.fsync(file.fileno())
        (folder / PUBLIC_NAME).write_text(f"{public}\n", encoding="ascii")
    except FileExistsError:
        hint = "Name another folder. That key stays: visits that were sealed to it can be opened with no other."
        raise CollectorError("Cannot make a key pair", f"in {folder}: {PRIVATE_NAME} is there already", hint) from None
    except OSError as error:
        raise _cannot_write(folder, error) from None
    return path, public


def write_result(result: Result, folder: Path) -> Path:
    """One opened submission as a folder with its XML and attachments, for this user alone.

    Raises: CollectorError: it can't be written, or a sealed name leads out of the folder.
    """
    place = folder / folder_name(result.stored.instance_id)
    try:
        for name in result.files:
            check_name(name)
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, data in {**result.files, XML_NAME: result.xml}.items():
            path = place / name
            path.touch(mode=0o600)
            path.write_bytes(data)
    except OpenRosaError as error:
        raise CollectorError(error.op, error.subject, error.hint) from None
    except OSError as error:
        raise _cannot_write(place, error) from None
    return place


def folder_name(instance_id: str) -> str:
    """An instance id as a folder's name: a UUID as it is; anything else with a mark that keeps two apart."""
    uuid = _UUID.fullmatch(instance_id)
    if uuid is not None:
        return uuid.group(1)
    mark = hashlib.sha256(instance_id.encode()).hexdigest()[:12]
    return f"{re.sub(r'[^A-Za-z0-9-]', '_', instance_id)[:60]}-{mark}"


def _cannot_write(place: Path, error: OSError) -> CollectorError:
    return CollectorError("Cannot write", f"{place}: {error.strerror}", "Name a folder that you may write to.")
