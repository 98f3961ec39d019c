"""What the tests of a real collector share: a form, its visits, and where the collector is."""

from __future__ import annotations

import ssl
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from sqlalchemy import Table, func, select

from collector.database import Database, open_data
from collector.forms import add_form
from collector.keys import new_key
from collector.serve import running
from collector.tables import submissions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from postgres_server import Server

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made once: httpx reads every authority of the system for a new one, which takes longer than a post."""
NOW = datetime(2026, 11, 22, 9, 30, 15, 250_000, tzinfo=UTC)
VECTORS = Path(__file__).parent.parent / "vectors"


@dataclass(frozen=True)
class Where:
    """Where a collector's data is: in a folder, with SQLite, or at an URL."""

    folder: Path
    url: str | None = None

    def open(self) -> Database:
        return open_data(self.folder) if self.url is None else Database(self.url)

    @property
    def options(self) -> tuple[str, str]:
        """As the command line has it."""
        return ("--data", str(self.folder)) if self.url is None else ("--database", self.url)


def new_place(kind: str, folder: Path, server: Callable[[], Server]) -> Where:
    """A place for a collector, "sqlite" or "postgresql", that nothing is in yet."""
    return Where(folder, None if kind == "sqlite" else server().new_collector())


@dataclass(frozen=True)
class Collector:
    url: str
    token: str
    database: Database
    where: Where

    @property
    def kiosk_url(self) -> str:
        return f"{self.url}/key/{self.token}"


def xform(form_id: str = "home", version: str = "1", leaves: str = "", binds: str = "", body: str = "") -> bytes:
    """A small XForm whose record has a group, a voice message and the leaves given."""
    return f"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:orx="http://openrosa.org/xforms">
  <h:head><h:title>My &lt;home&gt;</h:title><model>
    <instance><data id="{form_id}" version="{version}"><house><feel_home/><say_more/></house>{leaves}
      <orx:meta><orx:instanceID/></orx:meta></data></instance>
    <instance id="other"><root><item/></root></instance>
    <bind nodeset="/data/house/feel_home" type="string"/>
    <bind nodeset="/data/house/say_more" type="binary"/>{binds}
    <bind nodeset="/data/orx:meta/orx:instanceID" type="string"/>
  </model></h:head><h:body>{body}</h:body></h:html>""".encode()


def visit(number: int = 1, said: str = "good", message: str = "", more: str = "", version: str = "1") -> bytes:
    """The plain instance of one visit."""
    return (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="home" version="{version}">'
        f"<house><feel_home>{said}</feel_home>"
        f"<say_more>{message}</say_more></house>{more}"
        f"<orx:meta><orx:instanceID>{instance_id(number)}</orx:instanceID></orx:meta></data>"
    ).encode()


def instance_id(number: int = 1) -> str:
    return f"uuid:00000000-0000-4000-8000-{number:012}"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@contextmanager
def collecting(where: Where, form: bytes | None = None, **settings: Any) -> Iterator[Collector]:
    """A collector with a form and a kiosk; `settings` as for `running`."""
    now = settings.pop("now", lambda: NOW)
    with closing(where.open()) as database:
        add_form(database, form or xform(), {}, NOW)
        token = new_key(database, "Elm Road", NOW)
        with running(database, now, **settings) as url:
            yield Collector(url, token, database, where)


def posted(collector: Collector, xml: bytes, *files: tuple[str, bytes], token: str | None = None) -> httpx.Response:
    """Send one post of a visit."""
    parts = [("xml_submission_file", ("submission.xml", xml, "text/xml"))]
    parts += [(name, (name, data, "audio/wav")) for name, data in files]
    url = f"{collector.url}/key/{token or collector.token}/submission"
    return httpx.post(url, files=parts, verify=_NO_TLS, trust_env=False, timeout=30)


def rows(collector: Collector, table: Table = submissions) -> int:
    """How many rows a table has."""
    with collector.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0
