"""A small office on this machine: keys, a collector on loopback, a kiosk's address. For `demo` and `rehearse`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import click
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree

from collector.database import Database, open_data
from collector.folders import PRIVATE_NAME, PUBLIC_NAME, write_key_pair
from collector.forms import add_form
from collector.keys import new_key
from collector.results import Result, Unread, read, stored_submissions
from collector.serve import running
from openrosa.convert import SHEET_SUFFIXES, Converted, convert, write
from openrosa.sealing import load_private_key
from openrosa.xform import QuestionSetRefused
from openrosa.xform import read as read_form
from openrosa.xform_record import public_key_der
from openrosa.xform_xml import parse

_LONGEST_NAME_BYTES = 200
"""Of a folder that is called as a kiosk: file systems take 255."""
KEY_ATTRIBUTE = "base64RsaPublicKey"
"""Of a form's `submission`. Source: ODK Encrypted Submissions."""


def now() -> datetime:
    """The time, as the collector stamps it."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Kiosk:
    """A kiosk that the office knows again: the next time it has the same name, token and store.

    Attributes:
        folder: of its store.
        address: of the collector, with its token.
    """

    folder: Path
    address: str


@dataclass(frozen=True)
class Office:
    """What an office has.

    Attributes:
        folder: of all of it.
        private_key: what opens what comes in.
        public_key: base64, as a form has it.
        database: the collector's.
    """

    folder: Path
    private_key: RSAPrivateKey
    public_key: str
    database: Database

    def form(self, source: Path, *, own_key: bool = False) -> Path:
        """Publish a set: a sheet is converted with the office's key, an XForm taken as it is.

        Args:
            source: the sheet, or the XForm with its files in `NAME-media/` beside it.
            own_key: where an XForm has a public key, put the office's in its place: this office has no other's.
        Returns: the XForm's path, its media folder beside it.
        Raises: OpenRosaError, CollectorError: it is outside the profile, or can't be published.
        """
        target = self.folder / "sets" / f"{source.stem}.xml"
        if source.suffix.lower() in SHEET_SUFFIXES:
            converted = convert(source, self.public_key)
        else:
            folder = source.with_name(f"{source.stem}-media")
            media = {one.name: one.read_bytes() for one in folder.iterdir()} if folder.is_dir() else {}
            try:
                converted = Converted(source.read_bytes(), media)
            except OSError as error:
                raise click.BadParameter(f"{source}: {error.strerror}. Give the path of a question set.") from error
        question_set, findings = read_form(converted.xform, source.name, places=converted.places)
        if question_set is None:
            raise QuestionSetRefused(source.name, findings)
        if own_key and question_set.public_key not in (None, public_key_der(self.public_key)):
            converted = replace(converted, xform=_with_key(converted.xform, source.name, self.public_key))
        write(converted, target)
        add_form(self.database, converted.xform, converted.media, now())
        return target

    def kiosk_path(self, name: str) -> str:
        """A new kiosk's way to the collector, to stand after its address: `/key/TOKEN`. Each time is another kiosk."""
        return f"/key/{new_key(self.database, f'{name}, {now():%Y-%m-%d %H:%M:%S.%f}', now())}"

    def kiosk(self, name: str, url: str) -> Kiosk:
        """The kiosk of that name, which stays in the office's folder; it is made the first time.

        Args:
            name: as `collector keys` has it: the home's.
            url: the collector's address.
        Raises: CollectorError: another one was let in under that name, whose token nobody here has.
        """
        folder = self.folder / "kiosks" / quote(name, safe=" ").replace(".", "%2E")[:_LONGEST_NAME_BYTES]
        token = folder / "token"
        if not token.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = new_key(self.database, name, now())
            token.touch(mode=0o600)
            token.write_text(made, encoding="ascii")
        return Kiosk(folder / "store", f"{url}/key/{token.read_text(encoding='ascii')}")

    def received(self) -> tuple[Result | Unread, ...]:
        """Everything that has come in, opened with the office's key, oldest first."""
        return tuple(read(stored, self.private_key) for stored in stored_submissions(self.database))


@contextmanager
def office(folder: Path) -> Iterator[tuple[Office, str]]:
    """An office in that folder, its collector running on loopback.

    Yields: the office, and the collector's address without a token.
    """
    keys = folder / "office-key"
    if not (keys / PRIVATE_NAME).exists():
        write_key_pair(keys)
    private = load_private_key((keys / PRIVATE_NAME).read_bytes())
    public = (keys / PUBLIC_NAME).read_text(encoding="ascii").strip()
    with closing(open_data(folder / "collected")) as database, running(database, now) as url:
        yield Office(folder, private, public, database), url


def _with_key(xform: bytes, source: str, public_key: str) -> bytes:
    """A form that has a public key, with this one in its place."""
    html = parse(xform, source)
    for element in html.iter("{*}submission"):
        for name in element.keys():  # noqa: SIM118  lxml's element is no mapping: it goes over its children
            if etree.QName(name).localname == KEY_ATTRIBUTE:
                element.set(name, public_key)
    return etree.tostring(html, encoding="UTF-8", xml_declaration=True)


def answers_of(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The answers in a record, by question name: value, how, by.

    Args:
        values: by path, as `Result.values` has them; a question is what has a NAME_how beside it.
    """
    found: dict[str, dict[str, str]] = {}
    for path, how in values.items():
        if path.endswith("_how"):
            question = path.removesuffix("_how")
            found[question.rsplit("/", 1)[-1]] = {
                "value": values.get(question, ""),
                "how": how,
                "by": values.get(f"{question}_by", ""),
            }
    return found
