"""What a member does to its own entries on chain: corrects, withdraws, decides.

A written reason is a sealed statement; on chain stands its leaf hash. A new version of facts is stored with
its row before it goes on chain, and the chain says which version holds.
"""

import os
from dataclasses import dataclass, replace

from blacklist.domain.chronicle.entry_events import DisputeDecision
from blacklist.domain.entries.details import SaltedFacts
from blacklist.domain.entries.facts import SALT_BYTES, Facts
from blacklist.domain.entries.standing import OPEN, RELIED_ON, EntryStanding, ListedEntry
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import BlacklistPlace
from blacklist.ports.entry_contract import EntryContract, Ruling
from blacklist.services.listing import Listing
from blacklist.services.own_book import SHOWN
from blacklist.services.own_content import OwnPlan
from blacklist.store import entries
from ledger.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Revising:
    """Changes entries.

    Attributes:
        listing: this member's own entries.
        contract: on chain.
        place: where the blacklist is.
    """

    listing: Listing
    contract: EntryContract
    place: BlacklistPlace

    def correct(self, entry: bytes, facts: Facts) -> None:
        """Replace the facts of an own entry that is relied on.

        Raises:
            RefusedError: not an own one, not relied on, or a condition of the law is not met.
            UnavailableError: too few holders, or the chain, do not answer.
        """
        listed, _ = self.check_correction(entry, facts)
        said = self._add_version(listed, facts)
        self.contract.correct(entry, said.commitment, facts.expires_at())

    def check_correction(self, entry: bytes, facts: Facts) -> tuple[ListedEntry, Facts]:
        """Return an own entry that can be corrected to ``facts`` now, and what it says; see ``correct``.

        Raises:
            IntegrityError: ``entry-facts-unknown``: what it says is not here.
        """
        listed = self.own(entry)
        self._require(listed, RELIED_ON)
        identifier, before = self.listing.book.said(listed)
        self.listing.check(identifier, facts)
        return listed, before.facts

    def withdraw(self, entry: bytes, reasons: bytes) -> None:
        """End an own entry; ``reasons`` is the leaf hash of what is sealed about why.

        Raises:
            RefusedError: not an own one, or withdrawn already.
        """
        listed = self.own(entry)
        if listed.withdrawn:
            raise RefusedError("entry-standing", standing=EntryStanding.WITHDRAWN.value)
        self.contract.withdraw(entry, reasons)

    def uphold(self, entry: bytes, reasons: bytes) -> None:
        """Decide that a disputed entry stands as it is."""
        self._disputed(entry)
        self.contract.decide(entry, Ruling(DisputeDecision.UPHELD, reasons))

    def concede(self, entry: bytes, reasons: bytes) -> None:
        """Decide that a disputed entry ends."""
        self._disputed(entry)
        self.contract.decide(entry, Ruling(DisputeDecision.WITHDRAWN, reasons))

    def amend(self, entry: bytes, reasons: bytes, facts: Facts) -> None:
        """Decide that a disputed entry says something else from now on."""
        listed = self._disputed(entry)
        said = self._add_version(listed, facts)
        ruling = Ruling(DisputeDecision.CORRECTED, reasons, said.commitment, facts.expires_at())
        self.contract.decide(entry, ruling)

    def relied_on(self, entry: bytes) -> ListedEntry:
        """Return an entry that is relied on, or the one that it goes on in.

        Raises:
            RefusedError: ``entry-unknown``, or it is disputed already, or has ended.
        """
        listed = self.current(entry)
        self._require(listed, RELIED_ON)
        return listed

    def check_lawful(self, entry: bytes) -> None:
        """Check that what an own entry says could still be listed today.

        Raises:
            RefusedError: not an own one; or with the code of the condition that it breaks.
            IntegrityError: what it said is not here.
        """
        identifier, said = self.listing.book.said(self.own(entry))
        self.listing.check(identifier, said.facts)

    def find(self, entry: bytes) -> ListedEntry:
        """Return an entry.

        Raises:
            RefusedError: ``entry-unknown``: not on chain, as far as this node has read it.
        """
        with self.listing.book.begin() as connection:
            listed = entries.find(connection, entry)
        if listed is None:
            raise RefusedError("entry-unknown", entry=entry.hex()[:SHOWN])
        return listed

    def current(self, entry: bytes) -> ListedEntry:
        """Return an entry, or the one that it goes on in now; raises as ``find``."""
        with self.listing.book.begin() as connection:
            listed = entries.latest(connection, entry)
        return listed or self.find(entry)

    def own(self, entry: bytes) -> ListedEntry:
        """Return an own entry.

        Raises:
            RefusedError: ``entry-unknown``, or another member reported it.
        """
        listed = self.find(entry)
        if listed.reporter != self.listing.book.member:
            raise RefusedError("entry-not-own", entry=entry.hex()[:SHOWN])
        return listed

    def _disputed(self, entry: bytes) -> ListedEntry:
        listed = self.own(entry)
        self._require(listed, OPEN)
        return listed

    def _require(self, listed: ListedEntry, allowed: frozenset[EntryStanding]) -> None:
        standing = listed.standing(self.listing.book.clock.now())
        if standing not in allowed:
            raise RefusedError("entry-standing", standing=standing.value)

    def _add_version(self, listed: ListedEntry, facts: Facts) -> SaltedFacts:
        """Store a further version of an entry's facts, with its row, before it goes on chain.

        Of a key that nobody reads any more there is no row to make: the successor says it.
        """
        book, preparer = self.listing.book, self.listing.preparer
        own = book.find(listed.entry)
        content, plan = book.open(own), OwnPlan.from_text(own.call or "")
        self.listing.check(content.identifier, facts)
        said = SaltedFacts(facts, os.urandom(SALT_BYTES))
        changed = replace(content, versions=(*content.versions, said))
        held = preparer.readable(content.identifier.type, plan.key_epoch)
        if held is not None:
            (secret,) = preparer.evaluate([changed], Purpose.LISTING, held)
            with secret:
                plan = plan.with_row(preparer.row(secret, listed.entry, held, changed))
        book.extend(own, changed, plan)
        return said
