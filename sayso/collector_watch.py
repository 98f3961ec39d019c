"""`sayso collector audit | alerts | roles`: what a collector's keeper looks after."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from collector.alerts import tell, unopened
from collector.audit import lines
from collector.database import opened
from collector.roles import make_roles, statements
from sayso.collector_place import place

NOT_OPENED = 1
"""Exit code where something waits to be opened, or could not be told."""


@click.command(
    "audit",
    epilog="\b\nFor example:\n  sayso collector audit --data collected\n",
)
@place
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def audit_command(data: Path | None, database_url: str | None, *, as_json: bool) -> None:
    """Print the audit log, oldest first: keys made and revoked, tokens and visits refused. No token is in it."""
    with opened(data, database_url, make=False) as database:
        for line in lines(database):
            if as_json:
                click.echo(json.dumps({**asdict(line), "at": line.at.isoformat()}, ensure_ascii=False))
                continue
            # A kiosk may choose its instanceID: nothing of it is to move the cursor of who reads this.
            words = (
                f"{line.at:%Y-%m-%d %H:%M:%S}",
                line.event,
                f"{line.count} times" if line.count > 1 else "",
                line.key,
                line.address,
                "".join(letter if letter.isprintable() else "?" for letter in line.instance_id),
            )
            click.echo("\t".join(words))


@click.command(
    "alerts",
    epilog=(
        "\b\nFor example, by cron, where `serve` runs without --alert:\n"
        "  sayso collector alerts --data collected --alert /usr/local/bin/tell-us\n"
    ),
)
@place
@click.option("--alert", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The program to run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def alerts_command(data: Path | None, database_url: str | None, alert: Path | None, *, as_json: bool) -> None:
    """List the visits of sensitive forms that nobody has opened, and tell somebody who has not been told.

    With --alert the program is run for each that arrived, and again after a day. Exit code 1 when one is unopened, or
    the program failed.
    """
    with opened(data, database_url, make=False) as database:
        failed = tell(database, alert, datetime.now(UTC)) if alert is not None else ()
        waiting = unopened(database)
    for one in waiting:
        if as_json:
            told = {"form_id": one.form_id, "kiosk": one.kiosk, "received_at": one.received_at.isoformat()}
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            click.echo(f"{one.received_at:%Y-%m-%d %H:%M}\t{one.form_id}\t{one.kiosk}")
    for sentence in failed:
        click.echo(f"sayso: {sentence}", err=True)
    if waiting or failed:
        sys.exit(NOT_OPENED)


@click.command(
    "roles",
    epilog=(
        "\b\nFor example:\n"
        "  sayso collector roles                                                      prints SQL\n"
        "  sayso collector roles --execute --database postgresql://owner@db.example/sayso\n"
    ),
)
@click.option("--prefix", default="sayso", show_default=True, help="Of the roles' names.")
@click.option("--execute", is_flag=True, help="Run it on --database, as the tables' owner.")
@click.option("--database", "database_url", metavar="URL", help="As for `serve`.")
def roles_command(prefix: str, database_url: str | None, *, execute: bool) -> None:
    """Three roles on PostgreSQL: ingest (`serve`), reader (`open`, `export`), admin (`keys`, `publish`, `audit`)."""
    sql = "".join(f"{one};\n" for one in statements(prefix))
    if not execute:
        click.echo(sql, nl=False)
        return
    if database_url is None:
        raise click.UsageError("Name --database URL with --execute.")
    with opened(None, database_url) as database:
        make_roles(database, prefix)
    click.echo(f"{prefix}_ingest, {prefix}_reader and {prefix}_admin may do what they should.")
