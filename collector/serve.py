"""Running a collector: in the foreground until a signal, or beside something else for a while.

Requests are never logged: their paths hold the kiosks' tokens.
"""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from collector.app import make_app
from collector.errors import CollectorError
from collector.limits import LARGEST_POST_BYTES, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from starlette.applications import Starlette

    from collector.database import Database

SHUTDOWN_TIMEOUT_S = 10
START_TIMEOUT_S = 20.0
PROXY = "127.0.0.1"
_STEP_S = 0.02


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes any free one.

    Raises: CollectorError: taken, not allowed, or not an address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except (OSError, OverflowError) as error:
        met = getattr(error, "strerror", None) or str(error)
        raise CollectorError("Cannot listen", f"on {host}:{port}: {met}", "Choose another --port or --host.") from None
    return listener


def url_of(listener: socket.socket) -> str:
    """The address of a listening socket, without a token."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(app: Starlette, listener: socket.socket, *, proxy: str = PROXY, limits: Limits | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is being taken and return.

    Args:
        app: what to serve.
        listener: where; closed at the end.
        proxy: the address of the one proxy whose word on a sender's address and scheme is taken.
        limits: how many connections may be open.
    """
    # uvicorn raises the signal again once it has stopped: here that shall mean a clean end, not a death by signal.
    before = {number: signal.signal(number, _stopped) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        _server(app, proxy, limits or Limits()).run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        listener.close()


@contextmanager
def running(
    database: Database,
    now: Callable[[], datetime],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    most_bytes: int = LARGEST_POST_BYTES,
    limits: Limits | None = None,
    alert: Path | None = None,
) -> Iterator[str]:
    """A collector in a thread of its own, for the demo, `rehearse` and tests.

    Args:
        database: stays the caller's.
        now: the clock.
        host: which of this machine's addresses it listens on.
        port: 0 takes any free one.
        most_bytes: the largest post, where no `limits` are given.
        limits: what is taken.
        alert: the program that is run for a sensitive form's visit.
    Yields: its address without a token.
    Raises: CollectorError: it did not start.
    """
    listener = bound(host, port)
    limits = limits or Limits(most_bytes=most_bytes)
    server = _server(make_app(database, now=now, limits=limits, alert=alert), PROXY, limits)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="collector", daemon=True)
    thread.start()
    try:
        for _ in range(int(START_TIMEOUT_S / _STEP_S)):
            if server.started or not thread.is_alive():
                break
            thread.join(_STEP_S)
        if not server.started:
            raise CollectorError("Cannot start", f"the collector on {url_of(listener)}", "See the lines above.")
        yield url_of(listener)
    finally:
        server.should_exit = True
        thread.join(SHUTDOWN_TIMEOUT_S + START_TIMEOUT_S)
        listener.close()


def _server(app: Starlette, proxy: str, limits: Limits) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        lifespan="on",
        proxy_headers=True,
        forwarded_allow_ips=proxy,
        limit_concurrency=limits.connections,
        server_header=False,
        date_header=False,  # the protocol's own Date is there already
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_S,
    )
    return uvicorn.Server(config)


def _stopped(_number: int, _frame: object) -> None:
    """What a signal does before uvicorn listens for it and after: nothing more."""
