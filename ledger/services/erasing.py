"""Erasure: what could identify a person becomes unreadable; leaf, root and proofs stay.

1. Refused while the item's case is under legal hold.
2. Seal an ``erasure`` statement that names the item, so that the erasure itself is evidence.
3. Destroy the record key, delete content and ciphertext, record the date on which the last key-store
   backup that holds the key has expired. Only then is the erasure complete, and only then reported so.

A crash between the steps leaves an erasure that is sealed but not carried out; asking again carries it out.
"""

from dataclasses import dataclass
from datetime import timedelta

from ledger.errors import LedgerError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.ports.record_keys import RecordKeys
from ledger.ports.vault import Vault
from ledger.services.composing import Item
from ledger.services.intake import Intake
from ledger.store import cases, erasures, statements
from ledger.store.erasures import ErasureRow
from ledger.store.statements import StatementRow
from ledger.store.transactions import Begin


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
    """

    begin: Begin
    intake: Intake
    record_keys: RecordKeys
    vault: Vault
    clock: Clock
    backup_days: int

    def erase(self, leaf_hash: bytes, *, reason: str) -> ErasureRow:
        """Erase the record of ``leaf_hash``.

        Raises:
            RefusedError: unknown, erased already, or under legal hold.
        """
        row, case = self._erasable(leaf_hash)
        item = Item(
            kind="erasure",
            case=case,
            fields={"reason": reason},
            extra={"erases": leaf_hash.hex()},
        )
        (outcome,) = self.intake.seal_many([item], by_node=True)
        if isinstance(outcome, LedgerError):
            raise outcome
        return self._carry_out(row, reason, outcome.leaf_hash)

    def _erasable(self, leaf_hash: bytes) -> tuple[StatementRow, bytes | None]:
        short = leaf_hash.hex()[:12]
        with self.begin() as connection:
            row = statements.by_leaf_hash(connection, leaf_hash)
            if row is None:
                raise RefusedError("evidence-unknown", id=short)
            if erasures.of(connection, leaf_hash):
                raise RefusedError("evidence-erased", id=short)
            case = cases.by_id(connection, row.case_id) if row.case_id else None
        if case is not None and case.legal_hold:
            raise RefusedError("evidence-on-hold", id=short)
        return row, case.lookup if case else None

    def _carry_out(self, row: StatementRow, reason: str, statement_leaf: bytes) -> ErasureRow:
        if row.key_id is not None:
            self.record_keys.destroy(row.key_id)
        if row.object_id is not None:
            self.vault.delete(row.object_id)
        now = self.clock.now()
        done = ErasureRow(
            reason=reason,
            requested_at=format_instant(now),
            complete_after=format_instant(now + timedelta(days=self.backup_days)),
            statement_leaf=statement_leaf,
        )
        with self.begin() as connection:
            if row.object_id is not None:
                statements.drop_inline(connection, row.object_id)
            statements.forget(connection, row.leaf_hash)
            erasures.add(connection, row.leaf_hash, done)
        return done
