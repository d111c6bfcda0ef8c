"""Requests of persons for access, correction or deletion (个人信息保护法 45 to 47), until they are answered.

A correction counts as granted once the entry was corrected. A deletion that is granted withdraws the entry;
one of what the law does not let anybody list today cannot be refused. What another member reported only that
member corrects or deletes: such a request is passed on, and the letter handed over as a statement is.
"""

import os
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from blacklist.domain.entries.law import answer_due, check_refusal
from blacklist.domain.entries.standing import ENDED
from blacklist.domain.identifiers.identifier import Identifier
from blacklist.store import entries as entry_store
from blacklist.store import person_requests
from blacklist.store.person_requests import PersonRequest, RequestKind, RequestOutcome
from ledger.errors import RefusedError
from ledger.evidence.instants import format_instant, parse_instant
from node.audit.entries import AuditEntry
from node.blacklist.desk import Desk
from node.blacklist.entries import Entries
from node.blacklist.letters import Letter, open_letter, seal_letter
from node.blacklist.papers import check_answer, check_answer_to_dispute
from node.identity.permissions import Permission, Principal

REQUEST_BYTES: Final = 16
_SHOWN: Final = 12


def take_request(
    entries: Entries,
    kind: RequestKind,
    identifier: Identifier,
    letter: Letter,
    entry: bytes | None,
    by: Principal,
) -> PersonRequest:
    """Record what a person asks for; the letter is sealed.

    Args:
        entries: everything about entries.
        kind: what is asked for.
        identifier: of the person who asks.
        letter: what the person wrote.
        entry: that it is about; ``None`` for everything here.
        by: who serves the person.

    Raises:
        NotPermittedError: the operator may not.
        RefusedError: there is no such entry.
        MalformedError, LimitError: see ``seal_letter``.
    """
    by.require(Permission.BLACKLIST_DESK)
    if entry is not None:
        entries.revising.find(entry)
    node, request = entries.node, os.urandom(REQUEST_BYTES)
    subject, now = node.lookups.subject(identifier.canonical), node.clock.now()
    received, due = format_instant(now), format_instant(answer_due(now))

    def note(connection: Connection, leaf: bytes) -> None:
        asked = PersonRequest(request, kind, subject, entry, leaf, received, by.actor, due)
        person_requests.put(connection, asked)
        details = {"kind": kind.value}
        node.trail.record_in(
            connection, AuditEntry(by.actor, "blacklist.request", request.hex(), details)
        )

    about = {} if entry is None else {"entry": entry.hex()}
    seal_letter(node, letter, {"asks_for": kind.value, **about}, note)
    return find_request(entries, request)


def settle_request(
    desk: Desk, request: bytes, outcome: RequestOutcome, answer: bytes, by: Principal
) -> None:
    """Record how a request ended, and do what it leads to.

    Args:
        desk: of this member.
        request: 16-byte id.
        outcome: what was decided.
        answer: leaf hash of the sealed answer to the person; of one that is passed on it says to whom.
        by: who settles it.

    Raises:
        NotPermittedError: the operator may not.
        RefusedError: unknown or settled; the answer is not sealed here; ``correction-not-made``;
            ``deletion-owed``; ``person-request-elsewhere``: about another member's entry, and not passed on;
            ``person-request-ours``: passed on, and this member can answer it.
        UnavailableError: the chain does not answer; nothing is settled.
    """
    by.require(Permission.BLACKLIST_DESK)
    entries = desk.entries
    asked = find_request(entries, request)
    check_answer(entries.node, answer, parse_instant(asked.received_at))
    if asked.outcome is not None:
        raise RefusedError("person-request-settled", request=request.hex()[:_SHOWN])
    wanted = changes(asked)
    if wanted is not None:
        entries.follower.refresh()
    if outcome is RequestOutcome.PASSED_ON:
        _pass_on(desk, asked, wanted, by)
    elif wanted is not None:
        _carry_out(entries, asked, wanted, outcome, answer)
    node = entries.node
    with node.database.write() as connection:
        at = format_instant(node.clock.now())
        person_requests.settle(connection, request, outcome, answer=answer, at=at, by=by.actor)
        entry = AuditEntry(by.actor, "blacklist.settle", request.hex(), {"outcome": outcome.value})
        node.trail.record_in(connection, entry)


def changes(asked: PersonRequest) -> bytes | None:
    """Return the entry that a request wants changed or deleted; ``None`` when it wants neither."""
    return None if asked.kind is RequestKind.ACCESS else asked.entry


def find_request(entries: Entries, request: bytes) -> PersonRequest:
    """Return a request.

    Raises:
        RefusedError: ``person-request-unknown``.
    """
    with entries.node.database.read() as connection:
        found = person_requests.find(connection, request)
    if found is None:
        raise RefusedError("person-request-unknown", request=request.hex()[:_SHOWN])
    return found


def _carry_out(
    entries: Entries, asked: PersonRequest, entry: bytes, outcome: RequestOutcome, answer: bytes
) -> None:
    # The request names the entry as the person knew it; under a new key it goes on in another one.
    listed = entries.revising.current(entry)
    if listed.reporter != entries.listing.book.member:
        raise RefusedError("person-request-elsewhere", entry=entry.hex()[:_SHOWN])
    entry = listed.entry
    match asked.kind, outcome:
        case RequestKind.DELETION, RequestOutcome.GRANTED:
            check_answer_to_dispute(entries.node, listed, answer)
            if not listed.withdrawn:
                entries.revising.withdraw(entry, answer)
        case RequestKind.DELETION, RequestOutcome.REFUSED:
            check_refusal(_unlawful(entries, entry))
        case RequestKind.CORRECTION, RequestOutcome.GRANTED:
            if not _changed_since(entries, entry, parse_instant(asked.received_at)):
                raise RefusedError("correction-not-made", article="个人信息保护法 46")
        case _:
            pass


def _pass_on(desk: Desk, asked: PersonRequest, entry: bytes | None, by: Principal) -> None:
    """Let rounds hand the letter to the reporter, unless the entry has ended."""
    entries = desk.entries
    listed = None if entry is None else entries.revising.current(entry)
    if listed is None or listed.reporter == entries.listing.book.member:
        raise RefusedError("person-request-ours", request=asked.request.hex()[:_SHOWN])
    if listed.standing(entries.node.clock.now()) not in ENDED:
        letter = open_letter(entries.node, asked.leaf_hash).letter
        desk.take(listed.entry, letter, disputes=False, by=by)


def _unlawful(entries: Entries, entry: bytes) -> RefusedError | None:
    try:
        entries.revising.check_lawful(entry)
    except RefusedError as error:
        return error
    return None


def _changed_since(entries: Entries, entry: bytes, moment: datetime) -> bool:
    with entries.node.database.read() as connection:
        changes = entry_store.changes_after(connection, 0)
        same = entry_store.family(connection, entry)
    return any(
        each.entry in same
        and each.change == "corrected"
        and each.at >= moment.replace(microsecond=0)
        for each in changes
    )
