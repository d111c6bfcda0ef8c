"""What a member seals into its evidence log about one request: the roots, never the elements or the persons.

Both sides seal the same members, so that a caller cannot deny later what it asked, nor a server what it
counted; ``side`` says who speaks.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.protocol.elements import MAX_ELEMENTS
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import REQUEST_ID_BYTES, EvaluationRequest, KeyName
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue

KIND: Final = "evaluation"
MEMBER: Final = "evaluation"
_NAMES: Final = {
    "side", "request", "caller", "identifiers", "key_epoch", "share_epoch", "purpose", "count", "elements",
    "authorisation", "at",
}  # fmt: skip


class Side(StrEnum):
    """Who speaks."""

    CALLER = "caller"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class EvaluationRecord:
    """One request, as one side has it.

    Attributes:
        side: who speaks.
        request_id: 16 bytes.
        caller: 32-byte id of who asked.
        key: type and epochs.
        purpose: why.
        count: how many elements.
        elements: 32-byte root over the blinded elements.
        authorisation: 32-byte root over the authorisation references.
        at: instant at which it was asked, or counted.
    """

    side: Side
    request_id: bytes
    caller: bytes
    key: KeyName
    purpose: Purpose
    count: int
    elements: bytes
    authorisation: bytes
    at: str

    @classmethod
    def counted(cls, asked: EvaluationRequest, at: str) -> Self:
        """Return the server's record of a request."""
        return cls(
            side=Side.SERVER,
            request_id=asked.request_id,
            caller=asked.caller,
            key=asked.key,
            purpose=asked.purpose,
            count=asked.count,
            elements=asked.elements,
            authorisation=asked.authorisation,
            at=at,
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Return the value of the statement's member."""
        return {
            "side": self.side.value,
            "request": self.request_id.hex(),
            "caller": self.caller.hex(),
            "identifiers": self.key.identifiers.value,
            "key_epoch": self.key.key_epoch,
            "share_epoch": self.key.share_epoch,
            "purpose": self.purpose.value,
            "count": self.count,
            "elements": self.elements.hex(),
            "authorisation": self.authorisation.hex(),
            "at": self.at,
        }

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """Read it from a statement.

        Raises:
            MalformedError: not of the form.
        """
        given = shape.members(value, f"extra.{MEMBER}", _NAMES)
        types = tuple(each.value for each in IdentifierType)
        return cls(
            side=Side(shape.one_of(given["side"], "side", tuple(Side))),
            request_id=shape.hex_bytes(given["request"], "request", REQUEST_ID_BYTES),
            caller=shape.hex_bytes(given["caller"], "caller", 32),
            key=KeyName(
                IdentifierType(shape.one_of(given["identifiers"], "identifiers", types)),
                shape.integer(given["key_epoch"], "key_epoch", minimum=1),
                shape.integer(given["share_epoch"], "share_epoch", minimum=1),
            ),
            purpose=Purpose(shape.one_of(given["purpose"], "purpose", tuple(Purpose))),
            count=shape.integer(given["count"], "count", minimum=1, maximum=MAX_ELEMENTS),
            elements=shape.hex_bytes(given["elements"], "elements", 32),
            authorisation=shape.hex_bytes(given["authorisation"], "authorisation", 32),
            at=shape.instant(given["at"], "at"),
        )
