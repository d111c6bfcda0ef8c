"""Seals of QBFT blocks: who sealed, and whether that was enough.

* Each seal signs keccak256(RLP(header with its actual round and no seals)) on the chain's curve.
* Quorum is ceil(2N/3). Neither 2f + 1 nor floor(2N/3) will do: of 5 validators 4 must seal.
* One seal that is unreadable, from outside the set, or from the same validator twice makes the
  whole list invalid: an honest client never writes such a list.
* The validator set is the caller's (trust file, or the contract on the parent state); a list in the
  header must say the same. Genesis transitions are the caller's business too.

IBFT 2.0, which drops the fifth item of the extra data instead of emptying it, is not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ledger.errors import MalformedError
from ledger.primitives import ecdsa
from ledger.primitives.keccak import keccak256
from ledger.primitives.secp256k1 import SECP256K1, address_of
from ledger.primitives.weierstrass import Curve
from ledger.proof.header import Header
from ledger.proof.qbft_extra import QbftExtra

SealCurve: TypeAlias = Literal["secp256k1", "secp256r1"]
SealVerdict: TypeAlias = Literal[
    "sealed",
    "too few seals",
    "duplicate seal",
    "foreign seal",
    "invalid seal",
    "other validators",
]


@dataclass(frozen=True, slots=True)
class SealReport:
    """What the seals of a block show.

    Attributes:
        verdict: ``sealed``, or the first thing that is wrong.
        signers: addresses in the order of the seals, as far as they could be recovered.
        quorum: how many distinct validators had to seal.
        validators: size of the set.
        round_number: the round in which the block was sealed.
    """

    verdict: SealVerdict
    signers: tuple[bytes, ...]
    quorum: int
    validators: int
    round_number: int

    @property
    def sealed(self) -> bool:
        """Whether a quorum of the set sealed the block."""
        return self.verdict == "sealed"


def quorum(validators: int) -> int:
    """Return ceil(2N/3), the seals that N validators need (EEA QBFT specification)."""
    return -(-2 * validators // 3)


def seal_hash(header: Header) -> bytes:
    """Return the 32 bytes that the seals of a block sign.

    Raises:
        MalformedError: the extra data is not QBFT's.
    """
    extra = QbftExtra.parse(header.extra_data)
    unsealed = extra.unsealed(round_number=extra.round_number)
    return keccak256(header.with_extra_data(unsealed.encode()).encode())


def verify_seals(header: Header, validators: Sequence[bytes], curve: SealCurve) -> SealReport:
    """Check the seals of a block against the set that was entitled to seal it.

    Args:
        header: with the extra data as served.
        validators: 20-byte addresses, each once, at least one.
        curve: as pinned in the trust file; the genesis chooses it.

    Raises:
        MalformedError: the extra data is not QBFT's, or the validator set is empty or has
        duplicates.
    """
    entitled = frozenset(validators)
    if not entitled or len(entitled) != len(validators):
        raise MalformedError("qbft-validators")
    extra = QbftExtra.parse(header.extra_data)
    digest, parameters = seal_hash(header), _curve_of(curve)
    signers = [_recover(digest, seal, parameters) for seal in extra.seals]
    return SealReport(
        verdict=_judge(extra, signers, entitled),
        signers=tuple(signer for signer in signers if signer is not None),
        quorum=quorum(len(entitled)),
        validators=len(entitled),
        round_number=extra.round_number,
    )


def _judge(
    extra: QbftExtra, signers: Sequence[bytes | None], entitled: frozenset[bytes]
) -> SealVerdict:
    listed = frozenset(extra.validators)
    if extra.validators and (listed != entitled or len(listed) != len(extra.validators)):
        return "other validators"
    if None in signers:
        return "invalid seal"
    if not entitled.issuperset(signers):
        return "foreign seal"
    if len(set(signers)) != len(signers):
        return "duplicate seal"
    return "sealed" if len(signers) >= quorum(len(entitled)) else "too few seals"


def _recover(digest: bytes, seal: bytes, curve: Curve) -> bytes | None:
    """Return the address behind a seal, or ``None`` when no key made it."""
    try:
        key = ecdsa.recover(
            curve=curve,
            digest=digest,
            r=int.from_bytes(seal[:32], "big"),
            s=int.from_bytes(seal[32:64], "big"),
            recovery_id=seal[64],
        )
    except MalformedError:
        return None
    return address_of(key)


def _curve_of(name: SealCurve) -> Curve:
    match name:
        case "secp256k1":
            return SECP256K1
        case "secp256r1":
            return ecdsa.P256
