"""Where Alembic starts. `kiosk.database` hands it a connection whose transaction has begun: all steps or none."""

from __future__ import annotations

from alembic import context

from kiosk.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
