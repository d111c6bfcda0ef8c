"""SM3 (GB/T 32905-2016) in pure Python, for courts whose Python was built without it.

* Same interface as ``hashlib``: ``update`` and ``digest``; ``digest`` may be called at any time.
* About half a MiB/s: callers bound the input.

It is not used where ``hashlib`` has SM3.
"""

import struct
from itertools import islice
from typing import Final

_BLOCK: Final = 64
_MASK: Final = 0xFFFFFFFF
_START: Final = (
    0x7380166F,
    0x4914B2B9,
    0x172442D7,
    0xDA8A0600,
    0xA96F30BC,
    0x163138AA,
    0xE38DEE4D,
    0xB0FB0E4E,
)
_FIRST_ROUNDS: Final = 16
"""Rounds 0 to 15 use XOR as Boolean functions, the other 48 use majority and choice."""


def _rotate(word: int, by: int) -> int:
    by %= 32
    return ((word << by) | (word >> (32 - by))) & _MASK


_CONSTANTS: Final = tuple(
    _rotate(0x79CC4519 if j < _FIRST_ROUNDS else 0x7A879D8A, j) for j in range(64)
)


def _expand(block: bytes) -> list[int]:
    """Return the 68 message words W of one 64-byte block."""
    words = list(struct.unpack(">16I", block))
    append = words.append
    for j in range(16, 68):
        turned = words[j - 3]
        mixed = words[j - 16] ^ words[j - 9] ^ (turned << 15 | turned >> 17) & _MASK
        mixed ^= ((mixed << 15 | mixed >> 17) ^ (mixed << 23 | mixed >> 9)) & _MASK
        turned = words[j - 13]
        append(mixed ^ (turned << 7 | turned >> 25) & _MASK ^ words[j - 6])
    return words


def _compress(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    """Return the state after one block; rotations stand inline: calls would double the time."""
    words = _expand(block)
    a, b, c, d, e, f, g, h = state
    rounds = zip(_CONSTANTS, words, words[4:], strict=False)
    for constant, word, later in islice(rounds, _FIRST_ROUNDS):
        turned = (a << 12 | a >> 20) & _MASK
        mixed = (turned + e + constant) & _MASK
        mixed = (mixed << 7 | mixed >> 25) & _MASK
        one = ((a ^ b ^ c) + d + (mixed ^ turned) + (word ^ later)) & _MASK
        two = ((e ^ f ^ g) + h + mixed + word) & _MASK
        d, c, b, a = c, (b << 9 | b >> 23) & _MASK, a, one
        h, g, f = g, (f << 19 | f >> 13) & _MASK, e
        e = two ^ ((two << 9 | two >> 23) ^ (two << 17 | two >> 15)) & _MASK
    for constant, word, later in rounds:
        turned = (a << 12 | a >> 20) & _MASK
        mixed = (turned + e + constant) & _MASK
        mixed = (mixed << 7 | mixed >> 25) & _MASK
        one = ((a & b | c & (a | b)) + d + (mixed ^ turned) + (word ^ later)) & _MASK
        two = ((g ^ e & (f ^ g)) + h + mixed + word) & _MASK
        d, c, b, a = c, (b << 9 | b >> 23) & _MASK, a, one
        h, g, f = g, (f << 19 | f >> 13) & _MASK, e
        e = two ^ ((two << 9 | two >> 23) ^ (two << 17 | two >> 15)) & _MASK
    return tuple(x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h), strict=True))


class Sm3:
    """A running SM3 computation."""

    __slots__ = ("_length", "_rest", "_state")

    def __init__(self) -> None:
        self._state: tuple[int, ...] = _START
        self._rest = b""
        self._length = 0

    def update(self, data: bytes) -> None:
        """Take in the next bytes."""
        self._length += len(data)
        pending = self._rest + data
        whole = len(pending) - len(pending) % _BLOCK
        state = self._state
        for at in range(0, whole, _BLOCK):
            state = _compress(state, pending[at : at + _BLOCK])
        self._state = state
        self._rest = pending[whole:]

    def digest(self) -> bytes:
        """Return the 32-byte digest of everything taken in so far."""
        padding = b"\x80" + b"\x00" * ((55 - self._length) % _BLOCK)
        tail = self._rest + padding + struct.pack(">Q", self._length * 8)
        state = self._state
        for at in range(0, len(tail), _BLOCK):
            state = _compress(state, tail[at : at + _BLOCK])
        return struct.pack(">8I", *state)
