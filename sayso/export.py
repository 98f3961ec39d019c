"""`sayso export`: sealed visits to a USB stick."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
import msgspec

from kiosk.config import load
from kiosk.keeping.day import today
from kiosk.keeping.identity import kiosk_key
from kiosk.keeping.store import Role, Store
from kiosk.staff.export import export
from kiosk.staff.receipts import take_receipts
from kiosk.staff.stick import check_target
from openrosa.signing import public_text


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--config", "config_path", required=True, type=click.Path(path_type=Path), help="The kiosk's TOML file.")
@click.option("--anywhere", is_flag=True, help="DIR may lie on the kiosk's own disk, or in memory.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def command(ctx: click.Context, folder: Path, config_path: Path, *, anywhere: bool, as_json: bool) -> None:
    r"""Copy every sealed visit that no server has yet to DIR, where a USB stick is mounted.

    DIR gets a folder sayso-export with a folder a visit: the files that would be posted; SHA256SUMS, by which
    `sha256sum -c SHA256SUMS` tells whether they arrived whole; and a list that this kiosk has signed. Visits that the
    server refused are copied too. Nobody can read them without the office's private key.

    Copying deletes nothing on the kiosk, and what was copied is still sent when there is a network: a server takes the
    same visit twice as one. Run it again at any time: only what is missing is copied. It may run beside the kiosk, as
    the kiosk's own user.

    A stick that comes back from `sayso collector import` has a receipt: what the collector has signed for, with the key
    in server.receipt_key, is erased here first. docs/sending.md says more.

    \b
    Example:
      $ sayso export /media/usb --config kiosk.toml
      Copied: 12; there already: 3. The visits are in /media/usb/sayso-export.
      This kiosk's key: 1Yx...=

    With --json: {"folder": "...", "copied": 12, "already": 3, "unsealed": 0, "damaged": [], "kiosk_key": "...",
    "receipts": {"erased": 0, "other": 0, "refused": []}}.

    Exit codes: 0 done, 1 something could not be copied or a receipt did not count, 2 no stick, no room or no store.
    """
    config = load(config_path)
    check_target(folder, config.store.folder, anywhere=anywhere)
    with Store.open(config.store.folder, Role.READER) as store:
        key = kiosk_key(config.store.folder)
        received = take_receipts(store, folder, config.server.receipt_key, today())
        found = export(store, folder, key=key, told=(lambda _done, _of: None) if as_json else progress)
    if as_json:
        told = {**asdict(found), "folder": str(found.folder), "kiosk_key": public_text(key)}
        click.echo(msgspec.json.encode({**told, "receipts": asdict(received)}).decode())
    else:
        if received.erased:
            click.echo(f"Erased here, as the collector has signed for it: {received.erased}.")
        if received.other:
            click.echo(f"Kept, as the receipt's checksums are of other bytes: {received.other}.")
        for sentence in received.refused:
            click.echo(f"Receipt not taken: {sentence}")
        click.echo(f"Copied: {found.copied}; there already: {found.already}. The visits are in {found.folder}.")
        click.echo(f"This kiosk's key: {public_text(key)}")
        if found.unsealed:
            click.echo(f"Left out: {found.unsealed}, which are not sealed: whoever has the stick could read them.")
        for sentence in found.damaged:
            click.echo(f"Not copied: {sentence}")
    if found.unsealed or found.damaged or received.refused or received.other:
        ctx.exit(1)


def progress(done: int, of_how_many: int) -> None:
    """One line that counts."""
    click.echo(f"\rCopying: {done} of {of_how_many}", nl=done == of_how_many, err=True)
