"""What a row encrypts: the facts of an entry with their salt, for whoever evaluated the identifier."""

from dataclasses import dataclass
from typing import Self

from blacklist.curve.aead import decrypt, encrypt
from blacklist.curve.secret import Secret
from blacklist.domain.entries.facts import MAX_FACTS_BYTES, SALT_BYTES, Facts
from blacklist.domain.entries.rows import IndexRow
from blacklist.domain.entries.standing import ListedEntry
from blacklist.domain.oprf.tags import detail_key
from ledger.errors import LedgerError
from ledger.evidence import shape
from ledger.primitives.canonical import decode, encode


@dataclass(frozen=True, slots=True)
class SaltedFacts:
    """Facts with the salt of their commitment."""

    facts: Facts
    salt: bytes

    @property
    def commitment(self) -> bytes:
        """What stands on chain: 32 bytes."""
        return self.facts.commitment(self.salt)

    def encode(self) -> bytes:
        """Return the canonical bytes that are encrypted."""
        return encode({"facts": self.facts.to_json(), "salt": self.salt.hex()})

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Read them.

        Raises:
            MalformedError: not of the form.
        """
        value = decode(content, max_bytes=MAX_FACTS_BYTES)
        found = shape.members(value, "details", {"facts", "salt"})
        salt = shape.hex_bytes(found["salt"], "salt", SALT_BYTES)
        return cls(Facts.from_json(found["facts"]), salt)


def encrypt_details(secret: Secret, entry: bytes, nonce: bytes, said: SaltedFacts) -> bytes:
    """Encrypt under the detail key of the identifier's secret; the entry's id is authenticated."""
    with detail_key(secret, entry) as key:
        return encrypt(key, nonce, said.encode(), entry)


def open_details(secret: Secret, row: IndexRow, listed: ListedEntry) -> SaltedFacts | None:
    """Return the facts of an entry; ``None`` when they are not what its reporter committed to."""
    with detail_key(secret, row.entry) as key:
        content = decrypt(key, row.nonce, row.details, row.entry)
    if content is None:
        return None
    try:
        said = SaltedFacts.decode(content)
    except LedgerError:
        return None
    return said if said.commitment == listed.facts else None
