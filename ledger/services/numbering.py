"""Running numbers of cases within one transaction: locked, handed out, and saved together."""

import os
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection

from ledger.evidence.statement import CaseLink
from ledger.store import cases
from ledger.store.cases import CaseRow


@dataclass(slots=True)
class Numbering:
    """The ends of the cases that this transaction may extend.

    Numbers are gap-free because they are taken under the row locks and saved in the same transaction as
    the statements that carry them.
    """

    _ends: dict[bytes, CaseRow]

    @classmethod
    def lock(cls, connection: Connection, lookups: Collection[bytes]) -> Self:
        """Lock the cases of ``lookups`` (blind indices), beginning those that are new."""
        found = cases.find_many(connection, lookups, lock=True)
        return cls(
            {
                lookup: found.get(lookup)
                or CaseRow(os.urandom(16), lookup, 0, None, legal_hold=False)
                for lookup in lookups
            }
        )

    def next_link(self, case: bytes | None) -> CaseLink | None:
        """Return the next place of ``case``; ``None`` for an item without a case."""
        if case is None:
            return None
        end = self._ends[case]
        return CaseLink(end.case_id, end.last_number + 1, end.last_leaf)

    def advance(self, case: bytes | None, leaf_hash: bytes) -> None:
        """Move the end of ``case`` to the statement that has just been signed."""
        if case is not None:
            end = self._ends[case]
            self._ends[case] = replace(end, last_number=end.last_number + 1, last_leaf=leaf_hash)

    def save(self, connection: Connection) -> None:
        """Write the new ends; a case that nothing was added to is not opened."""
        cases.save_many(connection, [end for end in self._ends.values() if end.last_number])
