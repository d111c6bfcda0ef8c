"""State proofs as clients serve them, made into what the strict verifier takes."""

from typing import Any

import pytest
from harness.rpc_node import Refusal, RestrictedNode

from ledger.chain.proofs import _state_proof
from ledger.chain.rpc import Rpc
from ledger.errors import UnavailableError
from ledger.primitives import rlp
from ledger.primitives.keccak import keccak256
from ledger.primitives.trie import build_trie
from ledger.proof.membership import verify_slot
from ledger.proof.proof_files import membership_from_bytes

CONTRACT = bytes([3]) * 20
SLOTS = tuple(number.to_bytes(32, "big") for number in range(40))
WORDS = {keccak256(slot): rlp.encode(rlp.encode_int(at + 1)) for at, slot in enumerate(SLOTS)}


def served(*, embedded: bool) -> dict[str, Any]:
    """Return a proof of small values in a large trie, whose last vertices stand inside their parents."""
    trie = build_trie(WORDS)
    proofs = []
    for slot in SLOTS:
        path = trie.prove(keccak256(slot))
        extra = [rlp.encode([b"\x20", b"\x01"])] if embedded else []
        listed = ["0x" + vertex.hex() for vertex in (*path, *extra)]
        proofs.append({"key": hex(int.from_bytes(slot, "big")), "proof": listed})
    return {"accountProof": ["0x" + b"\xc0".hex()], "storageProof": proofs}


def read(answer: Any) -> bytes | None:
    with RestrictedNode({"eth_getProof": answer}) as node:
        return _state_proof(Rpc(node.url), 9, CONTRACT, SLOTS)


@pytest.mark.parametrize("embedded", [False, True])
def test_vertices_that_stand_inside_their_parents_are_dropped(embedded: bool) -> None:
    data = read(lambda _: served(embedded=embedded))
    assert data is not None
    (contract,) = membership_from_bytes(data)
    assert contract.account == (b"\xc0",), "a root has no parent, however short"
    root = build_trie(WORDS).root
    for at, each in enumerate(contract.slots):
        assert verify_slot(root, each.slot, each.nodes) == at + 1


def test_state_that_the_node_no_longer_has_is_left_out() -> None:
    for code, text in ((-32000, "World state unavailable"), (-32603, "Internal error")):

        def refuse(_: list[Any], code: int = code, text: str = text) -> Any:
            raise Refusal(code, text)

        assert read(refuse) is None
    assert read(lambda _: None) is None


def test_a_busy_node_is_asked_again_instead() -> None:
    def busy(_: list[Any]) -> Any:
        raise Refusal(-32603, "Timeout expired")

    with pytest.raises(UnavailableError):
        read(busy)


def test_a_proof_that_lacks_a_slot_is_not_taken() -> None:
    short = served(embedded=False)
    short["storageProof"].pop()
    with pytest.raises(UnavailableError):
        read(lambda _: short)
