"""The desk for persons: statements and disputes about entries, taken here and handed to the reporters.

1. What the person wrote is sealed as evidence, in the transaction that records it.
2. A dispute goes on chain with the leaf hash as digest. Whether it is there only the chain says.
3. The reporter is handed the statement until it says that it has it.

What does not come through is tried again in every round, so that a crash anywhere leaves nothing to repair.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from blacklist.domain.entries.standing import ENDED, RELIED_ON, ListedEntry
from blacklist.store import entries as entry_store
from blacklist.store import person_statements
from blacklist.store.person_statements import PersonStatement
from ledger.errors import LedgerError, LimitError, RefusedError, UnavailableError
from ledger.evidence.instants import format_instant, parse_instant
from node.audit.entries import AuditEntry
from node.blacklist.entries import Entries, make_entries
from node.blacklist.index_peers import PeerIndex
from node.blacklist.letters import Letter, open_letter, seal_letter
from node.blacklist.travelling_statements import TravellingStatement, described
from node.identity.permissions import Permission, Principal
from node.peer.neighbours import Neighbours
from node.wiring import Node

RETRY: Final = timedelta(minutes=1)
GIVE_UP: Final = timedelta(days=1)
"""A dispute that the chain has refused for so long was refused, and not merely overtaken."""
MAX_STATEMENTS: Final = 50
"""Of one desk about one entry; a member cannot fill another one's store."""
_SHOWN: Final = 16
_log = structlog.get_logger("lianzheng.blacklist")
HandOver = Callable[[bytes, bytes], None]
"""Hands a statement (its body) to a reporter (its member id)."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of this member.

    Attributes:
        entries: everything about entries.
        hand_over: to reporters.
    """

    entries: Entries
    hand_over: HandOver

    def take(
        self, entry: bytes, letter: Letter, *, disputes: bool, by: Principal
    ) -> PersonStatement:
        """Take what a person says about an entry; for a dispute, record it on chain besides.

        When the chain does not answer the statement is kept, ``recorded_at`` is ``None``, and rounds go on.

        Raises:
            NotPermittedError: the operator may not.
            RefusedError: the entry is unknown, disputed already (for a dispute), or has ended; or the
                contract refuses, and the statement is kept with the reason.
            MalformedError, LimitError: see ``seal_letter``.
        """
        by.require(Permission.BLACKLIST_DESK)
        self.entries.follower.refresh()
        listed = self._about(entry, disputes=disputes)
        entry, now = listed.entry, self._node.clock.now()
        at, later = format_instant(now), format_instant(now + RETRY)
        has_it = at if listed.reporter == self._member else None

        def note(connection: Connection, leaf: bytes) -> None:
            # Rounds leave a dispute to this call for a while.
            said = PersonStatement(
                leaf, entry, self._member, disputes, leaf, at, by.actor,
                handed_at=has_it, next_at=later if disputes else None,
            )  # fmt: skip
            self._note(connection, said, by.actor)

        fields = described(entry, disputes=disputes)
        digest = seal_letter(self._node, letter, fields, note)
        if disputes:
            try:
                self._record(entry, digest)
            except UnavailableError as error:
                _log.warning("desk", step="dispute", code=error.code)
            except RefusedError as error:
                self._change(digest, refused=error.code)
                raise
        return self._find(digest)

    def receive(self, desk: bytes, body: bytes) -> bytes:
        """Take a statement about an own entry that another desk hands over; return its leaf hash here.

        Raises:
            MalformedError: not of the form, or not what the desk's member sealed.
            RefusedError: not an own entry, or a dispute that is not on chain, as far as this node read it.
            LimitError: ``statements-too-many``.
        """
        given = TravellingStatement.decode(body)
        said = given.check(desk, self.entries.index.peers.evidence_keys(desk))
        self.entries.revising.own(said.entry)
        with self._node.database.read() as connection:
            known = person_statements.find(connection, said.digest)
            taken = person_statements.count(connection, said.entry, desk)
            on_chain = entry_store.disputes(connection, said.entry)
        if known is not None:
            return known.leaf_hash
        if said.disputes and (said.digest, desk) not in {
            (each.statement, each.received_by) for each in on_chain
        }:
            raise RefusedError("person-statement-not-on-chain")
        if taken >= MAX_STATEMENTS:
            raise LimitError("statements-too-many", limit=MAX_STATEMENTS)
        at, sender = format_instant(self._node.clock.now()), f"member:{desk.hex()[:_SHOWN]}"
        recorded = at if said.disputes else None

        def note(connection: Connection, leaf: bytes) -> None:
            kept = PersonStatement(
                said.digest, said.entry, desk, said.disputes, leaf, at, sender, recorded, None, at
            )
            self._note(connection, kept, sender)

        fields = {**described(said.entry, disputes=said.disputes), "sealed_as": said.digest.hex()}
        return seal_letter(self._node, said.letter, fields, note)

    def round(self) -> int:
        """Go on with what the chain, or a reporter, does not have yet; return how many failed again."""
        now = format_instant(self._node.clock.now())
        with self._node.database.read() as connection:
            waiting = person_statements.unfinished(connection, self._member, now)
        left = 0
        for said in waiting:
            try:
                self._go_on(said)
            except LedgerError as error:
                _log.warning("desk", step="statement", code=error.code)
                later = format_instant(self._node.clock.now() + RETRY)
                self._change(said.digest, next_at=later)
                left += 1
        return left

    def _go_on(self, said: PersonStatement) -> None:
        listed = self.entries.revising.current(said.entry)
        if said.disputes and said.recorded_at is None and not self._recorded(said, listed):
            return
        if said.handed_at is None:
            self.hand_over(
                listed.reporter,
                TravellingStatement.of(open_letter(self._node, said.leaf_hash)).encode(),
            )
            self._change(said.digest, handed_at=format_instant(self._node.clock.now()))

    def _recorded(self, said: PersonStatement, listed: ListedEntry) -> bool:
        """See to it that a dispute is on chain; ``False`` when it never will be."""
        with self._node.database.read() as connection:
            found = entry_store.disputes(connection, said.entry)
        now = self._node.clock.now()
        for each in found:
            if each.statement == said.digest:
                self._change(said.digest, recorded_at=format_instant(each.disputed_at))
                return True
        if listed.standing(now) not in RELIED_ON:
            self._change(said.digest, refused="entry-standing")
            return False
        try:
            self._record(listed.entry, said.digest)
        except RefusedError as error:
            # Perhaps an earlier call was carried out, in a block that is not final yet.
            if now - parse_instant(said.received_at) < GIVE_UP:
                raise
            self._change(said.digest, refused=error.code)
            return False
        return True

    def _record(self, entry: bytes, digest: bytes) -> None:
        self.entries.revising.contract.dispute(entry, digest)
        at = format_instant(self._node.clock.now())
        self._change(digest, recorded_at=at, next_at=None)

    def _about(self, entry: bytes, *, disputes: bool) -> ListedEntry:
        if disputes:
            return self.entries.revising.relied_on(entry)
        listed = self.entries.revising.current(entry)
        standing = listed.standing(self._node.clock.now())
        if standing in ENDED:
            raise RefusedError("entry-standing", standing=standing.value)
        return listed

    def _note(self, connection: Connection, said: PersonStatement, actor: str) -> None:
        person_statements.put(connection, said)
        action = "blacklist.dispute" if said.disputes else "blacklist.statement"
        self._node.trail.record_in(connection, AuditEntry(actor, action, said.entry.hex()))

    def _find(self, digest: bytes) -> PersonStatement:
        with self._node.database.read() as connection:
            found = person_statements.find(connection, digest)
        if found is None:
            raise RefusedError("evidence-unknown", id=digest.hex()[:12])
        return found

    def _change(self, digest: bytes, **values: str | None) -> None:
        with self._node.database.write() as connection:
            person_statements.change(connection, digest, **values)

    @property
    def _node(self) -> Node:
        return self.entries.node

    @property
    def _member(self) -> bytes:
        return self.entries.listing.book.member


def make_desk(node: Node, entries: Entries | None = None) -> Desk:
    """Return the desk of a node.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
    """
    peers = PeerIndex(node, Neighbours(node.settings))
    return Desk(entries or make_entries(node), peers.statement)
