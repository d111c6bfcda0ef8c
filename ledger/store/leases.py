"""Leases: who may sequence, and which account nonce that right was last seen with."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ledger.store.tables import lease


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """A lease.

    Attributes:
        holder: fingerprint of the running copy that holds it.
        nonce: account nonce on chain when it was last checked; ``None`` before the first check.
        checked_at: instant of that check.
    """

    holder: str
    nonce: int | None
    checked_at: str


def read(connection: Connection, name: str) -> LeaseRow | None:
    """Return the lease ``name``, locked until the commit; ``None`` when nobody ever held it."""
    query = select(lease).where(lease.c.name == name).with_for_update()
    row = connection.execute(query).first()
    return None if row is None else LeaseRow(row.holder, row.nonce, row.checked_at)


def write(connection: Connection, name: str, row: LeaseRow) -> None:
    """Replace the lease ``name``."""
    connection.execute(lease.delete().where(lease.c.name == name))
    connection.execute(
        lease.insert().values(
            name=name, holder=row.holder, nonce=row.nonce, checked_at=row.checked_at
        )
    )


def remove(connection: Connection, name: str) -> None:
    """Remove the lease ``name``; absent is not an error."""
    connection.execute(lease.delete().where(lease.c.name == name))


def held(connection: Connection, name: str) -> bool:
    """Tell whether somebody holds the lease ``name``, without locking it."""
    return connection.scalar(select(lease.c.name).where(lease.c.name == name)) is not None
