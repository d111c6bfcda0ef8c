"""Down-migrations never drop evidence: a table that holds rows stays, whoever asks."""

import sqlalchemy as sa

from ledger.errors import RefusedError


def refuse_to_drop(connection: sa.Connection, *tables: str) -> None:
    """Check that ``tables`` are empty, before the first of them is dropped.

    Raises:
        RefusedError: one of them holds rows.
    """
    for name in tables:
        rows = connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name)))
        if rows:
            raise RefusedError("migration-drops-rows", table=name, rows=rows)
