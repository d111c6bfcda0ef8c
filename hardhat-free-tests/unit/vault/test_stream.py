"""The encrypted form of an object: a chunk moved, dropped, swapped, cut, or under another key is noticed."""

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import IntegrityError
from ledger.evidence.fields import Field
from ledger.ports.record_keys import RecordKey
from ledger.vault.fields import open_fields, seal_fields
from ledger.vault.stream import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES, Encryptor, decrypt

KEY = RecordKey(b"k" * 16, b"s" * 32)
OBJECT = b"o" * 16
STEP = CHUNK_BYTES + TAG_BYTES


def _sealed(chunks: int = 3, *, object_id: bytes = OBJECT, key: RecordKey = KEY) -> bytes:
    encryptor = Encryptor.begin(object_id, key)
    pieces = [bytes([at]) * (CHUNK_BYTES if at < chunks - 1 else 100) for at in range(chunks)]
    last = len(pieces) - 1
    return encryptor.header + b"".join(
        encryptor.chunk(piece, last=at == last) for at, piece in enumerate(pieces)
    )


def _open(data: bytes, *, object_id: bytes = OBJECT, key: RecordKey = KEY) -> bytes:
    return b"".join(decrypt(io.BytesIO(data), object_id, key))


def _chunk(data: bytes, at: int) -> bytes:
    return data[HEADER_BYTES + at * STEP : HEADER_BYTES + (at + 1) * STEP]


def test_what_was_sealed_is_read_again() -> None:
    assert _open(_sealed()) == b"\0" * CHUNK_BYTES + b"\1" * CHUNK_BYTES + b"\2" * 100


ATTACKS: dict[str, Callable[[bytes], bytes]] = {
    "two chunks exchanged": lambda d: d[:HEADER_BYTES] + _chunk(d, 1) + _chunk(d, 0) + _chunk(d, 2),
    "a chunk dropped": lambda d: d[:HEADER_BYTES] + _chunk(d, 0) + _chunk(d, 2),
    "a chunk twice": lambda d: d[:HEADER_BYTES] + _chunk(d, 0) * 2 + _chunk(d, 1) + _chunk(d, 2),
    "the last chunk missing": lambda d: d[: HEADER_BYTES + 2 * STEP],
    "cut inside a chunk": lambda d: d[:-1],
    "bytes behind the last": lambda d: d + b"\0",
    "only a header": lambda d: d[:HEADER_BYTES],
    "half a header": lambda d: d[:20],
    "nothing": lambda _: b"",
    "another prefix": lambda d: d[: HEADER_BYTES - 1] + bytes([d[HEADER_BYTES - 1] ^ 1]) + d[HEADER_BYTES:],
    "another version": lambda d: b"LZV\x02" + d[4:],
    "a chunk of another object": lambda d: d[:HEADER_BYTES]
    + _chunk(_sealed(object_id=b"p" * 16), 0)
    + d[HEADER_BYTES + STEP :],
    "a chunk of the same object sealed again": lambda d: d[:HEADER_BYTES]
    + _chunk(_sealed(), 0)
    + d[HEADER_BYTES + STEP :],
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_any_change_of_the_ciphertext_is_noticed(name: str) -> None:
    with pytest.raises(IntegrityError):
        _open(ATTACKS[name](_sealed()))


def test_another_object_or_key_is_noticed() -> None:
    data = _sealed(1)
    with pytest.raises(IntegrityError):
        _open(data, object_id=b"p" * 16)
    with pytest.raises(IntegrityError):
        _open(data, key=RecordKey(b"l" * 16, KEY.key))
    with pytest.raises(IntegrityError):
        _open(data, key=RecordKey(KEY.key_id, b"t" * 32))


def test_no_chunk_is_handed_out_before_it_was_verified() -> None:
    data = bytearray(_sealed())
    data[HEADER_BYTES + STEP + 5] ^= 1
    pieces = decrypt(io.BytesIO(bytes(data)), OBJECT, KEY)
    assert next(pieces) == b"\0" * CHUNK_BYTES
    with pytest.raises(IntegrityError):
        next(pieces)


@given(position=st.integers(0, HEADER_BYTES + 100 + TAG_BYTES - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_is_noticed(position: int, bit: int) -> None:
    data = bytearray(_sealed(1))
    data[position] ^= 1 << bit
    with pytest.raises(IntegrityError):
        _open(bytes(data))


def test_fields_moved_to_another_record_cut_or_changed_are_noticed() -> None:
    fields = (Field("phone", "13900000000", b"s" * 16),)
    sealed = seal_fields(fields, KEY)
    assert open_fields(sealed, KEY) == fields
    for changed in (sealed[:5], sealed[:-1], sealed + b"\0", b"", sealed[:-1] + b"\0"):
        with pytest.raises(IntegrityError):
            open_fields(changed, KEY)
    with pytest.raises(IntegrityError):
        open_fields(sealed, RecordKey(b"l" * 16, KEY.key))
