"""The founding file: all about a consortium before its contracts exist, signed by every founder (pure).

* The contracts' addresses follow from the deployer's account and nonce, so that founders can prove
  possession of their keys for a registry that is not there yet.
* Everybody signs the same canonical content. A word that is changed afterwards breaks every signature.
* Nothing is deployed before all have signed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final, get_args

from ledger.chain.deploy import Deployed, Founder, FoundingKey, Plan, predict
from ledger.errors import MalformedError, RefusedError
from ledger.evidence import shape
from ledger.evidence.possession import PURPOSES
from ledger.primitives.canonical import JsonValue, encode
from ledger.proof.header import ChainKind
from ledger.proof.qbft import SealCurve
from node.consortium.application import OwnKeys
from node.consortium.card import Card, card_from_json, check_schema, read_document
from node.consortium.signing import (
    SIGNATURE_BYTES,
    check_possession,
    check_signature,
    hexed,
    read_proofs,
    signed_bytes,
)

SCHEMA: Final = "lianzheng-founding/1"
MAX_BYTES: Final = 1024 * 1024
"""Some two hundred founders."""


@dataclass(frozen=True, slots=True)
class FoundingChain:
    """The chain on which the consortium is founded.

    Attributes:
        chain_id: as in EIP-155.
        genesis: hash of block 0.
        kind: see ``ledger.proof.trust``.
        curve: of the validators' seals.
        finality: when a block counts as final.
    """

    chain_id: int
    genesis: bytes
    kind: ChainKind
    curve: SealCurve
    finality: str

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as it stands in the file."""
        return {
            "id": self.chain_id,
            "genesis": self.genesis.hex(),
            "kind": self.kind,
            "curve": self.curve,
            "finality": self.finality,
        }


def chain_from_json(value: JsonValue) -> FoundingChain:
    """Read the chain that a document names.

    Raises:
        MalformedError: it is not of its form.
    """
    found = shape.members(value, "chain", {"id", "genesis", "kind", "curve", "finality"})
    kinds: Sequence[ChainKind] = get_args(ChainKind)
    curves: Sequence[SealCurve] = get_args(SealCurve)
    kind = next((each for each in kinds if each == found["kind"]), None)
    curve = next((each for each in curves if each == found["curve"]), None)
    if kind is None or curve is None:
        raise MalformedError("statement-form", member="chain.kind")
    return FoundingChain(
        chain_id=shape.integer(found["id"], "chain.id", minimum=1),
        genesis=shape.hex_bytes(found["genesis"], "chain.genesis", 32),
        kind=kind,
        curve=curve,
        finality=shape.text(found["finality"], "chain.finality"),
    )


@dataclass(frozen=True, slots=True)
class Endorsement:
    """What a founder adds: proofs of possession by purpose, and its signature over the content."""

    proofs: Mapping[str, bytes]
    signature: bytes


@dataclass(frozen=True, slots=True)
class FoundingFile:
    """A consortium to be founded.

    Attributes:
        chain: where.
        deployer: 20-byte account that deploys the contracts and keeps no power over them.
        nonce: of its transaction that deploys the registry; the anchor contract follows.
        threshold: votes that a proposal needs.
        voting_period: seconds.
        validators: 20-byte addresses, ascending; empty where the chain does not take them from the registry.
        founders: their cards, by id.
        endorsements: by member id.
    """

    chain: FoundingChain
    deployer: bytes
    nonce: int
    threshold: int
    voting_period: int
    validators: tuple[bytes, ...]
    founders: tuple[Card, ...]
    endorsements: Mapping[bytes, Endorsement]

    @property
    def places(self) -> Deployed:
        """Where the contracts will stand."""
        return predict(self.deployer, self.nonce)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what everybody signs, for founders to compare over another channel."""
        return sha256(encode(self.content())).hexdigest()

    @property
    def missing(self) -> tuple[Card, ...]:
        """The founders that have not signed."""
        return tuple(each for each in self.founders if each.member not in self.endorsements)

    def content(self) -> dict[str, JsonValue]:
        """Return what everybody signs."""
        places = self.places
        return {
            "chain": self.chain.to_json(),
            "deployer": self.deployer.hex(),
            "nonce": self.nonce,
            "registry": places.registry.hex(),
            "anchor": places.anchor.hex(),
            "threshold": self.threshold,
            "voting_period": self.voting_period,
            "validators": [each.hex() for each in self.validators],
            "founders": [each.to_json() for each in self.founders],
        }

    def to_bytes(self) -> bytes:
        """Return the file, as people can read it."""
        endorsements = {
            member.hex(): {"proofs": hexed(each.proofs), "signature": each.signature.hex()}
            for member, each in sorted(self.endorsements.items())
        }
        value = {"schema": SCHEMA, "content": self.content(), "endorsements": endorsements}
        return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"

    def endorsed(self, member: bytes, keys: OwnKeys) -> "FoundingFile":
        """Return the file with a founder's proofs and signature.

        Raises:
            RefusedError: the member is no founder, or its card has other keys.
            UnavailableError: a remote signer does not answer.
        """
        card = next((each for each in self.founders if each.member == member), None)
        if card is None or dict(card.keys) != keys.public:
            raise RefusedError("founding-not-a-founder")
        chain_id, registry = self.chain.chain_id, self.places.registry
        endorsement = Endorsement(
            proofs=keys.proofs(chain_id=chain_id, registry=registry, member=member),
            signature=keys.evidence.sign(signed_bytes(SCHEMA, self.content())),
        )
        return replace(self, endorsements={**self.endorsements, member: endorsement})

    def merged(self, other: "FoundingFile") -> "FoundingFile":
        """Return the file with the signatures of another copy of it.

        Raises:
            RefusedError: it is another file.
        """
        if other.content() != self.content():
            raise RefusedError("founding-other-file")
        return replace(self, endorsements={**self.endorsements, **other.endorsements})

    def plan(self) -> Plan:
        """Return what is deployed.

        Raises:
            RefusedError: somebody has not signed.
        """
        if self.missing:
            names = "、".join(each.name for each in self.missing)
            raise RefusedError("founding-unsigned", names=names)
        return Plan(
            founders=tuple(_founder(c, self.endorsements[c.member].proofs) for c in self.founders),
            threshold=self.threshold,
            voting_period=self.voting_period,
            validators=self.validators,
        )


def check(file: FoundingFile) -> None:
    """Check what the file says before anybody signs it.

    Raises:
        MalformedError: founders that are not distinct, or a threshold that cannot be reached.
    """
    cards = file.founders
    each_once = (
        [card.member for card in cards],
        [card.name_hash for card in cards],
        [card.origin for card in cards],
        [card.admin for card in cards],
        [key for card in cards for key in card.keys.values()],
    )
    if not cards or any(len(set(values)) != len(values) for values in each_once):
        raise MalformedError("founding-form", member="founders")
    voters = sum(1 for card in cards if "member" in card.roles)
    if not 1 <= file.threshold <= voters:
        raise MalformedError("founding-form", member="threshold")
    if any(a >= b for a, b in zip(file.validators, file.validators[1:], strict=False)):
        raise MalformedError("founding-form", member="validators")


def read_founding_file(data: bytes) -> FoundingFile:
    """Read a founding file and check every signature that it has.

    Raises:
        MalformedError: not of its form, inconsistent, or a signature or a proof does not hold.
    """
    value = shape.members(read_document(data, MAX_BYTES), "founding", _NAMES)
    check_schema(value["schema"], SCHEMA)
    file = _content(shape.members(value["content"], "founding.content", _CONTENT))
    if file.content() != value["content"]:
        # Another spelling, or addresses that do not follow from deployer and nonce.
        raise MalformedError("founding-form", member="content")
    check(file)
    found = shape.mapping(value["endorsements"], "founding.endorsements")
    cards = {each.member.hex(): each for each in file.founders}
    endorsements = {}
    for member, each in found.items():
        if member not in cards:
            raise MalformedError("founding-form", member="endorsements")
        endorsements[cards[member].member] = _endorsement(file, cards[member], each)
    return replace(file, endorsements=endorsements)


_NAMES: Final = {"schema", "content", "endorsements"}
_CONTENT: Final = {
    "chain", "deployer", "nonce", "registry", "anchor", "threshold", "voting_period", "validators",
    "founders",
}  # fmt: skip


def _content(found: Mapping[str, JsonValue]) -> FoundingFile:
    validators = shape.items(found["validators"], "founding.validators")
    return FoundingFile(
        chain=chain_from_json(found["chain"]),
        deployer=shape.hex_bytes(found["deployer"], "founding.deployer", 20),
        nonce=shape.integer(found["nonce"], "founding.nonce", minimum=0),
        threshold=shape.integer(found["threshold"], "founding.threshold", minimum=1),
        voting_period=shape.integer(found["voting_period"], "founding.voting_period", minimum=1),
        validators=tuple(shape.hex_bytes(each, "founding.validators", 20) for each in validators),
        founders=tuple(
            card_from_json(each) for each in shape.items(found["founders"], "founding.founders")
        ),
        endorsements={},
    )


def _endorsement(file: FoundingFile, card: Card, value: JsonValue) -> Endorsement:
    found = shape.members(value, "founding.endorsements", {"proofs", "signature"})
    proofs = read_proofs(found["proofs"], "founding.proofs")
    signature = shape.hex_bytes(found["signature"], "founding.signature", SIGNATURE_BYTES)
    check_signature(card.keys["evidence"], SCHEMA, file.content(), signature)
    check_possession(
        card.keys,
        proofs,
        chain_id=file.chain.chain_id,
        registry=file.places.registry,
        member=card.member,
    )
    return Endorsement(proofs, signature)


def _founder(card: Card, proofs: Mapping[str, bytes]) -> Founder:
    return Founder(
        member=card.member,
        name_hash=card.name_hash,
        admin=card.admin,
        origin=card.origin,
        endpoint=card.endpoint,
        keys=tuple(FoundingKey(each, card.keys[each], proofs[each]) for each in PURPOSES),
        roles=card.roles,
    )
