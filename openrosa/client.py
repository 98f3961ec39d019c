"""The kiosk's end of OpenRosa 1.0: getting forms and sending submissions, to ODK Central, KoboToolbox or our collector.

The token is part of the server's address; it appears in no error, repr or log line. Nothing follows a redirection to
another host: a portal's sign-in page must not receive a visit, nor be taken for a server that received it.
Source: the OpenRosa form discovery, submission and request documents at docs.getodk.org.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import httpx

from openrosa import protocol
from openrosa.errors import OpenRosaError
from openrosa.reply import LONGEST_MESSAGE, Reply, Verdict, judged, retry_after_s
from openrosa.unreachable import trusting, unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from openrosa.protocol import FormEntry, ManifestFile
    from openrosa.submission import Attachment, Submission

__all__ = ["Client", "Reply", "Verdict"]

LARGEST_LIST_BYTES = 8_000_000
LARGEST_FILE_BYTES = 100_000_000
LARGEST_REPLY_BYTES = 200_000
LONGEST_ANSWER_S = 1_800.0
DEFAULT_ACCEPT_BYTES = 10_000_000
"""What is sent in one post where the server does not say how much it takes."""

PART_OVERHEAD_BYTES = 1_000
"""Boundary and headers of one part of a post, rounded up."""

SHORTEST_TOKEN = 16
_MOST_REDIRECTIONS = 3
_NO_HEAD = (404, 405, 501)
"""Some servers do not answer HEAD at all; the post itself then says what is wrong."""

# httpx logs every address at INFO, httpcore headers at DEBUG: both would write the token into a log.
for _name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy"):
    logging.getLogger(_name).addFilter(lambda record: record.levelno >= logging.WARNING)


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    url: httpx.URL


class Client:
    """One server, for a while. Use it as a context manager, or `close` it.

    Args:
        server_url: where formList and submission are: `https://host/v1/key/TOKEN/projects/1` of an ODK Central app
            user, or `http://127.0.0.1:8080/key/TOKEN` of our collector.
        timeout_s: for connecting, and for each read and write.
        ca_file: the certificate of a private authority (PEM); then nobody else's is believed. None: those that all the
            world believes.
        software: what the server sees as User-Agent.
        now: the clock, for the Date header.
        monotonic_s: the clock that bounds a whole answer, which `timeout_s` does not: bytes may drip in for ever.
    Raises: OpenRosaError: the address is none, or `ca_file` no certificate.
    """

    def __init__(
        self,
        server_url: str,
        timeout_s: float = 30.0,
        *,
        ca_file: Path | None = None,
        software: str = "Sayso",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = _base_url(server_url)
        self._now = now
        self._monotonic_s = monotonic_s
        self._secrets = _secrets(self._base)
        self._accept: tuple[httpx.URL, int] | None = None
        self._http = httpx.Client(
            timeout=timeout_s,
            verify=trusting(ca_file),
            headers={"User-Agent": software},
            follow_redirects=False,
        )

    def __repr__(self) -> str:
        return f"Client({self.host!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def host(self) -> str:
        """The server's host and port: all of its address that may be shown."""
        return self._base.netloc.decode("ascii")

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def form_list(self) -> tuple[FormEntry, ...]:
        """What the server offers. Raises: OpenRosaError: no server, not allowed, or something else than a list."""
        return protocol.parse_form_list(self._got("formList", "the form list", LARGEST_LIST_BYTES))

    def form(self, entry: FormEntry) -> bytes:
        """A form's XForm. Raises: OpenRosaError: as for `form_list`, or the bytes do not fit the list's hash."""
        return self._checked(entry.download_url, f"the form {entry.form_id!r}", entry.hash)

    def manifest(self, entry: FormEntry) -> tuple[ManifestFile, ...]:
        """A form's media, empty where it has none. Raises: OpenRosaError: as for `form_list`."""
        if entry.manifest_url is None:
            return ()
        what = f"the manifest of {entry.form_id!r}"
        return protocol.parse_manifest(self._got(entry.manifest_url, what, LARGEST_LIST_BYTES))

    def media(self, file: ManifestFile) -> bytes:
        """A media file. Raises: OpenRosaError: as for `form`."""
        return self._checked(file.download_url, f"the media file {file.name!r}", file.hash)

    def submit(self, submission: Submission) -> Reply:
        """Send one submission, in as many posts as the server's limit asks for. Raises nothing: any end is a Reply.

        A post that is too large for what stands before the server, which nobody has announced, is halved until each
        attachment goes alone.
        """
        try:
            if self._accept is None:
                found = self._asked_where()
                if isinstance(found, Reply):
                    return found
                self._accept = found
            url, accept_bytes = self._accept
            posts = deque(_posts(submission, accept_bytes))
            while posts:
                files = posts.popleft()
                answer = self._posted(url, submission, files, last=not posts)
                if answer.status == httpx.codes.REQUEST_ENTITY_TOO_LARGE and len(files) > 1:
                    half = len(files) // 2
                    posts.extendleft((files[half:], files[:half]))
                    continue
                reply = self._judged(answer)
                if reply.verdict is not Verdict.DELIVERED:
                    self._accept = None  # the next go asks anew: place and limit may have changed
                    return reply
        except OpenRosaError as error:
            self._accept = None
            return Reply(Verdict.WAIT, None, str(error))
        return reply

    def _asked_where(self) -> tuple[httpx.URL, int] | Reply:
        """HEAD submission, as the protocol asks: where to post, and how much at once."""
        answer = self._answer("HEAD", self._url("submission"), LARGEST_REPLY_BYTES)
        known = protocol.VERSION_HEADER in answer.headers
        if answer.status in _NO_HEAD:
            return self._url("submission"), DEFAULT_ACCEPT_BYTES
        if not (answer.status == httpx.codes.NO_CONTENT or (answer.status == httpx.codes.OK and known)):
            message = f"The server {self.host} does not take submissions now (HTTP {answer.status})."
            return Reply(Verdict.WAIT, answer.status, message, self._retry_after_s(answer))
        url = answer.url
        if "location" in answer.headers:
            url = self._same_server(url.join(answer.headers["location"]), url)
        length = answer.headers.get(protocol.ACCEPT_LENGTH_HEADER, "")
        return url, int(length) if length.isascii() and length.isdecimal() and int(length) > 0 else DEFAULT_ACCEPT_BYTES

    def _posted(
        self, url: httpx.URL, submission: Submission, attachments: tuple[Attachment, ...], *, last: bool
    ) -> _Answer:
        files = [(protocol.XML_PART, ("submission.xml", submission.xml, "text/xml"))]
        files += [(one.name, (one.name, one.data, one.content_type)) for one in attachments]
        data = {} if last else {protocol.INCOMPLETE_PART: "yes"}
        request = self._http.build_request("POST", url, files=files, data=data, headers=protocol.headers(self._now()))
        return self._sent(request, LARGEST_REPLY_BYTES)

    def _judged(self, answer: _Answer) -> Reply:
        reply = judged(answer.status, answer.body, self.host, self._retry_after_s(answer))
        return replace(reply, message=self._without_token(reply.message))

    def _checked(self, url: str, what: str, expected_hash: str) -> bytes:
        data = self._got(url, what, LARGEST_FILE_BYTES)
        if expected_hash.startswith("md5:") and protocol.md5_hash(data) != expected_hash.lower():
            subject = f"{what} from {self.host}: it is not what the server's list says"
            raise OpenRosaError("Cannot take", subject, "Try again; it may have been changed just now.")
        return data

    def _got(self, address: str, what: str, most_bytes: int) -> bytes:
        url = self._same_server(self._url("").join(address), self._base)
        for _ in range(_MOST_REDIRECTIONS):
            answer = self._answer("GET", url, most_bytes)
            if not (httpx.codes.is_redirect(answer.status) and "location" in answer.headers):
                break
            url = self._same_server(url.join(answer.headers["location"]), url)
        if answer.status == httpx.codes.OK:
            return answer.body
        match answer.status:
            case 401 | 403:
                hint = "Check the token in the server's address."
            case 404:
                hint = "Check the server's address, and that the form is published there."
            case _:
                hint = "Try again later, or check the server's address."
        raise OpenRosaError("Cannot get", f"{what} from {self.host}: it answered HTTP {answer.status}", hint)

    def _answer(self, method: str, url: httpx.URL, most_bytes: int) -> _Answer:
        request = self._http.build_request(method, url, headers=protocol.headers(self._now()))
        return self._sent(request, most_bytes)

    def _sent(self, request: httpx.Request, most_bytes: int) -> _Answer:
        try:
            response = self._http.send(request, stream=True)
            try:
                body = bytearray()
                end_s = self._monotonic_s() + LONGEST_ANSWER_S
                for chunk in response.iter_bytes():
                    body += chunk
                    if self._monotonic_s() > end_s:
                        subject = f"for the answer of {self.host}: it takes more than {LONGEST_ANSWER_S:.0f} s"
                        raise OpenRosaError("Cannot wait", subject, "Try again later.")
                    if len(body) > most_bytes:
                        subject = f"the answer of {self.host}: it is larger than {most_bytes} bytes"
                        raise OpenRosaError("Cannot take", subject, "Check the server's address.")
            finally:
                response.close()
        except httpx.HTTPError as error:
            # httpx's own words may hold the address, and with it the token.
            met = self._without_token(str(error))[:LONGEST_MESSAGE] or "no words"
            raise unreachable(self.host, error, met, self._now()) from None
        except httpx.InvalidURL:
            raise OpenRosaError(
                "Cannot reach", f"{self.host}: it gave an address that is none", "Tell who runs it."
            ) from None
        return _Answer(response.status_code, response.headers, bytes(body), request.url)

    def _url(self, last: str) -> httpx.URL:
        return self._base.copy_with(path=f"{self._base.path.rstrip('/')}/{last}")

    def _same_server(self, url: httpx.URL, before: httpx.URL) -> httpx.URL:
        upgraded = (before.scheme, url.scheme) == ("http", "https")
        same = url.host == before.host and ((url.scheme, url.port) == (before.scheme, before.port) or upgraded)
        if not same:
            subject = f"{self.host} leads to {url.scheme}://{url.netloc.decode('ascii', 'replace')}"
            hint = "Sign in to the network if it asks for it, or write the server's own address."
            raise OpenRosaError("Cannot follow", f"{subject}, which is another server", hint)
        return url

    def _retry_after_s(self, answer: _Answer) -> float | None:
        return retry_after_s(answer.headers.get("retry-after", ""), self._now())

    def _without_token(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "...")
        return " ".join(text.split())


def _base_url(server_url: str) -> httpx.URL:
    hint = "Write it as https://host/v1/key/TOKEN/projects/1, or http://host:port/key/TOKEN for a collector."
    try:
        url = httpx.URL(server_url.strip().rstrip("/"))
    except httpx.InvalidURL:
        raise OpenRosaError("Cannot use", "the server's address: it is none", hint) from None
    if url.scheme not in ("http", "https") or not url.host:
        raise OpenRosaError("Cannot use", "the server's address: it is no http or https address", hint)
    return url.copy_with(path=url.path.rstrip("/"), query=None, fragment=None)


def _secrets(url: httpx.URL) -> tuple[str, ...]:
    """The token, as it is and as it is written in an address; any long part of the path where no `key` tells which."""
    parts = [*url.path.split("/"), *url.raw_path.decode("ascii").split("/")]
    after_key = [token for before, token in pairwise(parts) if before == "key" and token]
    return tuple(after_key or (part for part in parts if len(part) >= SHORTEST_TOKEN))


def _posts(submission: Submission, accept_bytes: int) -> Iterator[tuple[Attachment, ...]]:
    """The attachments post by post. One that is too large goes alone: the server itself then says so."""
    start_bytes = len(submission.xml) + 2 * PART_OVERHEAD_BYTES
    batch: list[Attachment] = []
    size_bytes = start_bytes
    for one in submission.attachments:
        one_bytes = len(one.data) + PART_OVERHEAD_BYTES
        if batch and size_bytes + one_bytes > accept_bytes:
            yield tuple(batch)
            batch, size_bytes = [], start_bytes
        batch.append(one)
        size_bytes += one_bytes
    yield tuple(batch)
