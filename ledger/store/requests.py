"""Requests that were answered: the same key again gets the same answer, and nothing is sealed twice.

A key is recorded in the transaction that seals, so that a caller who did not hear the answer can ask again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from ledger.store import statements
from ledger.store.bulk import batched, insert_rows
from ledger.store.statements import StatementRow
from ledger.store.tables import intake_request, statement


@dataclass(frozen=True)  # no slots, as in drafts, which hold one
class RequestKey:
    """What names a request for ever.

    Attributes:
        key: 32 bytes, a digest over caller and the caller's key.
        fingerprint: 32 bytes, a keyed digest over what was asked: another request must not take the same key.
    """

    key: bytes
    fingerprint: bytes


def find_many(
    connection: Connection, keys: Sequence[bytes]
) -> dict[bytes, tuple[bytes, StatementRow]]:
    """Return fingerprint and statement of those ``keys`` that were answered."""
    found = {}
    for some in batched(keys):
        query = (
            select(intake_request.c.key, intake_request.c.fingerprint, statement)
            .join(statement, statement.c.seq == intake_request.c.seq)
            .where(intake_request.c.key.in_(some))
        )
        for row in connection.execute(query):
            found[row.key] = (row.fingerprint, statements.from_row(row))
    return found


def forget(connection: Connection, leaf_hash: bytes) -> None:
    """Let nothing of what was asked be recognised any more; the key stays taken."""
    seq = select(statement.c.seq).where(statement.c.leaf_hash == leaf_hash).scalar_subquery()
    connection.execute(
        intake_request.update().where(intake_request.c.seq == seq).values(fingerprint=b"")
    )


def insert(connection: Connection, answered: Sequence[tuple[RequestKey, int]]) -> None:
    """Record requests with the seq of what was sealed."""
    rows = [(request.key, request.fingerprint, seq) for request, seq in answered]
    insert_rows(connection, intake_request, ("key", "fingerprint", "seq"), rows)
