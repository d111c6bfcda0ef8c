"""Listing: from one person's request to an entry on chain.

1. ``ask``: the law's conditions are checked, and the request is stored encrypted. Another person decides it.
2. ``release``: it waits for the day's batch.
3. ``prepare``: when the batch is due, its identifiers are evaluated; tag, keys and signed row are stored.
4. ``send``: one call for all that is prepared and not on chain. What belongs to a key epoch that has passed
   in between is prepared again.

Whether an entry is on chain, and which version of its facts holds, only the chain says: so a crash anywhere
leaves nothing to repair.
"""

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from blacklist.domain.entries.batches import next_batch
from blacklist.domain.entries.details import SaltedFacts
from blacklist.domain.entries.facts import SALT_BYTES, Facts, today_in_china
from blacklist.domain.entries.law import ListingProposal, RunningMode, check_listing
from blacklist.domain.entries.rows import IndexRow
from blacklist.domain.entries.standing import ListedEntry
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.protocol.documents import SignedDocument
from blacklist.domain.protocol.purposes import Purpose
from blacklist.ports.entry_contract import MAX_BATCH, EntryContract, ListingCall
from blacklist.services.evaluating import NUMBERS
from blacklist.services.own_book import OwnBook
from blacklist.services.own_content import OwnContent, OwnPlan
from blacklist.services.preparing import NODE, EntryPreparer
from blacklist.store import own_entries
from blacklist.store.own_entries import OwnEntry, OwnState
from ledger.errors import IntegrityError, LedgerError, RefusedError
from ledger.evidence.instants import format_instant, parse_instant


@dataclass(frozen=True, slots=True)
class Listing:
    """Lists.

    Attributes:
        book: this member's own entries.
        preparer: makes tags and rows.
        contract: on chain.
        mode: under what the blacklist is run.
        window: between two batches.
    """

    book: OwnBook
    preparer: EntryPreparer
    contract: EntryContract
    mode: RunningMode
    window: timedelta

    def ask(self, identifier: Identifier, facts: Facts, by: str) -> bytes:
        """Store a request to list somebody and return its entry id.

        Raises:
            RefusedError: a condition of the law is not met; the code says which, with its article.
        """
        self.check(identifier, facts)
        content = _fresh(identifier, facts)
        return self.book.enter(content, NUMBERS[identifier.type], by, state=OwnState.ASKED)

    def release(self, entry: bytes) -> None:
        """Let a request go on chain with the next batch; called once another person has agreed.

        Raises:
            RefusedError: not one of this member's, not waiting, or no longer lawful.
        """
        content = self.book.open(self.book.waiting(entry))
        self.check(content.identifier, content.newest.facts)
        jitter = random.SystemRandom().random()
        due = next_batch(self.book.clock.now(), self.window, jitter)
        self.book.change(entry, state=OwnState.QUEUED, due_at=format_instant(due))

    def give_up(self, entry: bytes) -> None:
        """End a request that nobody agreed to, and erase what it was about.

        Raises:
            RefusedError: not one of this member's, or not waiting.
        """
        own = self.book.waiting(entry)
        self.book.change(entry, state=OwnState.GIVEN_UP)
        self.book.records.destroy(own.key_id)

    def list_anew(self, old: ListedEntry) -> bytes | None:
        """Queue the successor of an own entry of a key epoch that has passed; ``None`` when it has one.

        Nobody is asked again: the same two persons agreed to the same facts.

        Raises:
            RefusedError: the entry is no longer lawful; it is withdrawn instead.
            IntegrityError: what it said is not here.
        """
        with self.book.begin() as connection:
            if own_entries.successor(connection, old.entry) is not None:
                return None
        content = self.book.open(self.book.find(old.entry))
        said = content.at(old.facts)
        if said is None:
            raise IntegrityError("entry-facts-unknown", entry=old.entry.hex()[:12])
        self.check(content.identifier, said.facts)
        fresh, number = _fresh(content.identifier, said.facts), old.identifiers
        return self.book.enter(fresh, number, NODE, state=OwnState.QUEUED, replaces=old.entry)

    def prepare(self) -> int:
        """Evaluate what is due, one type at a time; return how many are prepared now.

        What stops one type stops no other. What the law does not allow any more by now is given up.

        Raises:
            UnavailableError: too few holders answer; nothing is half prepared.
            RefusedError: there is no key of a type, or the budget is used up.
        """
        due = [each for each in self._in_state(OwnState.QUEUED) if self._is_due(each)]
        lawful = [each for each in due if self._stays_lawful(each)]
        stopped: list[LedgerError] = []
        for identifiers in NUMBERS:
            for purpose in (Purpose.LISTING, Purpose.ROTATION):
                try:
                    self._prepare(identifiers, lawful, purpose)
                except LedgerError as error:
                    stopped.append(error)
        if stopped:
            raise stopped[0]
        return len(lawful)

    def send(self) -> int:
        """Put on chain what is prepared and not there yet; return how many.

        Raises:
            UnavailableError: the chain does not answer; the next call looks what has become of it.
            RefusedError: the contract refuses the batch.
        """
        with self.book.begin() as connection:
            own_entries.settle(connection)
        prepared = [each for each in self._in_state(OwnState.PREPARED) if self._stays_lawful(each)]
        waiting = [each for each in prepared if not self.contract.is_listed(each.entry)]
        calls = [call for each in waiting if (call := self._call(each)) is not None]
        if calls:
            self.contract.list_entries(calls)
        return len(calls)

    def row(self, listed: ListedEntry) -> SignedDocument | None:
        """Return the row of an own entry, in the version that the chain commits to."""
        with self.book.begin() as connection:
            own = own_entries.find(connection, listed.entry)
        if own is None or own.call is None:
            return None
        rows = OwnPlan.from_text(own.call).rows
        return next((each for each in rows if IndexRow.read(each).belongs_to(listed)), None)

    def check(self, identifier: Identifier, facts: Facts) -> None:
        """Return when the law allows to list.

        Raises:
            RefusedError: a condition is not met; the code says which, with its article.
        """
        today = today_in_china(self.book.clock.now())
        check_listing(ListingProposal(identifier, facts, self.mode, today))

    def _stays_lawful(self, own: OwnEntry) -> bool:
        """Tell whether an entry may still be listed; one that may not is given up, and erased."""
        try:
            content = self.book.open(own)
            self.check(content.identifier, content.newest.facts)
        except (RefusedError, IntegrityError):
            if not self.contract.is_listed(own.entry):
                self.book.change(own.entry, state=OwnState.GIVEN_UP)
                self.book.records.destroy(own.key_id)
            return False
        return True

    def _prepare(
        self, identifiers: IdentifierType, due: Sequence[OwnEntry], purpose: Purpose
    ) -> None:
        """Prepare those that are of this type and for this purpose."""
        number = NUMBERS[identifiers]
        some = [each for each in due if each.identifiers == number and _purpose(each) is purpose]
        if not some:
            return
        held = self.preparer.held(identifiers)
        contents = [self.book.open(each) for each in some]
        secrets = self.preparer.evaluate(contents, purpose)
        for own, content, secret in zip(some, contents, secrets, strict=True):
            with secret:
                plan = self.preparer.plan(secret, own.entry, held, content)
            self.book.change(own.entry, state=OwnState.PREPARED, call=plan.to_text())

    def _call(self, own: OwnEntry) -> ListingCall | None:
        """Return the call of a prepared entry; ``None`` when it goes back, its key epoch having passed."""
        content, plan = self.book.open(own), OwnPlan.from_text(own.call or "")
        if self.preparer.held(content.identifier.type).key_epoch != plan.key_epoch:
            self.book.change(own.entry, state=OwnState.QUEUED, call=None)
            return None
        said = content.newest
        return ListingCall(
            own.nonce, plan.commitment, said.commitment, plan.key, said.facts.expires_at(),
            plan.key_epoch, own.identifiers,
        )  # fmt: skip

    def _is_due(self, own: OwnEntry) -> bool:
        return own.due_at is not None and parse_instant(own.due_at) <= self.book.clock.now()

    def _in_state(self, state: OwnState) -> Sequence[OwnEntry]:
        with self.book.begin() as connection:
            return own_entries.in_state(connection, state, MAX_BATCH)


def _fresh(identifier: Identifier, facts: Facts) -> OwnContent:
    said = SaltedFacts(facts, os.urandom(SALT_BYTES))
    return OwnContent(identifier, os.urandom(SALT_BYTES), (said,))


def _purpose(own: OwnEntry) -> Purpose:
    return Purpose.LISTING if own.replaces is None else Purpose.ROTATION
