"""Rows of the index, and what members say to each other about them; each signed by who says it.

A row carries what the chain does not: the tag with its salt, and the facts encrypted for whoever evaluated
the identifier. It is bound to the chain by the commitment, so a peer that serves another's rows cannot
change them.
"""

from dataclasses import dataclass
from typing import Final, Self

from blacklist.domain.entries.facts import LEAF_BYTES, SALT_BYTES, tag_commitment
from blacklist.domain.entries.standing import ListedEntry
from blacklist.domain.oprf.tags import TAG_BYTES
from blacklist.domain.protocol.documents import SignedDocument, read_members
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue

ROW: Final = "entry-row"
TOMBSTONE: Final = "entry-tombstone"
RECEIPT: Final = "entry-receipt"
ACKNOWLEDGEMENT: Final = "entry-acknowledgement"
NONCE_BYTES: Final = 24


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A row.

    Attributes:
        entry: 32-byte id.
        tag: 32 bytes.
        salt: of the tag's commitment, 16 bytes.
        facts: 32-byte commitment to the facts that ``details`` holds.
        nonce: of the encryption, 24 bytes.
        details: facts and their salt, encrypted under the detail key.
    """

    entry: bytes
    tag: bytes
    salt: bytes
    facts: bytes
    nonce: bytes
    details: bytes

    def to_json(self) -> JsonValue:
        """Return it as it is signed."""
        return {name: getattr(self, name).hex() for name in sorted(_LENGTHS)}

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read it strictly.

        Raises:
            MalformedError: not of the form.
        """
        found = read_members(document, ROW, "row", _LENGTHS.keys())
        return cls(
            **{name: shape.hex_bytes(found[name], name, _LENGTHS[name]) for name in _LENGTHS}
        )

    def belongs_to(self, listed: ListedEntry) -> bool:
        """Tell whether the row is the one that the chain commits to now."""
        return (
            self.entry == listed.entry
            and tag_commitment(self.tag, self.salt) == listed.commitment
            and self.facts == listed.facts
        )


_LENGTHS: Final[dict[str, int | None]] = {
    "entry": LEAF_BYTES,
    "tag": TAG_BYTES,
    "salt": SALT_BYTES,
    "facts": LEAF_BYTES,
    "nonce": NONCE_BYTES,
    "details": None,
}


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Its reporter says that a row is to be deleted everywhere.

    Attributes:
        entry: 32-byte id.
        at: instant.
    """

    entry: bytes
    at: str

    def to_json(self) -> JsonValue:
        """Return it as it is signed."""
        return {"entry": self.entry.hex(), "at": self.at}

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read it strictly.

        Raises:
            MalformedError: not of the form.
        """
        found = read_members(document, TOMBSTONE, "tombstone", {"entry", "at"})
        return cls(
            shape.hex_bytes(found["entry"], "entry", LEAF_BYTES), shape.instant(found["at"], "at")
        )


@dataclass(frozen=True, slots=True)
class DeletionReceipt:
    """A member holds no row of an entry that is over: it deleted the row, or never had it.

    Attributes:
        entry: 32-byte id.
        tombstone: 32-byte digest of what it followed; zeros where the chain alone said it.
        at: instant.
    """

    entry: bytes
    tombstone: bytes
    at: str

    def to_json(self) -> JsonValue:
        """Return it as it is signed."""
        return {"entry": self.entry.hex(), "tombstone": self.tombstone.hex(), "at": self.at}

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read it strictly.

        Raises:
            MalformedError: not of the form.
        """
        found = read_members(document, RECEIPT, "receipt", {"entry", "tombstone", "at"})
        return cls(
            shape.hex_bytes(found["entry"], "entry", LEAF_BYTES),
            shape.hex_bytes(found["tombstone"], "tombstone", LEAF_BYTES),
            shape.instant(found["at"], "at"),
        )


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A member has applied every status change up to a block, whichever entry it has hits on.

    Attributes:
        block: newest block that was read.
        changes: how many status changes there were until then.
        at: instant.
    """

    block: int
    changes: int
    at: str

    def to_json(self) -> JsonValue:
        """Return it as it is signed."""
        return {"block": self.block, "changes": self.changes, "at": self.at}

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read it strictly.

        Raises:
            MalformedError: not of the form.
        """
        found = read_members(
            document, ACKNOWLEDGEMENT, "acknowledgement", {"block", "changes", "at"}
        )
        return cls(
            shape.integer(found["block"], "block", minimum=0),
            shape.integer(found["changes"], "changes", minimum=0),
            shape.instant(found["at"], "at"),
        )
