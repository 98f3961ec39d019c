"""Reading one post of a submission: multipart, in memory, never more than the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from openrosa.errors import OpenRosaError
from openrosa.protocol import XML_PART
from openrosa.submission import Attachment

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request

LARGEST_POST_BYTES = 20_000_000
MOST_FILES = 200
MOST_FIELDS = 20
_READ_ON = 5
"""So many times the limit is read and dropped before the line is cut: a sender hears 413 only after it has sent."""


class TooLargeError(Exception):
    """More came than is taken at once."""


class _InMemory(MultiPartParser):
    # Nothing that was said goes to a temporary file: the limit on the whole post bounds the memory.
    spool_max_size = 0


async def read_post(request: Request, most_bytes: int) -> tuple[bytes, tuple[Attachment, ...]]:
    """The submission's XML and the files beside it, by their part's name as in ODK Central.

    Raises:
        TooLargeError: larger than `most_bytes`.
        OpenRosaError: not multipart, cut short, or without its XML.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        await _drop(request, most_bytes)
        raise _not_a_post("it is not multipart/form-data")
    parser = _InMemory(request.headers, _limited(request, most_bytes), max_files=MOST_FILES, max_fields=MOST_FIELDS)
    try:
        parts = await parser.parse()
    except MultiPartException as error:
        raise _not_a_post(error.message) from None
    xml: bytes | None = None
    files = []
    for name, part in parts.multi_items():
        if not isinstance(part, UploadFile):
            continue  # `*isIncomplete*`: more posts follow, which come as they come
        data = await part.read()
        await part.close()
        if name == XML_PART:
            xml = data
        else:
            files.append(Attachment(name, data, part.content_type or "application/octet-stream"))
    if xml is None:
        raise _not_a_post(f"it has no file {XML_PART}")
    return xml, tuple(files)


async def _limited(request: Request, most_bytes: int) -> AsyncGenerator[bytes, None]:
    size_bytes = 0
    async for chunk in request.stream():
        size_bytes += len(chunk)
        if size_bytes <= most_bytes:
            yield chunk
        elif size_bytes > _READ_ON * most_bytes:
            break
    if size_bytes > most_bytes:
        raise TooLargeError


async def _drop(request: Request, most_bytes: int) -> None:
    async for _ in _limited(request, most_bytes):
        pass


def _not_a_post(met: str) -> OpenRosaError:
    return OpenRosaError("Cannot read", f"the submission: {met}", f"Post multipart/form-data with a file {XML_PART}.")
