"""Checks the audit trail: every entry, the chain, and the ranges that were sealed into the evidence log.

A1. Numbers run from 1 without gaps up to the head: nothing was removed, at the end neither.
A2. Each entry's bytes and the hash before give its hash: nothing was changed, inserted or swapped.
A3. The copies for searching say what the hashed bytes say.
A4. Sealed ranges follow each other without gaps; the statement of each names the same range and the same last
    hash, and is signed by the key that it names.
A5. No statement of kind ``audit_range`` in the log names a range that the trail does not have: who removed
    entries together with the seal that covers them is found here.

A1 to A3 alone stop nobody who can write the database: all hashes can be made anew. A4 and A5 do, from the
moment the statement's checkpoint is anchored. So the report says how far the trail is sealed and anchored.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, select

from ledger.errors import MalformedError
from ledger.evidence.statement import SignedStatement, read_leaf
from ledger.store import anchors, statements
from ledger.store.tables import statement
from ledger.store.transactions import Begin
from node.audit import store
from node.audit.entries import GENESIS, chained
from node.audit.sealing import KIND, AuditRange, range_of
from node.audit.store import EntryRow, SealRow

MAX_PROBLEMS: Final = 100
"""One wrong entry early makes no more than one problem; more than these say the same again."""

Verify = Callable[[bytes, bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class TrailProblem:
    """Something that is not as it was recorded.

    Attributes:
        code: of the catalogue.
        seq: number of the entry, or the first of the range.
    """

    code: str
    seq: int


@dataclass(frozen=True, slots=True)
class TrailReport:
    """What a check saw.

    Attributes:
        entries: read.
        sealed: newest entry under a sealed range; 0 for none.
        anchored: newest entry under a range whose statement is anchored and final; 0 for none.
        problems: at most ``MAX_PROBLEMS``, in order.
    """

    entries: int
    sealed: int
    anchored: int
    problems: tuple[TrailProblem, ...]

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "entries": self.entries,
            "sealed": self.sealed,
            "anchored": self.anchored,
            "problems": [{"code": each.code, "seq": each.seq} for each in self.problems],
        }


@dataclass
class _Walk:
    """How far the chain was followed."""

    wanted: dict[int, bytes]
    seq: int = 0
    hash: bytes = GENESIS
    problems: list[TrailProblem] = field(default_factory=list)
    reached: dict[int, bytes] = field(default_factory=dict)

    def add(self, code: str, seq: int) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(TrailProblem(code, seq))

    def follow(self, row: EntryRow) -> None:
        """Check A1 to A3 at one entry, and go on from what is stored: one fault, one problem."""
        if row.seq != self.seq + 1:
            self.add("audit-gap", self.seq + 1)
        if chained(self.hash, row.data) != row.hash and row.seq == self.seq + 1:
            self.add("audit-changed", row.seq)
        if not _copies_agree(row):
            self.add("audit-copies", row.seq)
        self.seq, self.hash = row.seq, row.hash
        if row.seq in self.wanted:
            self.reached[row.seq] = row.hash


@dataclass(frozen=True, slots=True)
class AuditChecker:
    """Checks the trail.

    Attributes:
        begin: opens a transaction for reading.
        verify: tells whether an Ed25519 signature (key, message, signature) holds.
    """

    begin: Begin
    verify: Verify

    def check(self) -> TrailReport:
        """Read and check everything, in one transaction.

        Raises:
            UnavailableError: the database does not answer.
        """
        with self.begin() as connection:
            # In this order: a range is planned before its statement is sealed, and recorded before it is
            # planned, so that what happens meanwhile is never taken for a loss.
            head = store.head(connection)
            leaves = list(_range_leaves(connection))
            seals = store.seals(connection)
            walk = _Walk({seal.last_seq: seal.last_hash for seal in seals})
            count = 0
            for row in store.walk(connection):
                count += 1
                walk.follow(row)
            if walk.seq < head.seq:
                walk.add("audit-cut", walk.seq + 1)
            sealed = self._check_seals(connection, seals, walk)
            _check_statements(leaves, seals, walk)
            anchored = _anchored(connection, seals)
        return TrailReport(count, sealed, min(anchored, sealed), tuple(walk.problems))

    def _check_seals(self, connection: Connection, seals: list[SealRow], walk: _Walk) -> int:
        """Check A4; return the last number under a good seal."""
        following, sealed = 1, 0
        for seal in seals:
            if seal.first_seq != following:
                walk.add("audit-seal-gap", following)
            following = seal.last_seq + 1
            if seal.leaf_hash is None:
                continue  # planned, not sealed yet
            code = self._fault(connection, seal, walk)
            if code is None:
                sealed = seal.last_seq
            else:
                walk.add(code, seal.first_seq)
        return sealed

    def _fault(self, connection: Connection, seal: SealRow, walk: _Walk) -> str | None:
        row = statements.by_leaf_hash(connection, seal.leaf_hash or b"")
        signed = None if row is None else _read(row.leaf)
        if signed is None or signed.leaf_hash != seal.leaf_hash:
            return "audit-seal-missing"
        if not self.verify(signed.key, signed.signed_bytes, signed.signature):
            return "audit-seal-signature"
        covered = _range(signed)
        if covered != AuditRange(seal.first_seq, seal.last_seq, seal.last_hash):
            return "audit-seal-other"
        if walk.reached.get(seal.last_seq) != seal.last_hash:
            return "audit-seal-differs"
        return None


def _check_statements(leaves: Iterable[bytes], seals: list[SealRow], walk: _Walk) -> None:
    """Check A5."""
    known = {AuditRange(seal.first_seq, seal.last_seq, seal.last_hash) for seal in seals}
    for leaf in leaves:
        signed = _read(leaf)
        covered = None if signed is None else _range(signed)
        if covered not in known:
            walk.add("audit-seal-removed", 0 if covered is None else covered.first)


def _copies_agree(row: EntryRow) -> bool:
    try:
        stored = store.read_entry(row)
    except MalformedError:
        return False
    entry = stored.entry
    return (stored.seq, stored.at, entry.actor, entry.action, entry.subject) == (
        row.seq, row.at, row.actor, row.action, row.subject,
    )  # fmt: skip


def _read(leaf: bytes) -> SignedStatement | None:
    try:
        return read_leaf(leaf)
    except MalformedError:
        return None


def _range(signed: SignedStatement) -> AuditRange | None:
    try:
        return range_of(signed.statement)
    except MalformedError:
        return None


def _range_leaves(connection: Connection) -> Iterator[bytes]:
    query = select(statement.c.leaf).where(statement.c.kind == KIND).order_by(statement.c.seq)
    yield from connection.scalars(query)


def _anchored(connection: Connection, seals: list[SealRow]) -> int:
    """Return the last number under a range whose statement an anchor that is final covers."""
    for seal in reversed(seals):
        place = None if seal.leaf_hash is None else statements.place_of(connection, seal.leaf_hash)
        if place is not None and anchors.covering(connection, place.generation, place.index):
            return seal.last_seq
    return 0
