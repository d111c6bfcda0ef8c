"""What a server says to a challenge on chain: its answer, or its refusal; anybody can judge it.

A challenge holds up to 32 elements of a request. Their answer is k · C for each, with one proof against
the server's public share, whether the request was a batch or not. A refusal is no wrong by itself: a budget
can be used up. A public answer that does not hold is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.oprf.dleq import PROOF_BYTES, DleqProof
from blacklist.domain.oprf.evaluation import ProvedAnswer, is_right
from blacklist.domain.protocol.documents import SignedDocument, VerifySignature, read_members
from blacklist.domain.protocol.elements import merkle_root
from blacklist.domain.protocol.frames import unpack
from blacklist.domain.protocol.requests import KeyName
from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue

MAX_CHALLENGED: Final = 32
"""Elements of one challenge, as the contract has it."""
CHALLENGE_ANSWER: Final = "challenge-answer"
CHALLENGE_REFUSAL: Final = "challenge-refusal"


@dataclass(frozen=True, slots=True)
class ChallengeAnswer:
    """What a server made of the elements of a challenge.

    Attributes:
        challenge: its number.
        request: digest of the request that it names.
        key: whose share made the answer.
        evaluated: root over the evaluated elements.
        proof: that it did.
    """

    challenge: int
    request: bytes
    key: KeyName
    evaluated: bytes
    proof: DleqProof

    def to_json(self) -> JsonValue:
        """Return the document's value."""
        return {
            "challenge": self.challenge,
            "request": self.request.hex(),
            "identifiers": self.key.identifiers.value,
            "key_epoch": self.key.key_epoch,
            "share_epoch": self.key.share_epoch,
            "evaluated": self.evaluated.hex(),
            "proof": self.proof.encoded.hex(),
        }

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read a document whose signature is looked at elsewhere.

        Raises:
            MalformedError: not of the form.
        """
        names = {
            "challenge", "request", "identifiers", "key_epoch", "share_epoch", "evaluated", "proof",
        }  # fmt: skip
        given = read_members(document, CHALLENGE_ANSWER, "answer", names)
        types = tuple(each.value for each in IdentifierType)
        return cls(
            challenge=shape.integer(given["challenge"], "answer.challenge", minimum=1),
            request=shape.hex_bytes(given["request"], "answer.request", 32),
            key=KeyName(
                IdentifierType(shape.one_of(given["identifiers"], "answer.identifiers", types)),
                shape.integer(given["key_epoch"], "answer.key_epoch", minimum=1),
                shape.integer(given["share_epoch"], "answer.share_epoch", minimum=1),
            ),
            evaluated=shape.hex_bytes(given["evaluated"], "answer.evaluated", 32),
            proof=DleqProof.decode(shape.hex_bytes(given["proof"], "answer.proof", PROOF_BYTES)),
        )


@dataclass(frozen=True, slots=True)
class ChallengeRefusal:
    """Why a server does not answer; ``reason`` is a code of the catalogue."""

    challenge: int
    request: bytes
    reason: str

    def to_json(self) -> JsonValue:
        """Return the document's value."""
        return {
            "challenge": self.challenge,
            "request": self.request.hex(),
            "reason": self.reason,
        }

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read a document whose signature is looked at elsewhere.

        Raises:
            MalformedError: not of the form.
        """
        names = {"challenge", "request", "reason"}
        given = read_members(document, CHALLENGE_REFUSAL, "refusal", names)
        return cls(
            challenge=shape.integer(given["challenge"], "refusal.challenge", minimum=1),
            request=shape.hex_bytes(given["request"], "refusal.request", 32),
            reason=shape.text(given["reason"], "refusal.reason")[:64],
        )


class ChallengeVerdict(StrEnum):
    """What an answer on chain is worth."""

    RIGHT = "right"
    REFUSED = "refused"
    """The server said why, under its signature."""
    WRONG = "wrong"
    """It is no signed answer to the challenge, or its proof does not hold."""


@dataclass(frozen=True, slots=True)
class ChallengeAsked:
    """What was asked on chain.

    Attributes:
        challenge: its number.
        request: digest of the request.
        blinded: elements.
    """

    challenge: int
    request: bytes
    blinded: Sequence[bytes]


def judge_challenge(
    asked: ChallengeAsked,
    frame: bytes,
    server_keys: Sequence[bytes],
    share_key: Callable[[KeyName], bytes | None],
    verify: VerifySignature,
) -> tuple[ChallengeVerdict, str]:
    """Return what an answer is worth, and the reason of a refusal.

    Args:
        asked: the challenge.
        frame: the answer on chain.
        server_keys: every evidence key that the server ever had.
        share_key: gives the server's public share in an epoch; ``None`` if it held none.
        verify: checks signatures.
    """
    try:
        document, evaluated = unpack(frame)
        if not any(document.is_signed_by(each, verify) for each in server_keys):
            return ChallengeVerdict.WRONG, ""
        if document.name == CHALLENGE_REFUSAL:
            refusal = ChallengeRefusal.read(document)
            about = (refusal.challenge, refusal.request) == (asked.challenge, asked.request)
            return (
                (ChallengeVerdict.REFUSED, refusal.reason)
                if about
                else (ChallengeVerdict.WRONG, "")
            )
        right = _is_right(asked, ChallengeAnswer.read(document), evaluated, share_key)
    except MalformedError:
        right = False
    return (ChallengeVerdict.RIGHT if right else ChallengeVerdict.WRONG), ""


def _is_right(
    asked: ChallengeAsked,
    answer: ChallengeAnswer,
    evaluated: Sequence[bytes],
    share_key: Callable[[KeyName], bytes | None],
) -> bool:
    key = share_key(answer.key)
    return (
        (answer.challenge, answer.request) == (asked.challenge, asked.request)
        and len(evaluated) == len(asked.blinded)
        and merkle_root(evaluated) == answer.evaluated
        and key is not None
        and is_right(key, asked.blinded, ProvedAnswer(tuple(evaluated), answer.proof))
    )
