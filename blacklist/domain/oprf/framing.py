"""Joining byte strings so that no two lists of them give the same bytes.

RFC 9497 puts two bytes of length before each part and a literal name at the end; so does everything that the
blacklist hashes by itself, with the name of its purpose in front.
"""

from typing import Final

PURPOSE: Final = b"lz-blacklist/v1/"
"""Before the name of each hash of the blacklist, so that none can stand for another."""


def framed(*parts: bytes) -> bytes:
    """Join parts of at most 65,535 bytes, each after its length."""
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def named(purpose: str, *parts: bytes) -> bytes:
    """Join parts under the name of what they are hashed for."""
    return framed(PURPOSE + purpose.encode("ascii"), *parts)
