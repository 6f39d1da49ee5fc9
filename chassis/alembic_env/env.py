"""Alembic's entry for all services: the caller has opened the connection and named the metadata."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=True,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
