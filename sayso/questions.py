"""`sayso questions`: is this set one that a kiosk can ask, make the form of a sheet, record its words, fetch sets."""

from __future__ import annotations

from pathlib import Path

import click

from sayso.questions_check import command as check_command
from sayso.questions_convert import command as convert_command
from sayso.questions_listen import command as listen_command
from sayso.questions_new import command as new_command


@click.group()
def command() -> None:
    r"""Begin, check, hear, record, convert and fetch question sets.

    A question set is an XLSForm: a sheet as Markdown, .xlsx or .csv. Kiosks and servers take it as an XForm (.xml).

    \b
    Example:
      sayso questions new our_garden --title "Our garden"
      sayso questions check question_sets/my_home/my_home.md
      sayso questions listen question_sets/my_home/my_home.md --language cy
      sayso questions convert question_sets/my_home/my_home.md --to forms
      sayso questions record question_sets/my_home/my_home.md --language cy
    """


command.add_command(check_command)
command.add_command(convert_command)
command.add_command(listen_command)
command.add_command(new_command)


@command.command()
@click.argument("sheet", required=False, type=click.Path(path_type=Path))
@click.option("--language", default="", metavar="CODE", help="Code of the language to record; SHEET's default one.")
@click.option("--own", is_flag=True, help="Also what the kiosk itself says in that language, after SHEET's.")
@click.option("--only", metavar="NAME", help="One text only, by its name; recorded anew if it is there already.")
@click.option("--microphone", default="", metavar="PART", help="Part of the microphone's name.")
@click.option("--speaker", default="", metavar="PART", help="Part of the speaker's name.")
@click.option(
    "--recordings",
    default="recordings",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder for the kiosk's own sentences: voice.recordings of kiosk.toml.",
)
def record(
    sheet: Path | None, *, language: str, own: bool, only: str | None, microphone: str, speaker: str, recordings: Path
) -> None:
    r"""Record what SHEET says, one text after the other, with a voice that people like.

    SHEET is a Markdown sheet (.md). Each wording is shown; you read it out; it is trimmed, made as loud as the others
    and played back. Then you keep it or record it again. Recordings go into media/ beside SHEET, and their names into
    its column audio::LANGUAGE. Ended half-way, the same command goes on where it was left.

    \b
      Enter   begins a recording and ends it (so do 2.5 s of silence); then keeps it
      a       records it again            l   plays it back once more
      s       skips this text             b   goes back to the one before
      q       ends; what was kept stays

    \b
    Example:
      $ sayso questions record my_home.md --language cy
      $ sayso questions record --own --language cy --recordings recordings

    Sit close to the microphone, in a quiet room. Headings and hints cannot have recordings in a form: the made voice
    says them. docs/languages.md tells more.

    Exit codes: 0 ended, 2 wrong use, or no microphone.
    """
    if sheet is None and not own:
        raise click.UsageError("Give a SHEET, or --own for what the kiosk itself says.")
    if sheet is None and not language:
        raise click.UsageError("Give --language, such as --language cy.")
    # Sound takes half a second to import, which no other command of this group needs.
    from sayso.questions_record import run  # noqa: PLC0415

    run(
        sheet,
        language=language,
        own=own,
        only=only,
        microphone=microphone,
        speaker=speaker,
        recordings=recordings,
    )


@command.command()
@click.option("--config", "path", required=True, type=click.Path(path_type=Path), help="The kiosk's TOML file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout instead of lines.")
@click.pass_context
def pull(ctx: click.Context, path: Path, *, as_json: bool) -> None:
    r"""Fetch what is new of the sets that the configuration takes from the server: sets = ["server:my_home"].

    Each is fetched whole, with its recordings and pictures, and checked as `sayso check` does, before it replaces
    anything. One that cannot be used changes nothing. The kiosk takes a new one up by itself when nobody is there, or
    at its next start. One that the server no longer offers is asked until it is taken out of the configuration.

    \b
    Example:
      $ sayso questions pull --config kiosk.toml
      my_home: new, version '4', md5:0a1b...

    Run it as the kiosk's own user, by a timer; docs/operations.md says more. Exit codes: 0 all of them are here, as the
    server has them or used to; 1 one could not be taken, or the server not reached; 2 wrong use or configuration.
    """
    # The protocol takes a third of a second to import, which no other command of this group needs.
    from sayso.questions_pull import run  # noqa: PLC0415

    if not run(path, as_json=as_json):
        ctx.exit(1)
