"""Where Alembic starts. `collector.database` hands it a connection in a transaction: all steps or none."""

from __future__ import annotations

from alembic import context

from collector.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
