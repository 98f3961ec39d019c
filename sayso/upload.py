"""`sayso upload`: send what waits in the outbox, once or as it comes."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, time
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import Any, Self

import click
import msgspec

from kiosk.config import load
from kiosk.errors import KioskError
from kiosk.keeping.day import today
from kiosk.keeping.identity import kiosk_key, night_seed
from kiosk.keeping.store import Role, Store
from kiosk.sending.erasing import DAYS_NAME, erase_old
from kiosk.sending.from_stick import upload_stick
from kiosk.sending.go import Report
from kiosk.sending.night import Due, Night
from kiosk.sending.uploader import POLL_S, keep_sending, upload_waiting
from kiosk.server import client_of
from kiosk.settings import Config
from kiosk.staff import requests, status
from openrosa.stick import root_of


class Ending:
    """Whether SIGTERM or SIGINT has come.

    They are blocked and asked for, so that they end neither a post halfway nor a commit; a post in flight is waited
    for, at most `server.timeout_s`. A library's own threads may have been started before: one that comes to such a
    thread is noted by a handler, and seen at the next look.
    """

    SIGNALS = (signal.SIGTERM, signal.SIGINT)

    def __init__(self) -> None:
        self._asked = False
        self._before: set[int] = set()
        self._handlers: list[Any] = []

    def __enter__(self) -> Self:
        self._handlers = [signal.signal(each, self._note) for each in self.SIGNALS]
        self._before = {*signal.pthread_sigmask(signal.SIG_BLOCK, self.SIGNALS)}
        return self

    def __exit__(self, *_: object) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)
        for each, before in zip(self.SIGNALS, self._handlers, strict=True):
            signal.signal(each, before)

    def _note(self, *_: object) -> None:
        self._asked = True

    def wait(self, seconds: float) -> bool:
        """Wait so long; True, and at once, when one has come."""
        if not self._asked and signal.sigtimedwait(self.SIGNALS, seconds) is not None:
            self._asked = True
        return self._asked

    def asked(self) -> bool:
        """Whether one has come by now."""
        return self.wait(0)


class Watching:
    """Waits for the next go, and hears when staff ask to send now, or when something has come that can't wait.

    Args:
        ending: whether to end.
        status_path: the file beside which staff leave word.
        came: whether something has come that can't wait; asked now and then.
    """

    def __init__(self, ending: Ending, status_path: Path, came: Callable[[], bool] = lambda: False) -> None:
        self._ending = ending
        self._status_path = status_path
        self._came = came
        self._asked = False

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until there is something to send now; True, and at once, when asked to end."""
        while seconds > POLL_S:
            if self._ending.wait(POLL_S):
                return True
            seconds -= POLL_S
            if self._look() or self._came():
                return False
        ended = self._ending.wait(seconds)
        self._look()
        return ended

    def asked(self) -> bool:
        """Whether staff have asked since this was called last."""
        asked, self._asked = self._asked, False
        return asked

    def _look(self) -> bool:
        self._asked = requests.taken(self._status_path, requests.SEND_NOW) or self._asked
        return self._asked


@click.command("upload")
@click.option("--config", "config_path", required=True, type=click.Path(path_type=Path), help="The kiosk's TOML file.")
@click.option("--watch", is_flag=True, help="Keep running and send by night, until SIGTERM or Ctrl+C.")
@click.option("--due", is_flag=True, help="Send what --watch would send by now, once; or all of it where staff asked.")
@click.option("--now", is_flag=True, help="With --watch: send each visit as it ends, whatever upload.at says.")
@click.option(
    "--from",
    "stick",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Send the visits of the USB stick mounted there, not the kiosk's own.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a go.")
@click.pass_context
def command(
    ctx: click.Context, config_path: Path, *, watch: bool, due: bool, now: bool, stick: Path | None, as_json: bool
) -> None:
    """Send what waits to the server of the configuration, now.

    With --watch it keeps running and sends at night, at a moment of its own (upload.at, upload.spread_s), what ended
    before midnight; visits of a sensitive form go at once. The kiosk's staff can ask to send now: a file `send-now`
    beside the status file, which is taken away. docs/sending.md says more.

    With --due it sends the same by and by: started now and then, as by systemd's timer and path, and ends. No memory is
    taken in between. Two files ask for it: `send-now` for everything, `send-due` for a sensitive form's visit.

    With --from the visits that `sayso export` has put on a stick go to the server, from any machine: only sets and
    [server] of the configuration are used. The server may be any that speaks OpenRosa. A kiosk is told nothing of it.

    Exit code 1 if something still waits or was set aside; with --watch 0 when it was asked to end; with --due 1 if
    something that was due still waits.
    """
    config = load(config_path)
    if due and (watch or now or stick is not None):
        raise click.UsageError("--due sends what is due, once: leave --watch, --now and --from out.")
    everything = due and asked_for_all(config.status)
    if due and not config.server.url:
        click.echo("Nothing is due: server.url is empty.")
        return
    if not config.server.url:
        hint = 'Write the server\'s address there: url = "https://..."'
        raise KioskError("Cannot send", f"{config_path}: server.url is empty", hint)
    if stick is not None:
        if watch:
            raise click.UsageError("--from sends what is on the stick, once: leave --watch out.")
        with Ending() as ending, client_of(config) as client:
            found = upload_stick(root_of(stick), client, SystemRandom(), stopping=ending.asked)
        click.echo(_told(found, as_json=as_json))
        if found.waiting or found.set_aside:
            ctx.exit(1)
        return
    with (
        Ending() as ending,
        Store.open(config.store.folder, Role.UPLOADER) as store,
        client_of(config) as client,
    ):
        any_set_aside = False

        def told(report: Report) -> None:
            nonlocal any_set_aside
            any_set_aside = any_set_aside or report.set_aside > 0
            try:
                status.write_sending(config.status, report, today())
            except KioskError as error:  # what staff see matters less than that the rest is sent
                click.echo(f"sayso: {error}", err=True)
            click.echo(_told(report, as_json=as_json))

        rng = SystemRandom()  # the order must not be guessed from the day
        daily = partial(erase_old, store, config.store.folder / DAYS_NAME)
        if due:
            daily(today())

            def go(found: list[str]) -> None:
                told(upload_waiting(store, client, today(), rng, due=found, stopping=ending.asked))

            left = send_due(config, store, go, everything=everything, ending=ending)
            if left or any_set_aside:
                ctx.exit(1)
        elif watch:
            nightly = None if now else due_of(config, store)
            watching = Watching(ending, config.status, nightly.came) if nightly else Watching(ending, config.status)

            def to_send() -> list[str]:
                if nightly is None or watching.asked():
                    return store.waiting()
                return nightly.at(datetime.now())  # noqa: DTZ005 - the clock on the wall

            keep_sending(store, client, today, rng, wait=watching.wait, told=told, due=to_send, daily=daily)
        else:
            daily(today())
            told(upload_waiting(store, client, today(), rng, stopping=ending.asked))
        # What a watching uploader has left by day says nothing but that somebody answered today.
        if not (watch or due) and (store.counts().waiting or any_set_aside):
            ctx.exit(1)


def asked_for_all(status_path: Path) -> bool:
    """Take the requests that wait; whether staff asked for all that waits to be sent, and not only what is due."""
    requests.taken(status_path, requests.SEND_DUE)
    return requests.taken(status_path, requests.SEND_NOW)


def send_due(
    config: Config, store: Store, go: Callable[[list[str]], None], *, everything: bool, ending: Ending
) -> bool:
    """Send what is due now, and again as long as somebody asks meanwhile; whether something that was due still waits.

    Args:
        config: when what is due, and where requests are left.
        store: opened as the uploader.
        go: sends these.
        everything: staff asked for all that waits.
        ending: whether to end.
    """
    nightly = due_of(config, store)
    while True:
        # By the clock on the wall.
        found = store.waiting() if nightly is None or everything else nightly.at(datetime.now())  # noqa: DTZ005
        if found:
            go(found)
        again = requests.is_there(config.status, requests.SEND_DUE)
        everything = asked_for_all(config.status)
        if ending.asked() or not (again or everything):
            return bool({*found} & {*store.waiting()})


def due_of(config: Config, store: Store) -> Due | None:
    """When what is sent by the configuration, by the store opened as the uploader; None: whatever waits, at once."""
    if config.upload.at == "now":
        return None
    seed = night_seed(kiosk_key(config.store.folder))
    return Due(store, Night(time.fromisoformat(config.upload.at), config.upload.spread_s, seed))


def _told(report: Report, *, as_json: bool) -> str:
    if as_json:
        return msgspec.json.encode(asdict(report)).decode()
    counted = f"Delivered: {report.delivered}; set aside: {report.set_aside}; still waiting: {report.waiting}."
    return f"{counted} {report.message}".strip()
