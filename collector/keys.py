"""Who may send: each kiosk has a token of its own, in the address it is given. Only a token's hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from collector.audit import Event, note
from collector.database import insert_if_new
from collector.errors import CollectorError
from collector.tables import keys

if TYPE_CHECKING:
    from datetime import datetime

    from collector.database import Database

TOKEN_BYTES = 32
LONGEST_NAME = 100
_SHOWN = (keys.c.id, keys.c.name, keys.c.created_at, keys.c.revoked_at)


@dataclass(frozen=True)
class Key:
    """A kiosk's right to send; `name` stands in exports as SubmitterName."""

    id: int
    name: str
    created_at: datetime
    revoked_at: datetime | None = None


def new_key(database: Database, name: str, now: datetime) -> str:
    """A new token for a kiosk. It is shown this once: nobody can read it back.

    Returns: the token, letters that need no escaping in an address.
    Raises: CollectorError: the name is empty, too long, or taken.
    """
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise CollectorError("Cannot make a key for", f"{name!r}", f"Use a name of 1 to {LONGEST_NAME} letters.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with database.writing() as connection:
        new = insert_if_new(connection, keys, {"name": name, "token_sha256": _hash(token), "created_at": now})
    if not new:
        raise CollectorError("Cannot make a key for", f"{name!r}: there is one", "Choose another name.")
    found = key_of(database, token)
    note(database, Event.KEY_MADE, now, key=found.id if found is not None else None)
    return token


def revoke_key(database: Database, name: str, now: datetime) -> None:
    """Take a kiosk's right to send away; what it sent stays under its name.

    Raises: CollectorError: there is no such key, or it is revoked already.
    """
    with database.writing() as connection:
        here = (keys.c.name == name) & keys.c.revoked_at.is_(None)
        done = connection.execute(update(keys).where(here).values(revoked_at=now)).rowcount
    if not done:
        raise CollectorError("Cannot revoke", f"{name!r}: no key of that name is in use", "See `keys list`.")
    revoked = next(one for one in all_keys(database) if one.name == name)
    note(database, Event.KEY_REVOKED, now, key=revoked.id)


def key_of(database: Database, token: str) -> Key | None:
    """Whose token this is, or None: unknown. Whoever asks has to look whether it is revoked."""
    with database.reading() as connection:
        row = connection.execute(select(*_SHOWN).where(keys.c.token_sha256 == _hash(token))).one_or_none()
    return None if row is None else Key(row.id, row.name, row.created_at, row.revoked_at)


def all_keys(database: Database) -> tuple[Key, ...]:
    """Every key, oldest first; no tokens."""
    with database.reading() as connection:
        rows = connection.execute(select(*_SHOWN).order_by(keys.c.id)).all()
    return tuple(Key(row.id, row.name, row.created_at, row.revoked_at) for row in rows)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
