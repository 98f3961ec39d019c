"""Sums to compare by, attachments in pieces, the audit log, and who was told of a sensitive form's visit."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
PIECE_BYTES = 1 << 18


def upgrade() -> None:
    # A sum is filled in below; SQLite adds no column without a value.
    op.add_column("submissions", sa.Column("sha256", sa.LargeBinary, nullable=False, server_default=""))
    op.add_column("submissions", sa.Column("sensitive", sa.Boolean, nullable=False, server_default=sa.false()))
    for name in ("alerted_at", "reminded_at", "opened_at"):
        op.add_column("submissions", sa.Column(name, sa.DateTime(timezone=True)))
    op.create_index("ix_submissions_sensitive", "submissions", ["sensitive", "opened_at"])
    op.drop_index("ix_submissions_form_id", "submissions")
    op.create_index("ix_submissions_form", "submissions", ["form_id", "id"])
    op.add_column("attachments", sa.Column("size_bytes", NUMBER, nullable=False, server_default="0"))
    op.add_column("attachments", sa.Column("sha256", sa.LargeBinary, nullable=False, server_default=""))
    op.create_table(
        "pieces",
        sa.Column("submission", NUMBER, sa.ForeignKey("submissions.id"), primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("key", NUMBER, sa.ForeignKey("keys.id")),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("instance_id", sa.String, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )
    _sum_submissions()
    _cut_attachments()
    op.drop_column("attachments", "data")
    # The first collector knows no other number: it refuses this database and leaves it alone.
    op.execute("UPDATE about SET value = '2' WHERE name = 'schema'")


def _sum_submissions() -> None:
    connection = op.get_bind()
    for number in connection.scalars(sa.text("SELECT id FROM submissions")).all():
        xml = connection.scalar(sa.text("SELECT xml FROM submissions WHERE id = :id"), {"id": number})
        found = {"id": number, "sha256": hashlib.sha256(xml or b"").digest()}
        connection.execute(sa.text("UPDATE submissions SET sha256 = :sha256 WHERE id = :id"), found)


def _cut_attachments() -> None:
    connection = op.get_bind()
    here = "submission = :submission AND name = :name"
    for submission, name in connection.execute(sa.text("SELECT submission, name FROM attachments")).all():
        which = {"submission": submission, "name": name}
        data = connection.scalar(sa.text(f"SELECT data FROM attachments WHERE {here}"), which) or b""  # noqa: S608 - no input
        found = {**which, "size_bytes": len(data), "sha256": hashlib.sha256(data).digest()}
        put = f"UPDATE attachments SET size_bytes = :size_bytes, sha256 = :sha256 WHERE {here}"  # noqa: S608 - no input
        connection.execute(sa.text(put), found)
        for number, start in enumerate(range(0, len(data), PIECE_BYTES)):
            connection.execute(
                sa.text(
                    "INSERT INTO pieces (submission, name, number, data) VALUES (:submission, :name, :number, :data)"
                ),
                {**which, "number": number, "data": data[start : start + PIECE_BYTES]},
            )
