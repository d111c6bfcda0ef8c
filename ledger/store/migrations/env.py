"""Alembic's entry: runs the migrations on the engine that ``node.database`` hands over."""

from alembic import context

from ledger.store.tables import metadata

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=context.config.attributes.get("version_table", "alembic_version"),
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
