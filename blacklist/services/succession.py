"""Succession: entries of a key that was replaced go on in entries under the new one, one counted at a time.

1. ``queue``: an own entry that is relied on gets a successor that says the same; nobody is asked again.
2. The successor goes on chain only while the entry is relied on and says the same (``Listing``); otherwise it
   is given up, and the entry gets another one once it is relied on again.
3. ``hand_over``: a while after the successor was listed the entry is withdrawn, and the reason on chain is
   the successor's id. Every member moves its hits along; disputes and statements are found from either.

An entry that was disputed before it was handed over keeps its dispute: its successor is withdrawn instead.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from blacklist.domain.entries.standing import OPEN, RELIED_ON, EntryStanding, ListedEntry
from blacklist.ports.entry_contract import MAX_BATCH
from blacklist.services.listing import Listing
from blacklist.store import entries, own_entries
from blacklist.store.own_entries import OwnEntry
from ledger.errors import IntegrityError, RefusedError

HANDED_OVER_AFTER: Final = timedelta(hours=1)
"""So long every member has time to fetch the successor's row before the entry's own is deleted."""


@dataclass(frozen=True, slots=True)
class Succession:
    """Lets own entries go on under new keys.

    Attributes:
        listing: this member's own entries.
    """

    listing: Listing

    def queue(self, epochs: Mapping[int, int]) -> int:
        """Queue successors of own entries of older key epochs; return how many.

        Args:
            epochs: key epoch in force by number of the identifier type.
        """
        book, queued = self.listing.book, 0
        with book.begin() as connection:
            older = entries.without_successor(
                connection, book.member, epochs, book.clock.now(), MAX_BATCH
            )
        for listed in older:
            # No longer lawful, or not to be read any more: it ends with its key, and the others go on.
            with suppress(RefusedError, IntegrityError):
                self.listing.list_anew(listed)
                queued += 1
        return queued

    def hand_over(self) -> int:
        """Withdraw entries whose successors are listed; return how many.

        Raises:
            UnavailableError: the chain does not answer; the next call goes on there.
            RefusedError: the contract refuses.
        """
        with self.listing.book.begin() as connection:
            successors = own_entries.handing_over(connection)
        return sum(self._hand_over(each) for each in successors)

    def _hand_over(self, own: OwnEntry) -> bool:
        book, contract = self.listing.book, self.listing.contract
        with book.begin() as connection:
            old = None if own.replaces is None else entries.find(connection, own.replaces)
            successor = entries.find(connection, own.entry)
        if old is None or successor is None:
            return False
        if successor.moved_to == old.entry:
            # Once its dispute is decided, the entry gets another successor.
            book.change(successor.entry, replaces=None)
            return False
        # By the newest block, so that no dispute is overlooked that is not final yet.
        standing, ended = contract.standing(old.entry), self._ends_now(successor)
        if standing in OPEN and not successor.withdrawn and not ended:
            contract.withdraw(successor.entry, old.entry)
        if standing not in RELIED_ON or ended or not self._is_time(successor, book.clock.now()):
            return False
        contract.withdraw(old.entry, successor.entry)
        return True

    def _ends_now(self, successor: ListedEntry) -> bool:
        """Tell whether it was withdrawn in a block that is not final: why is not known yet."""
        standing = self.listing.contract.standing(successor.entry)
        return standing is EntryStanding.WITHDRAWN and not successor.withdrawn

    def _is_time(self, successor: ListedEntry, now: datetime) -> bool:
        """Tell whether the successor has stood for a while, or has a standing of its own by now."""
        is_old = now >= successor.listed_at + HANDED_OVER_AFTER
        return is_old or successor.standing(now) is not EntryStanding.ACTIVE
