"""The server's end of OpenRosa 1.0 under `/key/TOKEN`: forms out, submissions in. Nothing can be read back here.

Source: the OpenRosa form discovery, submission and request documents at docs.getodk.org.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from collector.alerts import tell
from collector.arrivals import Outcome, receive
from collector.audit import Event, Tally
from collector.forms import find_form, media_file, media_of, newest_forms
from collector.keys import key_of
from collector.limits import Limits, Rate, sender
from collector.openapi import description
from collector.posts import RefusedPostError, check_head, parser_of, read_post, was_read
from collector.refusals import RefusalBeforeTheEnd
from openrosa import protocol
from openrosa.errors import OpenRosaError
from openrosa.protocol import FormEntry, ManifestFile, OpenRosaResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from starlette.requests import Request

    from collector.database import Database
    from collector.forms import Form
    from collector.keys import Key

_STATUS = {Outcome.TAKEN: 201, Outcome.TAKEN_BEFORE: 201, Outcome.CONFLICT: 409, Outcome.UNKNOWN_FORM: 404}
BUSY_RETRY_S = 60
LOOK_EVERY_S = 60.0
"""How often it is looked for alerts that are due, and counted refusals are written down."""


def make_app(
    database: Database,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    limits: Limits | None = None,
    alert: Path | None = None,
) -> Starlette:
    """The collector as an ASGI application.

    Args:
        database: stays the caller's, who closes it.
        now: the clock that stamps what arrives.
        limits: what is taken; None is the usual.
        alert: the program that is run for a sensitive form's visit.
    """
    site = _Site(database, now, limits or Limits(), alert)
    routes = [
        Route("/health", site.health, methods=["GET"]),
        Route("/openapi.json", site.openapi, methods=["GET"]),
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
        RefusedPostError: site.not_read,
        OpenRosaError: site.not_understood,
        DBAPIError: site.busy,
        NoConnectionError: site.busy,
        ClientDisconnect: site.gone,
    }
    return Starlette(routes=routes, exception_handlers=handlers, lifespan=site.at_work)


class _Site:
    """The handlers, with what they need."""

    def __init__(self, database: Database, now: Callable[[], datetime], limits: Limits, alert: Path | None) -> None:
        self._database = database
        self._now = now
        self._limits = limits
        self._alert = alert
        self._tally = Tally()
        self._known = Rate(limits.per_minute)
        self._unknown = Rate(limits.unknown_per_minute)
        self._arrived = asyncio.Event()

    @asynccontextmanager
    async def at_work(self, _app: Starlette) -> AsyncIterator[None]:
        """From start to stop: alerts, those too that an earlier run could not give."""
        task = asyncio.create_task(self._look_after())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await run_in_threadpool(self._write_down)

    async def _look_after(self) -> None:
        while True:
            self._arrived.clear()
            await run_in_threadpool(self._look)
            try:
                await asyncio.wait_for(self._arrived.wait(), LOOK_EVERY_S)
            except TimeoutError:
                continue

    def _look(self) -> None:
        try:
            self._tally.write_down(self._database, self._now())
            if self._alert is not None:
                for failed in tell(self._database, self._alert, self._now()):
                    print(f"sayso: {failed}", file=sys.stderr, flush=True)  # noqa: T201 - the service's log
        except (DBAPIError, NoConnectionError, OSError) as error:
            met = str(getattr(error, "orig", error)).strip().partition("\n")[0]
            print(f"sayso: Cannot look for alerts: {met}. It will be tried again.", file=sys.stderr, flush=True)  # noqa: T201 - the same

    def _write_down(self) -> None:
        try:
            self._tally.write_down(self._database, self._now())
        except (DBAPIError, NoConnectionError):
            print("sayso: Counts of refusals are lost: the database is away.", file=sys.stderr, flush=True)  # noqa: T201 - the same

    def health(self, _request: Request) -> Response:
        """Whether the database can be read; told to anybody, with nothing in it."""
        with self._database.reading() as connection:
            connection.execute(text("SELECT 1"))
        return JSONResponse({"status": "ok"})

    def openapi(self, _request: Request) -> Response:
        return JSONResponse(description(self._limits))

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
        data = media_file(self._database, self._form(request), request.path_params["name"])
        if data is None:
            raise HTTPException(404, "There is no such file here.")
        return Response(data, headers=protocol.headers(self._now()), media_type="application/octet-stream")

    def where_to_send(self, request: Request) -> Response:
        self._key(request)
        return Response(status_code=204, headers=self._submission_headers())

    async def submission(self, request: Request) -> Response:
        key = await run_in_threadpool(self._key, request)
        check_head(request, self._limits)
        with parser_of(request, self._limits) as parser:
            post = await read_post(parser, self._limits)
            arrival = await run_in_threadpool(
                receive,
                self._database,
                key,
                post.xml,
                post.files,
                self._now(),
                address=_address(request),
                tally=self._tally,
            )
        if arrival.alert:
            self._arrived.set()
        return self._said(_STATUS[arrival.outcome], arrival.message)

    def refused(self, request: Request, error: HTTPException) -> Response:
        return self._refusal(request, error.status_code, error.detail, error.headers)

    def not_read(self, request: Request, error: RefusedPostError) -> Response:
        return self._refusal(request, error.status, str(error))

    def not_understood(self, request: Request, error: OpenRosaError) -> Response:
        return self._refusal(request, 400, str(error))

    def gone(self, _request: Request, _error: ClientDisconnect) -> Response:
        """Nobody is there any more to read it."""
        return self._said(400, "The line was cut.")

    def busy(self, request: Request, _error: Exception) -> Response:
        """A full disk, or a database that is held up or away: nothing was taken, and whoever sent it should keep it."""
        return self._refusal(request, 503, "Nothing can be kept just now.", {"Retry-After": str(BUSY_RETRY_S)})

    def _refusal(
        self, request: Request, status: int, message: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        said = self._said(status, message)
        said.headers.update(headers or {})
        unread = request.method == "POST" and not was_read(request)
        return RefusalBeforeTheEnd(said, self._limits) if unread else said

    def _key(self, request: Request) -> Key:
        """Whose token it is. Every request comes by here before anything of it is read."""
        now, address = self._now(), _address(request)
        key = key_of(self._database, request.path_params["token"])
        if key is not None and key.revoked_at is None:
            self._within(self._known, key.id, now, key=key.id, address=address)
            return key
        number = None if key is None else key.id
        self._within(self._unknown, sender(address), now, key=number, address=address)
        event = Event.UNKNOWN if key is None else Event.REVOKED
        self._tally.note(self._database, event, now, key=number, address=address)
        raise HTTPException(401, "This address is not known here.")

    def _within(self, rate: Rate, who: int | str, now: datetime, *, key: int | None, address: str) -> None:
        wait_s = rate.wait_s(who, now)
        if wait_s:
            self._tally.note(self._database, Event.TOO_MANY, now, key=key, address=address)
            raise HTTPException(429, "Too many requests; wait a little.", {"Retry-After": str(wait_s)})

    def _form(self, request: Request) -> Form:
        form = find_form(self._database, request.path_params["form_id"], request.query_params.get("version"))
        if form is None:
            raise HTTPException(404, "There is no such form here.")
        return form

    def _base(self, request: Request) -> str:
        return f"{str(request.base_url).rstrip('/')}/key/{quote(request.path_params['token'], safe='')}"

    def _submission_headers(self) -> dict[str, str]:
        return {**protocol.headers(self._now()), protocol.ACCEPT_LENGTH_HEADER: str(self._limits.most_bytes)}

    def _xml(self, data: bytes) -> Response:
        return Response(data, headers={**protocol.headers(self._now()), "Content-Type": protocol.XML_TYPE})

    def _said(self, status: int, message: str) -> Response:
        taken = status == 201  # noqa: PLR2004 - HTTP's own number
        body = protocol.response_xml(OpenRosaResponse(message, "submit_success" if taken else "error"))
        return Response(body, status, headers={**self._submission_headers(), "Content-Type": protocol.XML_TYPE})


def _address(request: Request) -> str:
    return request.client.host[:100] if request.client is not None else ""


def _entry(form: Form, base: str) -> FormEntry:
    place = f"{base}/forms/{quote(form.form_id, safe='')}"
    manifest_url = f"{place}/manifest{_version(form)}" if form.has_media else None
    return FormEntry(form.form_id, form.version, form.title, form.hash, f"{place}.xml{_version(form)}", manifest_url)


def _version(form: Form) -> str:
    return f"?version={quote(form.version, safe='')}"
