"""A person's identifier as somebody typed it, on its way to its one spelling."""

from dataclasses import dataclass
from datetime import datetime

from blacklist.domain.entries.facts import today_in_china
from blacklist.domain.identifiers.canonicalise import canonicalise
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType


@dataclass(frozen=True, slots=True, repr=False)
class TypedIdentifier:
    """An identifier as it was typed.

    Attributes:
        kind: its type.
        raw: as it was written.
        issuer: of a travel document.
    """

    kind: IdentifierType
    raw: str
    issuer: str | None = None

    def __repr__(self) -> str:
        return f"TypedIdentifier({self.kind.value}, hidden)"

    def read(self, now: datetime) -> Identifier:
        """Return it in its one spelling.

        Raises:
            MalformedError: not certainly one identifier of this type; the error never carries it.
        """
        return canonicalise(self.kind, self.raw, today=today_in_china(now), issuer=self.issuer)
