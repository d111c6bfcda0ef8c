"""Seals ranges of the audit trail into the evidence log, as statements of kind ``audit_range``.

1. Plan: write down the range from the last seal to the head, before anything is sealed.
2. Seal: the statement carries first and last number, count, and the hash of the last entry. The hashes before
   follow from it, since each entry is chained to the one before.
3. Record: name the statement in the planned row.

After a crash between 2 and 3 the statement is found again by its range, so that nothing is sealed twice. What
the statement proves: these entries, in this order, existed when its checkpoint was anchored.
"""

from dataclasses import dataclass
from typing import Final

from ledger.errors import LedgerError, MalformedError
from ledger.evidence import shape
from ledger.evidence.instants import format_instant
from ledger.evidence.statement import Statement, read_leaf
from ledger.ports.clock import Clock
from ledger.primitives.canonical import JsonValue
from ledger.services.composing import Item
from ledger.services.intake import Intake
from ledger.store import statements
from ledger.store.transactions import Begin
from node.audit import store
from node.audit.store import SealRow

KIND: Final = "audit_range"
MEMBER: Final = "audit_range"
LOOK_BACK: Final = 1000
"""Statements of this kind looked through after a crash; one is sealed a time, so one would do."""


@dataclass(frozen=True, slots=True)
class AuditRange:
    """What a statement says about the trail.

    Attributes:
        first: number of the first entry.
        last: number of the last.
        last_hash: its chained hash, 32 bytes.
    """

    first: int
    last: int
    last_hash: bytes

    @property
    def count(self) -> int:
        """How many entries."""
        return self.last - self.first + 1


def range_of(statement: Statement) -> AuditRange:
    """Read what a statement of kind ``audit_range`` covers.

    Raises:
        MalformedError: it has no such members, or they contradict each other.
    """
    names = {"first", "last", "count", "hash"}
    found = shape.members(statement.extra.get(MEMBER), f"extra.{MEMBER}", names)
    sealed = AuditRange(
        first=shape.integer(found["first"], "first", minimum=1),
        last=shape.integer(found["last"], "last", minimum=1),
        last_hash=shape.hex_bytes(found["hash"], "hash", 32),
    )
    if found["count"] != sealed.count or sealed.count < 1:
        raise MalformedError("statement-form", member=f"extra.{MEMBER}.count")
    return sealed


@dataclass(frozen=True, slots=True)
class AuditSealer:
    """Seals what has been recorded since the last seal.

    Attributes:
        begin: opens a write transaction.
        intake: seals.
        clock: this machine's time.
    """

    begin: Begin
    intake: Intake
    clock: Clock

    def seal(self) -> SealRow | None:
        """Seal the entries since the last seal and return the range; ``None`` when there are none.

        Call it where one process at a time does (``node.sequencing``); a second one would at worst seal the
        same range twice, which is noticed and harmless.

        Raises:
            LedgerError: nothing was sealed; the plan stays, and the next call goes on with it.
        """
        planned = self._plan()
        if planned is None:
            return None
        leaf_hash = self._find_sealed(planned) or self._seal(planned)
        with self.begin() as connection:
            store.record_seal(connection, planned.first_seq, leaf_hash)
        first, last, found = planned.first_seq, planned.last_seq, planned.last_hash
        return SealRow(first, last, found, planned.planned_at, leaf_hash)

    def _plan(self) -> SealRow | None:
        with self.begin() as connection:
            last = store.last_seal(connection)
            if last is not None and last.leaf_hash is None:
                return last
            head = store.locked_head(connection)
            first = 1 if last is None else last.last_seq + 1
            if head.seq < first:
                return None
            row = SealRow(first, head.seq, head.hash, format_instant(self.clock.now()), None)
            store.plan_seal(connection, row)
        return row

    def _find_sealed(self, planned: SealRow) -> bytes | None:
        with self.begin() as connection:
            rows = statements.newest(connection, limit=LOOK_BACK, kind=KIND)
        wanted = AuditRange(planned.first_seq, planned.last_seq, planned.last_hash)
        for row in rows:
            if range_of(read_leaf(row.leaf).statement) == wanted:
                return row.leaf_hash
        return None

    def _seal(self, planned: SealRow) -> bytes:
        covered = AuditRange(planned.first_seq, planned.last_seq, planned.last_hash)
        extra: dict[str, JsonValue] = {
            "first": covered.first,
            "last": covered.last,
            "count": covered.count,
            "hash": covered.last_hash.hex(),
        }
        item = Item(kind=KIND, extra={MEMBER: extra})
        (outcome,) = self.intake.seal_many([item], by_node=True)
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome.leaf_hash
