"""Question sets that came from a server, in the data folder: each put there whole, and the last good one kept.

    question_sets/FORM/newest    what the server gave last; `server:FORM` in the configuration leads here
    question_sets/FORM/before    what was the newest before that
    question_sets/FORM/running   what the kiosk asks
    question_sets/FORM/1a2b.../  one version: FORM.xml, FORM-media/ and pulled.json; the three above are links to such

A version is written under a name of its own that begins with a dot, synced, and only then gets its name; then the links
are replaced, one rename each. Whenever the power goes, each of the three leads to a whole version or is not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self
from urllib.parse import quote, unquote

import msgspec

from kiosk.errors import KioskError
from openrosa.folders import sync_folder, write_synced

PREFIX = "server:"
"""In `sets` of the configuration, before a form's id."""
FOLDER = "question_sets"
"""In the data folder."""
NEWEST, BEFORE, RUNNING = "newest", "before", "running"
LINKS = (NEWEST, RUNNING, BEFORE)
"""In the order in which they are tried."""
NOTE = "pulled.json"
LOCK = ".lock"
LONGEST_NAME_BYTES = 180
"""Of a form's id as a file's name; ".xml" and "-media" have to fit behind it."""


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one version.

    Attributes:
        form_id: as the server lists it.
        version: as the form declares it; ODK Central's encryption puts a suffix on it.
        hash: of the server's list, "" where it gives none.
        media: the server's hash of each file that the form names.
        files: SHA-256 of each file as it was written, by its path in the version's folder.
        day: when it came.
    """

    form_id: str
    version: str
    hash: str
    media: Mapping[str, str]
    files: Mapping[str, str]
    day: date


@dataclass(frozen=True)
class Shelf:
    """Where one form's versions are.

    Attributes:
        folder: of this form.
    """

    folder: Path

    @classmethod
    def of_form(cls, data_folder: Path, form_id: str) -> Self:
        """The shelf of a form. Raises: KioskError: its id is too long for a file's name."""
        name = quote(form_id, safe=" ").replace(".", "%2E") if form_id.startswith(".") else quote(form_id, safe=" ")
        if not form_id or len(name) > LONGEST_NAME_BYTES:
            hint = f'Write the form\'s id as the server lists it, such as sets = ["{PREFIX}my_home"].'
            raise KioskError("Cannot use question set", f"'{PREFIX}{form_id[:40]}': that is no form's id", hint)
        return cls(data_folder / FOLDER / name)

    @classmethod
    def of_path(cls, path: Path) -> Self | None:
        """The shelf that a set of the configuration stands on; None for a file of the house's own."""
        if path.parent.name == NEWEST and path.parent.parent.parent.name == FOLDER:
            return cls(path.parent.parent)
        return None

    @property
    def form_id(self) -> str:
        """Of the form, as the server lists it."""
        return unquote(self.folder.name)

    @property
    def path(self) -> Path:
        """The newest version's form: what the configuration's `server:FORM` is."""
        return self._form(self.folder / NEWEST)

    def versions(self) -> tuple[Path, ...]:
        """The forms that may be asked, the newest first: each a path that stays as it is when the links move on."""
        found = (self._led_to(link) for link in LINKS)
        return tuple(dict.fromkeys(self._form(one) for one in found if one is not None))

    def note(self, link: str = NEWEST) -> Pulled | None:
        """What is known of the version that a link leads to; None where there is none, or its note can't be read."""
        try:
            return msgspec.json.decode((self.folder / link / NOTE).read_bytes(), type=Pulled)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None

    def intact(self) -> bool:
        """Whether the newest version's files are the ones that were written: a card may lose what was on it."""
        found, version = self.note(), self.folder / NEWEST
        try:
            return found is not None and all(
                hashlib.sha256((version / name).read_bytes()).hexdigest() == sum_ for name, sum_ in found.files.items()
            )
        except OSError:
            return False

    @contextlib.contextmanager
    def draft(self) -> Iterator[Draft]:
        """A place for a new version, gone again at the end unless it was put on the shelf.

        Raises: KioskError: the folder can't be written in.
        """
        with _writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.tidy()
            place = self.folder / f".{secrets.token_hex(8)}"
            place.mkdir(mode=0o700)
        try:
            yield Draft(place, self._form(place))
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def put(self, draft: Draft, pulled: Pulled) -> None:
        """Make a draft the newest version. Raises: KioskError: it can't be written; then nothing has changed."""
        with _writing(self.folder):
            write_synced(draft.folder / NOTE, msgspec.json.format(msgspec.json.encode(pulled), indent=2) + b"\n")
            if draft.media.is_dir():
                sync_folder(draft.media)
            sync_folder(draft.folder)
            version = self.folder / secrets.token_hex(8)
            draft.folder.rename(version)
            sync_folder(self.folder)
            newest = self._led_to(NEWEST)
            if newest is not None:
                self._lead(BEFORE, newest)
            self._lead(NEWEST, version)
        with contextlib.suppress(OSError):  # the next one tidies
            self.tidy()

    def run(self, form: Path) -> None:
        """Note which version the kiosk asks: it stays. Raises: KioskError."""
        if form.parent != self._led_to(RUNNING):
            with _writing(self.folder):
                self._lead(RUNNING, form.parent)

    def tidy(self) -> None:
        """Delete what no link leads to, and what a power cut left half-written. What can't be deleted stays."""
        kept = {self._led_to(link) for link in LINKS}
        for one in self.folder.iterdir():
            if one.is_symlink():
                if one.name not in LINKS:
                    one.unlink(missing_ok=True)
            elif one.is_dir() and one.resolve() not in kept:
                shutil.rmtree(one, ignore_errors=True)

    def _form(self, version: Path) -> Path:
        return version / f"{self.folder.name}.xml"

    def _led_to(self, link: str) -> Path | None:
        """The version's own folder; None where the link leads nowhere."""
        found = self.folder / link
        return found.resolve() if found.is_symlink() and found.is_dir() else None

    def _lead(self, link: str, version: Path) -> None:
        """Replace a link, in one step."""
        beside = self.folder / f".{link}-{secrets.token_hex(4)}"
        beside.symlink_to(version.name)
        beside.replace(self.folder / link)
        sync_folder(self.folder)


@dataclass(frozen=True)
class Draft:
    """A version that is being written.

    Attributes:
        folder: of it.
        form: where its XForm goes.
    """

    folder: Path
    form: Path

    @property
    def media(self) -> Path:
        """Where its files go, beside the form."""
        return self.form.with_name(f"{self.form.stem}-media")

    def write(self, path: Path, data: bytes) -> str:
        """Write one file of it, on the disk when this returns; its SHA-256. Raises: KioskError."""
        with _writing(path):
            path.parent.mkdir(exist_ok=True, mode=0o700)
            write_synced(path, data)
        return hashlib.sha256(data).hexdigest()


@contextlib.contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "Free space there, or let the user that runs Sayso write there. The set that was there before is kept."
        raise KioskError("Cannot keep the question set", f"{place}: {error.strerror}", hint) from error
