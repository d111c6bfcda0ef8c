"""The audit of timestamps: each token over its checkpoint, each renewal over the tokens that it covers.

Every token is checked under its own stored chain: that the chain's root was pinned when the token came is
what the node did then. Whether a root is trusted now is the reader's question (V13), not the store's.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from ledger.errors import LedgerError
from ledger.proof.renewal import renewal_root
from ledger.proof.timestamp import check_token
from ledger.proof.timestamp_findings import TimestampProved
from ledger.services.timestamp_files import renewal_leaves
from ledger.services.timestamping import checkpoint_text
from ledger.store import timestamps
from ledger.store.timestamps import TokenRow
from ledger.store.transactions import Begin

BATCH: Final = 256


def check_timestamps(begin: Begin) -> Iterator[tuple[str, str | None]]:
    """Yield what was looked at, for people, and the code of what is wrong with it; ``None`` when sound."""
    last = 0
    while True:
        with begin() as connection:
            rows = timestamps.after(connection, last, BATCH)
            found = [(f"timestamp {row.token_id}", _problem(connection, row)) for row in rows]
        yield from found
        if not rows:
            return
        last = rows[-1].token_id


def _problem(connection: Connection, row: TokenRow) -> str | None:
    try:
        if row.generation is None:
            return _renewal_problem(connection, row)
        stamped = checkpoint_text(connection, row.generation, row.size)
        return None if _is_proved(connection, row, stamped) else "audit-timestamp"
    except LedgerError as error:
        return error.code


def _renewal_problem(connection: Connection, row: TokenRow) -> str | None:
    leaves = renewal_leaves(connection, row)
    sound = len(leaves) == row.size and _is_proved(connection, row, renewal_root(leaves))
    in_time = all(
        member.gen_time <= row.gen_time <= member.valid_until
        for member in timestamps.members(connection, row.token_id)
    )
    return None if sound and in_time else "audit-timestamp-renewal"


def _is_proved(connection: Connection, row: TokenRow, stamped: bytes) -> bool:
    root = timestamps.certificates(connection, row.chain_id)[-1:]
    found = check_token(row.token, imprint_sha256=sha256(stamped).digest(), roots=root)
    return isinstance(found, TimestampProved)
