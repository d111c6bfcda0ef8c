"""The contracts' storage at block 0, as if their constructors had run: docs/spec/contracts.md, "Storage".

There are no immutables: the code of an artifact and these words are a founded consortium. Words that are zero
are left out, as a state trie has it.
"""

from collections.abc import Sequence
from typing import Final

from ledger.primitives.keccak import keccak256
from ledger.proof.membership import array_slot, mapping_slot, offset_slot, slot_at
from networks.founders import ROLE_MEMBER, Institution

VOTING_PERIOD_SECONDS: Final = 14 * 24 * 3600
_ACTIVE: Final = 1
_PURPOSES: Final = ("evidence", "log", "anchor")
"""Their places are the contract's numbers."""
_SHORT_STRING: Final = 32

_VALIDATORS, _MEMBER_IDS, _MEMBERS, _KEY_RECORDS, _ANCHOR_KEYS = range(5)
_OPEN_RECORDS, _ADMINS, _KEY_HOLDERS, _ORIGIN_HOLDERS, _PROPOSALS, _VOTING, _ANCHOR = range(5, 12)

Words = dict[bytes, int]


def registry_words(
    founders: Sequence[Institution],
    *,
    threshold: int,
    validators: Sequence[bytes],
    anchor: bytes,
) -> Words:
    """Return ``ConsortiumRegistry``'s storage.

    Args:
        founders: each is active from block 0, with its keys.
        threshold: votes that a proposal needs.
        validators: 20-byte addresses, ascending; none where the header has the list.
        anchor: address of ``EvidenceAnchor``.
    """
    words: Words = {}
    _put_array(words, _VALIDATORS, [_number(each) for each in validators])
    _put_array(words, _MEMBER_IDS, [_number(each.member) for each in founders])
    for each in founders:
        _put_member(words, each)
    voters = sum(1 for each in founders if each.roles & ROLE_MEMBER)
    words[slot_at(_VOTING)] = VOTING_PERIOD_SECONDS | threshold << 128 | voters << 160
    words[slot_at(_ANCHOR)] = _number(anchor)
    return {slot: word for slot, word in words.items() if word}


def anchor_words(registry: bytes) -> Words:
    """Return ``EvidenceAnchor``'s storage: where its registry stands, and no heads yet."""
    return {slot_at(0): _number(registry)}


def _put_member(words: Words, founder: Institution) -> None:
    base = mapping_slot(founder.member, _MEMBERS)
    words[base] = founder.roles << 192 | _ACTIVE << 200
    words[offset_slot(base, 1)] = _number(founder.name_hash)
    words[offset_slot(base, 2)] = _number(founder.admin)
    _put_string(words, offset_slot(base, 3), founder.endpoint)
    _put_string(words, offset_slot(base, 4), founder.origin)
    member = _number(founder.member)
    words[mapping_slot(_padded(founder.admin), _ADMINS)] = member
    words[mapping_slot(keccak256(founder.origin.encode()), _ORIGIN_HOLDERS)] = member
    _put_keys(words, founder)


def _put_keys(words: Words, founder: Institution) -> None:
    member, records = _number(founder.member), mapping_slot(founder.member, _KEY_RECORDS)
    open_records = mapping_slot(founder.member, _OPEN_RECORDS)
    words[records] = len(founder.keys)
    for place, (purpose, key) in enumerate(founder.keys.items()):
        number = _PURPOSES.index(purpose)
        record = offset_slot(keccak256(records), 2 * place)
        words[record] = _number(key)
        words[offset_slot(record, 1)] = number << 192
        words[mapping_slot(slot_at(number), open_records)] = place + 1
        words[mapping_slot(_padded(key), _KEY_HOLDERS)] = member
        if purpose == "anchor":
            words[mapping_slot(_padded(key), _ANCHOR_KEYS)] = member


def _put_array(words: Words, slot: int, items: Sequence[int]) -> None:
    words[slot_at(slot)] = len(items)
    for index, item in enumerate(items):
        words[array_slot(slot, index)] = item


def _put_string(words: Words, slot: bytes, text: str) -> None:
    data = text.encode()
    if len(data) < _SHORT_STRING:
        words[slot] = _number(data.ljust(32, b"\0")) | 2 * len(data)
        return
    words[slot] = 2 * len(data) + 1
    for place in range(0, len(data), 32):
        part = data[place : place + 32].ljust(32, b"\0")
        words[offset_slot(keccak256(slot), place // 32)] = _number(part)


def _padded(value: bytes) -> bytes:
    return value.rjust(32, b"\0")


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")
