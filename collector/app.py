"""The server's end of OpenRosa 1.0 under `/key/TOKEN`: forms out, submissions in. Nothing can be read back here.

Source: the OpenRosa form discovery, submission and request documents at docs.getodk.org.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from collector.arrivals import Outcome, receive
from collector.forms import find_form, media_of, newest_forms
from collector.keys import key_of
from collector.posts import LARGEST_POST_BYTES, TooLargeError, read_post
from openrosa import protocol
from openrosa.errors import OpenRosaError
from openrosa.protocol import FormEntry, ManifestFile, OpenRosaResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from collector.database import Database
    from collector.forms import Form
    from collector.keys import Key

_STATUS = {Outcome.TAKEN: 201, Outcome.TAKEN_BEFORE: 201, Outcome.CONFLICT: 409, Outcome.UNKNOWN_FORM: 404}
BUSY_RETRY_S = 60


def make_app(
    database: Database,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    most_bytes: int = LARGEST_POST_BYTES,
) -> Starlette:
    """The collector as an ASGI application.

    Args:
        database: stays the caller's, who closes it.
        now: the clock that stamps what arrives.
        most_bytes: the largest post taken; larger submissions come in several.
    """
    site = _Site(database, now, most_bytes)
    routes = [
        Route("/key/{token}/formList", site.form_list, methods=["GET"]),
        # `:path`, because a form's id may hold a slash.
        Route("/key/{token}/forms/{form_id:path}/media/{name}", site.media, methods=["GET"]),
        Route("/key/{token}/forms/{form_id:path}/manifest", site.manifest, methods=["GET"]),
        Route("/key/{token}/forms/{form_id:path}.xml", site.form, methods=["GET"]),
        # OpenRosa asks for HEAD; a GET beside it answers the same.
        Route("/key/{token}/submission", site.where_to_send, methods=["GET"]),
        Route("/key/{token}/submission", site.submission, methods=["POST"]),
    ]
    # Starlette calls each handler with the exception it stands beside, which its types can't say.
    handlers: dict[Any, Any] = {
        HTTPException: site.refused,
        OpenRosaError: site.not_understood,
        OperationalError: site.busy,
    }
    return Starlette(routes=routes, exception_handlers=handlers)


class _Site:
    """The handlers, with what they need."""

    def __init__(self, database: Database, now: Callable[[], datetime], most_bytes: int) -> None:
        self._database = database
        self._now = now
        self._most_bytes = most_bytes

    def form_list(self, request: Request) -> Response:
        self._key(request)
        base = self._base(request)
        wanted = request.query_params.get("formID")
        forms = [one for one in newest_forms(self._database) if wanted in (None, one.form_id)]
        return self._xml(protocol.form_list_xml(_entry(one, base) for one in forms))

    def form(self, request: Request) -> Response:
        self._key(request)
        return self._xml(self._form(request).xform)

    def manifest(self, request: Request) -> Response:
        self._key(request)
        form = self._form(request)
        place = f"{self._base(request)}/forms/{quote(form.form_id, safe='')}/media"
        files = [
            ManifestFile(name, protocol.md5_hash(data), f"{place}/{quote(name, safe='')}{_version(form)}")
            for name, data in media_of(self._database, form).items()
        ]
        return self._xml(protocol.manifest_xml(files))

    def media(self, request: Request) -> Response:
        self._key(request)
        data = media_of(self._database, self._form(request)).get(request.path_params["name"])
        if data is None:
            raise HTTPException(404, "There is no such file here.")
        return Response(data, headers=protocol.headers(self._now()), media_type="application/octet-stream")

    def where_to_send(self, request: Request) -> Response:
        self._key(request)
        return Response(status_code=204, headers=self._submission_headers())

    async def submission(self, request: Request) -> Response:
        key = await run_in_threadpool(self._key, request)
        try:
            xml, files = await read_post(request, self._most_bytes)
        except TooLargeError:
            return self._said(413, f"More than {self._most_bytes} bytes at once are not taken here.")
        arrival = await run_in_threadpool(receive, self._database, key, xml, files, self._now())
        return self._said(_STATUS[arrival.outcome], arrival.message)

    def refused(self, _request: Request, error: HTTPException) -> Response:
        return self._said(error.status_code, error.detail)

    def not_understood(self, _request: Request, error: OpenRosaError) -> Response:
        return self._said(400, str(error))

    def busy(self, _request: Request, _error: OperationalError) -> Response:
        """A full disk or a database that is held up: nothing was taken, and whoever sent it should keep it."""
        response = self._said(503, "Nothing can be kept just now.")
        response.headers["Retry-After"] = str(BUSY_RETRY_S)
        return response

    def _key(self, request: Request) -> Key:
        key = key_of(self._database, request.path_params["token"])
        if key is None:
            raise HTTPException(401, "This address is not known here.")
        return key

    def _form(self, request: Request) -> Form:
        form = find_form(self._database, request.path_params["form_id"], request.query_params.get("version"))
        if form is None:
            raise HTTPException(404, "There is no such form here.")
        return form

    def _base(self, request: Request) -> str:
        return f"{str(request.base_url).rstrip('/')}/key/{quote(request.path_params['token'], safe='')}"

    def _submission_headers(self) -> dict[str, str]:
        return {**protocol.headers(self._now()), protocol.ACCEPT_LENGTH_HEADER: str(self._most_bytes)}

    def _xml(self, data: bytes) -> Response:
        return Response(data, headers={**protocol.headers(self._now()), "Content-Type": protocol.XML_TYPE})

    def _said(self, status: int, message: str) -> Response:
        taken = status == 201  # noqa: PLR2004 - HTTP's own number
        body = protocol.response_xml(OpenRosaResponse(message, "submit_success" if taken else "error"))
        return Response(body, status, headers={**self._submission_headers(), "Content-Type": protocol.XML_TYPE})


def _entry(form: Form, base: str) -> FormEntry:
    place = f"{base}/forms/{quote(form.form_id, safe='')}"
    manifest_url = f"{place}/manifest{_version(form)}" if form.has_media else None
    return FormEntry(form.form_id, form.version, form.title, form.hash, f"{place}.xml{_version(form)}", manifest_url)


def _version(form: Form) -> str:
    return f"?version={quote(form.version, safe='')}"
