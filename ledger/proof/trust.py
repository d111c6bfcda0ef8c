"""The trust file: what a court holds out of band, and which checks it wants proved.

JSON that people can read. Unknown members are errors: a misspelt policy must not silently weaken
it. The fingerprint is SHA-256 over the canonical form, so that spaces and line ends do not matter.

Members may sign the file (``trust_signatures``). One signature that does not hold makes the file unreadable:
somebody changed it. Whether enough have signed is counted in ``trust_quorum``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from ledger.errors import LimitError, MalformedError
from ledger.evidence import shape
from ledger.evidence.possession import PURPOSES
from ledger.primitives.canonical import MAX_DEPTH, JsonValue, check_depth, encode
from ledger.proof.report import CHECKS
from ledger.proof.trust_signatures import MEMBER, TrustSignature, read_signature
from ledger.proof.trusted_chain import TrustedChain, read_chain

SCHEMA: Final = "lianzheng-trust/1"
MAX_BYTES: Final = 4 * 1024 * 1024
"""Hundreds of members with all their old keys."""
MINIMUM: Final = ("V1", "V2", "V4")
"""A policy without these would call anything proved that nobody refuted."""
VOTER: Final = "member"
"""Role that votes, and whose signature under a trust file counts."""
REASONS: Final = ("rotated", "retired", "compromised")


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
        roles: in the registry; who has not the role ``member`` has no vote.
    """

    member: bytes
    name: str
    origin: str
    keys: tuple[KeyRecord, ...]
    inactive: tuple[Inactive, ...] = ()
    roles: tuple[str, ...] = (VOTER,)

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
        trust_quorum: how many members must have signed the file; 0 in files from before it was known.
    """

    name: str
    required: tuple[str, ...]
    cosignature_quorum: int
    grace_blocks: int
    trust_quorum: int = 0


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust file.

    Attributes:
        chain: the shared chain.
        contracts: by name, ``EvidenceAnchor`` and ``ConsortiumRegistry``.
        members: by id.
        timestamp_roots: DER certificates of time-stamping authorities' roots.
        policy: what the reader wants proved.
        fingerprint: SHA-256 of the canonical form without the signatures, hex.
        made_at: instant at which it was composed; ``None`` when the file does not say.
        height: block at which the registry was read; ``None`` when the file does not say.
        signatures: of members; each holds.
    """

    chain: TrustedChain
    contracts: Mapping[str, TrustedContract]
    members: Mapping[bytes, TrustedMember]
    timestamp_roots: tuple[bytes, ...]
    policy: Policy
    fingerprint: str
    made_at: str | None = None
    height: int | None = None
    signatures: tuple[TrustSignature, ...] = ()


def read_trust(data: bytes) -> Trust:
    """Read a trust file.

    Raises:
        LimitError: too large.
        MalformedError: not JSON, another schema, an unknown or missing member, a wrong type, or a signature
            that does not hold, is not by a member's evidence key, or is not the member's only one.
    """
    if len(data) > MAX_BYTES:
        raise LimitError("trust-too-large", limit=MAX_BYTES)
    check_depth(data, MAX_DEPTH)
    try:
        value: JsonValue = json.loads(data, object_pairs_hook=_unique)
        canonical = encode(without_signatures(value))
    except (ValueError, RecursionError):
        raise MalformedError("trust-not-json") from None
    try:
        trust = _trust(value, sha256(canonical).hexdigest())
    except MalformedError as error:
        if error.code != "statement-form":
            raise
        raise MalformedError("trust-form", member=error.params["member"]) from None
    _check_signatures(trust)
    return trust


def without_signatures(value: JsonValue) -> JsonValue:
    """Return the content of a file: what is signed, and what the fingerprint is of."""
    if not isinstance(value, dict):
        return value
    return {name: each for name, each in value.items() if name != MEMBER}


def _check_signatures(trust: Trust) -> None:
    seen: set[bytes] = set()
    for each in trust.signatures:
        member = trust.members.get(each.member)
        if member is None:
            raise MalformedError("trust-signer-unknown", member=each.member.hex())
        if each.member in seen:
            raise MalformedError("trust-signed-twice", name=member.name)
        if member.key("evidence", each.key) is None:
            raise MalformedError("trust-signer-key", name=member.name)
        if not each.holds(bytes.fromhex(trust.fingerprint)):
            raise MalformedError("trust-signature", name=member.name)
        seen.add(each.member)


def _unique(pairs: list[tuple[str, JsonValue]]) -> JsonValue:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedError("trust-duplicate-member")
    return found


def _trust(value: JsonValue, fingerprint: str) -> Trust:
    names = {"schema", "chain", "contracts", "members", "timestamp_roots", "policy"}
    if isinstance(value, dict) and value.get("schema") != SCHEMA:
        raise MalformedError("trust-schema", found=str(value.get("schema"))[:64])
    members = shape.members(value, "trust", names, {"made_at", "height", MEMBER})
    contracts = shape.mapping(members["contracts"], "contracts")
    known = [_member(entry) for entry in shape.items(members["members"], "members")]
    if len({member.member for member in known}) != len(known):
        raise MalformedError("trust-duplicate-member")
    roots = shape.items(members["timestamp_roots"], "timestamp_roots")
    signatures = shape.items(members.get(MEMBER, []), MEMBER)
    height = shape.optional_integer(members.get("height"), "height", minimum=0)
    made_at = members.get("made_at")
    if signatures and height is None:
        # Whose signature counts depends on the block at which the registry was read.
        raise MalformedError("statement-form", member="height")
    return Trust(
        chain=read_chain(members["chain"]),
        contracts={name: _contract(entry, name) for name, entry in contracts.items()},
        members={member.member: member for member in known},
        timestamp_roots=tuple(shape.hex_bytes(root, "timestamp_roots") for root in roots),
        policy=_policy(members["policy"]),
        fingerprint=fingerprint,
        made_at=None if made_at is None else shape.instant(made_at, "made_at"),
        height=height,
        signatures=tuple(read_signature(entry) for entry in signatures),
    )


def _contract(value: JsonValue, name: str) -> TrustedContract:
    found = shape.members(value, f"contracts.{name}", {"address", "code_hash"})
    return TrustedContract(
        address=shape.hex_bytes(found["address"], f"contracts.{name}.address", 20),
        code_hash=shape.hex_bytes(found["code_hash"], f"contracts.{name}.code_hash", 32),
    )


def _member(value: JsonValue) -> TrustedMember:
    # Files from before they were known lack the last two.
    found = shape.members(value, "members", {"id", "name", "origin", "keys"}, {"inactive", "roles"})
    keys = shape.items(found["keys"], "members.keys")
    inactive = shape.items(found.get("inactive", []), "members.inactive")
    roles = shape.items(found.get("roles", [VOTER]), "members.roles")
    return TrustedMember(
        member=shape.hex_bytes(found["id"], "members.id", 32),
        name=shape.text(found["name"], "members.name"),
        origin=shape.text(found["origin"], "members.origin"),
        keys=tuple(_key(entry) for entry in keys),
        inactive=tuple(_inactive(entry) for entry in inactive),
        roles=tuple(shape.text(role, "members.roles") for role in roles),
    )


def _inactive(value: JsonValue) -> Inactive:
    found = shape.members(value, "inactive", {"since", "until"})
    since = shape.integer(found["since"], "inactive.since", minimum=0)
    until = shape.optional_integer(found["until"], "inactive.until", minimum=0)
    if until is not None and until < since:
        raise MalformedError("statement-form", member="inactive.until")
    return Inactive(since, until)


def _key(value: JsonValue) -> KeyRecord:
    names = {"purpose", "key", "since", "until", "reason", "compromised_since"}
    found = shape.members(value, "keys", names)
    purpose = shape.one_of(found["purpose"], "keys.purpose", PURPOSES)
    reason = found["reason"]
    return KeyRecord(
        purpose=purpose,
        key=shape.hex_bytes(found["key"], "keys.key", 20 if purpose == "anchor" else 32),
        since=shape.integer(found["since"], "keys.since", minimum=0),
        until=shape.optional_integer(found["until"], "keys.until", minimum=0),
        reason=None if reason is None else shape.one_of(reason, "keys.reason", REASONS),
        compromised_since=shape.optional_integer(
            found["compromised_since"], "keys.compromised_since", minimum=0
        ),
    )


def _policy(value: JsonValue) -> Policy:
    names = {"name", "required", "cosignature_quorum", "grace_blocks"}
    found = shape.members(value, "policy", names, {"trust_quorum"})
    listed = shape.items(found["required"], "policy.required")
    required = tuple(shape.one_of(check, "policy.required", CHECKS) for check in listed)
    if not set(MINIMUM).issubset(required):
        raise MalformedError("statement-form", member="policy.required")
    return Policy(
        name=shape.text(found["name"], "policy.name"),
        required=required,
        cosignature_quorum=shape.integer(
            found["cosignature_quorum"], "policy.cosignature_quorum", minimum=0
        ),
        grace_blocks=shape.integer(found["grace_blocks"], "policy.grace_blocks", minimum=0),
        trust_quorum=shape.integer(found.get("trust_quorum", 0), "policy.trust_quorum", minimum=0),
    )
