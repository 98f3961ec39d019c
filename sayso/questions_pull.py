"""`sayso questions pull`: sets from the server, for the kiosk to ask next."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from kiosk.config import load
from kiosk.errors import KioskError
from kiosk.keeping.day import today
from kiosk.pulling.pull import pull, wanted
from kiosk.pulling.shelf import PREFIX
from kiosk.pulling.went import SetOnServer, State, write_went
from kiosk.server import client_of
from openrosa.errors import OpenRosaError
from openrosa.findings import one_line

WORDS = {
    State.NEW: "new",
    State.SAME: "as the server has it",
    State.KEPT: "kept",
    State.FAILED: "not taken",
}


def run(path: Path, *, as_json: bool) -> bool:
    """One go; whether all of them are here, and the server was reached.

    Raises: KioskError, OpenRosaError: the configuration or the data folder can't be used, or another pull is running.
    """
    config = load(path)
    if not wanted(config):
        hint = f'Name a set of the server there, such as sets = ["{PREFIX}my_home"].'
        raise KioskError("Cannot pull", f"{path}: none of its sets comes from the server", hint)
    if not config.server.url:
        raise KioskError("Cannot pull", f"{path}: server.url is empty", 'Write its address there: url = "https://..."')
    message = ""
    outcomes: tuple[SetOnServer, ...] = ()
    with client_of(config) as client:
        try:
            outcomes = pull(config, client, today(), _progress)
        except OpenRosaError as error:
            message = one_line(str(error))
    try:
        write_went(config.status, outcomes, today(), message)
    except KioskError as error:  # what staff see matters less than the sets
        click.echo(f"sayso: {error}", err=True)
    _tell(outcomes, message, as_json=as_json)
    return not message and all(one.state is not State.FAILED for one in outcomes)


def _progress(what: str) -> None:
    """One line a step, for whoever sits before it; a journal needs none."""
    if sys.stderr.isatty():
        click.echo(f"Fetching {one_line(what)}", err=True)


def _tell(outcomes: tuple[SetOnServer, ...], message: str, *, as_json: bool) -> None:
    if as_json:
        told = msgspec.json.encode({"message": message, "sets": outcomes})
        click.echo(msgspec.json.format(told, indent=2).decode())
        return
    for one in outcomes:
        here = f", version '{one_line(one.version)}', {one.hash}" if one.hash else ""
        click.echo(f"{one_line(one.form_id)}: {WORDS[one.state]}{here}. {one.message}".rstrip(" ."))
    if message:
        click.echo(f"sayso: {message}", err=True)
