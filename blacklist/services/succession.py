"""Succession: entries of a key that was replaced go on in entries under the new one.

1. ``queue``: an own entry that is relied on gets a successor that says the same, with the same commitment
   to it; nobody is asked again.
2. ``Listing`` prepares it and has the contract renew the entry: one call ends the one and begins the other,
   so one counts at any moment. The contract refuses while the entry is disputed, and when it says something
   else by now; the successor is then given up, and there is another one when the entry is relied on again.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from blacklist.ports.entry_contract import MAX_BATCH
from blacklist.services.listing import Listing
from blacklist.store import entries
from ledger.errors import IntegrityError, RefusedError


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
