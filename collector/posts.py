"""Reading one post of a submission: multipart, never more than the limits, files not in memory but in a temporary file.

Such a file has no name and is gone when it is closed. Its place is TMPDIR.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from collector.arrivals import Part
from openrosa.errors import OpenRosaError
from openrosa.protocol import XML_PART

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from starlette.requests import Request

    from collector.limits import Limits

MEMORY_BYTES = 64 * 1024
"""Of each file; what is larger goes to the disk."""
_CONTENT_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}", re.ASCII)


class RefusedPostError(Exception):
    """A post that is not read to its end.

    Attributes:
        status: HTTP's number.
    """

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class Post:
    """One post: the submission's XML and the files beside it, by their part's name as in ODK Central."""

    xml: bytes
    files: tuple[Part, ...]


class _Spooling(MultiPartParser):
    spool_max_size = MEMORY_BYTES

    def close(self) -> None:
        """Close every file that was begun."""
        for one in self._files_to_close_on_error:
            one.close()


def check_head(request: Request, limits: Limits) -> None:
    """Refuse by the headers what would be refused later: not a byte of it is read.

    Raises: RefusedPostError: 413 or 415.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise RefusedPostError(415, "Compressed bodies are not taken here.")
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limits.most_bytes:
        raise _too_large(limits)


@contextmanager
def parser_of(request: Request, limits: Limits) -> Iterator[_Spooling]:
    """What reads a post; whatever it wrote is gone at the end.

    Raises: OpenRosaError: not multipart.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise _not_a_post("it is not multipart/form-data")
    parser = _Spooling(
        request.headers, _limited(request, limits), max_files=limits.most_files, max_fields=limits.most_fields
    )
    try:
        yield parser
    finally:
        parser.close()


async def read_post(parser: _Spooling, limits: Limits) -> Post:
    """The submission's XML and the files beside it.

    Raises:
        RefusedPostError: 413, larger than the limits; 408, too slow.
        OpenRosaError: cut short, too many parts, or without its XML.
    """
    try:
        parts = await parser.parse()
    except MultiPartException as error:
        raise _not_a_post(error.message) from None
    xml: bytes | None = None
    files = []
    for name, part in parts.multi_items():
        if not isinstance(part, UploadFile):
            continue  # `*isIncomplete*`: more posts follow, which come as they come
        if name == XML_PART:
            if (part.size or 0) > limits.most_xml_bytes:
                raise RefusedPostError(413, f"A submission's XML has at most {limits.most_xml_bytes} bytes here.")
            xml = await part.read()
        else:
            kind = part.content_type or ""
            kind = kind if _CONTENT_TYPE.fullmatch(kind) else "application/octet-stream"
            files.append(await run_in_threadpool(Part.of, name, kind, part.file))
    if xml is None:
        raise _not_a_post(f"it has no file {XML_PART}")
    return Post(xml, tuple(files))


def was_read(request: Request) -> bool:
    """Whether the whole body has come."""
    return bool(getattr(request.state, "was_read", False))


async def _limited(request: Request, limits: Limits) -> AsyncGenerator[bytes, None]:
    size_bytes = 0
    stream = request.stream().__aiter__()
    clock_s = asyncio.get_running_loop().time
    end_s = clock_s() + limits.whole_s
    while True:
        try:
            chunk = await asyncio.wait_for(anext(stream), min(limits.idle_s, max(0.0, end_s - clock_s())))
        except StopAsyncIteration:
            request.state.was_read = True
            return
        except TimeoutError:
            raise RefusedPostError(408, "Too slow.") from None
        size_bytes += len(chunk)
        if size_bytes > limits.most_bytes:
            raise _too_large(limits)
        yield chunk


def _too_large(limits: Limits) -> RefusedPostError:
    return RefusedPostError(413, f"More than {limits.most_bytes} bytes at once are not taken here.")


def _not_a_post(met: str) -> OpenRosaError:
    return OpenRosaError("Cannot read", f"the submission: {met}", f"Post multipart/form-data with a file {XML_PART}.")
