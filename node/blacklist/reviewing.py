"""A person's review of a hit: sealed as a decision, then noted with the hit."""

from collections.abc import Sequence

from sqlalchemy import Connection

from blacklist.store import hits
from blacklist.store.hits import ReviewOutcome
from ledger.errors import LedgerError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.services.composing import Item
from ledger.services.recording import Outcome as SealOutcome
from ledger.store.statements import StatementRow
from node.audit.entries import AuditEntry
from node.identity.permissions import Permission, Principal
from node.wiring import Node

DECISION = "decision"


def review(node: Node, hit: bytes, outcome: ReviewOutcome, note: str, by: Principal) -> bytes:
    """Record what a person found, and return the leaf hash of the sealed record.

    Raises:
        NotPermittedError: the person may not.
        RefusedError: ``hit-unknown``, or ``hit-note-missing``.
    """
    by.require(Permission.BLACKLIST_QUERY)
    if not note.strip():
        raise RefusedError("hit-note-missing")
    with node.database.read() as connection:
        found = hits.find(connection, hit)
    if found is None:
        raise RefusedError("hit-unknown")
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
                leaf = each.leaf_hash
                hits.review(connection, hit, at=at, by=by.actor, outcome=outcome, leaf_hash=leaf)
                node.trail.record_in(
                    connection, AuditEntry(by.actor, "blacklist.review", hit.hex(), {})
                )

    (sealed,) = node.intake.seal_many([item], also=note_it)
    if isinstance(sealed, LedgerError):
        raise sealed
    return sealed.leaf_hash
