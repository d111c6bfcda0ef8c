"""The entry key port: secp256k1 keys that belong to one entry, derived from the identifier's secret."""

from typing import Protocol

from blacklist.curve.secret import Secret
from blacklist.ports.entry_contract import RecoverableSignature


class EntryKeys(Protocol):
    """What is done with an entry's key; it stays nowhere."""

    def address(self, key: Secret) -> bytes:
        """Return the 20-byte address of a key of 32 bytes."""
        ...

    def sign(self, key: Secret, digest: bytes) -> RecoverableSignature:
        """Sign a digest of 32 bytes."""
        ...
