"""Alembic's entry: runs the migrations on the engine that ``node.database`` hands over.

All of them in one transaction that begins before the present version is read: of two processes that
start at once, one migrates and the other waits, then finds nothing to do.
"""

from alembic import context
from sqlalchemy import func, select

from ledger.store.tables import metadata

_MIGRATING = 0x6C7A6D67
"""PostgreSQL's advisory lock while a database is brought up to date; SQLite's transactions are exclusive."""

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    connection.info["exclusive"] = True
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
        context.configure(
            connection=connection,
            target_metadata=metadata,
            version_table=context.config.attributes.get("version_table", "alembic_version"),
        )
        context.run_migrations()
