"""Sweeping: removes what a crash left in the vault: objects without a committed record, half-written ones.

An object is durable before its row, so a young object without a row may be a seal that is still running. Only
objects older than a day are orphans.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

from sqlalchemy import Connection

from ledger.ports.vault import Vault
from ledger.store import statements
from ledger.store.transactions import Begin

ORPHAN_AGE: Final = timedelta(days=1)
"""Far longer than the longest seal: 5 GiB take half a minute."""


Named: TypeAlias = Callable[[Connection, bytes], bool]
"""Says whether an upper floor has an object of its own under this id."""


def sweep(begin: Begin, vault: Vault, also_named: Sequence[Named] = ()) -> int:
    """Delete orphans from the vault and return how many there were.

    Args:
        begin: opens a transaction.
        vault: that is swept.
        also_named: of the upper floors.

    Raises:
        UnavailableError: the database does not answer.
    """
    swept = vault.sweep_parts(ORPHAN_AGE)
    for object_id in vault.object_ids(ORPHAN_AGE):
        with begin() as connection:
            named = statements.names_object(connection, object_id) or any(
                each(connection, object_id) for each in also_named
            )
        if not named:
            vault.delete(object_id)
            swept += 1
    return swept
