"""Whatever bytes come in, every reader answers or raises one of our errors, and reads back exactly."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.primitives import canonical, ecdsa, ed25519, rlp, trie
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.der import Reader
from ledger.primitives.note import Note, VerifierKey
from ledger.primitives.rsa import RsaPublicKey
from ledger.primitives.tlog_proof import TlogProof
from ledger.primitives.trie_vertex import parse_vertex

LIMITS = {"max_bytes": 1 << 16, "max_items": 1 << 10, "max_depth": 8}
ALPHABET = '{}[]":,\\u0019eE+-.ntrf é\n—sha256:abc/='


def _walk_der(data: bytes) -> None:
    reader = Reader(data)
    while reader.more:
        value = reader.value()
        if value.tag & 0x20:
            _walk_der(value.content)


READERS: dict[str, Callable[[bytes], Any]] = {
    "canonical": lambda data: canonical.decode(data, max_bytes=1 << 16),
    "note": Note.parse,
    "tlog-proof": TlogProof.parse,
    "tlog-proof after its header": lambda data: TlogProof.parse(b"c2sp.org/tlog-proof@v1\n" + data),
    "checkpoint": lambda data: CheckpointBody.parse(data.decode("utf-8", "replace")),
    "verifier key": lambda data: VerifierKey.parse(data.decode("utf-8", "replace")),
    "rlp": lambda data: rlp.decode(data, **LIMITS),
    "trie vertex": lambda data: parse_vertex(rlp.decode(data, **LIMITS)),
    "trie proof": lambda data: trie.verify(bytes(32), b"key", [data]),
    "der": _walk_der,
    "der signature": ecdsa.parse_der_signature,
    "rsa key": RsaPublicKey.parse,
    "ed25519": lambda data: ed25519.verify(data[:32], b"", data[32:96]),
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(data=st.binary(max_size=300) | st.text(ALPHABET, max_size=120).map(str.encode))
@settings(max_examples=120, deadline=None)
def test_arbitrary_bytes_raise_nothing_but_our_errors(
    reader: Callable[[bytes], Any], data: bytes
) -> None:
    try:
        reader(data)
    except LedgerError as error:
        assert error.code  # noqa: PT017 # not raising is as good an answer


@given(st.text(ALPHABET, max_size=60))
@settings(max_examples=300)
def test_json_that_is_accepted_is_written_again_as_it_was(text: str) -> None:
    data = text.encode()
    try:
        value = canonical.decode(data, max_bytes=1000)
    except LedgerError:
        return
    assert canonical.encode(value) == data
