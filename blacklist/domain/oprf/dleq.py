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
class Proof:
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
class Statement:
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


def prove(suite: Suite, secret: Scalar, statement: Statement, nonce: Scalar) -> Proof:
    """Prove the statement with its secret k.

    Args:
        suite: separates the hashes.
        secret: k.
        statement: must hold, otherwise the proof is worth nothing.
        nonce: random, used for this proof only; who learns it learns k.
    """
    combined = points.weighted_sum(_weights(suite, statement), statement.inputs)
    evaluated = points.multiply(secret, combined)
    challenge = _challenge(
        suite,
        statement.key,
        combined,
        evaluated,
        points.multiply(nonce, statement.base),
        points.multiply(nonce, combined),
    )
    response = nonce - challenge * secret
    return Proof(challenge.reveal(), response.reveal())


def verify(suite: Suite, statement: Statement, proof: Proof) -> bool:
    """Tell whether the proof shows the statement.

    Raises:
        MalformedError: one of the points is none.
    """
    weights = _weights(suite, statement)
    combined = points.weighted_sum(weights, statement.inputs)
    evaluated = points.weighted_sum(weights, statement.outputs)
    to_base = points.add(
        points.multiply(proof.response, statement.base),
        points.multiply(proof.challenge, statement.key),
    )
    to_combined = points.add(
        points.multiply(proof.response, combined),
        points.multiply(proof.challenge, evaluated),
    )
    expected = _challenge(suite, statement.key, combined, evaluated, to_base, to_combined)
    return expected.reveal() == proof.challenge


def _challenge(suite: Suite, *transcript: bytes) -> Scalar:
    return suite.hash_to_scalar(framed(*transcript) + b"Challenge")


def _weights(suite: Suite, statement: Statement) -> list[Scalar]:
    """Return the random weights under which all pairs become one (ComputeComposites)."""
    seed_transcript = framed(statement.key, b"Seed-" + suite.context)
    seed = hashlib.sha512(seed_transcript).digest()
    pairs = zip(statement.inputs, statement.outputs, strict=True)
    return [
        suite.hash_to_scalar(
            framed(seed) + place.to_bytes(2, "big") + framed(given, answered) + b"Composite"
        )
        for place, (given, answered) in enumerate(pairs)
    ]
