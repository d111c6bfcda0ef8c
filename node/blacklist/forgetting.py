"""Retention of what this member asked and found: afterwards the record keys are destroyed.

That there was an inquiry stays, sealed as evidence; whom it was about, on what authority, and what was found
do not. Keys first, rows afterwards: a crash in between leaves rows that name nobody.
"""

from typing import Final

from blacklist.domain.entries.law import kept_since
from blacklist.store import hits, inquiries
from ledger.evidence.instants import format_instant
from node.audit.entries import AuditEntry, Detail
from node.wiring import Node

ROUND: Final = 500
"""Of each, in one round; the next one goes on."""


def forget(node: Node) -> int:
    """Forget what has been kept long enough; return how many inquiries and hits that were."""
    before = format_instant(kept_since(node.clock.now(), node.settings.blacklist_keep_years))
    with node.database.read() as connection:
        asked = inquiries.to_forget(connection, before, ROUND)
        found = hits.found_before(connection, before, ROUND)
    for key_id in [each.key_id for each in asked] + [each.key_id for each in found]:
        node.record_keys.destroy(key_id)
    with node.database.write() as connection:
        for each in asked:
            inquiries.forget(connection, each.request_id)
        for hit in found:
            hits.forget(connection, hit.hit)
        if asked or found:
            details: dict[str, Detail] = {
                "inquiries": len(asked),
                "hits": len(found),
                "before": before,
            }
            node.trail.record_in(
                connection, AuditEntry("node", "blacklist.forgotten", None, details)
            )
    return len(asked) + len(found)
