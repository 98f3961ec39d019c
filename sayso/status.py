"""`sayso status`: what the kiosk and its uploader last wrote down; never the database."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from kiosk import status
from kiosk.config import load


@click.command("status")
@click.option("--config", "config_path", required=True, type=click.Path(path_type=Path), help="The kiosk's TOML file.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def command(ctx: click.Context, config_path: Path, *, as_json: bool) -> None:
    """Counts and device health, as the kiosk last wrote them.

    Exit code 1 if staff are asked to do something.
    """
    path = load(config_path).status
    found = status.read(path)
    sending = status.read_sending(path)
    if as_json:
        whole = {**msgspec.to_builtins(found), "sending": msgspec.to_builtins(sending)}
        click.echo(msgspec.json.encode(whole).decode())
    else:
        click.echo(f"{found.line} (written on {found.day})")
        click.echo(
            f"Visits waiting to be sent: {found.counts.waiting}; delivered: {found.counts.delivered}; "
            f"set aside: {found.counts.set_aside}, of them damaged: {found.counts.damaged}"
        )
        for name, value in found.facts.items():
            click.echo(f"{name.replace('_', ' ')}: {value}")
        if sending:
            click.echo(f"last sent on {sending.day}: {sending.message or 'nothing went wrong'}")
    if found.line != status.ALL_WELL:
        ctx.exit(1)
