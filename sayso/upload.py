"""`sayso upload`: send what waits in the outbox, once or as it comes."""

from __future__ import annotations

import signal
from dataclasses import asdict
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import Self

import click
import msgspec

from kiosk.config import load
from kiosk.errors import KioskError
from kiosk.keeping.day import today
from kiosk.keeping.store import Role, Store
from kiosk.keeping.uploader import POLL_S, Report, keep_sending, upload_waiting
from kiosk.staff import status
from openrosa.client import Client


class Ending:
    """Whether SIGTERM or SIGINT has come.

    They are blocked and asked for, so that they end neither a post halfway nor a commit; a post in flight is waited
    for, at most `server.timeout_s`.
    """

    SIGNALS = (signal.SIGTERM, signal.SIGINT)

    def __init__(self) -> None:
        self._asked = False
        self._before: set[int] = set()

    def __enter__(self) -> Self:
        self._before = {*signal.pthread_sigmask(signal.SIG_BLOCK, self.SIGNALS)}
        return self

    def __exit__(self, *_: object) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)

    def wait(self, seconds: float) -> bool:
        """Wait so long; True, and at once, when one has come."""
        self._asked = self._asked or signal.sigtimedwait(self.SIGNALS, seconds) is not None
        return self._asked

    def asked(self) -> bool:
        """Whether one has come by now."""
        return self.wait(0)


@click.command("upload")
@click.option("--config", "config_path", required=True, type=click.Path(path_type=Path), help="The kiosk's TOML file.")
@click.option("--watch", is_flag=True, help="Keep running and send what comes, until SIGTERM or Ctrl+C.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a go.")
@click.pass_context
def command(ctx: click.Context, config_path: Path, *, watch: bool, as_json: bool) -> None:
    """Send what waits to the server of the configuration.

    With --watch the kiosk's staff can ask to send now: a file `send-now` beside the status file, which is taken away.

    Exit code 1 if something still waits or was set aside.
    """
    config = load(config_path)
    if not config.server.url:
        hint = 'Write the server\'s address there: url = "https://..."'
        raise KioskError("Cannot send", f"{config_path}: server.url is empty", hint)
    address, timeout_s = config.server.url, config.server.timeout_s
    with (
        Ending() as ending,
        Store.open(config.store.folder, Role.UPLOADER) as store,
        Client(address, timeout_s) as client,
    ):
        any_set_aside = False

        def told(report: Report) -> None:
            nonlocal any_set_aside
            any_set_aside = any_set_aside or report.set_aside > 0
            try:
                status.write_sending(config.status, report, today())
            except KioskError as error:  # what staff see matters less than that the rest is sent
                click.echo(f"sayso: {error}", err=True)
            click.echo(msgspec.json.encode(asdict(report)).decode() if as_json else _sentence(report))

        rng = SystemRandom()  # the order must not be guessed from the day
        if watch:
            keep_sending(store, client, today, rng, wait=partial(pause, ending, config.status), told=told)
        else:
            told(upload_waiting(store, client, today(), rng, stopping=ending.asked))
        if store.counts().waiting or any_set_aside:
            ctx.exit(1)


def pause(ending: Ending, status_path: Path, seconds: float) -> bool:
    """Wait so long, or until staff ask to send now; True, and at once, when asked to end."""
    while seconds > POLL_S:
        if ending.wait(POLL_S):
            return True
        seconds -= POLL_S
        if status.asked_to_send(status_path):
            return False
    ended = ending.wait(seconds)
    status.asked_to_send(status_path)  # what waits is sent now in any case
    return ended


def _sentence(report: Report) -> str:
    counted = f"Delivered: {report.delivered}; set aside: {report.set_aside}; still waiting: {report.waiting}."
    return f"{counted} {report.message}".strip()
