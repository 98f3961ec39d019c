"""`sayso health`: how the kiosk is, told to the office once a day."""

from __future__ import annotations

import time
from pathlib import Path

import click
import msgspec

from kiosk import machine
from kiosk.config import load
from kiosk.errors import KioskError
from kiosk.keeping.identity import kiosk_key
from kiosk.keeping.owner import refuse_root
from kiosk.pulling.went import read_went
from kiosk.reporting import send
from kiosk.reporting.send import Outcome
from kiosk.reporting.values import started_on, values
from kiosk.server import client_of
from kiosk.settings import Config
from kiosk.staff import status
from openrosa.errors import OpenRosaError

SHEET = Path(send.__file__).with_name(f"{send.FORM_ID}.md")
DAY_NAME = "health-told"
"""In the data folder: the day of which the office has been told."""


@click.command("health")
@click.option("--config", "path", type=click.Path(path_type=Path), help="The kiosk's TOML file.")
@click.option("--show", is_flag=True, help="Print what would be sent, as JSON, and send nothing.")
@click.option("--again", is_flag=True, help="Ask the server even if it was told today.")
@click.option(
    "--form", "folder", type=click.Path(path_type=Path), help="Write the form for the server into this folder."
)
@click.option("--public-key", type=click.Path(path_type=Path), help="With --form: the office's key, to seal it.")
@click.pass_context
def command(
    ctx: click.Context, *, path: Path | None, show: bool, again: bool, folder: Path | None, public_key: Path | None
) -> None:
    r"""Tell the office how this kiosk is, once a day: a form that the kiosk fills in by itself.

    It says what `sayso status` says: open or not, devices, disk, power, clock, sets, and visits counted as of last
    midnight. Never an answer. A server that does not offer the form `kiosk_health` to this kiosk is told nothing.
    Publish it (with ODK Central, give it to the app users), and all kiosks begin to tell.

    \b
    In the office, once:
      sayso health --form forms
      sayso collector publish forms/kiosk_health.xml --data collected
    On the kiosk, by its timer:
      sayso health --config /etc/sayso/sayso.toml

    Exit codes: 0 told, told today already, or nobody wants to know; 1 the server could not be told; 2 wrong use.
    """
    if folder is not None:
        _write_form(folder, public_key)
        return
    if path is None:
        raise click.UsageError("Give --config, the kiosk's TOML file; or --form, to make the form.")
    config = load(path)
    circumstances = machine.circumstances()
    told = values(
        _status(config),
        status.read_sending(config.status),
        read_went(config.status),
        circumstances,
        home=config.home.name,
        started_on=started_on(machine.now(), time.clock_gettime(time.CLOCK_BOOTTIME)),
    )
    if show:
        click.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    click.echo(f"{circumstances.day}: {told['line']}")
    if not config.server.url:
        click.echo("No server is configured: nobody is told.")
        return
    need_own(config.store.folder)
    noted = config.store.folder / DAY_NAME
    if not again and _day(noted) == circumstances.day:
        click.echo("The office was told today already.")
        return
    try:
        with client_of(config) as client:
            came = send.tell(client, told, kiosk_key(config.store.folder))
            host = client.host
    except OpenRosaError as error:
        click.echo(f"sayso: {error}", err=True)
        ctx.exit(1)
    if came.outcome is Outcome.FAILED:
        click.echo(f"sayso: {came.why}", err=True)
        ctx.exit(1)
    if came.outcome is Outcome.NOT_OFFERED:
        click.echo(f"{host} offers no form '{send.FORM_ID}' to this kiosk: nobody is told.")
        return
    _note(noted, circumstances.day)
    click.echo(f"Told {host}.")


def need_own(folder: Path) -> None:
    """As root the kiosk's key could be made for root alone. Raises: KioskError: another user's folder, or none."""
    try:
        refuse_root(folder, "Cannot tell the office", "health")
    except OSError as error:
        raise KioskError(
            "Cannot use the data folder", f"{folder}: {error.strerror}", "Start the kiosk once."
        ) from error


def _status(config: Config) -> status.Status | None:
    """A kiosk that does not run is worth telling of, too."""
    try:
        return status.read(config.status)
    except KioskError as error:
        click.echo(f"sayso: {error}", err=True)
        return None


def _day(noted: Path) -> str:
    try:
        return noted.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _note(noted: Path, day: str) -> None:
    """What is lost with it is one question to the server."""
    try:
        noted.write_text(f"{day}\n", encoding="ascii")
    except OSError as error:
        click.echo(f"sayso: cannot write {noted}: {error.strerror}", err=True)


def _write_form(folder: Path, public_key: Path | None) -> None:
    """Raises: click.BadParameter, OpenRosaError: the key can't be used, or nothing be written there."""
    try:
        key = None if public_key is None else public_key.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise click.BadParameter(f"{public_key}: {error.strerror}", param_hint="--public-key") from error
    # pyxform takes as long to import as all the rest, which only an office pays.
    from openrosa.convert import convert, write  # noqa: PLC0415

    target = folder / f"{send.FORM_ID}.xml"
    write(convert(SHEET, key), target)
    click.echo(f"{target}: written. Publish it on the server, and give it to the kiosks.")
