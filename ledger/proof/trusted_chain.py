"""The shared chain as a trust file names it: which it is, how its blocks are sealed, and by whom when."""

from dataclasses import dataclass
from typing import Final

from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue
from ledger.proof.header import ChainKind
from ledger.proof.qbft import SealCurve

KINDS: Final[tuple[ChainKind, ...]] = (
    "dev",
    "ethereum",
    "clique",
    "qbft-header",
    "qbft-contract",
)
CURVES: Final[tuple[SealCurve, ...]] = ("secp256k1", "secp256r1")


@dataclass(frozen=True, slots=True)
class ValidatorSet:
    """Who seals blocks from one height to another.

    Attributes:
        since: first block.
        until: last block; ``None`` while it stands.
        addresses: 20 bytes each, ascending.
    """

    since: int
    until: int | None
    addresses: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class TrustedChain:
    """The shared chain.

    Attributes:
        chain_id: as in EIP-155.
        genesis: hash of block 0.
        kind: one of ``KINDS``; decides what a header proves.
        curve: of the validators' seals.
        validators: by height; empty on chains without seals.
    """

    chain_id: int
    genesis: bytes
    kind: ChainKind
    curve: SealCurve
    validators: tuple[ValidatorSet, ...]

    @property
    def has_seals(self) -> bool:
        """Whether headers of this kind carry a quorum of seals."""
        return self.kind in ("qbft-header", "qbft-contract")

    def validators_at(self, number: int) -> tuple[bytes, ...] | None:
        """Return who seals block ``number``; ``None`` when the file does not say."""
        for group in self.validators:
            if group.since <= number and (group.until is None or number <= group.until):
                return group.addresses
        return None


def read_chain(value: JsonValue) -> TrustedChain:
    """Read the member ``chain`` of a trust file.

    Raises:
        MalformedError: not of its form.
    """
    found = shape.members(value, "chain", {"id", "genesis", "kind", "curve", "validators"})
    sets = shape.items(found["validators"], "chain.validators")
    return TrustedChain(
        chain_id=shape.integer(found["id"], "chain.id", minimum=1),
        genesis=shape.hex_bytes(found["genesis"], "chain.genesis", 32),
        kind=shape.one_of(found["kind"], "chain.kind", KINDS),
        curve=shape.one_of(found["curve"], "chain.curve", CURVES),
        validators=tuple(_validators(entry) for entry in sets),
    )


def _validators(value: JsonValue) -> ValidatorSet:
    found = shape.members(value, "validators", {"since", "until", "addresses"})
    listed = shape.items(found["addresses"], "validators.addresses")
    addresses = {shape.hex_bytes(each, "validators.addresses", 20) for each in listed}
    if not addresses or len(addresses) != len(listed):
        # A set with a duplicate would count one validator's seal towards two.
        raise MalformedError("statement-form", member="validators.addresses")
    return ValidatorSet(
        since=shape.integer(found["since"], "validators.since", minimum=0),
        until=shape.optional_integer(found["until"], "validators.until", minimum=0),
        addresses=tuple(sorted(addresses)),
    )
