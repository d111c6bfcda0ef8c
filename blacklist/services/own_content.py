"""What this member knows of its own entries: the identifier, and the facts in every version, encrypted."""

from dataclasses import dataclass, field
from typing import Self

from blacklist.domain.entries.details import SaltedFacts
from blacklist.domain.entries.facts import SALT_BYTES, Facts
from blacklist.domain.entries.rows import ROW
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.protocol.documents import SignedDocument
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue, decode, encode

MAX_PLAN_BYTES = 200_000
"""A row is some kilobytes, and corrections are few."""


@dataclass(frozen=True, slots=True, repr=False)
class OwnContent:
    """In clear.

    Attributes:
        identifier: whom the entry is about.
        tag_salt: of the commitment to the tag.
        versions: facts with their salts; the chain says which of them holds.
    """

    identifier: Identifier
    tag_salt: bytes
    versions: tuple[SaltedFacts, ...]

    def __repr__(self) -> str:
        return "OwnContent(hidden)"

    @property
    def newest(self) -> SaltedFacts:
        """The version that was written last."""
        return self.versions[-1]

    def at(self, commitment: bytes) -> SaltedFacts | None:
        """Return the version that the chain commits to."""
        return next((each for each in self.versions if each.commitment == commitment), None)

    def to_json(self) -> JsonValue:
        """Return it as it is encrypted."""
        return {
            "type": self.identifier.type.value,
            "identifier": self.identifier.canonical.hex(),
            "tag_salt": self.tag_salt.hex(),
            "versions": [
                {"facts": each.facts.to_json(), "salt": each.salt.hex()} for each in self.versions
            ],
        }

    @classmethod
    def from_json(cls, value: JsonValue) -> Self:
        """Read it."""
        found = shape.members(value, "own", {"type", "identifier", "tag_salt", "versions"})
        identifier = Identifier(
            IdentifierType(shape.text(found["type"], "type")),
            shape.hex_bytes(found["identifier"], "identifier"),
        )
        versions = tuple(map(_version, shape.items(found["versions"], "versions")))
        return cls(identifier, shape.hex_bytes(found["tag_salt"], "tag_salt", SALT_BYTES), versions)


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """What goes on chain and into the index; nothing of it names anybody.

    Attributes:
        commitment: to the tag.
        key: 20-byte address of the entry's key.
        key_epoch: of the tag.
        rows: signed, one for each version of the facts.
    """

    commitment: bytes
    key: bytes
    key_epoch: int
    rows: tuple[SignedDocument, ...] = field(default=())

    def to_text(self) -> str:
        """Return it as it is stored."""
        rows: list[JsonValue] = [
            {"content": each.content.decode("ascii"), "signature": each.signature.hex()}
            for each in self.rows
        ]
        value: JsonValue = {
            "commitment": self.commitment.hex(),
            "key": self.key.hex(),
            "key_epoch": self.key_epoch,
            "rows": rows,
        }
        return encode(value).decode("ascii")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read it."""
        value = decode(text.encode("ascii"), max_bytes=MAX_PLAN_BYTES)
        found = shape.members(value, "plan", {"commitment", "key", "key_epoch", "rows"})
        rows = [shape.mapping(each, "row") for each in shape.items(found["rows"], "rows")]
        return cls(
            shape.hex_bytes(found["commitment"], "commitment", 32),
            shape.hex_bytes(found["key"], "key", 20),
            shape.integer(found["key_epoch"], "key_epoch", minimum=1),
            tuple(_document(each["content"], each["signature"]) for each in rows),
        )

    def with_row(self, row: SignedDocument) -> Self:
        """Return the plan with the row of a further version."""
        return type(self)(self.commitment, self.key, self.key_epoch, (*self.rows, row))


def _version(value: JsonValue) -> SaltedFacts:
    found = shape.members(value, "version", {"facts", "salt"})
    salt = shape.hex_bytes(found["salt"], "salt", SALT_BYTES)
    return SaltedFacts(Facts.from_json(found["facts"]), salt)


def _document(content: JsonValue, signature: JsonValue) -> SignedDocument:
    text = shape.text(content, "content")
    return SignedDocument(ROW, text.encode("ascii"), shape.hex_bytes(signature, "signature", 64))
