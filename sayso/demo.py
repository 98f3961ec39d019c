"""`sayso demo`: the whole of it on one machine, as processes, and what the collector received in the end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.results import Result, Unread
from kiosk.errors import KioskError
from sayso.office import answers_of, office
from voice.engines import ENGINES

if TYPE_CHECKING:
    from collections.abc import Iterator

SET = Path(__file__).parent.parent / "question_sets" / "my_home" / "my_home.md"
LAST_SEND_S = 10.0


@click.command("demo")
@click.argument("question_set", metavar="[SET]", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--folder", default="demo", show_default=True, type=click.Path(path_type=Path), help="Where all of it is."
)
@click.option(
    "--engine",
    type=click.Choice([*ENGINES, "none"]),
    default="auto",
    show_default=True,
    help="What recognises speech; none is keys only.",
)
def command(question_set: Path | None, folder: Path, engine: str) -> None:
    r"""Run a collector on loopback and the kiosk in this terminal; then show what the collector received.

    Keys: Enter starts; 1 2 3 4 are green, yellow, red and blue; a again, d don't know, b back, x stop. Ctrl+Q ends it.

    \b
    For example:
      sayso demo
      sayso demo question_sets/my_home/my_home.md
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = "Name another place with --folder."
        raise KioskError("Cannot make the demo's folder", f"{folder}: {error.strerror}", hint) from error
    folder = folder.resolve()
    with office(folder) as (its_office, url):
        form = its_office.form(question_set or SET)
        before = {one.stored.instance_id for one in its_office.received()}
        config = folder / "kiosk.toml"
        config.write_text(_config(form, folder, url + its_office.kiosk_path("demo"), engine), encoding="utf-8")
        config.chmod(0o600)
        sayso = [sys.executable, "-m", "sayso"]
        with _beside([*sayso, "upload", "--config", str(config), "--watch", "--now"], folder / "upload.log"):
            kiosk = subprocess.run([*sayso, "run", "--config", str(config), "--quit-key", "ctrl+q"], check=False)
        # What was finished in the last moment is sent too.
        subprocess.run([*sayso, "upload", "--config", str(config)], check=False, capture_output=True)
        received = [one for one in its_office.received() if one.stored.instance_id not in before]
    _show(received, folder)
    if kiosk.returncode:
        sys.exit(kiosk.returncode)


def _config(form: Path, folder: Path, url: str, engine: str) -> str:
    """The kiosk's TOML. Paths are quoted as TOML quotes: JSON's way fits."""
    models = Path(__file__).parent.parent / "models"

    def text(value: str | Path) -> str:
        return json.dumps(str(value), ensure_ascii=False)

    return (
        "# Made by `sayso demo`; made anew each time.\n"
        f"sets = [{text(form)}]\n\n"
        '[home]\nname = "Demo"\n\n'
        f"[store]\nfolder = {text(folder / 'kiosk')}\nallow_volatile = true\n\n"
        f"[voice]\nengine = {text(engine)}\nmodels_dir = {text(models)}\n\n"
        f"[server]\nurl = {text(url)}\n"
    )


@contextmanager
def _beside(command: Sequence[str], log: Path) -> Iterator[None]:
    """A process beside the kiosk; ended kindly when the kiosk ends."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(LAST_SEND_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _show(received: Sequence[Result | Unread], folder: Path) -> None:
    """What the collector has, opened with the office's key, as lines."""
    click.echo(f"The collector received {len(received)} {'visit' if len(received) == 1 else 'visits'}.")
    for one in received:
        click.echo(
            f"\n{one.stored.form_id}, {'sealed' if one.stored.sealed else 'not sealed'}, {one.stored.instance_id}"
        )
        if isinstance(one, Unread):
            click.echo(f"  not opened: {one.why}")
            continue
        for name, answer in answers_of(one.values).items():
            said = answer["value"] or answer["how"].replace("_", " ")
            click.echo(f"  {name:24} {said}{'  (by ' + answer['by'] + ')' if answer['by'] else ''}")
    click.echo(f"\nEverything is in {folder}; delete the folder to begin anew.")
