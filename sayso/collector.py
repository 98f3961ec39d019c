"""`sayso collector`: the small OpenRosa server, and what an office does with results."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from collector.alerts import mark_opened
from collector.app import make_app
from collector.database import opened
from collector.export import export
from collector.folders import write_key_pair, write_result
from collector.forms import add_form
from collector.keys import all_keys, new_key, revoke_key
from collector.limits import Limits
from collector.results import Result, Unread, read, stored_submissions
from collector.serve import PROXY, bound, serve, url_of
from sayso.collector_digest import decide_command, digest_command
from sayso.collector_health import health_command
from sayso.collector_place import place
from sayso.collector_publish import form_files, publish_command
from sayso.collector_reply import reply_command
from sayso.collector_results import results_command
from sayso.collector_stick import import_command, kiosks_command
from sayso.collector_watch import alerts_command, audit_command, roles_command
from sayso.office_key import KEY, private_key_of
from sayso.recovery import restore_command, sheet_command

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
_LIMITS = Limits()
_COUNT = click.IntRange(1)
EXAMPLES = {
    "collector": (
        "\b\nFrom nothing to results:\n"
        "  sayso collector keys pair office-key             prints the form's public_key\n"
        "  sayso collector publish my_home.md --public-key office-key/public_key.txt --data collected\n"
        '  sayso collector keys new "Elm Road" --data collected     an address for one kiosk\n'
        "  sayso collector serve --data collected\n"
        "  sayso collector export --data collected --to results --key office-key/private.pem\n"
    ),
    "serve": (
        "\b\nFor example:\n"
        "  sayso collector serve --data collected --form my_home.xml\n"
        "  sayso collector serve --database postgresql://ingest@db.example/sayso --alert /usr/local/bin/tell-us\n"
    ),
    "keys new": (
        "\b\nFor example:\n"
        '  sayso collector keys new "Elm Road" --data collected\n'
        "  /key/8wq...                 goes after the server's address into the kiosk's configuration\n"
    ),
    "keys revoke": ('\b\nFor example:\n  sayso collector keys revoke "Elm Road" --data collected\n'),
    "keys pair": ("\b\nFor example:\n  sayso collector keys pair office-key\n"),
    "open": (
        "\b\nFor example:\n"
        "  sayso collector open --data collected --key office-key/private.pem --to visits\n"
        "  sayso collector open --data collected --key office-key/private.pem --json\n"
    ),
    "export": (
        "\b\nFor example:\n  sayso collector export --data collected --to results --key office-key/private.pem\n"
    ),
}
"""What stands under the help of each command; its first character keeps click from wrapping it."""

NOT_ALL_READ = 1
"""Exit code where a submission could not be read."""


@click.group(epilog=EXAMPLES["collector"])
def command() -> None:
    """The small OpenRosa server, and what an office does with results.

    Keep the private key off the server: it is needed only where results are read.
    """


@command.command("serve", epilog=EXAMPLES["serve"])
@place
@click.option("--host", default="127.0.0.1", show_default=True, help="Which of this machine's addresses to listen on.")
@click.option("--port", default=8383, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one.")
@click.option("--form", "forms", multiple=True, type=EXISTING_FILE, help="An XForm to publish first; may be repeated.")
@click.option("--alert", type=EXISTING_FILE, help="A program to run when a visit of a sensitive form arrives.")
@click.option("--proxy", default=PROXY, show_default=True, help="The address of the web server with TLS in front.")
@click.option("--most-bytes", default=_LIMITS.most_bytes, show_default=True, type=_COUNT, help="The largest post.")
@click.option(
    "--per-minute", default=_LIMITS.per_minute, show_default=True, type=_COUNT, help="Requests with one token."
)
@click.option(
    "--unknown-per-minute",
    default=_LIMITS.unknown_per_minute,
    show_default=True,
    type=_COUNT,
    help="Requests with unknown tokens, from one address.",
)
def serve_command(
    data: Path | None,
    database_url: str | None,
    host: str,
    port: int,
    forms: tuple[Path, ...],
    alert: Path | None,
    proxy: str,
    **limits: int,
) -> None:
    """Serve forms to kiosks and take their visits, until Ctrl+C.

    The first line is the address. Kiosks reach it with /key/TOKEN after it; `keys new` makes tokens. Put a web server
    with TLS in front before you leave this machine.
    """
    with opened(data, database_url) as database:
        for path in forms:
            add_form(database, *form_files(path), _now())
        listener = bound(host, port)
        # Connections are taken from here on and answered as soon as the server runs.
        listener.listen()
        click.echo(url_of(listener))
        sys.stdout.flush()
        taken = Limits(**limits)
        serve(make_app(database, now=_now, limits=taken, alert=alert), listener, proxy=proxy, limits=taken)


@command.group()
def keys() -> None:
    """Who may send, and what opens what they send."""


@keys.command("new", epilog=EXAMPLES["keys new"])
@click.argument("name")
@place
def keys_new(name: str, data: Path | None, database_url: str | None) -> None:
    """Give a kiosk its address. It is printed this once: only its hash is kept."""
    with opened(data, database_url) as database:
        click.echo(f"/key/{new_key(database, name, _now())}")


@keys.command("list")
@place
def keys_list(data: Path | None, database_url: str | None) -> None:
    """Name the kiosks that have an address, with the day it was made."""
    with opened(data, database_url, make=False) as database:
        for key in all_keys(database):
            revoked = "" if key.revoked_at is None else f"\trevoked {key.revoked_at:%Y-%m-%d}"
            click.echo(f"{key.id}\t{key.created_at:%Y-%m-%d}\t{key.name}{revoked}")


@keys.command("revoke", epilog=EXAMPLES["keys revoke"])
@click.argument("name")
@place
def keys_revoke(name: str, data: Path | None, database_url: str | None) -> None:
    """Take a kiosk's address away, for one that was lost or is no longer used. What it sent stays."""
    with opened(data, database_url, make=False) as database:
        revoke_key(database, name, _now())


@keys.command("pair", epilog=EXAMPLES["keys pair"])
@click.argument("folder", type=FOLDER)
def keys_pair(folder: Path) -> None:
    """Make the office's pair of keys: FOLDER/private.pem opens visits, the printed line goes into the forms.

    Keep a copy of private.pem in a safe place: without it nobody can open what kiosks send. It is never overwritten.
    `keys sheet` makes a page of it to print.
    """
    path, public = write_key_pair(folder)
    click.echo(public)
    click.echo(f"The private key is in {path}. Keep a copy, and keep it off the server.", err=True)


keys.add_command(sheet_command)
keys.add_command(restore_command)


@command.command("open", epilog=EXAMPLES["open"])
@place
@KEY
@click.option("--to", "folder", type=FOLDER, help="Write each visit as a folder: submission.xml and its attachments.")
@click.option("--json", "as_json", is_flag=True, help="Print every visit's answers as JSON.")
def open_command(
    data: Path | None, database_url: str | None, key: Path | None, folder: Path | None, *, as_json: bool
) -> None:
    """Open what came in, with the office's private key. Exit code 1 when something could not be opened."""
    if folder is None and not as_json:
        raise click.UsageError("Say where to: --to FOLDER, --json, or both.")
    private_key = private_key_of(key)
    told: dict[str, dict[str, Any]] = {}
    unread: list[Unread] = []
    seen: list[int] = []
    count = 0
    with opened(data, database_url, make=False) as database:
        for stored in stored_submissions(database):
            count += 1
            result = read(stored, private_key)
            if isinstance(result, Unread):
                unread.append(result)
            elif folder is not None:
                write_result(result, folder)
            if stored.unopened and not isinstance(result, Unread):
                seen.append(stored.number)
            if as_json:
                told[stored.instance_id] = _told(result)
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        mark_opened(database, seen, _now())
    click.echo(f"{count - len(unread)} of {count} visits opened.", err=True)
    _end([(one.stored.instance_id, one.why) for one in unread])


@command.command("export", epilog=EXAMPLES["export"])
@place
@click.option("--to", "folder", required=True, type=FOLDER, help="Where the CSV files go, one a form.")
@KEY
def export_command(data: Path | None, database_url: str | None, folder: Path, key: Path | None) -> None:
    """Write results as CSV, with the columns that ODK Central writes. Exit code 1 when a visit could not be opened."""
    private_key = private_key_of(key)
    with opened(data, database_url, make=False) as database:
        done = export(database, folder, private_key)
        mark_opened(database, done.opened, _now())
    for path in done.files:
        click.echo(path)
    click.echo(f"{done.rows} visits, {len(done.unread)} of them not opened.", err=True)
    for repeat in done.left_out:
        click.echo(f"Left out, as it repeats: {repeat}", err=True)
    _end(done.unread)


for one in (
    publish_command,
    health_command,
    alerts_command,
    audit_command,
    decide_command,
    digest_command,
    import_command,
    kiosks_command,
    reply_command,
    results_command,
    roles_command,
):
    command.add_command(one)


def _end(unread: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> None:
    for instance_id, why in unread:
        click.echo(f"Not opened: {instance_id}: {why}", err=True)
    if unread:
        sys.exit(NOT_ALL_READ)


def _told(result: Result | Unread) -> dict[str, Any]:
    stored = result.stored
    head = {
        "form_id": stored.form_id,
        "version": stored.version,
        "kiosk": stored.key_name,
        "received_at": stored.received_at.isoformat(),
        "sealed": stored.sealed,
    }
    if isinstance(result, Unread):
        return {**head, "error": result.why}
    files = {name: {"size_bytes": len(data), "sha256": sha256(data).hexdigest()} for name, data in result.files.items()}
    return {**head, "values": dict(result.values), "attachments": files}


def _now() -> datetime:
    return datetime.now(UTC)
