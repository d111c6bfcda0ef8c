"""Memory for secrets: locked, between guard pages, wiped when it is let go (libsodium, "Secure memory").

A Python ``bytes`` object cannot be wiped and is copied freely, so a secret lives here from the moment it is
made. What leaves by ``reveal`` is a copy for which nobody answers any more: only what is published, sealed
under another key or hashed goes out that way.

The lock is the operating system's (``mlock``); where its limit is reached the memory can be swapped out.
"""

import ctypes
from collections.abc import Callable
from types import TracebackType
from typing import NoReturn, Self, TypeAlias

from blacklist.curve import slots
from blacklist.curve.library import sodium

Fill: TypeAlias = Callable[["Secret"], None]
"""Fills a region with uniformly random bytes."""


class Secret:
    """A region of ``size`` bytes, zero at first.

    Used as a context manager it is wiped at the end of the block; otherwise when nobody holds it any more.
    After that every use raises ``ValueError``.
    """

    __slots__ = ("_address", "size")

    def __init__(self, size: int) -> None:
        self._address: int = slots.take() if size <= slots.SLOT_BYTES else _region(size)
        self.size = size

    @property
    def address(self) -> int:
        """Where the region lies, for the library.

        Raises:
            ValueError: it was wiped.
        """
        if not self._address:
            raise ValueError("a wiped secret was used")
        return self._address

    def view(self) -> memoryview:
        """Return the region itself, writable; it must not outlive this object."""
        array = (ctypes.c_ubyte * self.size).from_address(self.address)
        return memoryview(array).cast("B")

    def reveal(self) -> bytes:
        """Return a copy that nobody will wipe."""
        return ctypes.string_at(self.address, self.size)

    def equals(self, other: "Secret") -> bool:
        """Compare in constant time."""
        same_size = self.size == other.size
        return same_size and sodium().sodium_memcmp(self.address, other.address, self.size) == 0

    def wipe(self) -> None:
        """Overwrite with zeros and give the memory back; a second call does nothing."""
        address, self._address = self._address, 0
        if not address:
            return
        if self.size <= slots.SLOT_BYTES:
            slots.give_back(address, self.size)
        else:
            sodium().sodium_free(address)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wipe()

    def __del__(self) -> None:
        if getattr(self, "_address", 0):
            self.wipe()

    def __repr__(self) -> str:
        return f"Secret({self.size} bytes)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret does not leave its process")


def hold(content: bytes | bytearray | memoryview) -> Secret:
    """Take a copy of ``content`` into locked memory; the caller wipes its own if it can."""
    held = Secret(len(content))
    held.view()[:] = content
    return held


def _region(size: int) -> int:
    address: int | None = sodium().sodium_malloc(size)
    if not address:
        raise MemoryError
    sodium().sodium_memzero(address, size)
    return address


def fill_random(region: Secret) -> None:
    """Fill ``region`` from the operating system's generator, through libsodium."""
    sodium().randombytes_buf(region.address, region.size)
