"""`sayso status`: what the kiosk and its uploader last wrote down; never the database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import msgspec

from kiosk.config import load
from kiosk.keeping.day import today
from kiosk.keeping.identity import KEY_NAME, kiosk_key
from kiosk.pulling.went import read_went
from kiosk.staff import status
from kiosk.staff.rows import rows, why_not_open
from openrosa.errors import OpenRosaError
from openrosa.signing import public_text


@click.command("status")
@click.option("--config", "config_path", required=True, type=click.Path(path_type=Path), help="The kiosk's TOML file.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def command(ctx: click.Context, config_path: Path, *, as_json: bool) -> None:
    r"""Say whether the kiosk is open, how many visits stand where, and how its devices are.

    Visits are counted as of last midnight: nobody can see here that somebody answered today. docs/staff.md says what
    each line means.

    \b
    Example:
      $ sayso status --config kiosk.toml
      Open: yes
      What to do: All well

    With --json: {"open": true, "why": "", "line": "All well", "counts": {...}, "facts": {...}, ...}.

    Exit codes: 0 open and all well, 1 not open, or staff are asked to do something, 2 there is no status.
    """
    config = load(config_path)
    path = config.status
    found = status.read(path)
    sending = status.read_sending(path)
    went = read_went(path)
    day, running = today(), found.running()
    why = why_not_open(found, running)
    if as_json:
        told = {
            "open": not why,
            "why": why,
            "running": running,
            "day": found.day,
            "line": found.line,
            "counts": found.counts,
            "facts": found.facts,
            "sending": sending and _sending(sending, day),
            "questions": went,
            "kiosk_key": _kiosk_key(config.store.folder),
        }
        click.echo(msgspec.json.encode(told).decode())
    else:
        for name, value in rows(found, sending, day, running=running, went=went):
            click.echo(f"{name}: {value}")
    if why or found.line != status.ALL_WELL:
        ctx.exit(1)


def _kiosk_key(folder: Path) -> str | None:
    """This kiosk's public key; None before it was first needed, or for who may not read the data folder."""
    try:
        return public_text(kiosk_key(folder)) if (folder / KEY_NAME).exists() else None
    except (OSError, OpenRosaError):
        return None


def _sending(sending: status.Sending, day: date) -> dict[str, object]:
    """What the uploader met, as far as it was so at last midnight."""
    failing_since = sending.failing(day)
    return {
        "contact_on": sending.last_contact(day),
        "failing_since": failing_since,
        "message": sending.message if failing_since else "",
    }
