"""`sayso export`: sealed visits to a USB stick."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
import msgspec

from kiosk.config import load
from kiosk.keeping.store import Role, Store
from kiosk.staff.export import export
from kiosk.staff.stick import check_target


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--config", "config_path", required=True, type=click.Path(path_type=Path), help="The kiosk's TOML file.")
@click.option("--anywhere", is_flag=True, help="DIR may lie on the kiosk's own disk, or in memory.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def command(ctx: click.Context, folder: Path, config_path: Path, *, anywhere: bool, as_json: bool) -> None:
    r"""Copy every sealed visit that no server has yet to DIR, where a USB stick is mounted.

    DIR gets a folder sayso-export with a folder a visit: the files that would be posted, and SHA256SUMS, by which
    `sha256sum -c SHA256SUMS` tells whether they arrived whole. Visits that the server refused are copied too. Nobody
    can read them without the office's private key.

    Nothing is deleted on the kiosk, and what was copied is still sent when there is a network: a server takes the same
    visit twice as one. Run it again at any time: only what is missing is copied. It may run beside the kiosk, as the
    kiosk's own user.

    \b
    Example:
      $ sayso export /media/usb --config kiosk.toml
      Copied: 12; there already: 3. The visits are in /media/usb/sayso-export.

    With --json: {"folder": "...", "copied": 12, "already": 3, "unsealed": 0, "damaged": []}.

    Exit codes: 0 done, 1 something could not be copied, 2 no stick, no room or no store.
    """
    config = load(config_path)
    check_target(folder, config.store.folder, anywhere=anywhere)
    with Store.open(config.store.folder, Role.READER) as store:
        found = export(store, folder, told=(lambda _done, _of: None) if as_json else progress)
    if as_json:
        told = {**asdict(found), "folder": str(found.folder)}
        click.echo(msgspec.json.encode(told).decode())
    else:
        counted = f"Copied: {found.copied}; there already: {found.already}."
        click.echo(f"{counted} The visits are in {found.folder}.")
        if found.unsealed:
            click.echo(f"Left out: {found.unsealed}, which are not sealed: whoever has the stick could read them.")
        for sentence in found.damaged:
            click.echo(f"Not copied: {sentence}")
    if found.unsealed or found.damaged:
        ctx.exit(1)


def progress(done: int, of_how_many: int) -> None:
    """One line that counts."""
    click.echo(f"\rCopying: {done} of {of_how_many}", nl=done == of_how_many, err=True)
