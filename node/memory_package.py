"""A package in memory as random access bytes, for the verifier."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MemoryPackage:
    """Implements ``proof.archive.RandomAccess`` on bytes."""

    data: bytes

    @property
    def size(self) -> int:
        """Bytes in all."""
        return len(self.data)

    def read_at(self, offset: int, count: int) -> bytes:
        """See ``proof.archive.RandomAccess``."""
        return self.data[offset : offset + count]
