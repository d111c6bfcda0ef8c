"""Proof that one key made all answers: discrete logarithm equality (RFC 9497, section 2.2).

A verifier learns that log_A(B) = log_C(D) for every pair, and nothing about the key.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from blacklist.curve import points
from blacklist.curve.scalars import SCALAR_BYTES, Scalar
from blacklist.domain.oprf.framing import framed
from blacklist.domain.oprf.suite import Suite
from ledger.errors import MalformedError

PROOF_BYTES: Final = 2 * SCALAR_BYTES


@dataclass(frozen=True, slots=True)
class DleqProof:
    """Challenge and response, 32 bytes each, as they travel."""

    challenge: bytes
    response: bytes

    @property
    def encoded(self) -> bytes:
        """Both, one after the other."""
        return self.challenge + self.response

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """Read 64 bytes.

        Raises:
            MalformedError: another length, or not two scalars below q.
        """
        if len(encoded) != PROOF_BYTES:
            raise MalformedError("scalar-malformed")
        halves = encoded[:SCALAR_BYTES], encoded[SCALAR_BYTES:]
        for half in halves:
            Scalar.decode(half).wipe()
        return cls(*halves)


@dataclass(frozen=True, slots=True)
class Equality:
    """What is proved: key B = k·A, and D = k·C for every pair.

    Attributes:
        key: B, the public key to the base point A.
        inputs: the points C, 1 to 65,535 of them.
        outputs: the points D, as many.
        base: A.
    """

    key: bytes
    inputs: Sequence[bytes]
    outputs: Sequence[bytes]
    base: bytes = points.BASE


def prove(suite: Suite, secret: Scalar, equality: Equality, nonce: Scalar) -> DleqProof:
    """Prove the equality with its secret k.

    Args:
        suite: separates the hashes.
        secret: k.
        equality: must hold, otherwise the proof is worth nothing.
        nonce: random, used for this proof only; who learns it learns k.
    """
    combined = points.weighted_sum(_weights(suite, equality), equality.inputs)
    evaluated = points.multiply(secret, combined)
    challenge = _challenge(
        suite,
        equality.key,
        combined,
        evaluated,
        points.multiply(nonce, equality.base),
        points.multiply(nonce, combined),
    )
    response = nonce - challenge * secret
    return DleqProof(challenge.reveal(), response.reveal())


def verify(suite: Suite, equality: Equality, proof: DleqProof) -> bool:
    """Tell whether the proof shows the equality.

    Raises:
        MalformedError: one of the points is none.
    """
    weights = _weights(suite, equality)
    combined = points.weighted_sum(weights, equality.inputs)
    evaluated = points.weighted_sum(weights, equality.outputs)
    to_base = points.add(
        points.multiply(proof.response, equality.base),
        points.multiply(proof.challenge, equality.key),
    )
    to_combined = points.add(
        points.multiply(proof.response, combined),
        points.multiply(proof.challenge, evaluated),
    )
    expected = _challenge(suite, equality.key, combined, evaluated, to_base, to_combined)
    return expected.reveal() == proof.challenge


def _challenge(suite: Suite, *transcript: bytes) -> Scalar:
    return suite.hash_to_scalar(framed(*transcript) + b"Challenge")


def _weights(suite: Suite, equality: Equality) -> list[Scalar]:
    """Return the random weights under which all pairs become one (ComputeComposites)."""
    seed_transcript = framed(equality.key, b"Seed-" + suite.context)
    seed = hashlib.sha512(seed_transcript).digest()
    pairs = zip(equality.inputs, equality.outputs, strict=True)
    return [
        suite.hash_to_scalar(
            framed(seed) + place.to_bytes(2, "big") + framed(given, answered) + b"Composite"
        )
        for place, (given, answered) in enumerate(pairs)
    ]
