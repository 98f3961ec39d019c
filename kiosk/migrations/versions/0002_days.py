"""The day on which a visit ended, whether it was finished, and the day on which it was set aside."""

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
