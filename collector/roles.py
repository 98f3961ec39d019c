"""Who may do what on PostgreSQL: three roles, so that a server that is broken into can't read what was said.

    ingest   runs `serve`: takes submissions, and can read none of them again
    reader   runs `open` and `export`: gets the sealed bytes, which need the office's key; sees no token's hash
    admin    runs `publish`, `keys` and `audit`: kiosks and forms, no submission

None of them logs in: a login is made a member of one. The tables' owner is none of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import text

from collector.errors import CollectorError

if TYPE_CHECKING:
    from collector.database import Database

INGEST, READER, ADMIN = "ingest", "reader", "admin"
TABLES = ("alembic_version", "about", "keys", "forms", "media", "submissions", "attachments", "pieces", "audit")
_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,30}")
_VERSION = ("SELECT", "alembic_version")

_KEYS_SHOWN = "keys (id, name, created_at, revoked_at)"
# Taking compares sums; alerts need the form's name and the times. No column holds what was said, sealed or not.
_COMPARED = (
    "submissions (id, instance_id, sha256, key, form_id, received_at, sensitive, alerted_at, reminded_at, opened_at)"
)

GRANTS: dict[str, tuple[tuple[str, str], ...]] = {
    INGEST: (
        _VERSION,
        ("SELECT", "keys"),
        ("SELECT", "forms"),
        ("SELECT", "media"),
        ("INSERT", "submissions"),
        ("SELECT", _COMPARED),
        ("UPDATE", "submissions (alerted_at, reminded_at)"),
        ("INSERT", "attachments"),
        ("SELECT", "attachments (submission, name, sha256)"),
        ("INSERT", "pieces"),
        ("INSERT", "audit"),
        ("USAGE", "SEQUENCE submissions_id_seq"),
        ("USAGE", "SEQUENCE audit_id_seq"),
    ),
    READER: (
        _VERSION,
        ("SELECT", _KEYS_SHOWN),
        ("SELECT", "forms"),
        ("SELECT", "media"),
        ("SELECT", "submissions"),
        ("UPDATE", "submissions (opened_at)"),
        ("SELECT", "attachments"),
        ("SELECT", "pieces"),
    ),
    ADMIN: (
        _VERSION,
        ("SELECT", "keys"),
        ("INSERT", "keys"),
        ("UPDATE", "keys (revoked_at)"),
        ("SELECT", "forms"),
        ("INSERT", "forms"),
        ("SELECT", "media"),
        ("INSERT", "media"),
        ("SELECT", "audit"),
        ("INSERT", "audit"),
        ("USAGE", "SEQUENCE keys_id_seq"),
        ("USAGE", "SEQUENCE forms_id_seq"),
        ("USAGE", "SEQUENCE audit_id_seq"),
    ),
}


def statements(prefix: str = "sayso") -> tuple[str, ...]:
    """What the tables' owner runs, once and again after each new version: SQL without semicolons.

    Args:
        prefix: of the roles' names: `sayso_ingest`.
    Raises: CollectorError: no name.
    """
    if not _PREFIX.fullmatch(prefix):
        raise CollectorError("Cannot name roles", f"{prefix!r}", "Use small letters, digits and _, at most 31.")
    found = []
    for role, grants in GRANTS.items():
        name = f"{prefix}_{role}"
        found.append(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}')"
            f" THEN CREATE ROLE {name} NOLOGIN; END IF; END $$"
        )
        found.append(f"REVOKE ALL ON {', '.join(TABLES)} FROM {name}")
        found += [_grant(right, what, name) for right, what in grants]
    return tuple(found)


def make_roles(database: Database, prefix: str = "sayso") -> None:
    """Run them. Needs a user that owns the tables and may make roles.

    Raises: CollectorError: SQLite has no roles.
    """
    if not database.on_postgresql:
        hint = "There the folder's permissions say who may read it; see docs/collector.md."
        raise CollectorError("Cannot make roles", "on SQLite: it has none", hint)
    with database.writing() as connection:
        for statement in statements(prefix):
            connection.execute(text(statement))


def _grant(right: str, what: str, role: str) -> str:
    table, bracket, columns = what.partition(" (")
    if bracket:  # the columns belong to the right: GRANT SELECT (id) ON submissions
        return f"GRANT {right} ({columns} ON {table} TO {role}"
    return f"GRANT {right} ON {what} TO {role}"
