"""A person's review of a hit: sealed as a decision, then noted with the hit."""

from collections.abc import Sequence

from sqlalchemy import Connection

from blacklist.store import hits
from blacklist.store.hits import ReviewOutcome
from ledger.errors import ConflictError, LedgerError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.services.composing import Item
from ledger.services.recording import Outcome as SealOutcome
from ledger.store.statements import StatementRow
from node.audit.entries import AuditEntry
from node.identity.permissions import Permission, Principal
from node.wiring import Node

DECISION = "decision"


def review(
    node: Node,
    hit: bytes,
    outcome: ReviewOutcome,
    note: str,
    by: Principal,
    *,
    seen: str | None = None,
) -> bytes:
    """Record what a person found, and return the leaf hash of the sealed record.

    Args:
        node: this member's.
        hit: 16-byte id.
        outcome: what was found.
        note: what was looked at, and why.
        by: who reviews.
        seen: ``changed_at`` of the hit as it was shown, empty for none; ``None`` when that is not known.

    Raises:
        NotPermittedError: the person may not.
        RefusedError: ``hit-unknown``, or ``hit-note-missing``.
        ConflictError: ``hit-changed``: the entry's standing changed meanwhile; nothing is sealed.
    """
    by.require(Permission.BLACKLIST_QUERY)
    if not note.strip():
        raise RefusedError("hit-note-missing")
    with node.database.read() as connection:
        found = hits.find(connection, hit)
    if found is None:
        raise RefusedError("hit-unknown")
    if seen is not None and seen != (found.changed_at or ""):
        raise ConflictError("hit-changed")
    at = format_instant(node.clock.now())
    item = Item(
        kind=DECISION,
        fields={
            "subject": "blacklist-hit",
            "hit": hit.hex(),
            "entry": found.entry.hex(),
            "outcome": outcome.value,
            "note": note.strip(),
            "reviewer": by.actor,
        },
    )

    def note_it(connection: Connection, outcomes: Sequence[SealOutcome]) -> None:
        for each in outcomes:
            if isinstance(each, StatementRow):
                if not hits.review(
                    connection, hit, at=at, by=by.actor, outcome=outcome,
                    leaf_hash=each.leaf_hash, seen=found.changed_at,
                ):  # fmt: skip
                    raise ConflictError("hit-changed")
                node.trail.record_in(
                    connection, AuditEntry(by.actor, "blacklist.review", hit.hex(), {})
                )

    (sealed,) = node.intake.seal_many([item], also=note_it)
    if isinstance(sealed, LedgerError):
        raise sealed
    return sealed.leaf_hash
