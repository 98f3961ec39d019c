"""The collector's tables. They are made by migrations/: what changes here needs a step there."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

HEAD = "0002"
"""The newest migration; a test holds it against the folder."""

# SQLite numbers rows by itself only where the type is plain INTEGER. On PostgreSQL each refused repeat uses a number.
NUMBER = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

keys = Table(
    "keys",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    # SHA-256 is enough: a token is 256 random bits, which nobody can guess at whatever speed.
    Column("token_sha256", LargeBinary, nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
)

forms = Table(
    "forms",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("form_id", String, nullable=False),
    Column("version", String, nullable=False),  # "" for a form without one
    Column("title", String, nullable=False),
    Column("xform", LargeBinary, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("form_id", "version"),
)

media = Table(
    "media",
    metadata,
    Column("form", ForeignKey("forms.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("instance_id", String, nullable=False, unique=True),
    Column("form_id", String, nullable=False),
    Column("version", String, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("xml", LargeBinary, nullable=False),
    Column("sha256", LargeBinary, nullable=False),  # of xml: what is compared, so that taking needs no right to read
    Column("key", ForeignKey("keys.id"), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("sensitive", Boolean, nullable=False),
    Column("alerted_at", DateTime(timezone=True)),  # the three are kept for sensitive ones alone
    Column("reminded_at", DateTime(timezone=True)),
    Column("opened_at", DateTime(timezone=True)),
    Index("ix_submissions_sensitive", "sensitive", "opened_at"),
    # In the order in which a form's visits are read, page by page: none is sorted again for each page.
    Index("ix_submissions_form", "form_id", "id"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("submission", ForeignKey("submissions.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("content_type", String, nullable=False),
    Column("size_bytes", NUMBER, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
)

# An attachment's bytes, in rows that are small enough to be held in memory one by one.
pieces = Table(
    "pieces",
    metadata,
    Column("submission", ForeignKey("submissions.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("event", String, nullable=False),
    Column("key", ForeignKey("keys.id")),
    Column("address", String, nullable=False),
    Column("instance_id", String, nullable=False),
    Column("count", Integer, nullable=False),
)
