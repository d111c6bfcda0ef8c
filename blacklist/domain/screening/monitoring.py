"""Customers who are watched for as long as a relationship lasts: what for, and what is kept of each.

Kept, sealed under a record key of each one's own: the tag, and the identifier. The tag alone would find that
an entry is about somebody, but entries open only with what the identifier gives, which is wiped after use;
and when the key is replaced, only the identifier can be tagged anew. The bank has it in its customer file
anyway; here it ends with the relationship.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from blacklist.domain.entries.law import WEAK
from blacklist.domain.entries.standing import ListedEntry
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from ledger.errors import RefusedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue

TAG_BYTES = 32


class MonitoringPurpose(StrEnum):
    """What a person agreed to be watched for (征信业管理条例 20): a relationship that lasts."""

    LOAN = "loan"
    GUARANTEE = "guarantee"
    CREDIT_LINE = "credit-line"
    MERCHANT = "merchant"


@dataclass(frozen=True, slots=True, repr=False)
class WatchedPerson:
    """One identifier of a customer who is watched; personal data.

    Attributes:
        identifier: of a type that stays with a person.
        authorisation: the bank's own number of the written authorisation.
        reference: the bank's own number of the customer.
        known: ``said_in`` of entries that were found before, so that none is announced again.
    """

    identifier: Identifier
    authorisation: str
    reference: str
    known: tuple[str, ...] = ()

    def knowing(self, *more: str) -> Self:
        """Return the same, knowing more."""
        return replace(self, known=tuple(dict.fromkeys((*self.known, *more))))

    def to_json(self, tag: bytes) -> JsonValue:
        """Return it as it is sealed."""
        return {
            "identifier": self.identifier.canonical.decode("ascii"),
            "authorisation": self.authorisation,
            "reference": self.reference,
            "known": list(self.known),
            "tag": tag.hex(),
        }

    @classmethod
    def from_json(cls, value: JsonValue, kind: IdentifierType) -> tuple[Self, bytes]:
        """Read what ``to_json`` gave: the person and the tag.

        Raises:
            MalformedError: not of the form.
        """
        names = {"identifier", "authorisation", "reference", "known", "tag"}
        given = shape.members(value, "watched", names)
        canonical = shape.text(given["identifier"], "identifier").encode("ascii")
        known = tuple(shape.text(each, "known") for each in shape.items(given["known"], "known"))
        person = cls(
            identifier=Identifier(kind, canonical),
            authorisation=shape.text(given["authorisation"], "authorisation"),
            reference=shape.text(given["reference"], "reference"),
            known=known,
        )
        return person, shape.hex_bytes(given["tag"], "tag", TAG_BYTES)


def check_lasting(identifiers: IdentifierType) -> None:
    """Return when a type stays with a person.

    Raises:
        RefusedError: ``monitoring-weak``: alone it never hits anybody, so nothing would come of watching it.
    """
    if identifiers in WEAK:
        raise RefusedError("monitoring-weak")


def said_in(listed: ListedEntry) -> str:
    """Return what tells an entry, and what it says, from every other one: a correction makes it another."""
    return (listed.entry + listed.facts).hex()
