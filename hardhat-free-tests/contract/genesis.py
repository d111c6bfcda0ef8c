"""The registry's and the anchor contract's storage at genesis, computed from docs/spec/contracts.md alone.

It is the second description of the layout: the tests put these words under the code, run no constructor, and
compare with a consortium that was deployed.
"""

from typing import Any

from contract.consortium import ACTIVE, ANCHOR, MEMBER
from eth_utils import keccak

Words = dict[int, int]


def word(data: bytes) -> int:
    return int.from_bytes(data, "big")


def hashed(*parts: bytes | int) -> int:
    """Return keccak-256 over parts of 32 bytes each."""
    return word(
        keccak(
            b"".join(part.to_bytes(32, "big") if isinstance(part, int) else part for part in parts)
        )
    )


def entry(key: bytes | str, slot: int) -> int:
    """Return the slot of a mapping's value."""
    raw = bytes.fromhex(key[2:]) if isinstance(key, str) else key
    return hashed(raw.rjust(32, b"\0"), slot)


def write_text(words: Words, slot: int, text: str) -> None:
    raw = text.encode()
    if len(raw) < 32:
        words[slot] = word(raw.ljust(32, b"\0")) | 2 * len(raw)
        return
    words[slot] = 2 * len(raw) + 1
    start = hashed(slot)
    for place in range(0, len(raw), 32):
        words[start + place // 32] = word(raw[place : place + 32].ljust(32, b"\0"))


def write_array(words: Words, slot: int, items: list[int], *, width: int = 1) -> None:
    words[slot] = len(items) // width
    start = hashed(slot)
    words.update({start + place: item for place, item in enumerate(items)})


def registry_words(
    founders: list[tuple[Any, ...]],
    *,
    threshold: int,
    voting_period: int,
    validators: list[str],
    evidence_anchor: str,
    block: int,
) -> Words:
    words: Words = {}
    write_array(words, 0, [int(address, 16) for address in validators])
    write_array(words, 1, [word(founder[0]) for founder in founders])
    for member, name_hash, admin, roles, endpoint, origin, keys in founders:
        base = entry(member, 2)
        words[base] = block << 64 | roles << 192 | ACTIVE << 200
        words[base + 1] = word(name_hash)
        words[base + 2] = int(admin, 16)
        write_text(words, base + 3, endpoint)
        write_text(words, base + 4, origin)
        words[entry(admin, 6)] = word(member)
        words[word(keccak(keccak(text=origin) + (8).to_bytes(32, "big")))] = word(member)
        write_keys(words, member, keys, block)
    voters = sum(1 for founder in founders if founder[3] & MEMBER)
    words[10] = voting_period | threshold << 128 | voters << 160
    words[11] = int(evidence_anchor, 16)
    return words


def write_keys(
    words: Words, member: bytes, keys: list[tuple[int, bytes, bytes]], block: int
) -> None:
    records: list[int] = []
    for place, (purpose, public_key, _) in enumerate(keys):
        records += [word(public_key), block | purpose << 192]
        words[hashed(purpose, entry(member, 5))] = place + 1
        words[entry(public_key, 7)] = word(member)
        if purpose == ANCHOR:
            by_address = entry(public_key, 4)
            words[by_address] = word(member)
            words[by_address + 1] = block
    write_array(words, entry(member, 3), records, width=2)


def anchor_words(registry: str) -> Words:
    return {0: int(registry, 16)}
