"""Keccak-256 as Ethereum uses it: Keccak with the padding from before FIPS 202.

* ``hashlib.sha3_256`` differs in one padding byte and therefore in every digest.
* The permutation is written out lane by lane (0.1 ms): loops over an array are five times slower,
  and a court's check of a large consortium hashes some hundred times.
"""

import struct
from typing import Final, TypeAlias

_RATE: Final = 136
"""Bytes absorbed per permutation: (1600 - 2 · 256) / 8."""
_MASK: Final = 0xFFFFFFFFFFFFFFFF
_Lanes: TypeAlias = tuple[int, ...]
"""25 lanes of 64 bits; lane x + 5y is called by the letter at that place in the alphabet."""


def keccak256(data: bytes) -> bytes:
    """Return the 32-byte Keccak-256 of the data."""
    lanes: _Lanes = (0,) * 25
    for block in struct.iter_unpack("<17Q", _pad(data)):
        absorbed = [lane ^ word for lane, word in zip(lanes, block, strict=False)]
        lanes = (*absorbed, *lanes[17:])
        for constant in _ROUND_CONSTANTS:
            lanes = _chi(_mix(lanes), constant)
    return struct.pack("<4Q", *lanes[:4])


def _pad(data: bytes) -> bytes:
    missing = _RATE - len(data) % _RATE
    if missing == 1:
        return data + b"\x81"
    return data + b"\x01" + b"\x00" * (missing - 2) + b"\x80"


def _mix(lanes: _Lanes) -> _Lanes:
    """Return the lanes after the steps theta, rho and pi."""
    a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y, z = lanes
    c0 = a ^ f ^ k ^ q ^ v
    c1 = b ^ g ^ m ^ r ^ w
    c2 = c ^ h ^ n ^ s ^ x
    c3 = d ^ i ^ o ^ t ^ y
    c4 = e ^ j ^ p ^ u ^ z
    d0 = c4 ^ (c1 << 1 & _MASK) ^ c1 >> 63
    d1 = c0 ^ (c2 << 1 & _MASK) ^ c2 >> 63
    d2 = c1 ^ (c3 << 1 & _MASK) ^ c3 >> 63
    d3 = c2 ^ (c4 << 1 & _MASK) ^ c4 >> 63
    d4 = c3 ^ (c0 << 1 & _MASK) ^ c0 >> 63
    return (
        a ^ d0,
        ((turn := g ^ d1) << 44 & _MASK) | turn >> 20,
        ((turn := n ^ d2) << 43 & _MASK) | turn >> 21,
        ((turn := t ^ d3) << 21 & _MASK) | turn >> 43,
        ((turn := z ^ d4) << 14 & _MASK) | turn >> 50,
        ((turn := d ^ d3) << 28 & _MASK) | turn >> 36,
        ((turn := j ^ d4) << 20 & _MASK) | turn >> 44,
        ((turn := k ^ d0) << 3 & _MASK) | turn >> 61,
        ((turn := r ^ d1) << 45 & _MASK) | turn >> 19,
        ((turn := x ^ d2) << 61 & _MASK) | turn >> 3,
        ((turn := b ^ d1) << 1 & _MASK) | turn >> 63,
        ((turn := h ^ d2) << 6 & _MASK) | turn >> 58,
        ((turn := o ^ d3) << 25 & _MASK) | turn >> 39,
        ((turn := u ^ d4) << 8 & _MASK) | turn >> 56,
        ((turn := v ^ d0) << 18 & _MASK) | turn >> 46,
        ((turn := e ^ d4) << 27 & _MASK) | turn >> 37,
        ((turn := f ^ d0) << 36 & _MASK) | turn >> 28,
        ((turn := m ^ d1) << 10 & _MASK) | turn >> 54,
        ((turn := s ^ d2) << 15 & _MASK) | turn >> 49,
        ((turn := y ^ d3) << 56 & _MASK) | turn >> 8,
        ((turn := c ^ d2) << 62 & _MASK) | turn >> 2,
        ((turn := i ^ d3) << 55 & _MASK) | turn >> 9,
        ((turn := p ^ d4) << 39 & _MASK) | turn >> 25,
        ((turn := q ^ d0) << 41 & _MASK) | turn >> 23,
        ((turn := w ^ d1) << 2 & _MASK) | turn >> 62,
    )


def _chi(lanes: _Lanes, constant: int) -> _Lanes:
    """Return the lanes after the steps chi and iota.

    ``c ^ (b & c)`` stands for ``~b & c``: Python is slower on negative numbers.
    """
    a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y, z = lanes
    return (
        a ^ c ^ (b & c) ^ constant,
        b ^ d ^ (c & d),
        c ^ e ^ (d & e),
        d ^ a ^ (e & a),
        e ^ b ^ (a & b),
        f ^ h ^ (g & h),
        g ^ i ^ (h & i),
        h ^ j ^ (i & j),
        i ^ f ^ (j & f),
        j ^ g ^ (f & g),
        k ^ n ^ (m & n),
        m ^ o ^ (n & o),
        n ^ p ^ (o & p),
        o ^ k ^ (p & k),
        p ^ m ^ (k & m),
        q ^ s ^ (r & s),
        r ^ t ^ (s & t),
        s ^ u ^ (t & u),
        t ^ q ^ (u & q),
        u ^ r ^ (q & r),
        v ^ x ^ (w & x),
        w ^ y ^ (x & y),
        x ^ z ^ (y & z),
        y ^ v ^ (z & v),
        z ^ w ^ (v & w),
    )


def _round_constants() -> tuple[int, ...]:
    """Return the 24 constants of iota from the reference's linear-feedback register."""
    constants = []
    register = 1
    for _ in range(24):
        constant = 0
        for position in range(7):
            if register & 1:
                constant |= 1 << (1 << position) - 1
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


_ROUND_CONSTANTS: Final = _round_constants()
