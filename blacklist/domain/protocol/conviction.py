"""Showing that a server answered wrongly, from what it signed; anyone can repeat it.

The caller shows its own request with the blinded elements, the server's answer with the evaluated elements,
and for a batch the check and the server's proof. Elements that are not those that were signed show nothing,
and neither does an answer that is right: a server cannot be framed, because every signed value is its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from blacklist.curve import points
from blacklist.curve.points import is_point
from blacklist.domain.oprf import batch
from blacklist.domain.oprf.evaluation import ProvedAnswer, is_right
from blacklist.domain.oprf.threshold import coefficients
from blacklist.domain.protocol.answers import BatchCheck, BatchProof, EvaluationAnswer
from blacklist.domain.protocol.documents import SignedDocument, VerifySignature
from blacklist.domain.protocol.elements import merkle_root
from blacklist.domain.protocol.requests import EvaluationRequest
from ledger.errors import MalformedError


class Guilt(StrEnum):
    """What the documents show."""

    NOT_SHOWN = "not-shown"
    """Something does not belong together, or the answer is right."""
    NO_POINTS = "no-points"
    """The server returned what is no group element."""
    PROOF_INVALID = "proof-invalid"
    """Its proof does not show that its share made the answer."""
    BATCH_INCONSISTENT = "batch-inconsistent"
    """Its answers are not what its share makes of the elements, which its own proof shows."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, with the elements that they name.

    Attributes:
        request: signed by the caller.
        answer: signed by the server.
        blinded: the elements of the request.
        evaluated: the elements of the answer.
        check: the demand to prove the batch, signed by the caller; ``None`` for a single query.
        proof: the server's proof; ``None`` for a single query.
    """

    request: SignedDocument
    answer: SignedDocument
    blinded: Sequence[bytes]
    evaluated: Sequence[bytes]
    check: SignedDocument | None = None
    proof: SignedDocument | None = None


@dataclass(frozen=True, slots=True)
class Parties:
    """Who they are, from the registry and the contract.

    Attributes:
        caller_key: evidence key of the caller.
        server_key: evidence key of the server.
        index: the server's index.
        share_key: the server's public share in the epoch that the request names.
    """

    caller_key: bytes
    server_key: bytes
    index: int
    share_key: bytes


def convict(exchange: Exchange, parties: Parties, verify: VerifySignature) -> Guilt:
    """Return what an exchange shows about its server."""
    try:
        return _convict(exchange, parties, verify)
    except MalformedError:
        return Guilt.NOT_SHOWN


def _convict(exchange: Exchange, parties: Parties, verify: VerifySignature) -> Guilt:
    asked = EvaluationRequest.read(exchange.request)
    given = EvaluationAnswer.read(exchange.answer)
    belongs = (
        exchange.request.is_signed_by(parties.caller_key, verify)
        and exchange.answer.is_signed_by(parties.server_key, verify)
        and given.request == exchange.request.digest
        and len(exchange.blinded) == asked.count == len(exchange.evaluated)
        and merkle_root(exchange.blinded) == asked.elements
        and merkle_root(exchange.evaluated) == given.evaluated
        and points.IDENTITY not in exchange.blinded
        and all(map(is_point, exchange.blinded))
    )
    if not belongs:
        return Guilt.NOT_SHOWN
    if not all(map(is_point, exchange.evaluated)):
        return Guilt.NO_POINTS
    key = _weighted_key(asked.servers, parties)
    if given.proof is not None:
        answered = ProvedAnswer(tuple(exchange.evaluated), given.proof)
        return _shown(is_right(key, exchange.blinded, answered))
    return _convict_batch(exchange, parties, verify, key)


def _convict_batch(
    exchange: Exchange, parties: Parties, verify: VerifySignature, key: bytes
) -> Guilt:
    if exchange.check is None or exchange.proof is None:
        return Guilt.NOT_SHOWN
    check, proved = BatchCheck.read(exchange.check), BatchProof.read(exchange.proof)
    belongs = (
        exchange.proof.is_signed_by(parties.server_key, verify)
        and check.request == proved.request == exchange.request.digest
        and check.seed == proved.seed
    )
    if not belongs:
        return Guilt.NOT_SHOWN
    combined = batch.aggregate(check.seed, exchange.blinded)
    if not is_right(key, [combined], ProvedAnswer((proved.evaluated,), proved.proof)):
        return Guilt.PROOF_INVALID
    if batch.aggregate(check.seed, exchange.evaluated) != proved.evaluated:
        return Guilt.BATCH_INCONSISTENT
    return Guilt.NOT_SHOWN


def _weighted_key(servers: Sequence[int], parties: Parties) -> bytes:
    if not servers:
        return parties.share_key
    return points.multiply(coefficients(servers)[parties.index], parties.share_key)


def _shown(right: bool) -> Guilt:  # noqa: FBT001 - one question, one answer
    return Guilt.NOT_SHOWN if right else Guilt.PROOF_INVALID
