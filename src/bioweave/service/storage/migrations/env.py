"""Run by Alembic, on the connection that it is handed."""

from alembic import context

from bioweave.service.storage.tables import Table

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Table.metadata
)
with context.begin_transaction():
    context.run_migrations()
