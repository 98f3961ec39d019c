"""The last page: what would be written is checked first, somewhere else; then all of it is put in its place.

The configuration comes last and at once, with the one before it beside it: whoever looks finds the old or the new one.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kiosk.checks.lines import Line, fine
from kiosk.checks.whole import check
from kiosk.config import example
from kiosk.errors import KioskError
from kiosk.hours import read_hours
from kiosk.keeping.identity import KEY_NAME, kiosk_key
from kiosk.pulling.shelf import PREFIX
from kiosk.setting_up import pressing
from kiosk.setting_up.draft import Draft
from kiosk.setting_up.offers import form_of
from kiosk.setting_up.server import hidden
from openrosa.convert import Converted, write
from openrosa.folders import sync_folder
from openrosa.signing import public_text

MODE = 0o640
"""The token stands in it: for its owner and for the kiosk's group alone."""
BEFORE = ".before"
"""Behind the name of the configuration that was there."""
USER = "sayso"
"""The user and the group that run the kiosk on an appliance."""
FIRST = "Made by `sayso setup`: run it again to change it, or edit it here. The token in it is a secret."
OP = "Cannot write"


@dataclass(frozen=True)
class Written:
    """What was put in its place.

    Attributes:
        path: the configuration.
        before: the one that was there; None: there was none, or it said the same.
        sets: forms that were converted.
        public_key: the kiosk's, for an office that takes visits by USB stick.
        pull: sets that have to be fetched from the server yet.
        data_folder: where the kiosk keeps.
    """

    path: Path
    before: Path | None
    sets: tuple[Path, ...]
    public_key: str
    pull: bool
    data_folder: Path


def need_writable(path: Path) -> None:
    """Raises: KioskError: the configuration could not be written: better said before the walk than behind it."""
    if path.is_dir():
        raise KioskError(OP, f"{path}: it is a folder", "Name a file with --config.")
    if path.parent.exists() and not path.parent.is_dir():
        raise KioskError(OP, f"{path}: {path.parent} is no folder", "Name another file with --config.")
    there = path.absolute().parent
    while not there.exists():
        there = there.parent
    if not os.access(there, os.W_OK | os.X_OK):
        raise KioskError(OP, f"{path}: permission denied", "Run it with sudo, or name another file with --config.")


def summary(draft: Draft) -> tuple[tuple[str, str], ...]:
    """What is chosen, as (name, value), without token and PIN."""
    hours = read_hours(draft.value("hours.open"))
    unsealed = "NOT sealed: to try only" if draft.value("store.allow_unsealed") else "as their forms say"
    sealed = "sealed to the key given" if draft.public_key else unsealed
    return (
        ("Home", draft.value("home.name") or "(no name)"),
        ("Language", f"{draft.value('home.language')}, hears {draft.value('voice.language')}"),
        ("Speaker", draft.value("voice.speaker") or "the system's own choice"),
        ("Microphone", _microphone(draft)),
        ("Keys", pressing.told(draft)),
        ("Server", hidden(draft.value("server.url")) if draft.value("server.url") else "none: visits stay here"),
        ("Staff PIN", "set" if draft.value("staff.pin_hash") else "none: no staff screen"),
        ("Open", draft.value("hours.open") if hours else "always"),
        ("Sets", ", ".join(draft.raw.get("sets", ())) or "none"),
        *((("Answers", sealed),) if draft.sheets else ()),
        ("Data", str(draft.data_folder)),
    )


def _microphone(draft: Draft) -> str:
    if draft.value("voice.engine") == "none":
        return "none: keys only"
    return str(draft.value("voice.microphone")) or "the system's own choice"


def checked(draft: Draft, *, quick: bool = False) -> Iterator[Line]:
    """What `sayso check` would say of it, before it is written: forms are made in a folder of their own meanwhile.

    Args:
        draft: what is to be written.
        quick: without what takes long, or sounds: the engine, microphone and speaker, the server.

    Raises: KioskError, OpenRosaError: it is no configuration, or a sheet can't be converted.
    """
    config = draft.config()
    with tempfile.TemporaryDirectory(prefix="sayso-setup-") as name:
        staged = {}
        for value, converted in _converted(draft):
            staged[draft.path.absolute().parent / value] = Path(name) / Path(value).name
            write(converted, Path(name) / Path(value).name)
        later = [value for value in draft.raw["sets"] if value.startswith(PREFIX)]
        fetched = dict(zip(draft.raw["sets"], config.sets, strict=True))
        missing = [fetched[value] for value in later if not fetched[value].exists()]
        sets = tuple(staged.get(path, path) for path in config.sets if path not in missing)
        for value in later:
            if fetched[value] in missing:
                yield fine(f"set {value}", "it is fetched from the server when this is written")
        yield from check(msgspec.structs.replace(config, sets=sets), draft.path, quick=quick)


def put(draft: Draft) -> Written:
    """Write everything: forms, the data folder with the kiosk's own key, and last the configuration.

    Raises: KioskError, OpenRosaError: what can't be written. The configuration that was there is then untouched.
    """
    draft.config()  # what is written can be read
    need_writable(draft.path)
    forms = tuple(_converted(draft))
    with _told(draft.path):
        draft.path.parent.mkdir(parents=True, exist_ok=True)
        for value, converted in forms:
            target = draft.path.absolute().parent / value
            write(converted, target)
            _readable(target)
        _folder_for_kiosk(draft.data_folder)
        key = kiosk_key(draft.data_folder)
        _to_owner_of(draft.data_folder, draft.data_folder / KEY_NAME)
        before = _replace(draft.path, example(draft.raw, first=FIRST).encode())
    return Written(
        draft.path,
        before,
        tuple(draft.path.absolute().parent / value for value, _ in forms),
        public_text(key),
        any(value.startswith(PREFIX) for value in draft.raw["sets"]),
        draft.data_folder,
    )


def _converted(draft: Draft) -> Iterator[tuple[str, Converted]]:
    for value, sheet in draft.sheets.items():
        yield value, form_of(sheet, draft.public_key)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or path
        hint = "Free some space there, or run it with sudo; nothing of the configuration was changed."
        raise KioskError(OP, f"{where}: {error.strerror}", hint) from error


def _folder_for_kiosk(folder: Path) -> None:
    """The data folder, the kiosk's user's where there is one. One that is there keeps its owner."""
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        if os.geteuid() == 0 and _known():
            shutil.chown(folder, USER, USER)


def _known() -> bool:
    try:
        return bool(pwd.getpwnam(USER)) and bool(grp.getgrnam(USER))
    except KeyError:
        return False


def _to_owner_of(folder: Path, path: Path) -> None:
    """What root has made in the kiosk's folder is the kiosk's."""
    if os.geteuid() == 0 and path.lstat().st_uid == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _readable(form: Path) -> None:
    """A form and its files, for the kiosk's user: there is no secret in them."""
    media = form.with_name(f"{form.stem}-media")
    form.parent.chmod(0o755)
    for path in (form, *media.glob("*")):
        path.chmod(0o644)
    if media.is_dir():
        media.chmod(0o755)


def _replace(path: Path, data: bytes) -> Path | None:
    """Put the file there, whole or not at all; the one before stays beside it.

    Returns: that one; None where there was none, or it said the same.
    """
    before: Path | None = None
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), MODE)
            _owned(file.fileno(), path)
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and path.read_bytes() != data:
            before = path.with_name(path.name + BEFORE)
            before.unlink(missing_ok=True)
            os.link(path, before)
            before.chmod(MODE)
        Path(name).replace(path)
        sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return before


def _owned(descriptor: int, path: Path) -> None:
    """By whom the file before was owned, else by the kiosk's group: the kiosk reads it, and cannot change it."""
    if os.geteuid() != 0:
        return
    if path.exists():
        was = path.stat()
        os.fchown(descriptor, was.st_uid, was.st_gid)
    elif _known():
        os.fchown(descriptor, 0, grp.getgrnam(USER).gr_gid)
