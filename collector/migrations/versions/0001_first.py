"""The tables of the first collector, which knew SQLite alone and counted its schemas itself, in `about`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    about = op.create_table(
        "about",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
    )
    op.bulk_insert(about, [{"name": "schema", "value": "1"}])
    op.create_table(
        "keys",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sa.Column("token_sha256", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "forms",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("form_id", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("xform", sa.LargeBinary, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("form_id", "version"),
    )
    op.create_table(
        "media",
        sa.Column("form", NUMBER, sa.ForeignKey("forms.id"), primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "submissions",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("instance_id", sa.String, nullable=False, unique=True),
        sa.Column("form_id", sa.String, nullable=False, index=True),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("sealed", sa.Boolean, nullable=False),
        sa.Column("xml", sa.LargeBinary, nullable=False),
        sa.Column("key", NUMBER, sa.ForeignKey("keys.id"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "attachments",
        sa.Column("submission", NUMBER, sa.ForeignKey("submissions.id"), primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("content_type", sa.String, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
