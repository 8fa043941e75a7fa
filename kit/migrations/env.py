"""Runs migrations on the connection that kit.migrations.migrate opened (Alembic loads this file)."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table_schema=context.config.attributes["schema"],
)
with context.begin_transaction():
    context.run_migrations()
