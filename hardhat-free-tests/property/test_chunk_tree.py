"""However a stream arrives, its root is that of RFC 6962 over its chunks."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ledger.primitives.merkle import EMPTY_ROOT, leaf_hash, vertex_hash
from node.capture.chunk_tree import ChunkTree


def plain_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962 §2.1, as it stands there."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return vertex_hash(plain_root(leaves[:split]), plain_root(leaves[split:]))


@given(
    data=st.binary(max_size=400),
    cuts=st.lists(st.integers(0, 400)),
    chunk_bytes=st.integers(1, 60),
)
def test_any_cutting_of_a_stream_gives_the_root_of_its_chunks(
    data: bytes, cuts: list[int], chunk_bytes: int
) -> None:
    tree = ChunkTree(chunk_bytes)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for start, end in pairwise(edges):
        tree.add(data[start:end])
        so_far = [data[at : min(at + chunk_bytes, end)] for at in range(0, end, chunk_bytes)]
        assert tree.root() == plain_root([leaf_hash(each) for each in so_far])
    assert tree.size == len(data)
