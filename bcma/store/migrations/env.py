"""Alembic's entry: runs inside the connection and transaction that the store hands over."""

from alembic import context

from bcma.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
