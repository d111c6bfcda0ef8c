"""The trust file: what a court holds out of band, and which checks it wants proved.

JSON that people can read. Unknown members are errors: a misspelt policy must not silently weaken
it. The fingerprint is SHA-256 over the canonical form, so that spaces and line ends do not matter.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeVar

from ledger.errors import LimitError, MalformedError
from ledger.evidence import shape
from ledger.evidence.possession import PURPOSES
from ledger.primitives.canonical import MAX_DEPTH, JsonValue, check_depth, encode
from ledger.proof.header import ChainKind
from ledger.proof.qbft import SealCurve
from ledger.proof.report import CHECKS

_Name = TypeVar("_Name", bound=str)

SCHEMA: Final = "lianzheng-trust/1"
MAX_BYTES: Final = 4 * 1024 * 1024
"""Hundreds of members with all their old keys."""
KINDS: Final[tuple[ChainKind, ...]] = (
    "dev",
    "ethereum",
    "clique",
    "qbft-header",
    "qbft-contract",
)
CURVES: Final[tuple[SealCurve, ...]] = ("secp256k1", "secp256r1")
MINIMUM: Final = ("V1", "V2", "V4")
"""A policy without these would call anything proved that nobody refuted."""
REASONS: Final = ("rotated", "retired", "compromised")


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


@dataclass(frozen=True, slots=True)
class TrustedContract:
    """A contract by its address (20 bytes) and the hash of its code (32 bytes)."""

    address: bytes
    code_hash: bytes


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A member's public key.

    Attributes:
        purpose: one of ``PURPOSES``.
        key: 32 bytes (Ed25519), or 20 bytes (account address).
        since: first block at which it was active.
        until: last block; ``None`` while it is active.
        reason: why it ended; ``None`` while it is active.
        compromised_since: first block at which somebody else may have used it.
    """

    purpose: str
    key: bytes
    since: int
    until: int | None
    reason: str | None
    compromised_since: int | None

    def open_at(self, height: int, grace: int) -> bool:
        """Tell whether the record holds at a block, up to ``grace`` blocks after its last one."""
        return self.since <= height and (self.until is None or height <= self.until + grace)

    def trusted_at(self, height: int, grace: int) -> bool:
        """Tell whether the record holds at a block and nobody else had the key by then."""
        compromised = self.compromised_since is not None and height >= self.compromised_since
        return self.open_at(height, grace) and not compromised


@dataclass(frozen=True, slots=True)
class Inactive:
    """Blocks in which a member had no rights: suspended, or gone for good.

    Attributes:
        since: first block.
        until: last block; ``None`` while it lasts.
    """

    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class TrustedMember:
    """A member institution.

    Attributes:
        member: 32-byte id.
        name: for people.
        origin: of its log, without the generation.
        keys: every key record, old ones included.
        inactive: when it neither anchored nor witnessed by right.
    """

    member: bytes
    name: str
    origin: str
    keys: tuple[KeyRecord, ...]
    inactive: tuple[Inactive, ...] = ()

    def active_at(self, height: int) -> bool:
        """Tell whether the member had its rights at a block; no grace: nothing else is promised."""
        return not any(
            each.since <= height and (each.until is None or height <= each.until)
            for each in self.inactive
        )

    def key(self, purpose: str, key: bytes) -> KeyRecord | None:
        """Return the record of ``key``; ``None`` when the member never had it for ``purpose``."""
        for record in self.keys:
            if record.purpose == purpose and record.key == key:
                return record
        return None


@dataclass(frozen=True, slots=True)
class Policy:
    """What the reader wants.

    Attributes:
        name: for the report.
        required: checks that must be proved.
        cosignature_quorum: how many other members must have cosigned for V8.
        grace_blocks: how long after its last block a key may still be covered (the merge delay).
    """

    name: str
    required: tuple[str, ...]
    cosignature_quorum: int
    grace_blocks: int


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust file.

    Attributes:
        chain: the shared chain.
        contracts: by name, ``EvidenceAnchor`` and ``ConsortiumRegistry``.
        members: by id.
        timestamp_roots: DER certificates of time-stamping authorities' roots.
        policy: what the reader wants proved.
        fingerprint: SHA-256 of the canonical form, hex.
    """

    chain: TrustedChain
    contracts: Mapping[str, TrustedContract]
    members: Mapping[bytes, TrustedMember]
    timestamp_roots: tuple[bytes, ...]
    policy: Policy
    fingerprint: str


def read_trust(data: bytes) -> Trust:
    """Read a trust file.

    Raises:
        LimitError: too large.
        MalformedError: not JSON, another schema, an unknown or missing member, a wrong type.
    """
    if len(data) > MAX_BYTES:
        raise LimitError("trust-too-large", limit=MAX_BYTES)
    check_depth(data, MAX_DEPTH)
    try:
        value: JsonValue = json.loads(data, object_pairs_hook=_unique)
        canonical = encode(value)
    except (ValueError, RecursionError):
        raise MalformedError("trust-not-json") from None
    try:
        return _trust(value, sha256(canonical).hexdigest())
    except MalformedError as error:
        if error.code != "statement-form":
            raise
        raise MalformedError("trust-form", member=error.params["member"]) from None


def _unique(pairs: list[tuple[str, JsonValue]]) -> JsonValue:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedError("trust-duplicate-member")
    return found


def _trust(value: JsonValue, fingerprint: str) -> Trust:
    names = {"schema", "chain", "contracts", "members", "timestamp_roots", "policy"}
    if isinstance(value, dict) and value.get("schema") != SCHEMA:
        raise MalformedError("trust-schema", found=str(value.get("schema"))[:64])
    members = shape.members(value, "trust", names)
    contracts = shape.mapping(members["contracts"], "contracts")
    known = [_member(entry) for entry in shape.items(members["members"], "members")]
    if len({member.member for member in known}) != len(known):
        raise MalformedError("trust-duplicate-member")
    roots = shape.items(members["timestamp_roots"], "timestamp_roots")
    return Trust(
        chain=_chain(members["chain"]),
        contracts={name: _contract(entry, name) for name, entry in contracts.items()},
        members={member.member: member for member in known},
        timestamp_roots=tuple(shape.hex_bytes(root, "timestamp_roots") for root in roots),
        policy=_policy(members["policy"]),
        fingerprint=fingerprint,
    )


def _chain(value: JsonValue) -> TrustedChain:
    found = shape.members(value, "chain", {"id", "genesis", "kind", "curve", "validators"})
    sets = shape.items(found["validators"], "chain.validators")
    return TrustedChain(
        chain_id=shape.integer(found["id"], "chain.id", minimum=1),
        genesis=shape.hex_bytes(found["genesis"], "chain.genesis", 32),
        kind=_one_of(found["kind"], "chain.kind", KINDS),
        curve=_one_of(found["curve"], "chain.curve", CURVES),
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
        until=_optional_height(found["until"], "validators.until"),
        addresses=tuple(sorted(addresses)),
    )


def _contract(value: JsonValue, name: str) -> TrustedContract:
    found = shape.members(value, f"contracts.{name}", {"address", "code_hash"})
    return TrustedContract(
        address=shape.hex_bytes(found["address"], f"contracts.{name}.address", 20),
        code_hash=shape.hex_bytes(found["code_hash"], f"contracts.{name}.code_hash", 32),
    )


def _member(value: JsonValue) -> TrustedMember:
    names = {"id", "name", "origin", "keys"}
    if isinstance(value, dict) and "inactive" in value:  # files from before it was known lack it
        names.add("inactive")
    found = shape.members(value, "members", names)
    keys = shape.items(found["keys"], "members.keys")
    inactive = shape.items(found.get("inactive", []), "members.inactive")
    return TrustedMember(
        member=shape.hex_bytes(found["id"], "members.id", 32),
        name=shape.text(found["name"], "members.name"),
        origin=shape.text(found["origin"], "members.origin"),
        keys=tuple(_key(entry) for entry in keys),
        inactive=tuple(_inactive(entry) for entry in inactive),
    )


def _inactive(value: JsonValue) -> Inactive:
    found = shape.members(value, "inactive", {"since", "until"})
    since = shape.integer(found["since"], "inactive.since", minimum=0)
    until = _optional_height(found["until"], "inactive.until")
    if until is not None and until < since:
        raise MalformedError("statement-form", member="inactive.until")
    return Inactive(since, until)


def _key(value: JsonValue) -> KeyRecord:
    names = {"purpose", "key", "since", "until", "reason", "compromised_since"}
    found = shape.members(value, "keys", names)
    purpose = _one_of(found["purpose"], "keys.purpose", PURPOSES)
    reason = found["reason"]
    return KeyRecord(
        purpose=purpose,
        key=shape.hex_bytes(found["key"], "keys.key", 20 if purpose == "anchor" else 32),
        since=shape.integer(found["since"], "keys.since", minimum=0),
        until=_optional_height(found["until"], "keys.until"),
        reason=None if reason is None else _one_of(reason, "keys.reason", REASONS),
        compromised_since=_optional_height(found["compromised_since"], "keys.compromised_since"),
    )


def _policy(value: JsonValue) -> Policy:
    names = {"name", "required", "cosignature_quorum", "grace_blocks"}
    found = shape.members(value, "policy", names)
    listed = shape.items(found["required"], "policy.required")
    required = tuple(_one_of(check, "policy.required", CHECKS) for check in listed)
    if not set(MINIMUM).issubset(required):
        raise MalformedError("statement-form", member="policy.required")
    return Policy(
        name=shape.text(found["name"], "policy.name"),
        required=required,
        cosignature_quorum=shape.integer(
            found["cosignature_quorum"], "policy.cosignature_quorum", minimum=0
        ),
        grace_blocks=shape.integer(found["grace_blocks"], "policy.grace_blocks", minimum=0),
    )


def _optional_height(value: JsonValue, where: str) -> int | None:
    return None if value is None else shape.integer(value, where, minimum=0)


def _one_of(value: JsonValue, where: str, allowed: tuple[_Name, ...]) -> _Name:
    for name in allowed:
        if value == name:
            return name
    raise MalformedError("statement-form", member=where)
