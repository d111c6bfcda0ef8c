"""What a member does to entries on chain: corrects, withdraws, decides about its own, vouches for others'.

A written reason is a sealed statement; on chain stands its leaf hash. A new version of facts is stored with
its row before it goes on chain, and the chain says which version holds.
"""

import os
from dataclasses import dataclass, replace

from blacklist.domain.chronicle.entry_events import DisputeDecision
from blacklist.domain.entries.corroboration import corroboration_digest
from blacklist.domain.entries.details import SaltedFacts
from blacklist.domain.entries.facts import SALT_BYTES, Facts
from blacklist.domain.entries.standing import OPEN, RELIED_ON, EntryStanding, ListedEntry
from blacklist.domain.identifiers.identifier import Identifier
from blacklist.domain.oprf.tags import entry_key
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import BlacklistPlace
from blacklist.ports.entry_contract import EntryContract, Ruling
from blacklist.services.evaluating import NUMBERS
from blacklist.services.inquiring import InquirySubject
from blacklist.services.listing import Listing
from blacklist.services.own_book import SHOWN
from blacklist.services.own_content import OwnPlan
from blacklist.store import entries
from ledger.errors import IntegrityError, RefusedError


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
        listed = self.own(entry)
        self._require(listed, RELIED_ON)
        said = self._add_version(listed, facts)
        self.contract.correct(entry, said.commitment, facts.expires_at())

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

    def corroborate(self, entry: bytes, identifier: Identifier, evidence: bytes) -> None:
        """Vouch for another member's entry about a person whom this member knows.

        Args:
            entry: 32-byte id.
            identifier: of the person; evaluated anew, for a copied tag corroborates nothing.
            evidence: leaf hash of what this member's own knowledge rests on.

        Raises:
            RefusedError: an own entry, not relied on, or not about this person.
            UnavailableError: too few holders, or the chain, do not answer.
        """
        listed = self.find(entry)
        if listed.reporter == self.listing.book.member:
            raise RefusedError("corroboration-own-entry")
        self._require(listed, RELIED_ON)
        if NUMBERS[identifier.type] != listed.identifiers:
            raise RefusedError("corroboration-other-person")
        subject, now = InquirySubject(identifier, evidence.hex()), self.listing.book.clock.now()
        (secret,) = self.listing.preparer.inquirer.ask([subject], Purpose.CORROBORATION, "node")
        digest = corroboration_digest(
            self.place, entry, corroborator=self.listing.book.member, date=now
        )
        keys = self.listing.preparer.entry_keys
        with secret, entry_key(secret, entry) as key:
            if keys.address(key) != listed.key:
                raise RefusedError("corroboration-other-person")
            signature = keys.sign(key, digest)
        self.contract.corroborate(entry, now, signature)

    def disputable(self, entry: bytes) -> ListedEntry:
        """Return an entry that can be disputed now.

        Raises:
            RefusedError: ``entry-unknown``, or it is disputed already, or has ended.
        """
        listed = self.find(entry)
        self._require(listed, RELIED_ON)
        return listed

    def check_lawful(self, entry: bytes) -> None:
        """Check that what an own entry says could still be listed today.

        Raises:
            RefusedError: not an own one; or with the code of the condition that it breaks.
            IntegrityError: what it said is not here.
        """
        listed, book = self.own(entry), self.listing.book
        content = book.open(book.find(entry))
        said = content.at(listed.facts)
        if said is None:
            raise IntegrityError("entry-facts-unknown", entry=entry.hex()[:SHOWN])
        self.listing.check(content.identifier, said.facts)

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
        """Store a further version of an entry's facts, with its row, before it goes on chain."""
        book, preparer = self.listing.book, self.listing.preparer
        own = book.find(listed.entry)
        content, plan = book.open(own), OwnPlan.from_text(own.call or "")
        self.listing.check(content.identifier, facts)
        held = preparer.held(content.identifier.type)
        if held.key_epoch != plan.key_epoch:
            raise RefusedError("entry-old-epoch", entry=listed.entry.hex()[:SHOWN])
        said = SaltedFacts(facts, os.urandom(SALT_BYTES))
        changed = replace(content, versions=(*content.versions, said))
        (secret,) = preparer.evaluate([changed], Purpose.LISTING)
        with secret:
            row = preparer.row(secret, listed.entry, held, changed)
        book.extend(own, changed, plan.with_row(row))
        return said
