"""Intake: from items to committed statements with signed receipts.

1. Check everything that can be checked without writing.
2. Make record keys (durable before the record), take the content into the vault (durable before its row).
3. In one short transaction: look for duplicates, number the cases under their locks, sign, and insert the
   statements together with their outbox rows.
4. Only then answer, with the signed leaf: a promise of the bank to place it within the merge delay.

Items of a batch are answered one by one: a bad one does not hold up the others. Intake needs neither the
chain nor a peer.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from sqlalchemy import Connection

from ledger.errors import ConflictError, LedgerError, LimitError, MalformedError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.evidence.statement import NotBefore
from ledger.ports.clock import Clock
from ledger.ports.record_keys import RecordKey, RecordKeys
from ledger.ports.signer import StatementSigner
from ledger.ports.vault import Vault
from ledger.services.composing import (
    Author,
    Draft,
    Item,
    check_item,
    clear_values,
    draft,
    salt,
)
from ledger.services.fencing import CLOSED
from ledger.services.recording import Moment, Outcome, Recording, Replayed
from ledger.services.sequencing import current_log
from ledger.store import leases, statements
from ledger.store.statements import StatementRow
from ledger.store.transactions import Begin

MAX_BATCH: Final = 2000
"""Rows a transaction: keeps the write lock below a few hundred milliseconds."""
CONFLICT_RETRIES: Final = 3

Also: TypeAlias = Callable[[Connection, Sequence[Outcome]], None]
"""What else happens in the transaction that seals, told every outcome in order; called again after a
conflict."""


def no_more(_connection: Connection, _outcomes: Sequence[Outcome]) -> None:
    """Do nothing else."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The signed promise that the caller takes away: the leaf itself, which names log, time and merge delay.

    Attributes:
        leaf_hash: 32 bytes; the name of the evidence.
        sealed_at: instant of the statement.
        case_number: running number in the case; ``None`` without a case.
        leaf: statement and signature, canonical JSON.
        replayed: the request was answered before, with this same receipt.
    """

    leaf_hash: bytes
    sealed_at: str
    case_number: int | None
    leaf: bytes
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes items into the ledger.

    Attributes:
        begin: opens a write transaction.
        record_keys: makes the keys of records.
        vault: takes the content.
        signer: the evidence key.
        clock: this machine's time.
        author: member, log, system.
        not_before: the newest final block that is known; never waits for the chain.
    """

    begin: Begin
    record_keys: RecordKeys
    vault: Vault
    signer: StatementSigner
    clock: Clock
    author: Author
    not_before: Callable[[], NotBefore | None]

    def seal(self, item: Item) -> Receipt:
        """Seal one item.

        Raises:
            LedgerError: the item was not sealed; nothing of it is left but an unused key.
        """
        (outcome,) = self.seal_many([item])
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome

    def seal_many(
        self, items: Sequence[Item], *, by_node: bool = False, also: Also = no_more
    ) -> list[Receipt | LedgerError]:
        """Seal up to ``MAX_BATCH`` items in one transaction; answer each, in order.

        Args:
            items: in the order in which cases are numbered.
            by_node: allows the kinds that only the node seals.
            also: is called in that transaction with the outcomes; nothing is sealed when it raises.

        Raises:
            UnavailableError: the database or the vault refuses; nothing was sealed.
        """
        return self.commit(self.prepare(items, by_node=by_node), also=also)

    def prepare(
        self, items: Sequence[Item], *, by_node: bool = False
    ) -> Sequence[Draft | LedgerError]:
        """Check, salt, encrypt, and take contents into the vault; nothing is sealed yet.

        Apart from ``commit``, so that a bulk caller can prepare one batch while another is committed.

        Raises:
            LimitError: more than ``MAX_BATCH`` items.
            UnavailableError: the key store or the vault refuses.
        """
        if len(items) > MAX_BATCH:
            raise LimitError("batch-too-large", size=len(items), limit=MAX_BATCH)
        return self._draft_all(items, by_node=by_node)

    def commit(
        self, drafts: Sequence[Draft | LedgerError], *, also: Also = no_more
    ) -> list[Receipt | LedgerError]:
        """Number, sign and insert prepared items in one transaction; answer each, in order.

        Raises:
            UnavailableError: the database refuses; nothing was sealed.
        """
        outcomes = self._commit(drafts, also)
        self._discard(drafts, outcomes)
        return [_answer(each) for each in outcomes]

    def _commit(self, drafts: Sequence[Draft | LedgerError], also: Also) -> list[Outcome]:
        # Asking for the block may touch the chain and the database: before the transaction, never inside.
        named = self.not_before()
        for _ in range(CONFLICT_RETRIES):
            try:
                with self.begin() as connection:
                    outcomes = self._insert(connection, drafts, named)
                    also(connection, outcomes)
                    return outcomes
            except ConflictError as error:
                # Another replica opened the same new case first; the next round finds it.
                last = error
        raise last

    def _draft_all(self, items: Sequence[Item], *, by_node: bool) -> list[Draft | LedgerError]:
        errors = [_error_of(item, by_node=by_node) for item in items]
        good = [item for item, error in zip(items, errors, strict=True) if error is None]
        with_secrets = sum(1 for item in good if item.has_secrets)
        keys = iter(self.record_keys.create(with_secrets) if with_secrets else ())
        drafts: list[Draft | LedgerError] = []
        try:
            for item, error in zip(items, errors, strict=True):
                key = next(keys) if error is None and item.has_secrets else None
                drafts.append(error or self._draft(item, key))
        except BaseException:
            # The vault gave out in the middle: what it holds of this batch belongs to no record.
            self.discard(drafts)
            raise
        return drafts

    def _draft(self, item: Item, key: RecordKey | None) -> Draft | LedgerError:
        """Salt, then take the content in: what is wrong with the values is known before the first byte."""
        object_id, content = None, None
        try:
            salted = salt(clear_values(item))
            if item.source is not None and key is not None:
                object_id = os.urandom(16)
                content = self.vault.seal(item.source, object_id=object_id, key=key)
            return draft(item, salted, self.vault, key=key, object_id=object_id, content=content)
        except (RefusedError, MalformedError) as error:
            if object_id is not None:
                self.vault.delete(object_id)
            return error

    def _insert(
        self,
        connection: Connection,
        drafts: Sequence[Draft | LedgerError],
        named: NotBefore | None,
    ) -> list[Outcome]:
        if leases.held(connection, CLOSED):
            raise RefusedError("log-read-only")
        last = statements.last_sealed_at(connection)
        moment = Moment(format_instant(self.clock.now()), last, named)
        return Recording(connection, self._author(connection), self.signer, moment).record(drafts)

    def _author(self, connection: Connection) -> Author:
        """Return the author in the present log: a service may run while the next generation is begun."""
        log = current_log(connection).identity
        return self.author if log == self.author.log else replace(self.author, log=log)

    def discard(self, drafts: Sequence[Draft | LedgerError]) -> None:
        """Give up prepared items that will not be committed: the vault keeps nothing of them."""
        self._discard(drafts, [None] * len(drafts))

    def _discard(self, drafts: Sequence[Draft | LedgerError], outcomes: Sequence[object]) -> None:
        """Remove from the vault what was not sealed."""
        for each, outcome in zip(drafts, outcomes, strict=True):
            if isinstance(each, Draft) and each.object_id and not isinstance(outcome, StatementRow):
                # What cannot be removed now is swept later; what was sealed beside it stays sealed.
                with suppress(LedgerError):
                    self.vault.delete(each.object_id)


def _answer(outcome: Outcome) -> Receipt | LedgerError:
    match outcome:
        case StatementRow() as row:
            return _receipt(row, replayed=False)
        case Replayed(row):
            return _receipt(row, replayed=True)
        case LedgerError():
            return outcome


def _receipt(row: StatementRow, *, replayed: bool) -> Receipt:
    return Receipt(row.leaf_hash, row.sealed_at, row.case_number, row.leaf, replayed)


def _error_of(item: Item, *, by_node: bool) -> LedgerError | None:
    try:
        check_item(item, by_node=by_node)
    except LedgerError as error:
        return error
    return None
