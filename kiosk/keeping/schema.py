"""The tables of the store, as the last migration leaves them.

Times in rows are days: in a small home an hour is a name.
"""

from __future__ import annotations

from enum import Enum

import sqlalchemy as sa

HEAD = "0002"
"""The last migration. Written down here so that a start need not load Alembic; a test holds it to the folder."""


APPLICATION_ID = 0x53617973
"""In the file's header, so that another program's database is told from a newer one of ours: "Says" in ASCII."""


class State(Enum):
    """Where a visit's submission stands.

    `OPEN -> WAITING -> SENDING -> DELIVERED | SET_ASIDE`, and from SENDING back to WAITING.
    """

    OPEN = "open"  # the visit is going on; never sent
    WAITING = "waiting"  # finished, in the outbox
    SENDING = "sending"  # its bytes are travelling
    DELIVERED = "delivered"  # the server has all of it; the bytes here are erased days later
    SET_ASIDE = "set_aside"  # refused by the server, or damaged; shown to staff, never deleted


metadata = sa.MetaData()

submissions = sa.Table(
    "submission",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("instance_id", sa.String, nullable=False, unique=True),
    sa.Column("form_id", sa.String, nullable=False),
    sa.Column("version", sa.String, nullable=False),
    sa.Column("sealed", sa.Boolean, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("xml", sa.LargeBinary),  # null once erased
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    sa.Column("delivered_on", sa.Date),
    sa.Column("reason", sa.String, nullable=False, server_default=""),
    sa.Column("ended_on", sa.Date),  # null while open, and for what an older version kept
    sa.Column("complete", sa.Boolean),  # the same; for the count of incomplete visits, which nobody can see sealed
    sa.Column("set_aside_on", sa.Date),
    sa.Column(
        "sensitive", sa.Boolean, nullable=False, server_default="0"
    ),  # rule 11's form: in no count that staff see
    sa.Index("submission_by_state", "state"),
    sqlite_autoincrement=True,  # a number is never used twice, so the order holds after a deletion
)

attachments = sa.Table(
    "attachment",
    metadata,
    sa.Column("submission_seq", sa.Integer, sa.ForeignKey("submission.seq", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("content_type", sa.String, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
