"""When a visit ended or was set aside, by the day; whether it was finished; whether it is of a sensitive form."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submission", sa.Column("ended_on", sa.Date))
    op.add_column("submission", sa.Column("complete", sa.Boolean))
    op.add_column("submission", sa.Column("set_aside_on", sa.Date))
    op.add_column("submission", sa.Column("sensitive", sa.Boolean, nullable=False, server_default="0"))
