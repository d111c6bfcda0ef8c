"""The case head: what closes a case chain for one export.

Older statements cannot say that nothing follows them. So every export first seals a ``case_head``
statement that names the last number and leaf of the case. It is itself the next number of the case. It
excludes gaps up to its own number; it does not exclude later items, nor items that were never sealed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.evidence import shape
from ledger.evidence.statement import SignedStatement, Statement
from ledger.primitives.canonical import JsonValue


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What a ``case_head`` statement covers.

    Attributes:
        last_number: the number before the head's own; 0 when the case was empty.
        last_leaf: leaf hash of that number.
    """

    last_number: int
    last_leaf: bytes

    def to_json(self) -> Mapping[str, JsonValue]:
        """Return the ``extra`` members of the head's statement."""
        return {"covers": {"number": self.last_number, "leaf": self.last_leaf.hex()}}


def case_head_of(statement: Statement) -> CaseHead:
    """Read what a ``case_head`` statement covers.

    Raises:
        MalformedError: the statement has no such members.
    """
    covers = shape.members(statement.extra.get("covers"), "extra.covers", {"number", "leaf"})
    return CaseHead(
        last_number=shape.integer(covers["number"], "extra.covers.number", minimum=1),
        last_leaf=shape.hex_bytes(covers["leaf"], "extra.covers.leaf", 32),
    )


def find_gap(chain: Sequence[SignedStatement]) -> int | None:
    """Return the first number of ``chain`` that does not follow, or ``None`` for a gap-free chain.

    Args:
        chain: the statements of one case from number 1, in order.
    """
    previous: SignedStatement | None = None
    for expected, signed in enumerate(chain, start=1):
        link = signed.statement.case
        follows = previous.leaf_hash if previous else None
        if link is None or link.number != expected or link.previous != follows:
            return expected
        if previous and previous.statement.case and link.case != previous.statement.case.case:
            return expected
        previous = signed
    return None
