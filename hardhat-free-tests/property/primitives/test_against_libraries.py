"""Our own encodings and hashes answer like independent libraries."""

import hashlib
import unicodedata
from typing import Any

import pytest
import rfc8785
import rlp as other_rlp
from eth_hash.auto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st
from trie import HexaryTrie

from ledger.errors import MalformedError
from ledger.primitives import canonical, rlp, trie
from ledger.primitives.keccak import keccak256
from ledger.primitives.sm3 import Sm3

nfc = st.text().map(lambda text: unicodedata.normalize("NFC", text))
keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=8)
scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | nfc
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
items: Any = st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=6))
LIMITS = {"max_bytes": 1 << 20, "max_items": 1 << 16, "max_depth": 64}


@given(documents)
@settings(max_examples=300)
def test_canonical_json_is_that_of_rfc8785(document: Any) -> None:
    data = canonical.encode(document)
    assert data == rfc8785.dumps(document)
    assert canonical.decode(data, max_bytes=len(data)) == document


@given(st.binary(max_size=500))
def test_keccak_is_that_of_eth_hash(data: bytes) -> None:
    assert keccak256(data) == keccak(data)


@pytest.mark.parametrize("length", range(130, 140))
def test_keccak_is_right_around_the_end_of_a_block(length: int) -> None:
    assert keccak256(bytes(length)) == keccak(bytes(length))


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_pure_sm3_is_that_of_openssl(parts: list[bytes]) -> None:
    pure = Sm3()
    for part in parts:
        pure.update(part)
    assert pure.digest() == hashlib.new("sm3", b"".join(parts)).digest()


@given(items)
@settings(max_examples=200)
def test_rlp_is_that_of_pyrlp(item: Any) -> None:
    data = rlp.encode(item)
    assert data == other_rlp.encode(item)
    assert rlp.decode(data, **LIMITS) == item


@given(st.binary(max_size=60))
@settings(max_examples=300)
def test_rlp_refuses_what_pyrlp_refuses(data: bytes) -> None:
    try:
        expected = other_rlp.decode(data, strict=True)
    except (other_rlp.DecodingError, IndexError):
        with pytest.raises(MalformedError):
            rlp.decode(data, **LIMITS)
    else:
        assert rlp.encode(rlp.decode(data, **LIMITS)) == other_rlp.encode(expected) == data


@given(
    st.dictionaries(st.binary(max_size=4), st.binary(min_size=1, max_size=50), max_size=20),
    st.binary(max_size=4),
)
@settings(max_examples=100, deadline=None)
def test_tries_are_those_of_py_trie(content: dict[bytes, bytes], missing: bytes) -> None:
    other = HexaryTrie({})
    for key, value in content.items():
        other[key] = value
    built = trie.build_trie(content)
    assert built.root == other.root_hash
    for key in [*content, missing]:
        assert trie.verify(built.root, key, built.prove(key)) == content.get(key)
