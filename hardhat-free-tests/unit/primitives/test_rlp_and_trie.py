"""RLP vectors, and proofs of a Merkle-Patricia trie that are wrong in one place."""

from typing import Any

import pytest
from vectors.reading import cases

from ledger.errors import LimitError, MalformedError
from ledger.primitives import rlp, trie
from ledger.primitives.keccak import keccak256
from ledger.primitives.trie import EMPTY_TRIE_ROOT, build_trie
from ledger.primitives.trie_vertex import pack_path, parse_vertex, unpack_path

ITEMS = {key.encode(): b"value of %s" % key.encode() * 3 for key in ["do", "dog", "doge", "horse"]}
ITEMS[b"d"] = b"1"


@pytest.mark.parametrize(("name", "case"), cases("rlp"))
def test_project_vectors_have_their_verdict(name: str, case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["input"])
    limits = {"max_bytes": 4096, "max_items": 64, "max_depth": 6}
    if case["verdict"] == "canonical":
        assert rlp.encode(rlp.decode(data, **limits)) == data, name
        return
    with pytest.raises(MalformedError) as caught:
        rlp.decode(data, **limits)
    assert caught.value.code == case["verdict"], name


def test_rlp_has_a_length_limit() -> None:
    with pytest.raises(LimitError, match="rlp-too-long"):
        rlp.decode(bytes(9), max_bytes=8, max_items=9, max_depth=9)


@pytest.mark.parametrize("item", [b"\x00", b"\x00\x01", bytes([1]) * 33, [b"\x01"]])
def test_other_items_are_no_numbers(item: Any) -> None:
    with pytest.raises(MalformedError, match="rlp-integer"):
        rlp.decode_int(item)


@pytest.mark.parametrize("number", [0, 1, 127, 128, 255, 256, 2**64, 2**256 - 1])
def test_numbers_read_back(number: int) -> None:
    assert rlp.decode_int(rlp.encode_int(number)) == number


def test_keccak_is_ethereums_not_the_standards() -> None:
    assert keccak256(b"").hex().startswith("c5d2460186f7233c927e7db2dcc703c0")
    assert EMPTY_TRIE_ROOT.hex().startswith("56e81f171bcc55a6ff8345e692c0f86e")


@pytest.mark.parametrize("key", [*ITEMS, b"", b"dogs", b"cat", b"hors", b"do\x00"])
def test_presence_and_absence_are_proved(key: bytes) -> None:
    built = build_trie(ITEMS)
    assert trie.verify(built.root, key, built.prove(key)) == ITEMS.get(key)


def test_the_empty_trie_proves_absence() -> None:
    built = build_trie({})
    assert built.root == EMPTY_TRIE_ROOT
    assert built.prove(b"x") == ()
    assert trie.verify(EMPTY_TRIE_ROOT, b"x", ()) is None
    assert trie.verify(EMPTY_TRIE_ROOT, b"x", (b"\x80",)) is None
    with pytest.raises(MalformedError):
        trie.verify(EMPTY_TRIE_ROOT, b"x", (b"\x80", b"\x80"))


def test_a_missing_left_over_or_changed_vertex_is_refused() -> None:
    built = build_trie(ITEMS)
    nodes = built.prove(b"horse")
    assert len(nodes) == 3
    for broken, code in (
        (nodes[:-1], "trie-proof-incomplete"),
        ((), "trie-proof-incomplete"),
        ((*nodes, nodes[0]), "trie-proof-left-over"),
        (nodes[1:], "trie-proof-hash"),
        (nodes[::-1], "trie-proof-hash"),
        ((*nodes[:-1], nodes[-1] + b"\x00"), "trie-proof-hash"),
    ):
        with pytest.raises(MalformedError) as caught:
            trie.verify(built.root, b"horse", broken)
        assert caught.value.code == code
    with pytest.raises(LimitError, match="trie-proof-too-long"):
        trie.verify(built.root, b"horse", nodes * 30)
    with pytest.raises(LimitError, match="trie-proof-too-large"):
        trie.verify(built.root, b"horse", (*nodes, bytes(trie.MAX_PROOF_BYTES)))
    for root in (b"", built.root[:31], built.root + b"\x00"):
        with pytest.raises(MalformedError, match="trie-root"):
            trie.verify(root, b"horse", ())


def test_a_proof_of_absence_cannot_be_had_for_a_present_key() -> None:
    built = build_trie(ITEMS)
    for other in (b"cat", b"dogs", b""):
        with pytest.raises(MalformedError):
            trie.verify(built.root, b"horse", built.prove(other))


@pytest.mark.parametrize(
    ("vertex", "code"),
    [
        (b"bytes", "trie-vertex"),
        ([b""] * 16, "trie-vertex"),
        ([b""] * 16 + [[b"value"]], "trie-vertex"),
        ([b"x"] + [b""] * 16, "trie-vertex"),
        ([[b"x" * 40]] + [b""] * 16, "trie-vertex"),
        ([b"\x20", b""], "trie-vertex"),
        ([b"\x20", [b"x"]], "trie-vertex"),
        ([b"", b"x"], "trie-path"),
        ([b"\x40", b"x"], "trie-path"),
        ([b"\x21\x00", b"", b""], "trie-vertex"),
        ([b"\x2f", b"x"], None),
        ([b"\x0f\xff", b""], "trie-path"),
        ([b"\x00", bytes(32)], "trie-path"),
        ([b"\x11", b""], "trie-vertex"),
        ([[b"\x20"], b"x"], "trie-vertex"),
    ],
)
def test_a_vertex_of_another_shape_is_refused(vertex: Any, code: str | None) -> None:
    if code is None:
        with pytest.raises(MalformedError, match="trie-path"):
            parse_vertex(vertex)
        return
    with pytest.raises(MalformedError) as caught:
        parse_vertex(vertex)
    assert caught.value.code in {code, "trie-path"}


@pytest.mark.parametrize("leaf", [True, False])
@pytest.mark.parametrize("path", [b"", b"\x01", b"\x01\x0f", b"\x00" * 63])
def test_packed_paths_read_back(path: bytes, leaf: bool) -> None:
    assert unpack_path(pack_path(path, leaf=leaf)) == (path, leaf)


def test_a_trie_holds_no_empty_value_and_no_long_key() -> None:
    with pytest.raises(MalformedError, match="trie-empty-value"):
        build_trie({b"a": b""})
    with pytest.raises(LimitError, match="trie-key-length"):
        build_trie({bytes(33): b"x"})
