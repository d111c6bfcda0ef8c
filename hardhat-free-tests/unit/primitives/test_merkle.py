"""RFC 6962 proofs: published vectors, and each way of failing by its code."""

from base64 import b64decode
from typing import Any

import pytest
from vectors.reading import cases

from ledger.errors import MalformedError
from ledger.primitives.frontier import Frontier
from ledger.primitives.merkle import (
    EMPTY_ROOT,
    consistency_path_length,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
    vertex_hash,
)
from ledger.primitives.merkle_proofs import (
    consistency_coordinates,
    consistency_path,
    inclusion_coordinates,
    inclusion_path,
    root_coordinates,
)

A, B, C = (leaf_hash(name) for name in (b"a", b"b", b"c"))
AB = vertex_hash(A, B)
ABC = vertex_hash(AB, C)


def _hash(text: str | None) -> bytes:
    return b64decode(text or "")


def _path(case: dict[str, Any]) -> tuple[bytes, ...]:
    return tuple(map(_hash, case["proof"] or ()))


@pytest.mark.parametrize(("name", "case"), cases("rfc6962/inclusion"))
def test_published_inclusion_vectors_have_their_verdict(name: str, case: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {
        "leaf": _hash(case["leafHash"]),
        "index": case["leafIdx"],
        "size": case["treeSize"],
        "path": _path(case),
        "root": _hash(case["root"]),
    }
    _expect(verify_inclusion, arguments, refused=case["wantErr"], name=name)


@pytest.mark.parametrize(("name", "case"), cases("rfc6962/consistency"))
def test_published_consistency_vectors_have_their_verdict(name: str, case: dict[str, Any]) -> None:
    roots = _hash(case["root1"]), _hash(case["root2"])
    arguments: dict[str, Any] = {
        "old_size": case["size1"],
        "old_root": roots[0],
        "new_size": case["size2"],
        "new_root": roots[1],
        "path": _path(case),
    }
    # One vector compares two equal texts that are no hashes; here a root is 32 bytes.
    refused = case["wantErr"] or case["size1"] == 0 or any(len(root) != 32 for root in roots)
    _expect(verify_consistency, arguments, refused=refused, name=name)


def _expect(check: Any, arguments: dict[str, Any], *, refused: bool, name: str) -> None:
    if refused:
        with pytest.raises(MalformedError, match=r"^merkle-"):
            check(**arguments)
    else:
        assert check(**arguments) is None, name


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"size": 0}, "merkle-size"),
        ({"size": 2**63}, "merkle-size"),
        ({"size": -3}, "merkle-size"),
        ({"index": 3}, "merkle-index"),
        ({"index": -1}, "merkle-index"),
        ({"leaf": A[:31]}, "merkle-hash-length"),
        ({"root": ABC + b"\x00"}, "merkle-hash-length"),
        ({"path": (A, C[:31])}, "merkle-hash-length"),
        ({"path": (A,)}, "merkle-path-length"),
        ({"path": (A, C, C)}, "merkle-path-length"),
        ({"path": (C, A)}, "merkle-root"),
        ({"index": 0}, "merkle-root"),
        ({"leaf": A}, "merkle-root"),
        ({"root": AB}, "merkle-root"),
    ],
)
def test_each_broken_inclusion_proof_has_its_code(change: dict[str, Any], code: str) -> None:
    good: dict[str, Any] = {"leaf": B, "index": 1, "size": 3, "path": (A, C), "root": ABC}
    verify_inclusion(**good)
    with pytest.raises(MalformedError) as caught:
        verify_inclusion(**good | change)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"old_size": 0, "old_root": EMPTY_ROOT, "path": ()}, "merkle-consistency-from-zero"),
        ({"old_size": 4}, "merkle-size"),
        ({"old_size": -1}, "merkle-size"),
        ({"new_size": 2**63}, "merkle-size"),
        ({"path": ()}, "merkle-path-length"),
        ({"path": (C, C)}, "merkle-path-length"),
        ({"path": (C[:31],)}, "merkle-hash-length"),
        ({"path": (A,)}, "merkle-new-root"),
        ({"old_root": A}, "merkle-new-root"),
        ({"new_root": AB}, "merkle-new-root"),
        ({"old_size": 3, "old_root": AB, "path": ()}, "merkle-new-root"),
    ],
)
def test_each_broken_consistency_proof_has_its_code(change: dict[str, Any], code: str) -> None:
    good: dict[str, Any] = {
        "old_size": 2,
        "old_root": AB,
        "new_size": 3,
        "new_root": ABC,
        "path": (C,),
    }
    verify_consistency(**good)
    with pytest.raises(MalformedError) as caught:
        verify_consistency(**good | change)
    assert caught.value.code == code


def test_a_wrong_old_root_is_told_from_a_wrong_new_one() -> None:
    root = vertex_hash(AB, vertex_hash(C, A))
    verify_consistency(old_size=3, old_root=ABC, new_size=4, new_root=root, path=(C, A, AB))
    with pytest.raises(MalformedError, match="merkle-old-root"):
        verify_consistency(old_size=3, old_root=AB, new_size=4, new_root=root, path=(C, A, AB))


def test_the_largest_size_needs_sixty_three_hashes() -> None:
    assert len(inclusion_coordinates(0, 2**63 - 1)) >= 62
    assert consistency_path_length(2**62, 2**63 - 1) == 1
    assert consistency_path_length(2**63 - 2, 2**63 - 1) == 63


def test_coordinates_are_read_in_the_order_they_are_listed() -> None:
    seen: list[tuple[int, int]] = []

    def read(level: int, index: int) -> bytes:
        seen.append((level, index))
        return bytes(32)

    inclusion_path(5, 11, read)
    assert sorted(seen) == sorted(inclusion_coordinates(5, 11))
    seen.clear()
    consistency_path(6, 11, read)
    assert sorted(seen) == sorted(consistency_coordinates(6, 11))
    assert root_coordinates(11) == [(3, 0), (1, 4), (0, 10)]
    assert root_coordinates(0) == []


@pytest.mark.parametrize(
    ("size", "vertices"), [(1, ()), (0, (A,)), (-1, ()), (2, (A[:31],)), (2**63, (A,))]
)
def test_a_frontier_must_fit_its_size(size: int, vertices: tuple[bytes, ...]) -> None:
    with pytest.raises(MalformedError, match="frontier-form"):
        Frontier(size, vertices)


def test_a_frontier_refuses_what_is_no_hash() -> None:
    with pytest.raises(MalformedError, match="merkle-hash-length"):
        Frontier.empty().append([A, b"short"])


def test_appending_names_every_vertex_that_became_complete() -> None:
    frontier, completed = Frontier.empty().append([A])
    assert completed == [(0, 0, A)]
    frontier, completed = frontier.append([B, C])
    assert completed == [(0, 1, B), (0, 2, C), (1, 0, AB)]
    assert frontier.root() == ABC
    assert frontier == Frontier(3, (AB, C))
    assert Frontier.empty().root() == EMPTY_ROOT
