"""Fetching one large file over a bad line: what came is kept, and the next attempt goes on from there.

`urllib` because nothing more is needed: one GET with Range.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from voice.errors import VoiceError

TIMEOUT_S = 30.0
_PIECE_BYTES = 1 << 18


def fetch(url: str, partial: Path, size_bytes: int, on_progress: Callable[[int, int], None]) -> None:
    """Fetch a file of known size into `partial`, going on from what is there.

    Args:
        url: http or https; the caller has seen to that.
        partial: where it goes; may hold the first part already. Longer than the file: begun again.
        size_bytes: what it must come to; never is more than that written.
        on_progress: bytes there and bytes in all.

    Raises:
        VoiceError: no network, another status than 200 or 206, more bytes than there should be, or cut off.
        OSError: the disk is full.
    """
    have = partial.stat().st_size if partial.exists() else 0
    if have > size_bytes:
        partial.unlink()
        have = 0
    if have == size_bytes:
        return
    request = Request(url, headers={"User-Agent": "sayso", "Accept-Encoding": "identity"})  # noqa: S310 - the scheme was checked when the manifest was read
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - the same
            if have and not _goes_on(answer.status, answer.headers.get("Content-Range", ""), have):
                have = 0
            with partial.open("ab" if have else "wb") as file:
                while piece := answer.read(_PIECE_BYTES):
                    have += len(piece)
                    if have > size_bytes:
                        break
                    file.write(piece)
                    on_progress(have, size_bytes)
    except HTTPError as error:
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            partial.unlink(missing_ok=True)
        raise VoiceError("Cannot fetch the model", f"'{url}': the server answers {error.code}", _OFFLINE) from error
    except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
        _refuse_full_disk(error)
        reason = error.reason if isinstance(error, URLError) else error
        if have:
            raise _cut(url, have, size_bytes) from error
        raise VoiceError("Cannot fetch the model", f"'{url}': {reason}", _OFFLINE) from error
    if have > size_bytes:
        partial.unlink()
        raise VoiceError("Cannot fetch the model", f"'{url}': more than the {size_bytes} bytes it should be", _OTHER)
    if have < size_bytes:
        raise _cut(url, have, size_bytes)


_OFFLINE = "Check the network, or fetch the zip elsewhere and give it with --from."
_OTHER = "The address gives another file (a portal's page?): fetch the zip elsewhere and give it with --from."


def _cut(url: str, have: int, size_bytes: int) -> VoiceError:
    met = f"'{url}': cut off after {have} of {size_bytes} bytes; they are kept"
    return VoiceError("Cannot fetch the model", met, "Run it again: it goes on from there.")


def _goes_on(status: int, content_range: str, have: int) -> bool:
    """Whether the server goes on from where it was asked to; one that knows no Range begins again."""
    return status == HTTPStatus.PARTIAL_CONTENT and content_range.startswith(f"bytes {have}-")


def _refuse_full_disk(error: Exception) -> None:
    """A full disk is an OSError like a broken connection, and is no matter of the network."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        raise error
