"""Alarms about answers to persons that are due: shown like all alarms about members, and over by themselves.

Twenty days run from the block in which a dispute was recorded. An own one is announced five days before it is
due. One that is overdue is an alarm about its reporter, at every member: nobody relies on the entry any more.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import Connection

from blacklist.domain.entries.law import REMINDED
from blacklist.store import entries, person_requests
from ledger.evidence.instants import format_instant, parse_instant
from ledger.store import alarms
from node.blacklist.entries import Entries

DUE_SOON: Final = "dispute-due-soon"
OVERDUE: Final = "dispute-overdue"
REQUEST_DUE: Final = "person-request-due-soon"
CODES: Final = (DUE_SOON, OVERDUE, REQUEST_DUE)
Concern: TypeAlias = tuple[bytes, str, str]
"""Member, code, and the entry or request in hex."""


def raise_alarms(node_entries: Entries) -> int:
    """Raise what is due and end what was answered; return how many go on."""
    node, own = node_entries.node, node_entries.listing.book.member
    now = node.clock.now()
    at = format_instant(now)
    with node.database.write() as connection:
        due = set(_due(connection, own, now))
        for member, code, subject in due:
            alarms.add(connection, member, code, subject, at=at, proof=None)
        for alarm in alarms.going_on_of(connection, CODES):
            if (alarm.member, alarm.code, alarm.subject) not in due:
                alarms.end(connection, alarm.member, alarm.code, at=at, subject=alarm.subject)
    return len(due)


def _due(connection: Connection, own: bytes, now: datetime) -> Iterator[Concern]:
    for dispute in entries.open_disputes(connection):
        listed = entries.find(connection, dispute.entry)
        if listed is None or listed.disputed_at is None or now >= listed.expires_at:
            continue
        if now > dispute.decide_by:
            yield listed.reporter, OVERDUE, dispute.entry.hex()
        elif listed.reporter == own and now > dispute.decide_by - REMINDED:
            yield own, DUE_SOON, dispute.entry.hex()
    for asked in person_requests.read_all(connection, unsettled=True):
        if now > parse_instant(asked.due_at) - REMINDED:
            yield own, REQUEST_DUE, asked.request.hex()
