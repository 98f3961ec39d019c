"""The `sayso` command: finds the command asked for and says plainly what went wrong."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from collector.errors import CollectorError
from kiosk.errors import KioskError
from openrosa.errors import OpenRosaError
from voice.errors import VoiceError

COMMANDS = {
    "demo": ("sayso.demo", "The whole of it on one machine: a collector on loopback and the kiosk in this terminal."),
    "run": ("sayso.run", "The kiosk."),
    "screen": ("sayso.screen", "The kiosk on the whole of a display: what a kiosk's computer starts."),
    "status": ("sayso.status", "Counts and device health."),
    "setup": ("sayso.setup", "Set up this kiosk: a walk in this terminal, or by flags."),
    "check": ("sayso.check", "Is this kiosk fit to open: one line for each thing it needs."),
    "upload": ("sayso.upload", "Send what waits, now."),
    "health": ("sayso.health", "How this kiosk is, told to the office once a day."),
    "export": ("sayso.export", "Sealed visits to a USB stick."),
    "staff": ("sayso.staff", "The PIN of the staff screen."),
    "models": ("sayso.models", "List, install and verify speech models."),
    "questions": ("sayso.questions", "Question sets: begin, check, hear, record and convert them, and fetch them."),
    "voice": ("sayso.voice", "What the kiosk hears in a recording."),
    "rehearse": ("sayso.rehearse", "A visit with recordings in place of a microphone."),
    "collector": ("sayso.collector", "The small OpenRosa server."),
}
"""Name -> module with a click command `command`, and its line in --help. Loaded when asked for: start-up stays fast."""


class Sayso(click.Group):
    """A group that imports a command's module only when that command is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        _keep_lines(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _keep_lines(command: click.Command) -> None:
    """Let click see the marks behind which it keeps lines as they are: a raw docstring has them as two characters."""
    command.help = command.help and command.help.replace("\\b\n", "\b\n")
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _keep_lines(below)


@click.group(cls=Sayso, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sayso")
def sayso() -> None:
    """Ask people questions out loud and take their answers out loud or by big keys.

    Exit codes: 0 done, 1 the thing asked about is not so (a failed check), 2 wrong use or configuration.
    """


def main() -> None:
    """Run the command; an error that a person can act on is one sentence on stderr and exit code 2."""
    try:
        sayso.main(prog_name="sayso")
    except (VoiceError, OpenRosaError, KioskError, CollectorError) as error:
        click.echo(f"sayso: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
