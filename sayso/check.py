"""`sayso check`: is this kiosk fit to open?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from kiosk.checks.lines import Level, Line
from kiosk.checks.whole import check, fit
from kiosk.config import load


@click.command("check")
@click.option("--config", "path", required=True, type=click.Path(path_type=Path), help="The kiosk's TOML file.")
@click.option(
    "--quick", is_flag=True, help="Without sound, microphone, network and speech engine: nothing loud or slow."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout instead of lines.")
@click.pass_context
def command(ctx: click.Context, path: Path, *, quick: bool, as_json: bool) -> None:
    r"""Say whether this kiosk is fit to open: one line for each thing that it needs.

    A line is "fine", "advice" (it opens all the same) or "error" with what to do. The whole check plays a tone and a
    sentence and listens for them, tries the speech engine, and fetches the server's list of forms; --quick does none of
    that. Nothing is kept or sent. It may be run beside the kiosk: then nothing is played. Run it as the kiosk's own
    user, in the room and with everything plugged in. docs/check.md says what each line means.

    \b
    Example:
      $ sayso check --config kiosk.toml
      fine    configuration: kiosk.toml
      error   microphone: Cannot find a microphone on this machine: there is none. Plug one in ...
      Not fit to open: 1 error.

    With --json: {"fit": false, "lines": [{"level": "error", "what": "microphone", "met": "...", "todo": "..."}]}.

    Exit codes: 0 fit to open, 1 not, 2 the configuration cannot be used.
    """
    config = load(path)
    lines = []
    for line in check(config, path, quick=quick):
        lines.append(line)
        if not as_json:
            click.echo(_line(line))
    errors, advice = (sum(line.level is level for line in lines) for level in (Level.ERROR, Level.ADVICE))
    if as_json:
        told = [{"level": line.level.value, "what": line.what, "met": line.met, "todo": line.todo} for line in lines]
        click.echo(json.dumps({"fit": fit(lines), "lines": told}, ensure_ascii=False, indent=2))
    elif errors:
        click.echo(f"Not fit to open: {errors} {'error' if errors == 1 else 'errors'}.")
    else:
        click.echo(f"Fit to open{f', with advice: {advice}' if advice else ''}.")
    if not fit(lines):
        ctx.exit(1)


def _line(line: Line) -> str:
    todo = f". {line.todo}" if line.todo else ""
    return f"{line.level.value:7} {line.what}: {line.met.rstrip('.') if todo else line.met}{todo}"
