"""Small places in locked memory: one guarded region of libsodium divided into slots.

Guard pages and a lock cost tens of microseconds a region, more than the arithmetic on it; scalars come and go
by the dozen. A slot is zero when it is taken and wiped when it is given back. Regions are never returned.
"""

from typing import Final

from blacklist.curve.library import sodium

SLOT_BYTES: Final = 256
"""Of one slot: a scalar, or what is hashed at once."""
_SLOTS_AT_ONCE: Final = 256
_free: Final[list[int]] = []
"""Addresses; taking from and adding to a list are atomic in Python."""


def take() -> int:
    """Return the address of ``SLOT_BYTES`` zero bytes.

    Raises:
        MemoryError: the system gives no more.
    """
    while True:
        try:
            return _free.pop()
        except IndexError:
            _add_region()


def give_back(address: int, used: int) -> None:
    """Wipe the first ``used`` bytes of a slot and keep it for the next."""
    sodium().sodium_memzero(address, used)
    _free.append(address)


def _add_region() -> None:
    region = sodium().sodium_malloc(SLOT_BYTES * _SLOTS_AT_ONCE)
    if not region:
        raise MemoryError
    sodium().sodium_memzero(region, SLOT_BYTES * _SLOTS_AT_ONCE)
    _free.extend(region + SLOT_BYTES * place for place in range(_SLOTS_AT_ONCE))
