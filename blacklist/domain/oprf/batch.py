"""Proving many answers of several servers with one proof each (BLACKLIST_SPEC, "Batch").

1. The set of servers is chosen, each returns λ_i · k_i · C_j for every item j, without proofs.
2. The client sends a fresh seed; each server computes M = Σ w_j · C_j itself, from the points in its log, and
   returns λ_i · k_i · M with a proof. It never takes M from the client: that would be an evaluation that
   nobody counted.
3. The client computes M too, checks the proofs, and that Σ w_j · Z_j is the sum of what the servers returned,
   where Z_j is the sum of their answers for item j.

The seed is drawn after all answers are fixed, so that wrong answers cancel out with probability 2^-128. No
tag is used before the check has passed; where it fails the answers of each server are proved one by one.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from blacklist.curve import points
from blacklist.curve.scalars import SCALAR_BYTES
from blacklist.domain.oprf.framing import named

SEED_BYTES: Final = 32
_WEIGHT_BYTES: Final = 16
_REST: Final = bytes(SCALAR_BYTES - _WEIGHT_BYTES)


def weights(seed: bytes, count: int) -> list[bytes]:
    """Return w_1 … w_count, public scalars of 128 bits."""
    if len(seed) != SEED_BYTES:
        raise ValueError("a seed has 32 bytes")
    prefix = hashlib.sha512(named("batch-weight", seed))
    found = []
    for place in range(count):
        digest = prefix.copy()
        digest.update(place.to_bytes(4, "big"))
        found.append(digest.digest()[:_WEIGHT_BYTES] + _REST)
    return found


def aggregate(seed: bytes, elements: Sequence[bytes]) -> bytes:
    """Return Σ w_j · element_j.

    Raises:
        MalformedError: one of the elements is no point.
    """
    return points.weighted_sum(weights(seed, len(elements)), elements)


def totals(answers: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Return Z_j, the sum of the servers' answers for each item.

    Args:
        answers: one sequence a server, all as long.

    Raises:
        MalformedError: one of the answers is no point.
    """
    return [points.sum_of(of_one_item) for of_one_item in zip(*answers, strict=True)]


def holds(seed: bytes, evaluated: Sequence[bytes], proved: Sequence[bytes]) -> bool:
    """Tell whether the items' totals agree with what the servers proved.

    Args:
        seed: drawn after ``evaluated`` was fixed.
        evaluated: Z_j of each item.
        proved: what each server returned for M, its proof verified.

    Raises:
        MalformedError: one of them is no point.
    """
    return aggregate(seed, evaluated) == points.sum_of(proved)
