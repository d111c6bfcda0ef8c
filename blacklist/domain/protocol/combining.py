"""The client's side of a request: what is asked of whom, whether the answers hold, and what they give.

Nothing of an answer is used before its proof, or the check of its batch, holds. A server whose answer does
not hold is named, with what convicts it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blacklist.curve import points
from blacklist.curve.scalars import Scalar, inverses
from blacklist.curve.secret import Secret
from blacklist.domain.oprf import batch
from blacklist.domain.oprf.blinding import blind, unblind
from blacklist.domain.oprf.evaluation import ProvedAnswer, is_right
from blacklist.domain.oprf.threshold import coefficients, combine
from blacklist.domain.protocol.answers import BatchProof, EvaluationAnswer
from blacklist.domain.protocol.documents import SignedDocument, VerifySignature
from blacklist.domain.protocol.elements import merkle_root


@dataclass(frozen=True, slots=True)
class BlindedBatch:
    """Identifiers on their way.

    Attributes:
        identifiers: canonical, secret in the sense that they go nowhere.
        blinds: one each.
        elements: blinded, one each.
    """

    identifiers: tuple[bytes, ...]
    blinds: tuple[Scalar, ...]
    elements: tuple[bytes, ...]

    def secrets(self, evaluated: Sequence[bytes]) -> list[Secret]:
        """Return y of each identifier; wipe them after use.

        Args:
            evaluated: k · C of each element, proved.
        """
        rows = zip(self.identifiers, inverses(self.blinds), evaluated, strict=True)
        return [unblind(identifier, inverse, each) for identifier, inverse, each in rows]


def blind_all(identifiers: Sequence[bytes], blinds: Sequence[Scalar]) -> BlindedBatch:
    """Blind identifiers, one blind each."""
    pairs = zip(identifiers, blinds, strict=True)
    elements = tuple(blind(identifier, blinding) for identifier, blinding in pairs)
    return BlindedBatch(tuple(identifiers), tuple(blinds), elements)


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One server's answer as it came.

    Attributes:
        document: signed by the server.
        evaluated: the elements that came with it.
    """

    document: SignedDocument
    evaluated: tuple[bytes, ...]

    def said(self) -> EvaluationAnswer:
        """Return what the document says.

        Raises:
            MalformedError: not of the form.
        """
        return EvaluationAnswer.read(self.document)


def belongs(
    given: GivenAnswer, request: SignedDocument, server_key: bytes, verify: VerifySignature
) -> bool:
    """Tell whether an answer is the server's, to this request, and about the elements that came with it.

    Raises:
        MalformedError: not of the form.
    """
    said = given.said()
    return (
        given.document.is_signed_by(server_key, verify)
        and said.request == request.digest
        and merkle_root(given.evaluated) == said.evaluated
    )


def is_proved(given: GivenAnswer, elements: Sequence[bytes], share_key: bytes) -> bool:
    """Tell whether a single answer's own proof holds.

    Raises:
        MalformedError: not of the form.
    """
    said = given.said()
    return said.proof is not None and is_right(
        share_key, elements, ProvedAnswer(given.evaluated, said.proof)
    )


def combined(answers: Mapping[int, GivenAnswer]) -> list[bytes]:
    """Return k · C of each element from the proved answers of exactly the threshold's servers."""
    indices = list(answers)
    columns = zip(*(answers[index].evaluated for index in indices), strict=True)
    return [combine(dict(zip(indices, column, strict=True))) for column in columns]


def wrong_in_batch(
    answers: Mapping[int, GivenAnswer],
    proofs: Mapping[int, BatchProof],
    elements: Sequence[bytes],
    share_keys: Mapping[int, bytes],
    seed: bytes,
) -> tuple[int, ...]:
    """Return the indices of the servers whose answers the check of a batch does not bear out.

    Whether all hold is one comparison; who is wrong is looked at only when it fails.

    Args:
        answers: weighted, of exactly the threshold's servers.
        proofs: of each of them, for this seed.
        elements: of the request.
        share_keys: public, by index.
        seed: drawn after the answers were fixed.

    """
    pointless = tuple(
        index for index, each in answers.items() if not all(map(points.is_point, each.evaluated))
    )
    if pointless:
        return pointless
    weights = coefficients(list(answers))
    total = batch.aggregate(seed, elements)
    unproved = tuple(
        index
        for index, proof in proofs.items()
        if not is_right(
            points.multiply(weights[index], share_keys[index]),
            [total],
            ProvedAnswer((proof.evaluated,), proof.proof),
        )
    )
    if unproved:
        return unproved
    sums = batch.totals([each.evaluated for each in answers.values()])
    if batch.holds(seed, sums, [proofs[index].evaluated for index in answers]):
        return ()
    return tuple(
        index
        for index, each in answers.items()
        if batch.aggregate(seed, each.evaluated) != proofs[index].evaluated
    )
