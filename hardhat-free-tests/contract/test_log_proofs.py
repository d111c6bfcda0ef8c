"""The contract's proofs against an independent tree: every pair of sizes up to 70, random ones up to 2^63."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from contract.consortium import Consortium, found, member_id
from contract.evm import Refused
from contract.tree import Tree, leaf_hash, numbered_tree
from hypothesis import given, settings
from hypothesis import strategies as st

SMALL = 70
VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "rfc6962"
# 2^63 leaves is where logs end; the trees beyond 2^40 cost no more than small ones.
LARGEST = 2**63


@pytest.fixture(scope="module")
def consortium() -> Consortium:
    return found()


Head = tuple[int, bytes]


def is_continued(consortium: Consortium, last: Head, following: Head, proof: list[bytes]) -> bool:
    """Anchor one head after the other; tell whether the contract took the second, and forget both."""
    with consortium.chain.undone():
        consortium.anchor(0, *last)
        try:
            consortium.anchor(0, *following, proof)
        except Refused as refused:
            if refused.name != "EvidenceAnchorInconsistent":
                raise
            return False
        return consortium.head(0)[0] == following[0]


def is_included(
    consortium: Consortium, head: Head, index: int, leaf: bytes, proof: list[bytes]
) -> bool:
    with consortium.chain.undone():
        consortium.anchor(0, *head)
        result: bool = consortium.anchors.read(
            "verifyInclusion", member_id(0), 0, index, leaf, proof
        )
        return result


def corruptions(proof: list[bytes]) -> list[list[bytes]]:
    """Return the proof cut short, made longer, and with one hash changed at each place."""
    changed = [
        [*proof[:place], bytes([vertex[0] ^ 1]) + vertex[1:], *proof[place + 1 :]]
        for place, vertex in enumerate(proof)
    ]
    return [proof[:-1], proof[1:], [*proof, bytes(32)], [bytes(32), *proof], *changed]


def test_every_growth_between_sizes_up_to_70_is_accepted(consortium: Consortium) -> None:
    tree = numbered_tree(SMALL)
    for old in range(1, SMALL):
        with consortium.chain.undone():
            consortium.grow(0, tree, 0, old)
            for new in range(old + 1, SMALL + 1):
                with consortium.chain.undone():
                    consortium.grow(0, tree, old, new)


def test_every_corruption_of_a_consistency_proof_is_refused(consortium: Consortium) -> None:
    tree = numbered_tree(20)
    for new in range(2, 20):
        for old in range(1, new):
            proof, old_root, root = tree.consistency(old, new), tree.root(old), tree.root(new)
            wrong = bytes(32)
            assert not is_continued(consortium, (old, wrong), (new, root), proof)
            assert not is_continued(consortium, (old, old_root), (new, wrong), proof)
            for corrupt in corruptions(proof):
                assert not is_continued(consortium, (old, old_root), (new, root), corrupt), (
                    old,
                    new,
                )


def test_the_root_of_a_smaller_log_is_refused_for_a_larger_size(consortium: Consortium) -> None:
    """Where the shapes are the same no proof can tell: the roots alone do not name their size."""
    tree = numbered_tree(24)
    for new in range(2, 20):
        for old in range(1, new):
            proof = tree.consistency(old, new)
            for claimed in range(new + 1, 25):
                if len(tree.consistency(old, claimed)) != len(proof):
                    heads = (old, tree.root(old)), (claimed, tree.root(new))
                    assert not is_continued(consortium, *heads, proof), (old, new, claimed)


def test_a_rewritten_leaf_is_never_consistent(consortium: Consortium) -> None:
    honest = numbered_tree(33)
    for old in (1, 2, 7, 8, 9, 31, 32):
        for rewritten in range(old):
            leaves = dict(honest.leaves) | {rewritten: leaf_hash(b"another story")}
            other = Tree(tuple(sorted(leaves.items())))
            proof = other.consistency(old, 33)
            assert not is_continued(
                consortium, (old, honest.root(old)), (33, other.root(33)), proof
            )


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_random_growth_of_huge_logs_is_accepted_and_its_corruptions_are_not(
    data: st.DataObject,
) -> None:
    consortium = SHARED
    bits = data.draw(st.sampled_from([8, 20, 40, 63]))
    new = data.draw(st.integers(2, 2**bits) | st.sampled_from([2**bits, 2**bits - 1, LARGEST]))
    old = data.draw(
        st.integers(1, new - 1) | st.just(new - 1) | st.just((new - 1).bit_length() and 1)
    )
    places = data.draw(st.sets(st.integers(0, new - 1), max_size=4))
    tree = Tree(tuple((place, leaf_hash(place.to_bytes(8, "big"))) for place in sorted(places)))
    proof, old_root, root = tree.consistency(old, new), tree.root(old), tree.root(new)
    assert len(proof) <= 64
    assert is_continued(consortium, (old, old_root), (new, root), proof)
    corrupt = data.draw(st.sampled_from([item for item in corruptions(proof) if len(item) <= 64]))
    assert not is_continued(consortium, (old, old_root), (new, root), corrupt)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_random_leaves_of_huge_logs_are_included_where_they_are_and_nowhere_else(
    data: st.DataObject,
) -> None:
    consortium = SHARED
    size = data.draw(st.integers(2, 2 ** data.draw(st.sampled_from([8, 20, 40, 63]))))
    index = data.draw(st.integers(0, size - 1) | st.just(size - 1))
    leaf = leaf_hash(b"the recording")
    tree = Tree(((index, leaf),))
    proof, root = tree.inclusion(index, size), tree.root(size)
    assert is_included(consortium, (size, root), index, leaf, proof)
    other = data.draw(st.integers(0, 2**64 - 1).filter(lambda item: item != index))
    assert not is_included(consortium, (size, root), other, leaf, proof)
    corrupt = data.draw(st.sampled_from(corruptions(proof)))
    assert not is_included(consortium, (size, root), index, leaf, corrupt)


def test_every_leaf_of_trees_up_to_70_is_included(consortium: Consortium) -> None:
    tree = numbered_tree(SMALL)
    for size in range(1, SMALL + 1):
        with consortium.chain.undone():
            consortium.grow(0, tree, 0, size)
            for index in range(size):
                arguments = (member_id(0), 0, index, tree.leaf(index), tree.inclusion(index, size))
                assert consortium.anchors.read("verifyInclusion", *arguments), (index, size)


def test_every_corruption_of_an_inclusion_proof_is_false(consortium: Consortium) -> None:
    tree = numbered_tree(17)
    for size in range(1, 18):
        for index in range(size):
            proof, root, leaf = tree.inclusion(index, size), tree.root(size), tree.leaf(index)
            corrupted = corruptions(proof) if proof else corruptions(proof)[2:]
            for corrupt in corrupted:
                assert not is_included(consortium, (size, root), index, leaf, corrupt), (
                    index,
                    size,
                )
            assert not is_included(consortium, (size, root), index, bytes(32), proof)
            assert not is_included(consortium, (size, root), index + size, leaf, proof)


def test_nothing_is_included_in_a_log_that_was_never_anchored(consortium: Consortium) -> None:
    assert not consortium.anchors.read("verifyInclusion", member_id(1), 0, 0, bytes(32), [])
    assert not consortium.anchors.read("verifyInclusion", bytes(32), 9, 0, bytes(32), [bytes(32)])


def test_a_vertex_is_not_taken_for_a_leaf(consortium: Consortium) -> None:
    tree = numbered_tree(4)
    inner = tree.inclusion(0, 4)[1]
    assert not is_included(consortium, (4, tree.root(4)), 1, inner, tree.inclusion(0, 4)[1:])


def inclusion_vectors() -> Iterator[Any]:
    """Yield every public case that the ABI can carry: hashes of 32 bytes, and a log that is not empty."""
    for path in sorted((VECTORS / "inclusion").rglob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        root, leaf = (base64.b64decode(case[name] or "") for name in ("root", "leafHash"))
        proof = [base64.b64decode(item) for item in case["proof"] or []]
        if case["treeSize"] > 0 and {len(item) for item in (root, leaf, *proof)} == {32}:
            head = (case["treeSize"], root)
            yield pytest.param(head, case["leafIdx"], leaf, proof, case["wantErr"], id=path.stem)


def consistency_vectors() -> Iterator[Any]:
    """Yield every public case whose proof the contract looks at: a log that grows."""
    for path in sorted((VECTORS / "consistency").rglob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        roots = [base64.b64decode(case[name] or "") for name in ("root1", "root2")]
        proof = [base64.b64decode(item) for item in case["proof"] or []]
        if 0 < case["size1"] < case["size2"] and {len(item) for item in (*roots, *proof)} == {32}:
            heads = ((case["size1"], roots[0]), (case["size2"], roots[1]))
            yield pytest.param(*heads, proof, case["wantErr"], id=path.stem)


@pytest.mark.parametrize(("head", "index", "leaf", "proof", "wrong"), list(inclusion_vectors()))
def test_public_inclusion_vectors_get_their_verdict(
    consortium: Consortium, head: Head, index: int, leaf: bytes, proof: list[bytes], *, wrong: bool
) -> None:
    assert is_included(consortium, head, index, leaf, proof) is not wrong


@pytest.mark.parametrize(("last", "following", "proof", "wrong"), list(consistency_vectors()))
def test_public_consistency_vectors_get_their_verdict(
    consortium: Consortium, last: Head, following: Head, proof: list[bytes], *, wrong: bool
) -> None:
    assert is_continued(consortium, last, following, proof) is not wrong


# Hypothesis wants no function-scoped fixtures; every use undoes what it did.
SHARED = found()
