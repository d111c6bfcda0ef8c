"""Items whose retention period is over and that nothing keeps: no hold, no erasure done or under way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select

from ledger.store.tables import case_file, erasure, pending_erasure, statement


@dataclass(frozen=True, slots=True)
class DueRow:
    """An item that may be erased.

    Attributes:
        seq: orders items; the cursor of the page after.
        leaf_hash: names it.
        kind: as in the statement.
        sealed_at: as in the statement.
        case_number: running number in its case, or ``None``.
    """

    seq: int
    leaf_hash: bytes
    kind: str
    sealed_at: str
    case_number: int | None

    def to_json(self) -> dict[str, object]:
        """Return it for machines; the cursor stands beside the page."""
        return {
            "id": self.leaf_hash.hex(),
            "kind": self.kind,
            "sealed_at": self.sealed_at,
            "case_number": self.case_number,
        }


def due(
    connection: Connection, latest: Mapping[str, str], *, after: int, limit: int
) -> Sequence[DueRow]:
    """Return up to ``limit`` items in intake order that follow ``after``.

    Args:
        connection: inside a transaction.
        latest: by kind, the latest instant of sealing whose period is over.
        after: cursor; 0 for the first page.
        limit: of the page.
    """
    if not latest:
        return []
    over = [
        and_(statement.c.kind == kind, statement.c.sealed_at <= instant)
        for kind, instant in latest.items()
    ]
    query = (
        select(*(getattr(statement.c, name) for name in DueRow.__dataclass_fields__))
        .join(case_file, case_file.c.case_id == statement.c.case_id, isouter=True)
        .join(erasure, erasure.c.seq == statement.c.seq, isouter=True)
        .join(pending_erasure, pending_erasure.c.seq == statement.c.seq, isouter=True)
        .where(
            statement.c.seq > after,
            or_(*over),
            # Without a record key there is nothing that an erasure could make unreadable.
            statement.c.key_id.is_not(None),
            or_(case_file.c.case_id.is_(None), case_file.c.legal_hold.is_(False)),
            erasure.c.seq.is_(None),
            pending_erasure.c.seq.is_(None),
        )
        .order_by(statement.c.seq)
        .limit(limit)
    )
    return [DueRow(*row) for row in connection.execute(query)]
