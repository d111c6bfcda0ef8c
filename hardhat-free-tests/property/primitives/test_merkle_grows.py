"""However a log grows, every proof that is made holds, and roots are those of RFC 6962's recursion."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.primitives.frontier import Frontier
from ledger.primitives.merkle import verify_consistency, verify_inclusion, vertex_hash
from ledger.primitives.merkle_proofs import consistency_path, inclusion_path, root

batches = st.lists(st.integers(0, 40), min_size=1, max_size=8)


def _leaves(count: int) -> list[bytes]:
    return [sha256(b"leaf %d" % number).digest() for number in range(count)]


def _recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return vertex_hash(_recursive_root(leaves[:split]), _recursive_root(leaves[split:]))


@given(batches)
@settings(max_examples=60, deadline=None)
def test_batches_of_any_size_give_the_root_of_the_definition(sizes: list[int]) -> None:
    leaves = _leaves(sum(sizes))
    frontier = Frontier.empty()
    stored: dict[tuple[int, int], bytes] = {}
    for size in sizes:
        batch = leaves[frontier.size : frontier.size + size]
        frontier, completed = frontier.append(batch)
        for level, index, value in completed:
            assert (level, index) not in stored
            stored[level, index] = value
        assert frontier.root() == _recursive_root(leaves[: frontier.size])
    assert frontier == Frontier.load(len(leaves), lambda *at: stored[at])
    complete = {(level, index) for level in range(9) for index in range(len(leaves) >> level)}
    assert set(stored) == complete


@given(st.integers(1, 130), st.data())
@settings(max_examples=80, deadline=None)
def test_every_proof_that_is_made_holds_and_no_other_leaf_fits(
    size: int, data: st.DataObject
) -> None:
    leaves = _leaves(size)
    _, completed = Frontier.empty().append(leaves)
    stored = {(level, index): value for level, index, value in completed}

    def read(level: int, index: int) -> bytes:
        return stored[level, index]

    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    top = root(size, read)
    verify_inclusion(
        leaf=leaves[index], index=index, size=size, path=inclusion_path(index, size, read), root=top
    )
    verify_consistency(
        old_size=old,
        old_root=root(old, read),
        new_size=size,
        new_root=top,
        path=consistency_path(old, size, read),
    )
