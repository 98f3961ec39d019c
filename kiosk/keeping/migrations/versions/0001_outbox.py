"""The outbox: submissions, and the files beside them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(f"PRAGMA application_id = {0x53617973}")
    op.create_table(
        "submission",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("instance_id", sa.String, nullable=False, unique=True),
        sa.Column("form_id", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("sealed", sa.Boolean, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("xml", sa.LargeBinary),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("delivered_on", sa.Date),
        sa.Column("reason", sa.String, nullable=False, server_default=""),
        sa.CheckConstraint("state IN ('open', 'waiting', 'sending', 'delivered', 'set_aside')", name="known_state"),
        sqlite_autoincrement=True,
    )
    op.create_index("submission_by_state", "submission", ["state"])
    op.create_table(
        "attachment",
        sa.Column("submission_seq", sa.Integer, sa.ForeignKey("submission.seq", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("content_type", sa.String, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
