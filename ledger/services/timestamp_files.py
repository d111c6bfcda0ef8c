"""The timestamp tokens of a checkpoint as the files of a package.

The token of V13 is the earliest that is not before the block which the item names. Beside it, for readers
with other roots and tools: tokens of further authorities, revocation lists, and renewals of the first.
"""

from typing import Final

from sqlalchemy import Connection

from ledger.proof import layout
from ledger.proof.renewal import (
    Renewal,
    renewal_path,
    renewal_root,
    renewals_to_bytes,
)
from ledger.proof.timestamp_token import as_response
from ledger.services.timestamping import stamp_leaves, stamp_of
from ledger.store import timestamps
from ledger.store.timestamps import TokenRow

MAX_TOKENS: Final = 8
"""An archive has a limit of files; nobody configures more authorities."""
MAX_LIST_BYTES: Final = 1024 * 1024
"""Larger revocation lists stay at the node: a package is not made of them."""
MAX_RENEWALS: Final = 8
"""Each lasts for years."""


def timestamp_files(
    connection: Connection, generation: int, size: int, *, not_before: int
) -> dict[str, bytes]:
    """Return the files for a checkpoint; empty without a token.

    Args:
        connection: to the store.
        generation: of the log.
        size: of the checkpoint.
        not_before: POSIX time of the block that the item names; an earlier token contradicts it.
    """
    rows = [
        row
        for row in timestamps.of_checkpoint(connection, generation, size)
        if row.seconds >= not_before
    ][:MAX_TOKENS]
    if not rows:
        return {}
    files = {layout.TIMESTAMP: as_response(rows[0].token)}
    for number, row in enumerate(rows[1:], start=2):
        files[f"{layout.TIMESTAMP_FOLDER}{number}.tsr"] = as_response(row.token)
    files.update(_lists(connection, rows))
    renewals = renewals_of(connection, rows[0])
    if renewals:
        files[layout.TIMESTAMP_RENEWALS] = renewals_to_bytes(renewals)
    return files


def _lists(connection: Connection, rows: list[TokenRow]) -> dict[str, bytes]:
    chains = dict.fromkeys(row.chain_id for row in rows)
    found = {
        each.list_id: each.data
        for chain_id in chains
        for each in timestamps.newest_lists(connection, chain_id)
        if len(each.data) <= MAX_LIST_BYTES
    }
    return {
        f"{layout.TIMESTAMP_FOLDER}{number}.crl": data
        for number, data in enumerate(found.values(), start=1)
    }


def renewals_of(connection: Connection, row: TokenRow) -> list[Renewal]:
    """Return how a token was renewed, oldest first; empty while it was not."""
    found: list[Renewal] = []
    while row.renewed_by is not None and row.renewed_as is not None and len(found) < MAX_RENEWALS:
        newer = timestamps.by_id(connection, row.renewed_by)
        leaves = renewal_leaves(connection, newer)
        lists = timestamps.covered_lists(connection, newer.token_id, row.chain_id)
        found.append(
            Renewal(
                covered=stamp_of(row, timestamps.certificates(connection, row.chain_id), lists),
                index=row.renewed_as,
                size=len(leaves),
                path=renewal_path(leaves, row.renewed_as),
                root=renewal_root(leaves),
                token=newer.token,
            )
        )
        row = newer
    return found


def renewal_leaves(connection: Connection, renewal: TokenRow) -> list[bytes]:
    """Return the leaf hashes of the tokens that a renewal covers, in their places."""
    rows = timestamps.members(connection, renewal.token_id)
    lists = {
        chain_id: timestamps.covered_lists(connection, renewal.token_id, chain_id)
        for chain_id in {row.chain_id for row in rows}
    }
    return stamp_leaves(connection, rows, lists)
