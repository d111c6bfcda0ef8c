"""Sweeping the vault: who else, besides statements, has objects there is said in one place."""

from blacklist.store import stored_tables
from ledger.services.sweeping import sweep
from node.uploads import store as uploads
from node.wiring import Node


def sweep_vault(node: Node) -> int:
    """Delete what crashes left in the vault and return how many objects there were.

    Only for a ledger that is not older than the chain: an older database does not know what it holds.

    Raises:
        UnavailableError: the database or the vault does not answer.
    """
    return sweep(
        node.database.write, node.vault, (uploads.names_object, stored_tables.names_object)
    )
