"""`sayso setup`: the first-run walk, or its answers as flags."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.checks.lines import Level, Line
from kiosk.errors import KioskError
from kiosk.hours import read_hours
from kiosk.pulling.shelf import PREFIX
from kiosk.setting_up import hearing, offers, pressing, server, writing
from kiosk.setting_up.draft import USUAL, Draft, read
from kiosk.staff.pin import hash_pin
from kiosk.view import KEYS
from sayso.options import ManyValued
from voice.devices import Direction, available, find

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "question_sets"
FLAGS = (
    "home_name",
    "language",
    "microphone",
    "speaker",
    "keys_device",
    "key",
    "server_text",
    "server_file",
    "server_ca",
    "pin_file",
    "opening",
    "sets",
    "public_key",
    "data",
    "models",
    "no_server",
    "no_pin",
    "no_microphone",
    "unsealed",
)
"""One of these given: no walk."""
MOST_PASTED_BYTES = 100_000
OPENING = "sudo /opt/sayso/current/script/install kiosk"
"""It starts a kiosk that is fit to open, now and with the machine, and locks the machine down (docs/install.md)."""


@click.command("setup", cls=ManyValued)
@click.option("--config", "path", default=USUAL, show_default=True, type=click.Path(path_type=Path), help="Its file.")
@click.option("--home-name", metavar="TEXT", help="What the office knows the home by.")
@click.option("--language", metavar="CODE", help="Language to begin in, such as en or cy.")
@click.option("--microphone", metavar="PART", help="Part of its name, or usb:1234:5678; '' is the system's own.")
@click.option("--no-microphone", is_flag=True, help="Answers by keys alone.")
@click.option("--speaker", metavar="PART", help="The same of the speaker.")
@click.option("--keys-device", multiple=True, metavar="PART", help="Part of the name of the big keys' input device.")
@click.option("--key", multiple=True, metavar="DOES=KEY", help="A big key: green=KEY_A, start=BTN_TRIGGER.")
@click.option("--server", "server_text", metavar="TEXT", help="QR code's content, or the address. Others see it in ps.")
@click.option("--server-file", metavar="FILE", help="The same from a file; - is stdin.")
@click.option("--server-ca", metavar="FILE", help="Certificate of the server's own authority (PEM); '' for none.")
@click.option("--no-server", is_flag=True, help="None: visits leave by USB stick.")
@click.option("--untried", is_flag=True, help="Don't ask the server now: there is no network here.")
@click.option("--pin-file", metavar="FILE", help="Staff's PIN, one line; - is stdin.")
@click.option("--no-pin", is_flag=True, help="No staff screen.")
@click.option("--open", "opening", metavar="HH:MM-HH:MM", help="Opening hours, such as 09:00-20:00; '' is always.")
@click.option("--sets", multiple=True, metavar="SET", help="Name of a shipped set, a sheet, a form, or server:FORM.")
@click.option("--public-key", type=click.Path(path_type=Path), help="The organisation's, for sets that are sheets.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder for visits.")
@click.option("--models", type=click.Path(path_type=Path), help="Folder of the speech models.")
@click.option("--unsealed", is_flag=True, help="Keep answers that nobody has sealed, to try Sayso only.")
@click.option("--quick", is_flag=True, help="Check without sound, speech engine and server, as each night.")
@click.pass_context
def command(ctx: click.Context, /, path: Path, *, untried: bool, quick: bool, **given: object) -> None:
    r"""Set up this kiosk: a walk in this terminal, or by flags without one.

    The walk asks for the home's name, the language, the speaker and the microphone (by speaking and listening), each
    big key (by pressing it), the server, staff's PIN, opening hours and question sets. Arrows and Enter choose, Esc
    goes back; nothing is written before the last page. It can be run again: it begins with what is there.

    With any flag there is no walk: what the flags say is changed, everything else stays.

    \b
    For example:
      sudo sayso setup
      sayso setup --config kiosk.toml --home-name "Elm Road" --sets my_home --public-key public_key.txt
      sayso setup --config kiosk.toml --server-file qr.txt --sets server:my_home --open 09:00-20:00

    Exit codes: 0 written and fit to open, 1 written, and `sayso check` finds an error, 2 nothing was written.
    """
    if not any(given[name] not in (None, (), False) for name in FLAGS) and not untried:
        _walk(ctx, path, quick=quick)
        return
    writing.need_writable(path)
    draft = _answered(read(path, ROOT), given, tried=not untried)
    lines = tuple(writing.checked(draft, quick=quick))
    written = writing.put(draft)
    for name, value in writing.summary(draft):
        click.echo(f"{name:11} {value}")
    click.echo()
    for line in lines:
        click.echo(_line(line))
    _tell(written)
    if not pulled(written) or any(line.level is Level.ERROR for line in lines):
        ctx.exit(1)


def _walk(ctx: click.Context, path: Path, *, quick: bool) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        hint = "Run it in a terminal, or give its answers as flags: sayso setup --help."
        raise KioskError("Cannot show the walk", "here: this is no terminal", hint)
    writing.need_writable(path)
    draft = read(path, ROOT)
    # Textual takes a quarter of a second to import, which flags alone do not pay.
    from kiosk.setting_up.walk.app import SetupApp  # noqa: PLC0415

    app = SetupApp(draft, SHIPPED, quick=quick)
    app.run(mouse=False)
    if app.written is None:
        click.echo(f"Nothing was written; {path} is as it was.")
        ctx.exit(app.return_code or 2)
    _tell(app.written)
    if not pulled(app.written) or not app.fit:
        ctx.exit(1)


def _answered(draft: Draft, given: dict[str, object], *, tried: bool) -> Draft:
    """The draft with what the flags say. Raises: KioskError, OpenRosaError, VoiceError: what can't be used."""
    flag = {name: value for name, value in given.items() if value is not None}
    for name, setting in (("data", "store__folder"), ("models", "voice__models_dir")):
        if name in flag:
            draft = draft.having(**{setting: str(Path(str(flag[name])).absolute())})
    if "home_name" in flag:
        draft = draft.having(home__name=flag["home_name"])
    if "language" in flag:
        draft = offers.with_language(draft, str(flag["language"]))
    for direction, name in ((Direction.OUTPUT, "speaker"), (Direction.INPUT, "microphone")):
        if name in flag:
            draft = draft.having(**{f"voice__{name}": _device(direction, str(flag[name]))})
    if flag["no_microphone"]:
        draft = draft.having(voice__engine="none")
    elif "microphone" in flag and draft.value("voice.engine") == "none":
        draft = draft.having(voice__engine=None)
    draft = _keys(draft, _many(flag["keys_device"]), _many(flag["key"]))
    draft = _server(draft, flag, tried=tried)
    if "pin_file" in flag:
        draft = draft.having(staff__pin_hash=hash_pin(_text(str(flag["pin_file"]), "the PIN").strip()))
    elif flag["no_pin"]:
        draft = draft.having(staff__pin_hash=None)
    if flag["unsealed"]:
        draft = draft.having(store__allow_unsealed=True)
    if "opening" in flag:
        read_hours(str(flag["opening"]))
        draft = draft.having(hours__open="".join(str(flag["opening"]).split()) or None)
    return _sets(draft, _many(flag["sets"]), flag.get("public_key"))


def _many(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, tuple) else ()


def _device(direction: Direction, name: str) -> str:
    """It must be there now: a kiosk that is set up at its place has its devices. Raises: VoiceError."""
    found = find(direction, name)
    return name and (name if name.startswith("usb:") else hearing.setting_for(direction, found, available(direction)))


def _keys(draft: Draft, devices: Sequence[str], keys: Sequence[str]) -> Draft:
    """Raises: KioskError: no key is called so, or no key does that."""
    op = "Cannot use this key"
    pressed: dict[str, pressing.Pressed] = {}
    for one in keys:
        does, _, name = one.partition("=")
        if does not in KEYS:
            raise KioskError(op, f"'{one}'", f"Write DOES=KEY, where DOES is one of {', '.join(KEYS)}.")
        if not name.startswith(("KEY_", "BTN_")):
            raise KioskError(op, f"'{one}'", "Write the kernel's name of the key, such as KEY_A; `evtest` shows it.")
        pressed[does] = pressing.Pressed("", name)
    if pressed:
        kept = {key: does for key, does in dict(draft.raw.get("buttons", {})).items() if does not in pressed}
        draft = draft.having(buttons=kept | {one.key: does for does, one in pressed.items()})
    return draft.having(input__devices=list(devices)) if devices else draft


def _server(draft: Draft, flag: dict[str, object], *, tried: bool) -> Draft:
    """Raises: KioskError: no address, or the server says no."""
    if flag["no_server"]:
        return draft.having(server__url=None, server__ca_file=None)
    if "server_ca" in flag:
        named = str(flag["server_ca"])
        draft = draft.having(server__ca_file=str(Path(named).absolute()) if named else None)
    if "server_file" in flag:
        pasted = _text(str(flag["server_file"]), "the server's address")
    elif "server_text" in flag:
        pasted = str(flag["server_text"])
    else:
        return draft
    url = server.address_in(pasted)
    if tried:
        outcome = server.tried(url, draft.ca_file)
        click.echo(outcome.sentence, err=not outcome.fine)
        if not outcome.fine:
            hint = "Correct it; or give --untried to write it all the same."
            raise KioskError("Cannot use", f"the server {server.hidden(url)}", hint)
    return draft.having(server__url=url)


def _sets(draft: Draft, names: Sequence[str], public_key: object) -> Draft:
    """Raises: KioskError: a set that is not there, or can't be asked."""
    if isinstance(public_key, Path):
        draft = replace(draft, public_key=_text(str(public_key), "the public key"))
    if not names:
        if not draft.raw.get("sets"):
            there = ", ".join(path.stem for path in sorted(SHIPPED.glob("*/*.md")) if path.parent.name == path.stem)
            hint = f"Give --sets: {there}, a file of your own, or server:FORM."
            raise KioskError("Cannot set up", "a kiosk without question sets", hint)
        standing = tuple(one for one in offers.offers(draft, Path("/nowhere")) if one.sheet is None)
        return offers.with_sets(draft, standing)
    chosen: list[offers.Offer] = []
    for name in names:
        shipped = SHIPPED / name / f"{name}.md"
        if name.startswith(PREFIX):
            chosen.append(offers.Offer(name, name))
        else:
            chosen.append(offers.of_sheet(shipped if shipped.is_file() else Path(name).absolute(), draft.public_key))
    return offers.with_sets(draft, tuple(chosen))


def _text(name: str, what: str) -> str:
    """A file's text, or stdin's. Raises: KioskError."""
    try:
        data = sys.stdin.buffer.read(MOST_PASTED_BYTES) if name == "-" else Path(name).read_bytes()[:MOST_PASTED_BYTES]
    except OSError as error:
        raise KioskError(f"Cannot read {what}", f"{name}: {error.strerror}", "Give a file that is there.") from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise KioskError(f"Cannot read {what}", f"{name}: it is no text", "Give a file of text.") from error


def pulled(written: writing.Written) -> bool:
    """Fetch the sets that come from the server, as the user whose data folder it is. Returns: whether all came."""
    if not written.pull:
        return True
    owner = written.data_folder.stat()
    as_kiosk = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 and owner.st_uid else {}
    words = [sys.executable, "-m", "sayso", "questions", "pull", "--config", str(written.path.absolute())]
    return subprocess.run(words, check=False, cwd=ROOT, **as_kiosk).returncode == 0  # type: ignore[call-overload,no-any-return]


def _tell(written: writing.Written) -> None:
    click.echo(f"\n{written.path}: written.")
    if written.before is not None:
        click.echo(f"{written.before}: what was there before.")
    for form in written.sets:
        click.echo(f"{form}: converted.")
    click.echo(f"This kiosk's public key, for an office that takes visits by USB stick: {written.public_key}")
    opening = OPENING if written.path == USUAL else f"sayso run --config {written.path}"
    click.echo(f"Look once more: sayso check --config {written.path}\nOpen it: {opening}")


def _line(line: Line) -> str:
    todo = f". {line.todo}" if line.todo else ""
    return f"{line.level.value:7} {line.what}: {line.met.rstrip('.') if todo else line.met}{todo}"
