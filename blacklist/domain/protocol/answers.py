"""A server's answers: to a request, and to the check of a batch; both refer to the request by its digest.

A signed answer that is wrong is proof against the server (``conviction``), so a server signs what it computed
and nothing else.
"""

from dataclasses import dataclass
from typing import Final, Self

from blacklist.curve.points import POINT_BYTES
from blacklist.domain.oprf.batch import SEED_BYTES
from blacklist.domain.oprf.dleq import PROOF_BYTES, DleqProof
from blacklist.domain.protocol.documents import SignedDocument, read_members
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue

ANSWER: Final = "evaluation-answer"
CHECK: Final = "evaluation-check"
CHECK_ANSWER: Final = "evaluation-check-answer"


@dataclass(frozen=True, slots=True)
class EvaluationAnswer:
    """What a server made of the elements of one request.

    Attributes:
        request: 32-byte digest of the request's document.
        evaluated: 32-byte Merkle root over the evaluated elements, in the order of the request.
        proof: that one key made them; ``None`` where a check of the batch follows.
    """

    request: bytes
    evaluated: bytes
    proof: DleqProof | None

    def to_json(self) -> JsonValue:
        """Return the document's value."""
        return {
            "request": self.request.hex(),
            "evaluated": self.evaluated.hex(),
            "proof": None if self.proof is None else self.proof.encoded.hex(),
        }

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read a document whose signature is looked at elsewhere.

        Raises:
            MalformedError: not of the form.
        """
        names = {"request", "evaluated", "proof"}
        given = read_members(document, ANSWER, "answer", names)
        proof = given["proof"]
        return cls(
            request=shape.hex_bytes(given["request"], "answer.request", 32),
            evaluated=shape.hex_bytes(given["evaluated"], "answer.evaluated", 32),
            proof=None if proof is None else _read_proof(proof, "answer.proof"),
        )


@dataclass(frozen=True, slots=True)
class BatchCheck:
    """A client's demand to prove a batch.

    Attributes:
        request: 32-byte digest of the request's document.
        seed: 32 fresh bytes, drawn after all answers were fixed.
    """

    request: bytes
    seed: bytes

    def to_json(self) -> JsonValue:
        """Return the document's value."""
        return {"request": self.request.hex(), "seed": self.seed.hex()}

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read a document whose signature is looked at elsewhere.

        Raises:
            MalformedError: not of the form.
        """
        given = read_members(document, CHECK, "check", {"request", "seed"})
        return cls(
            request=shape.hex_bytes(given["request"], "check.request", 32),
            seed=shape.hex_bytes(given["seed"], "check.seed", SEED_BYTES),
        )


@dataclass(frozen=True, slots=True)
class BatchProof:
    """A server's proof of a batch.

    Attributes:
        request: 32-byte digest of the request's document.
        seed: of the check.
        evaluated: what its key made of the weighted sum of the elements in its log.
        proof: that it did.
    """

    request: bytes
    seed: bytes
    evaluated: bytes
    proof: DleqProof

    def to_json(self) -> JsonValue:
        """Return the document's value."""
        return {
            "request": self.request.hex(),
            "seed": self.seed.hex(),
            "evaluated": self.evaluated.hex(),
            "proof": self.proof.encoded.hex(),
        }

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read a document whose signature is looked at elsewhere.

        Raises:
            MalformedError: not of the form.
        """
        given = read_members(
            document, CHECK_ANSWER, "check", {"request", "seed", "evaluated", "proof"}
        )
        return cls(
            request=shape.hex_bytes(given["request"], "check.request", 32),
            seed=shape.hex_bytes(given["seed"], "check.seed", SEED_BYTES),
            evaluated=shape.hex_bytes(given["evaluated"], "check.evaluated", POINT_BYTES),
            proof=_read_proof(given["proof"], "check.proof"),
        )


def _read_proof(value: JsonValue, where: str) -> DleqProof:
    return DleqProof.decode(shape.hex_bytes(value, where, PROOF_BYTES))
