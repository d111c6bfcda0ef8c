"""Two members that exchange signed documents about evaluations, without a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.keygen.polynomials import Polynomial
from blacklist.domain.oprf import batch
from blacklist.domain.oprf.blinding import blind
from blacklist.domain.oprf.evaluation import answer, evaluate
from blacklist.domain.oprf.threshold import coefficients
from blacklist.domain.protocol.answers import (
    ANSWER,
    CHECK,
    CHECK_ANSWER,
    BatchCheck,
    BatchProof,
    EvaluationAnswer,
)
from blacklist.domain.protocol.conviction import Exchange, Parties
from blacklist.domain.protocol.documents import SignedDocument, sign
from blacklist.domain.protocol.elements import merkle_root
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import (
    REQUEST,
    BlacklistPlace,
    EvaluationRequest,
    KeyName,
    Serving,
)

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
KEY = KeyName(IdentifierType.NATIONAL_ID, 1, 2)
PLACE = BlacklistPlace(1337, b"\x11" * 20)
CALLER, SERVER = b"\xaa" * 32, b"\xbb" * 32
INDEX = 2
SERVERS = (1, 2, 4)
SEED = bytes(range(32))


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@dataclass
class Pair:
    """A caller and a server of three, both honest."""

    caller: Ed25519PrivateKey
    server: Ed25519PrivateKey
    shares: dict[int, Scalar]
    blinded: tuple[bytes, ...]

    @classmethod
    def make(cls, count: int = 3) -> "Pair":
        """Make fresh keys, shares of three in five, and elements."""
        polynomial = Polynomial.random(3, fill_random)
        blinded = tuple(blind(b"person %d" % n, Scalar.random(fill_random)) for n in range(count))
        return cls(
            Ed25519PrivateKey.generate(),
            Ed25519PrivateKey.generate(),
            {index: polynomial.at(index) for index in range(1, 6)},
            blinded,
        )

    @property
    def parties(self) -> Parties:
        """What registry and contract say."""
        return Parties(
            self.caller.public_key().public_bytes_raw(),
            self.server.public_key().public_bytes_raw(),
            INDEX,
            points.multiply_base(self.shares[INDEX]),
        )

    @property
    def serving(self) -> Serving:
        """What the server knows of itself."""
        return Serving(SERVER, INDEX, PLACE, KEY, 3, frozenset(self.shares))

    def request(self, servers: tuple[int, ...] = ()) -> EvaluationRequest:
        """The caller's request."""
        return EvaluationRequest(
            request_id=b"\x07" * 16,
            caller=CALLER,
            server=SERVER,
            place=PLACE,
            key=KEY,
            purpose=Purpose.QUERY,
            authorisation=b"\x0a" * 32,
            elements=merkle_root(self.blinded),
            count=len(self.blinded),
            servers=servers,
            expires=NOW + timedelta(minutes=5),
        )

    def single(self) -> Exchange:
        """An honest exchange with a proof."""
        asked = sign(REQUEST, self.request().to_json(), self.caller.sign)
        given = answer(self.shares[INDEX], self.blinded, Scalar.random(fill_random))
        said = EvaluationAnswer(asked.digest, merkle_root(given.evaluated), given.proof)
        signed = sign(ANSWER, said.to_json(), self.server.sign)
        return Exchange(asked, signed, self.blinded, given.evaluated)

    def batch(self, evaluated: Sequence[bytes] | None = None) -> Exchange:
        """An exchange with a check; the answers are honest unless given."""
        asked = sign(REQUEST, self.request(SERVERS).to_json(), self.caller.sign)
        share = coefficients(SERVERS)[INDEX] * self.shares[INDEX]
        made = tuple(evaluated or evaluate(share, self.blinded))
        said = EvaluationAnswer(asked.digest, merkle_root(made), None)
        check = sign(CHECK, BatchCheck(asked.digest, SEED).to_json(), self.caller.sign)
        return Exchange(
            asked, sign(ANSWER, said.to_json(), self.server.sign), self.blinded, made, check,
            self.proof(asked, share),
        )  # fmt: skip

    def proof(self, asked: SignedDocument, share: Scalar) -> SignedDocument:
        """The server's proof of the batch under ``share``."""
        combined = batch.aggregate(SEED, self.blinded)
        proved = answer(share, [combined], Scalar.random(fill_random))
        value = BatchProof(asked.digest, SEED, proved.evaluated[0], proved.proof)
        return sign(CHECK_ANSWER, value.to_json(), self.server.sign)
