"""`sayso collector health`: which kiosks need somebody, by the health forms that they send."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.database import opened
from collector.kiosk_health import FORM_ID, KioskHealth, kiosks
from openrosa.findings import one_line
from sayso.collector_place import place
from sayso.office_key import KEY, private_key_of

if TYPE_CHECKING:
    from datetime import date

SILENT_DAYS = 3
"""A kiosk may be without a network for a day or two, and nobody need ring."""


@click.command("health")
@place
@KEY
@click.option(
    "--silent-days", default=SILENT_DAYS, show_default=True, type=click.IntRange(1), help="So long is too long."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout instead of lines.")
@click.pass_context
def health_command(
    ctx: click.Context,
    data: Path | None,
    database_url: str | None,
    *,
    key: Path | None,
    silent_days: int,
    as_json: bool,
) -> None:
    r"""List the kiosks by what they last told of themselves, those that need somebody first.

    Each kiosk sends the form `kiosk_health` once a day, when it has been published (`sayso health --help`). One that
    sent nothing for --silent-days is silent: off, or without a network. A kiosk that never sent one is not known here.

    \b
    Example:
      $ sayso collector health --data collected --key office-key/private.pem
      Elm Road    2026-11-23  There is no sound. Plug the speaker in again.
      Oak House   2026-11-19  silent for 4 days; it said: All well
      Ash Lane    2026-11-23  All well

    Exit codes: 0 all well, 1 some need somebody, 2 wrong use.
    """
    private_key = private_key_of(key)
    today = datetime.now().astimezone().date()
    with opened(data, database_url, make=False) as where:
        found, unread = kiosks(where, private_key)
    needy = [one for one in found if not one.well or one.silent_days(today) >= silent_days]
    ordered = [*needy, *(one for one in found if one not in needy)]
    if as_json:
        told = [{**asdict(one), "told_on": str(one.told_on), "silent_days": one.silent_days(today)} for one in ordered]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        width = max((len(one.name) for one in ordered), default=0)
        for one in ordered:
            click.echo(f"{one_line(one.name):{width}}  {one.told_on}  {_said(one, today, silent_days)}")
        if not found and not unread:
            click.echo(f"No kiosk has told of itself yet. Publish the form '{FORM_ID}': sayso health --help.")
    for each in unread:
        click.echo(f"{one_line(each.stored.key_name)}: its newest form can't be read: {each.why}", err=True)
    if needy or unread:
        ctx.exit(1)


def _said(one: KioskHealth, today: date, silent_days: int) -> str:
    silent = one.silent_days(today)
    return f"silent for {silent} days; it said: {one_line(one.line)}" if silent >= silent_days else one_line(one.line)
