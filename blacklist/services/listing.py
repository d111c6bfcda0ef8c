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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from blacklist.domain.entries.batches import next_batch
from blacklist.domain.entries.details import SaltedFacts
from blacklist.domain.entries.facts import SALT_BYTES, Facts, today_in_china
from blacklist.domain.entries.law import ListingProposal, RunningMode, check_listing
from blacklist.domain.entries.rows import IndexRow
from blacklist.domain.entries.standing import RELIED_ON, EntryStanding, ListedEntry
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.protocol.documents import SignedDocument
from blacklist.domain.protocol.purposes import Purpose
from blacklist.ports.entry_contract import MAX_BATCH, EntryContract, ListingCall, RenewalCall
from blacklist.services.evaluating import NUMBERS
from blacklist.services.own_book import OwnBook
from blacklist.services.own_content import OwnContent, OwnPlan
from blacklist.services.preparing import NODE, EntryPreparer
from blacklist.store import entries, own_entries
from blacklist.store.own_entries import OwnEntry, OwnState
from ledger.errors import IntegrityError, LedgerError, RefusedError
from ledger.evidence.instants import format_instant

_C = TypeVar("_C")


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
            RefusedError: a condition of the law is not met, the code says which, with its article; or
                ``blacklist-no-key``: there is no key of the type yet.
        """
        self.check(identifier, facts)
        self.preparer.held(identifier.type)
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
        self._give_up(self.book.waiting(entry))

    def list_anew(self, old: ListedEntry) -> bytes:
        """Queue the successor of an own entry of a key epoch that has passed, and return its id.

        Nobody is asked again: the same two persons agreed to the same facts.

        Raises:
            RefusedError: the entry is no longer lawful; it ends with its key.
            IntegrityError: what it said is not here.
        """
        identifier, said = self.book.said(old)
        self.check(identifier, said.facts)
        fresh = OwnContent(identifier, os.urandom(SALT_BYTES), (said,))
        state = OwnState.QUEUED
        return self.book.enter(fresh, old.identifiers, NODE, state=state, replaces=old.entry)

    def prepare(self) -> int:
        """Evaluate what is due, one type at a time; return how many are prepared now.

        What stops one type stops no other. What the law does not allow any more by now is given up.

        Raises:
            UnavailableError: too few holders answer; nothing is half prepared.
            RefusedError: there is no key of a type, or the budget is used up.
        """
        stopped, prepared = list[LedgerError](), 0
        for identifiers in NUMBERS:
            for purpose in (Purpose.LISTING, Purpose.ROTATION):
                try:
                    prepared += self._prepare(identifiers, purpose)
                except LedgerError as error:
                    stopped.append(error)
        if stopped:
            raise stopped[0]
        return prepared

    def send(self) -> int:
        """Put on chain what is prepared and not there yet; return how many.

        Raises:
            UnavailableError: the chain does not answer; the next call looks what has become of it.
            RefusedError: the contract refuses a listing; all others of the batch were sent.
        """
        with self.book.begin() as connection:
            own_entries.settle(connection)
            prepared = own_entries.prepared(connection, MAX_BATCH)
        lawful = [each for each in prepared if self._stays_lawful(each)]
        waiting = [each for each in lawful if self.contract.standing(each.entry) is None]
        calls = [call for each in waiting if (call := self._call(each)) is not None]
        listings = [each for each in calls if isinstance(each, ListingCall)]
        renewals = [each for each in calls if isinstance(each, RenewalCall)]
        refused = _sent(self.contract.list_entries, listings)
        refused += _sent(self.contract.renew, renewals)
        if refused:
            raise refused[0]
        return len(calls)

    def end_strays(self) -> int:
        """Withdraw what was given up and stands on chain by a call that was thought lost; return how many.

        The reason on chain is the entry's own id: there is nothing else to say about it.
        """
        with self.book.begin() as connection:
            strays = own_entries.given_up_on_chain(connection)
        ended = 0
        for each in strays:
            if self.contract.standing(each.entry) is not EntryStanding.WITHDRAWN:
                self.contract.withdraw(each.entry, each.entry)
                ended += 1
        return ended

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
            if own.replaces is not None:
                self._check_predecessor(own.replaces, content)
        except (RefusedError, IntegrityError):
            if self.contract.standing(own.entry) is None:
                self._give_up(own)
            return False
        return True

    def _give_up(self, own: OwnEntry) -> None:
        """Erase first: what is given up can never be read again, wherever this stops."""
        self.book.records.destroy(own.key_id)
        self.book.change(own.entry, state=OwnState.GIVEN_UP, call=None)

    def _check_predecessor(self, entry: bytes, content: OwnContent) -> None:
        """Check that the entry that goes on is relied on and says the same; the contract checks it again."""
        with self.book.begin() as connection:
            old = entries.find(connection, entry)
        standing = None if old is None else old.standing(self.book.clock.now())
        if old is None or standing not in RELIED_ON or old.facts != content.newest.commitment:
            raise RefusedError("entry-standing", standing=str(standing))

    def _prepare(self, identifiers: IdentifierType, purpose: Purpose) -> int:
        """Prepare what is due of this type and for this purpose; return how many."""
        anew, now = purpose is Purpose.ROTATION, format_instant(self.book.clock.now())
        with self.book.begin() as connection:
            due = own_entries.due(connection, NUMBERS[identifiers], now, MAX_BATCH, anew=anew)
        some = [each for each in due if self._stays_lawful(each)]
        if not some:
            return 0
        held = self.preparer.held(identifiers)
        contents = [self.book.open(each) for each in some]
        secrets = self.preparer.evaluate(contents, purpose)
        for own, content, secret in zip(some, contents, secrets, strict=True):
            with secret:
                plan = self.preparer.plan(secret, own.entry, held, content)
            self.book.change(own.entry, state=OwnState.PREPARED, call=plan.to_text())
        return len(some)

    def _call(self, own: OwnEntry) -> ListingCall | RenewalCall | None:
        """Return the call of a prepared entry; ``None`` when it goes back, its key epoch having passed."""
        content, plan = self.book.open(own), OwnPlan.from_text(own.call or "")
        if self.preparer.held(content.identifier.type).key_epoch != plan.key_epoch:
            self.book.change(own.entry, state=OwnState.QUEUED, call=None)
            return None
        said = content.newest
        if own.replaces is not None:
            return RenewalCall(
                own.replaces, own.nonce, plan.commitment, said.commitment, plan.key, plan.key_epoch
            )
        return ListingCall(
            own.nonce, plan.commitment, said.commitment, plan.key, said.facts.expires_at(),
            plan.key_epoch, own.identifiers,
        )  # fmt: skip


def _sent(send: Callable[[Sequence[_C]], None], calls: Sequence[_C]) -> list[RefusedError]:
    """Send all together, or, where the contract refuses that, each by itself; return what it refused."""
    if not calls:
        return []
    try:
        send(calls)
    except RefusedError as error:
        if len(calls) == 1:
            return [error]
        return [each for call in calls for each in _sent(send, [call])]
    return []


def _fresh(identifier: Identifier, facts: Facts) -> OwnContent:
    said = SaltedFacts(facts, os.urandom(SALT_BYTES))
    return OwnContent(identifier, os.urandom(SALT_BYTES), (said,))
