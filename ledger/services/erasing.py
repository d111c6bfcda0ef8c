"""Erasure: what could identify a person becomes unreadable; leaf, root and proofs stay.

1. Refused while the item's case is under legal hold.
2. Seal an ``erasure`` statement that names the item, so that the erasure itself is evidence; in the same
   transaction, under the case's lock, the erasure becomes *pending*.
3. Under the case's lock again, look at the hold once more and begin: from here on nothing stops it.
4. Destroy the record key, delete the content.
5. In one transaction clear the ciphertext and what the item could be found by, and record the date on which
   the last key-store backup that holds the key has expired. Only then is it reported as carried out.

Each step can be repeated. Whatever a crash left pending is carried out when it is asked for again, or by
``resume`` in the worker's round: the sealed erasure, never a second one. A hold that was set between 2 and 3
keeps it pending until it is lifted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from ledger.errors import LedgerError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.ports.record_keys import RecordKeys
from ledger.ports.vault import Vault
from ledger.services.composing import Item
from ledger.services.intake import Intake
from ledger.services.recording import Outcome
from ledger.store import cases, erasures, persons, requests, statements
from ledger.store.erasures import ErasureRow, PendingErasure
from ledger.store.statements import StatementRow
from ledger.store.transactions import Begin

ROUND: Final = 100
"""Pending erasures a round: a backlog does not hold up the rest of the worker's round."""
_ON_HOLD: Final = "evidence-on-hold"


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a round did with pending erasures.

    Attributes:
        carried_out: erasures.
        left: erasures that stay pending: under a legal hold, or for the next round.
    """

    carried_out: int
    left: int


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases records.

    Attributes:
        begin: opens a write transaction.
        intake: seals the erasure.
        record_keys: destroys the key.
        vault: deletes the content.
        clock: this machine's time.
        backup_days: how long a backup of the key store lives.
        carried_out: tells the floors above, in the last transaction, of which record (by leaf hash).
    """

    begin: Begin
    intake: Intake
    record_keys: RecordKeys
    vault: Vault
    clock: Clock
    backup_days: int
    carried_out: Callable[[Connection, bytes], None] = lambda _connection, _leaf_hash: None

    def erase(self, leaf_hash: bytes, *, reason: str) -> ErasureRow:
        """Erase the record of ``leaf_hash``; goes on with an erasure of it that is pending.

        Raises:
            RefusedError: unknown, erased already, or under legal hold.
        """
        row, case, planned = self._erasable(leaf_hash)
        if planned is None:
            self._seal(row, case, reason)
        return self._carry_out(leaf_hash)

    def decided(self, leaf_hash: bytes) -> bool:
        """Tell whether an erasure of the record is sealed: from there on it needs nobody any more."""
        with self.begin() as connection:
            return erasures.pending(connection, leaf_hash) is not None

    def unfinished(self, limit: int = ROUND) -> list[PendingErasure]:
        """Return erasures that are sealed and not carried out, the oldest records first."""
        with self.begin() as connection:
            return erasures.all_pending(connection, limit)

    def resume(self) -> Resumed:
        """Carry out what is pending and not held; the worker calls it each round.

        Raises:
            UnavailableError: vault, key store or database does not answer; the next round goes on.
        """
        with self.begin() as connection:
            free = erasures.ready(connection, ROUND)
        done = 0
        for planned in free:
            try:
                self._carry_out(planned.leaf_hash)
            except RefusedError as error:
                if error.code != _ON_HOLD:  # set since the look above
                    raise
            else:
                done += 1
        with self.begin() as connection:
            return Resumed(done, erasures.count_pending(connection))

    def _erasable(
        self, leaf_hash: bytes
    ) -> tuple[StatementRow, bytes | None, PendingErasure | None]:
        with self.begin() as connection:
            row = statements.by_leaf_hash(connection, leaf_hash)
            if row is None:
                raise RefusedError("evidence-unknown", id=leaf_hash.hex()[:12])
            planned = erasures.pending(connection, leaf_hash)
            if planned is None:
                _check_erasable(connection, row)
            case = cases.by_id(connection, row.case_id) if row.case_id else None
        return row, case.lookup if case else None, planned

    def _seal(self, row: StatementRow, case: bytes | None, reason: str) -> None:
        """Seal the erasure and record it as pending, together.

        Intake holds the case's lock; the record's own keeps out who erases it at the same moment.
        """
        item = Item(
            kind="erasure",
            case=case,
            fields={"reason": reason},
            extra={"erases": row.leaf_hash.hex()},
        )

        def plan(connection: Connection, outcomes: Sequence[Outcome]) -> None:
            for each in outcomes:
                if not isinstance(each, StatementRow):
                    continue
                statements.lock(connection, row.leaf_hash)
                _check_erasable(connection, row)
                planned = PendingErasure(
                    row.leaf_hash, reason, each.sealed_at, each.leaf_hash, begun_at=None
                )
                erasures.plan(connection, planned)

        (outcome,) = self.intake.seal_many([item], by_node=True, also=plan)
        if isinstance(outcome, LedgerError):
            raise outcome

    def _carry_out(self, leaf_hash: bytes) -> ErasureRow:
        row = self._begin(leaf_hash)
        if row.key_id is not None:
            self.record_keys.destroy(row.key_id)
        if row.object_id is not None:
            self.vault.delete(row.object_id)
        return self._finish(row)

    def _begin(self, leaf_hash: bytes) -> StatementRow:
        """Pass the point of no return: under the case's lock, which whoever sets a hold waits for."""
        now = format_instant(self.clock.now())
        with self.begin() as connection:
            row = statements.by_leaf_hash(connection, leaf_hash)
            if row is None:
                raise RefusedError("evidence-unknown", id=leaf_hash.hex()[:12])
            case = cases.by_id(connection, row.case_id, lock=True) if row.case_id else None
            planned = erasures.pending(connection, leaf_hash)
            if planned is None:
                _carried_out(connection, leaf_hash)
            elif planned.begun_at is None:
                if case is not None and case.legal_hold:
                    raise RefusedError(_ON_HOLD, id=leaf_hash.hex()[:12])
                erasures.begin(connection, leaf_hash, at=now)
        return row

    def _finish(self, row: StatementRow) -> ErasureRow:
        now = self.clock.now()
        with self.begin() as connection:
            planned = erasures.pending(connection, row.leaf_hash, lock=True)
            if planned is None:
                return _carried_out(connection, row.leaf_hash)
            done = ErasureRow(
                reason=planned.reason,
                requested_at=format_instant(now),
                complete_after=format_instant(now + timedelta(days=self.backup_days)),
                statement_leaf=planned.statement_leaf,
            )
            if row.object_id is not None:
                statements.drop_inline(connection, row.object_id)
            statements.forget(connection, row.leaf_hash)
            persons.forget(connection, row.leaf_hash)
            requests.forget(connection, row.leaf_hash)
            erasures.finish(connection, row.leaf_hash, done)
            self.carried_out(connection, row.leaf_hash)
        return done


def _carried_out(connection: Connection, leaf_hash: bytes) -> ErasureRow:
    """Return what another process recorded, which was faster.

    Raises:
        RefusedError: nobody did, so that nothing may be destroyed.
    """
    done = erasures.of(connection, leaf_hash)
    if done is None:
        raise RefusedError("evidence-not-erasable", id=leaf_hash.hex()[:12])
    return done


def _check_erasable(connection: Connection, row: StatementRow) -> None:
    """Check that nothing was decided about the record; in the sealing transaction its case is locked.

    Raises:
        RefusedError: erased already, or being erased, or under legal hold.
    """
    short = row.leaf_hash.hex()[:12]
    # In this order: what was carried out between the two looks has left the first table for the second.
    if erasures.pending(connection, row.leaf_hash) or erasures.of(connection, row.leaf_hash):
        raise RefusedError("evidence-erased", id=short)
    case = cases.by_id(connection, row.case_id) if row.case_id else None
    if case is not None and case.legal_hold:
        raise RefusedError(_ON_HOLD, id=short)
