"""The index of tags at this member: rows fetched as the chain announces them, and deleted as it ends them.

* Which rows are missing is seen from the chain. Each is asked of its reporter first, and then of anybody; its
  signature and the commitments on chain decide, not who serves it.
* The row of an entry that was withdrawn or has expired, or whose key is no longer read, is deleted at
  once, with a signed receipt for its reporter; the reporter says so by a signed tombstone besides. A member
  that never had the row gives a receipt too, when it is asked: what counts is that it holds none.
* A member acknowledges all status changes up to a block, whichever of the entries it has hits on: so its hits
  stay its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blacklist.domain.entries.rows import (
    ACKNOWLEDGEMENT,
    RECEIPT,
    TOMBSTONE,
    Acknowledgement,
    DeletionReceipt,
    IndexRow,
    Tombstone,
)
from blacklist.domain.entries.standing import ListedEntry
from blacklist.domain.protocol.documents import SignedDocument, VerifySignature, sign
from blacklist.ports.index_peers import MAX_ENTRIES, Delivered, IndexPeers
from blacklist.store import chain_logs, entries, entry_rows
from blacklist.store.entry_rows import KeptAcknowledgement
from ledger.errors import LedgerError, MalformedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.ports.signer import StatementSigner
from ledger.store.transactions import Begin

NO_TOMBSTONE: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class IndexWork:
    """What a round did.

    Attributes:
        fetched: rows that came.
        missing: rows that nobody has given yet.
        deleted: rows of entries that ended.
    """

    fetched: int
    missing: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Index:
    """This member's index.

    Attributes:
        begin: opens a write transaction.
        read: opens one for reading.
        member: 32-byte id of this member.
        peers: the other members.
        signer: this member's evidence key.
        verify: checks signatures.
        clock: this machine's.
        own_row: gives the row of an own entry, as the chain has it now.
        oldest: key epoch by identifier type that is still readable; rows of older ones are deleted.
    """

    begin: Begin
    read: Begin
    member: bytes
    peers: IndexPeers
    signer: StatementSigner
    verify: VerifySignature
    clock: Clock
    own_row: Callable[[ListedEntry], SignedDocument | None]
    oldest: Callable[[], Mapping[int, int]]

    def round(self) -> IndexWork:
        """Fetch what is missing and delete what has ended; what fails is tried again in the next round."""
        now = self.clock.now()
        deleted = self._delete_ended(now)
        missing = [each for each in self._missing(now) if not self._publish(each)]
        fetched = self._fetch(missing)
        self._collect()
        return IndexWork(fetched, len(missing) - fetched, deleted)

    def missing(self) -> int:
        """Return how many entries stand whose row this member lacks, counted up to ``MAX_ENTRIES``."""
        return len(self._missing(self.clock.now()))

    def deliver(self, wanted: Sequence[bytes]) -> Delivered:
        """Return what this member has of some entries."""
        with self.read() as connection:
            rows = entry_rows.rows(connection, wanted)
            return Delivered(rows, entry_rows.tombstones(connection, wanted))

    def receipts(self, wanted: Sequence[bytes]) -> Sequence[SignedDocument]:
        """Return this member's receipts for those entries that are over and whose row it does not hold."""
        self._say_none_is_held(wanted)
        with self.read() as connection:
            return entry_rows.receipts(connection, wanted, self.member)

    def _say_none_is_held(self, wanted: Sequence[bytes]) -> None:
        """Give a receipt for entries that were over before their row came here."""
        now, oldest = self.clock.now(), self.oldest()
        with self.read() as connection:
            never = entry_rows.never_held(connection, wanted, self.member, now, oldest)
        for each in never:
            receipt = self._receipt(each, NO_TOMBSTONE, format_instant(now))
            with self.begin() as connection:
                entry_rows.put_receipt(connection, each, self.member, receipt)

    def acknowledgement(self) -> SignedDocument:
        """Return what this member says about the status changes up to the final block that it has read."""
        with self.read() as connection:
            block = chain_logs.newest(connection)
            changes = entries.change_count(connection)
        said = Acknowledgement(block, changes, format_instant(self.clock.now()))
        return sign(ACKNOWLEDGEMENT, said.to_json(), self.signer.sign)

    def _missing(self, now: datetime) -> Sequence[ListedEntry]:
        with self.read() as connection:
            return entries.without_row(connection, now, self.oldest(), MAX_ENTRIES)

    def _publish(self, listed: ListedEntry) -> bool:
        """Put the row of an own entry into the index; tell whether it is there now."""
        document = self.own_row(listed) if listed.reporter == self.member else None
        return document is not None and self._keep(listed, document)

    def _fetch(self, missing: Sequence[ListedEntry]) -> int:
        """Ask the reporters for their rows, and then everybody for what is left."""
        waiting = {each.entry: each for each in missing}
        others = self.peers.members()
        for asked in others:
            self._ask(asked, [each for each in missing if each.reporter == asked], waiting)
        for asked in others:
            if waiting:
                self._ask(asked, list(waiting.values()), waiting)
        return len(missing) - len(waiting)

    def _ask(
        self, asked: bytes, wanted: Sequence[ListedEntry], waiting: dict[bytes, ListedEntry]
    ) -> None:
        if not wanted:
            return
        try:
            delivered = self.peers.rows(asked, [each.entry for each in wanted])
        except LedgerError:
            return
        for document in delivered.rows:
            listed = waiting.get(self._entry_of(document))
            if listed is not None and self._keep(listed, document):
                del waiting[listed.entry]

    def _keep(self, listed: ListedEntry, document: SignedDocument) -> bool:
        """Keep a row if the chain and its reporter's signature bear it out."""
        row = IndexRow.read(document)
        keys = self._keys_of(listed.reporter)
        if not row.belongs_to(listed) or not self._is_signed(document, keys):
            return False
        with self.begin() as connection:
            entry_rows.put(connection, row, document)
        return True

    def _keys_of(self, member: bytes) -> Sequence[bytes]:
        if member == self.member:
            return [self.signer.public_key]
        return self.peers.evidence_keys(member)

    def _is_signed(self, document: SignedDocument, keys: Iterable[bytes]) -> bool:
        return any(document.is_signed_by(key, self.verify) for key in keys)

    def _entry_of(self, document: SignedDocument) -> bytes:
        try:
            return IndexRow.read(document).entry
        except MalformedError:
            return b""

    def _delete_ended(self, now: datetime) -> int:
        with self.read() as connection:
            ended = list(entries.ended_rows(connection, now, MAX_ENTRIES))
            for number, epoch in self.oldest().items():
                ended += entries.rows_before(connection, number, epoch, MAX_ENTRIES)
        at = format_instant(now)
        for listed in ended:
            self._delete(listed, at)
        return len(ended)

    def _delete(self, listed: ListedEntry, at: str) -> None:
        """Delete a row; its receipt, and an own entry's tombstone, are written in the same transaction."""
        digest = NO_TOMBSTONE
        with self.begin() as connection:
            if listed.reporter == self.member:
                stone = sign(TOMBSTONE, Tombstone(listed.entry, at).to_json(), self.signer.sign)
                entry_rows.put_tombstone(connection, listed.entry, stone)
                digest = stone.digest
            entry_rows.forget(connection, listed.entry)
            receipt = self._receipt(listed.entry, digest, at)
            entry_rows.put_receipt(connection, listed.entry, self.member, receipt)

    def _receipt(self, entry: bytes, tombstone: bytes, at: str) -> SignedDocument:
        said = DeletionReceipt(entry, tombstone, at)
        return sign(RECEIPT, said.to_json(), self.signer.sign)

    def _collect(self) -> None:
        """Ask the others for receipts of own entries that ended, and for their acknowledgements."""
        for asked in self.peers.members():
            with self.read() as connection:
                wanted = entry_rows.without_receipt(connection, asked, MAX_ENTRIES)
            try:
                self._take_receipts(asked, wanted)
                self._take_acknowledgement(asked)
            except LedgerError:
                continue

    def _take_receipts(self, asked: bytes, wanted: Sequence[bytes]) -> None:
        if not wanted:
            return
        keys = self._keys_of(asked)
        for document in self.peers.receipts(asked, wanted):
            receipt = DeletionReceipt.read(document)
            if receipt.entry in wanted and self._is_signed(document, keys):
                with self.begin() as connection:
                    entry_rows.put_receipt(connection, receipt.entry, asked, document)

    def _take_acknowledgement(self, asked: bytes) -> None:
        document = self.peers.acknowledgement(asked)
        said = Acknowledgement.read(document)
        if self._is_signed(document, self._keys_of(asked)):
            kept = KeptAcknowledgement(asked, said.block, said.changes, document)
            with self.begin() as connection:
                entry_rows.put_acknowledgement(connection, kept)
