"""The server's side: one holder's answer to blinded points, with its proof.

A server answers with λ · k · C when the set of servers is known beforehand, which spares the client two
multiplications a server; its proof is then against λ · K. With a weight of 1 it is the answer to a single
query, whose client weighs the first t that come.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.domain.oprf import dleq
from blacklist.domain.oprf.dleq import DleqProof, Equality
from blacklist.domain.oprf.suite import VERIFIABLE
from ledger.errors import MalformedError


@dataclass(frozen=True, slots=True)
class ProvedAnswer:
    """Evaluated points and the proof for all of them.

    Attributes:
        evaluated: D, in the order of the request.
        proof: that one key made them.
    """

    evaluated: tuple[bytes, ...]
    proof: DleqProof


def evaluate(share: Scalar, blinded: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return k · C for each, without a proof; the caller has counted and logged each C.

    Args:
        share: k, or λ · k.
        blinded: the points C.

    Raises:
        MalformedError: one of them is not canonical, or is the identity.
    """
    if points.IDENTITY in blinded:
        raise MalformedError("point-malformed", field="blinded")
    return tuple(points.multiply(share, point) for point in blinded)


def answer(share: Scalar, blinded: Sequence[bytes], nonce: Scalar) -> ProvedAnswer:
    """Evaluate and prove.

    Raises:
        MalformedError: one of the points is not canonical, or is the identity.
    """
    evaluated = evaluate(share, blinded)
    equality = Equality(points.multiply_base(share), blinded, evaluated)
    return ProvedAnswer(evaluated, dleq.prove(VERIFIABLE, share, equality, nonce))


def is_right(share_key: bytes, blinded: Sequence[bytes], given: ProvedAnswer) -> bool:
    """Tell whether an answer is what the holder of ``share_key`` owes for ``blinded``.

    An answer that is malformed is wrong, not an error: the server signed it.
    """
    if len(given.evaluated) != len(blinded) or not all(map(points.is_point, given.evaluated)):
        return False
    equality = Equality(share_key, blinded, given.evaluated)
    return dleq.verify(VERIFIABLE, equality, given.proof)
