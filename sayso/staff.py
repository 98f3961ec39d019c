"""`sayso staff`: what whoever sets a kiosk up does for its staff."""

from __future__ import annotations

import sys

import click

from kiosk.errors import KioskError
from kiosk.staff.pin import hash_pin


@click.group("staff")
def command() -> None:
    r"""Set up the staff screen of a kiosk.

    \b
    For example:
      sayso staff pin
    """


@command.command("pin")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the PIN from stdin, one line, without asking.")
def pin_command(*, from_stdin: bool) -> None:
    r"""Ask for a PIN and print the line for the kiosk's configuration.

    A PIN is 4 to 12 digits out of 1, 2, 3 and 4: on the kiosk 1 is the green key, 2 yellow, 3 red, 4 blue. Six digits
    or more are better. The PIN itself is neither shown nor kept; only its argon2 hash is printed. Put the line under
    [staff] in the kiosk's TOML file and start the kiosk again.

    \b
    Example:
      $ sayso staff pin
      PIN:
      The same again:
      pin_hash = "$argon2id$v=19$..."

    Exit codes: 0 done, 2 no PIN that can be used.
    """
    if from_stdin:
        pin = sys.stdin.readline().rstrip("\r\n")
    else:
        pin = click.prompt("PIN", hide_input=True, err=True)
        if click.prompt("The same again", hide_input=True, err=True) != pin:
            raise KioskError("Cannot use this PIN", "because the second one was another", "Begin again.")
    click.echo(f'pin_hash = "{hash_pin(pin)}"')
