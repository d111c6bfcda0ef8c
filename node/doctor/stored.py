"""Checks of what is stored: databases, waiting statements, audit trail, erasures."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from ledger.evidence.instants import format_instant
from ledger.store import erasures, statements
from node.audit import store as trail
from node.audit.tables import audit_entry
from node.database import BLACKLIST_VERSIONS, KEY_STORE_VERSIONS, LEDGER_VERSIONS, NODE_VERSIONS
from node.doctor.diagnosis import Diagnosis
from node.wiring import Node

SEALS_MISSED: Final = 3
"""Periods without a seal after which somebody should look: one may fall into a restart."""


def databases(node: Node) -> Iterator[Diagnosis]:
    """Both databases answer, and have the schema of this program."""
    for database, versions in (
        (node.database, LEDGER_VERSIONS),
        (node.database, NODE_VERSIONS),
        (node.database, BLACKLIST_VERSIONS),
        (node.key_database, KEY_STORE_VERSIONS),
    ):
        if not database.is_current(versions):
            params = {"database": database.engine.url.database}
            yield Diagnosis("doctor-databases", "failed", "doctor-schema", params)


def waiting(node: Node) -> Iterator[Diagnosis]:
    """No receipt's promise of a place in the log is overdue."""
    with node.database.read() as connection:
        oldest = statements.oldest_waiting(connection)
        count = statements.count_waiting(connection)
    delay = timedelta(seconds=node.settings.maximum_merge_delay)
    if oldest is not None and oldest < format_instant(node.clock.now() - delay):
        params = {"count": count, "since": oldest}
        yield Diagnosis("doctor-waiting", "failed", "doctor-overdue", params)


def audit_trail(node: Node) -> Iterator[Diagnosis]:
    """The audit trail is sealed into the evidence log as often as it should be."""
    with node.database.read() as connection:
        last = trail.last_seal(connection)
        after = 0 if last is None else last.last_seq
        query = select(audit_entry.c.at).where(audit_entry.c.seq > after)
        oldest = connection.scalar(query.order_by(audit_entry.c.seq).limit(1))
    age = timedelta(minutes=SEALS_MISSED * node.settings.audit_seal_minutes)
    if oldest is not None and oldest < format_instant(node.clock.now() - age):
        yield Diagnosis("doctor-trail", "warning", "doctor-trail-unsealed", {"since": oldest})


def unfinished_erasures(node: Node) -> Iterator[Diagnosis]:
    """No erasure that was sealed waits to be carried out."""
    with node.database.read() as connection:
        count = erasures.count_pending(connection)
    if count:
        yield Diagnosis("doctor-erasures", "warning", "doctor-erasures-pending", {"count": count})
