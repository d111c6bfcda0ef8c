"""Which columns of a table hold what. Types are said by a person and never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from blacklist.domain.identifiers.identifier import IdentifierType
from ledger.errors import RefusedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Columns by their names in the table's header.

    Attributes:
        identifiers: column and type, several a row where a customer has several.
        authorisation: number of the person's written authorisation (征信业管理条例 18).
        issuer: of travel documents; there exactly when one column has that type.
        reference: the bank's own number of the customer.
    """

    identifiers: tuple[tuple[str, IdentifierType], ...]
    authorisation: str
    issuer: str | None = None
    reference: str | None = None

    def columns(self) -> tuple[str, ...]:
        """Return all columns, each once."""
        others = (self.authorisation, self.issuer, self.reference)
        named = [name for name, _ in self.identifiers] + [name for name in others if name]
        return tuple(dict.fromkeys(named))

    def check(self) -> None:
        """Return when the columns fit each other.

        Raises:
            RefusedError: no identifier, one twice, one of a type without a normaliser, or an issuer without
                travel documents or the other way round.
        """
        if not self.identifiers:
            raise RefusedError("screening-identifiers-missing")
        names, types = (
            [name for name, _ in self.identifiers],
            {kind for _, kind in self.identifiers},
        )
        if len(set(names)) < len(names):
            raise RefusedError("screening-column-twice")
        if IdentifierType.ADDRESS in types:
            raise RefusedError("identifier-address")
        if (IdentifierType.TRAVEL_DOCUMENT in types) != (self.issuer is not None):
            raise RefusedError("screening-issuer-column")

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as it is kept with a job."""
        return {
            "identifiers": [[name, kind.value] for name, kind in self.identifiers],
            "authorisation": self.authorisation,
            "issuer": self.issuer,
            "reference": self.reference,
        }

    @classmethod
    def from_json(cls, value: JsonValue) -> Self:
        """Read what ``to_json`` gave.

        Raises:
            MalformedError: not of the form.
        """
        names = {"identifiers", "authorisation", "issuer", "reference"}
        given = shape.members(value, "mapping", names)
        pairs = [
            shape.items(each, "mapping") for each in shape.items(given["identifiers"], "mapping")
        ]
        return cls(
            identifiers=tuple(
                (shape.text(name, "column"), IdentifierType(shape.text(kind, "type")))
                for name, kind in pairs
            ),
            authorisation=shape.text(given["authorisation"], "column"),
            issuer=_optional(given, "issuer"),
            reference=_optional(given, "reference"),
        )


def _optional(given: Mapping[str, JsonValue], name: str) -> str | None:
    return None if given[name] is None else shape.text(given[name], name)
