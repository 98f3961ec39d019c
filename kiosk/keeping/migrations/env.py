"""Where Alembic starts. `kiosk.keeping.database` hands it a connection in a transaction: all steps or none."""

from __future__ import annotations

from alembic import context

from kiosk.keeping.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
