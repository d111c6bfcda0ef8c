"""The statement: what a bank says about one item, signed once, inside the leaf for ever.

* A statement is canonical JSON of at most 64 KiB. Its schema version stands inside.
* It holds no clear value that could identify a person or a matter: those are commitments (``fields``).
* The leaf is its own receipt: it names log, time and merge delay, so that whoever holds a leaf which the log
  does not can hold it against the bank.
* The leaf is canonical JSON of ``{"signature": …, "statement": …}``: the signature lies inside the leaf,
  so that nobody can sign later. The leaf hash (RFC 6962) names the statement everywhere.
* Reading is strict: an unknown member, a missing one or a wrong type is an error, because a court must
  not be shown a statement whose meaning this version does not know.

This file describes and reads statements. It does not sign, number, or store them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.evidence.custody import CustodyEntry, custody_from_json
from ledger.evidence.kinds import KINDS
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.primitives.merkle import leaf_hash

SCHEMA: Final = "lianzheng-statement/1"
MAX_LEAF_BYTES: Final = 64 * 1024
"""A statement is metadata; what is larger belongs into the content. Also bounds the verifier's work."""
MAX_DEPTH: Final = 8

SIGNATURE_ALGORITHM: Final = "Ed25519"


@dataclass(frozen=True, slots=True)
class Content:
    """The sealed bytes, by digest.

    Attributes:
        sha256: 32 bytes.
        sm3: 32 bytes (GB/T 32905).
        size: bytes.
        media_type: as stated by the source, for example ``audio/wav``.
    """

    sha256: bytes
    sm3: bytes
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class CaseLink:
    """The place of a statement in its case: gap-free numbers, each naming the previous leaf.

    Attributes:
        case: random 16 bytes that stand for the bank's case number.
        number: from 1, without gaps.
        previous: leaf hash of number - 1; ``None`` at number 1.
    """

    case: bytes
    number: int
    previous: bytes | None


@dataclass(frozen=True, slots=True)
class NotBefore:
    """A final block that existed when the statement was made.

    Attributes:
        number: block number.
        block_hash: 32 bytes.
        stale: the chain was not reachable, and this is the last final block that was known.
    """

    number: int
    block_hash: bytes
    stale: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of schema 1.

    Attributes:
        kind: one of ``KINDS``.
        nonce: 16 random bytes, so that equal items have different leaves.
        member: the institution's 32-byte id in the consortium registry.
        origin: the log's origin with its generation, as in the checkpoint.
        sealed_at: the node's clock, ISO 8601 in UTC with milliseconds.
        merge_delay: seconds from ``sealed_at`` within which the bank promises the leaf a place in the log.
        case: place in the case; ``None`` for statements about no case.
        content: digests; ``None`` when the fields are the whole item.
        fields: name to 32-byte commitment.
        capture: how the item came into being (start, end, device, …); ``None`` when unknown.
        system: what made the statement: name, version, release digest, clock, host facts.
        not_before: a final block; ``None`` when no chain was ever reached.
        custody: who held the item before intake, oldest first.
        extra: members that belong to a kind (``covers``, ``erases``, ``extraction``, …).
    """

    kind: str
    nonce: bytes
    member: bytes
    origin: str
    sealed_at: str
    merge_delay: int
    case: CaseLink | None
    content: Content | None
    fields: Mapping[str, bytes]
    capture: Mapping[str, JsonValue] | None
    system: Mapping[str, JsonValue]
    not_before: NotBefore | None
    custody: tuple[CustodyEntry, ...]
    extra: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A statement as it stands in the leaf.

    Attributes:
        statement: what was said.
        signed_bytes: the canonical bytes that the signature covers.
        signature: 64 bytes, Ed25519.
        key: the 32-byte public key that the leaf names.
        leaf_hash: RFC 6962 hash of the whole leaf; the statement's name.
    """

    statement: Statement
    signed_bytes: bytes
    signature: bytes
    key: bytes
    leaf_hash: bytes


def statement_to_json(statement: Statement) -> dict[str, JsonValue]:
    """Return the JSON form of ``statement``, ready for ``canonical.encode``."""
    return {
        "schema": SCHEMA,
        "kind": statement.kind,
        "nonce": statement.nonce.hex(),
        "member": statement.member.hex(),
        "origin": statement.origin,
        "sealed_at": statement.sealed_at,
        "merge_delay": statement.merge_delay,
        "case": _case_to_json(statement.case),
        "content": content_to_json(statement.content),
        "fields": {name: value.hex() for name, value in statement.fields.items()},
        "capture": None if statement.capture is None else dict(statement.capture),
        "system": dict(statement.system),
        "not_before": _not_before_to_json(statement.not_before),
        "custody": [entry.to_json() for entry in statement.custody],
        "extra": dict(statement.extra),
    }


def encode_statement(statement: Statement, encoded_system: bytes) -> bytes:
    """Return the bytes of a statement that are signed, with its ``system`` encoded beforehand.

    One system makes many statements, and its description is half of the work. As the member that comes last
    it can be appended.

    Args:
        statement: whose ``system`` is not looked at.
        encoded_system: the canonical bytes of that member.

    Raises:
        MalformedError: a part is outside the canonical profile.
    """
    members = statement_to_json(statement)
    del members["system"]
    return encode(members)[:-1] + b',"system":' + encoded_system + b"}"


def compose_leaf(signed_bytes: bytes, *, signature: bytes, key: bytes) -> bytes:
    """Return the leaf input: canonical JSON of statement and signature together.

    Args:
        signed_bytes: the statement's own canonical bytes, as they were signed.
        signature: 64 bytes.
        key: 32-byte public key.
    """
    # Members in their order, and hexadecimal digits need no escapes: canonical as it is joined.
    signed = (
        f'{{"algorithm":"{SIGNATURE_ALGORITHM}","key":"{key.hex()}","value":"{signature.hex()}"}}'
    )
    return b'{"signature":' + signed.encode() + b',"statement":' + signed_bytes + b"}"


def read_leaf(leaf: bytes) -> SignedStatement:
    """Read a leaf strictly; the signature is not verified here.

    Raises:
        LimitError: over 64 KiB or too deep.
        MalformedError: not canonical, or not of the schema.
    """
    envelope = shape.members(
        decode(leaf, max_bytes=MAX_LEAF_BYTES, max_depth=MAX_DEPTH),
        "leaf",
        {"signature", "statement"},
    )
    signature = shape.members(envelope["signature"], "signature", {"algorithm", "key", "value"})
    if signature["algorithm"] != SIGNATURE_ALGORITHM:
        raise MalformedError("statement-form", member="signature.algorithm")
    return SignedStatement(
        statement=statement_from_json(envelope["statement"]),
        signed_bytes=encode(envelope["statement"]),
        signature=shape.hex_bytes(signature["value"], "signature.value", 64),
        key=shape.hex_bytes(signature["key"], "signature.key", 32),
        leaf_hash=leaf_hash(leaf),
    )


_MEMBERS: Final = frozenset(
    {
        "schema", "kind", "nonce", "member", "origin", "sealed_at", "merge_delay", "case", "content",
        "fields", "capture", "system", "not_before", "custody", "extra",
    }
)  # fmt: skip


def statement_from_json(value: JsonValue) -> Statement:
    """Read the JSON form strictly.

    Raises:
        MalformedError: another schema, an unknown or missing member, a wrong type or length.
    """
    if isinstance(value, dict) and value.get("schema") != SCHEMA:
        raise MalformedError("statement-schema", found=str(value.get("schema"))[:64])
    members = shape.members(value, "statement", _MEMBERS)
    kind = shape.text(members["kind"], "kind")
    if kind not in KINDS:
        raise MalformedError("statement-kind", kind=kind[:64])
    return Statement(
        kind=kind,
        nonce=shape.hex_bytes(members["nonce"], "nonce", 16),
        member=shape.hex_bytes(members["member"], "member", 32),
        origin=shape.text(members["origin"], "origin"),
        sealed_at=shape.instant(members["sealed_at"], "sealed_at"),
        merge_delay=shape.integer(members["merge_delay"], "merge_delay", minimum=1),
        case=_case_from_json(members["case"]),
        content=content_from_json(members["content"]),
        fields=_commitments_from_json(members["fields"]),
        capture=None
        if members["capture"] is None
        else shape.mapping(members["capture"], "capture"),
        system=shape.mapping(members["system"], "system"),
        not_before=_not_before_from_json(members["not_before"]),
        custody=custody_from_json(members["custody"]),
        extra=shape.mapping(members["extra"], "extra"),
    )


def _case_to_json(case: CaseLink | None) -> JsonValue:
    if case is None:
        return None
    previous = None if case.previous is None else case.previous.hex()
    return {"id": case.case.hex(), "number": case.number, "previous": previous}


def _case_from_json(value: JsonValue) -> CaseLink | None:
    if value is None:
        return None
    members = shape.members(value, "case", {"id", "number", "previous"})
    number = shape.integer(members["number"], "case.number", minimum=1)
    previous = members["previous"]
    if (previous is None) != (number == 1):
        raise MalformedError("statement-form", member="case.previous")
    return CaseLink(
        case=shape.hex_bytes(members["id"], "case.id", 16),
        number=number,
        previous=None if previous is None else shape.hex_bytes(previous, "case.previous", 32),
    )


def content_to_json(content: Content | None) -> JsonValue:
    """Return the JSON form of a content, as a statement or a committed field holds it."""
    if content is None:
        return None
    return {
        "sha256": content.sha256.hex(),
        "sm3": content.sm3.hex(),
        "size": content.size,
        "media_type": content.media_type,
    }


def content_from_json(value: JsonValue) -> Content | None:
    """Read the JSON form of a content strictly.

    Raises:
        MalformedError: another form.
    """
    if value is None:
        return None
    members = shape.members(value, "content", {"sha256", "sm3", "size", "media_type"})
    return Content(
        sha256=shape.hex_bytes(members["sha256"], "content.sha256", 32),
        sm3=shape.hex_bytes(members["sm3"], "content.sm3", 32),
        size=shape.integer(members["size"], "content.size", minimum=1),
        media_type=shape.text(members["media_type"], "content.media_type"),
    )


def _not_before_to_json(block: NotBefore | None) -> JsonValue:
    if block is None:
        return None
    return {"number": block.number, "hash": block.block_hash.hex(), "stale": block.stale}


def _not_before_from_json(value: JsonValue) -> NotBefore | None:
    if value is None:
        return None
    members = shape.members(value, "not_before", {"number", "hash", "stale"})
    return NotBefore(
        number=shape.integer(members["number"], "not_before.number", minimum=0),
        block_hash=shape.hex_bytes(members["hash"], "not_before.hash", 32),
        stale=shape.boolean(members["stale"], "not_before.stale"),
    )


def _commitments_from_json(value: JsonValue) -> Mapping[str, bytes]:
    commitments = shape.mapping(value, "fields")
    return {
        name: shape.hex_bytes(entry, f"fields.{name}", 32) for name, entry in commitments.items()
    }
