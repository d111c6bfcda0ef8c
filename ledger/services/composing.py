"""From an item as a caller gives it to a signed leaf and its row: no database, no disk.

The caller's clear values become salted commitments; what is too small to hide behind its digest (under
4 KiB) has its digests committed like any other clear value.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from ledger.errors import LimitError, MalformedError, RefusedError
from ledger.evidence import shape
from ledger.evidence.case_head import CaseHead
from ledger.evidence.custody import CustodyEntry, find_break
from ledger.evidence.extraction import extraction_from_json
from ledger.evidence.fields import SALT_BYTES, Field, check_names, commitment
from ledger.evidence.kinds import KINDS, SEALED_BY_THE_NODE, STANDS_WITHOUT_CONTENT
from ledger.evidence.log import LogIdentity
from ledger.evidence.statement import (
    MAX_DEPTH,
    MAX_LEAF_BYTES,
    CaseLink,
    Content,
    NotBefore,
    Statement,
    compose_leaf,
    content_to_json,
    encode_statement,
)
from ledger.ports.record_keys import RecordKey
from ledger.ports.signer import StatementSigner
from ledger.ports.vault import ByteSource, SealedContent, Vault
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.primitives.merkle import leaf_hash
from ledger.store.requests import RequestKey
from ledger.store.statements import StatementRow

GUESSABLE_BYTES: Final = 4096
"""Below this the digest of a content can be guessed (a form, a short text), so it is committed."""
CONTENT_FIELD: Final = "content"
RESERVED: Final = frozenset({CONTENT_FIELD, "duplicate_reason"})
"""Fields that the ledger fills itself."""
CAPTURE_MEMBERS: Final = frozenset(
    {
        "start",
        "end",
        "device",
        "clock_offset_ms",
        "tree_root",
        "method",
        "chunk_bytes",
        "block",
    }
)


@dataclass(
    frozen=True
)  # no slots: drafts pass between processes, which slots make three times as slow
class Item:
    """What a caller wants sealed.

    Attributes:
        kind: one of ``KINDS``.
        case: blind index of the bank's case number, 32 bytes; ``None`` for an item without a case. The
            number itself belongs into ``fields``.
        fields: clear values, committed and encrypted.
        source: the content; ``None`` when the fields are the whole item.
        media_type: of the content.
        capture: how it came into being; members of ``CAPTURE_MEMBERS``.
        custody: who held it before intake.
        duplicate_reason: why content that was sealed before is sealed again.
        extra: members that belong to the kind.
        persons: blind indices of the persons whom it concerns, 32 bytes each.
        request: names the request, so that asking again seals nothing again.
    """

    kind: str
    case: bytes | None = None
    fields: Mapping[str, JsonValue] = field(default_factory=dict)
    source: ByteSource | None = None
    media_type: str = "application/octet-stream"
    capture: Mapping[str, JsonValue] | None = None
    custody: tuple[CustodyEntry, ...] = ()
    duplicate_reason: str | None = None
    extra: Mapping[str, JsonValue] = field(default_factory=dict)
    persons: tuple[bytes, ...] = ()
    request: RequestKey | None = None

    @property
    def has_secrets(self) -> bool:
        """Whether there is anything to encrypt."""
        return bool(self.fields) or self.source is not None


@dataclass(frozen=True)
class Author:
    """Who makes statements, and on what.

    Attributes:
        log: identity of the log.
        system: name, version, release, clock, observed host facts.
        merge_delay: seconds, promised in every statement.
    """

    log: LogIdentity
    system: Mapping[str, JsonValue]
    merge_delay: int

    @cached_property
    def encoded_system(self) -> bytes:
        """The canonical bytes of ``system``."""
        return encode(dict(self.system))


@dataclass(frozen=True, slots=True)
class SaltedField:
    """A clear value with its salt and the 32-byte commitment to it."""

    field: Field
    commitment: bytes


@dataclass(
    frozen=True
)  # no slots: drafts pass between processes, which slots make three times as slow
class Draft:
    """An item whose content is in the vault and whose clear values have salts; not yet numbered.

    Attributes:
        item: as the caller gave it.
        commitments: to its clear values, by name.
        content: what one pass over the bytes found.
        object_id: of the content in the vault.
        key: record key; ``None`` when there is nothing to encrypt.
        sealed_fields: encrypted fields.
    """

    item: Item
    commitments: Mapping[str, bytes]
    content: SealedContent | None
    object_id: bytes | None
    key: RecordKey | None
    sealed_fields: bytes | None


def check_item(item: Item, *, by_node: bool) -> None:
    """Check what can be checked before anything is written.

    Raises:
        MalformedError: unknown kind, wrong names, parts outside the canonical profile.
        LimitError: too many fields, too deep nesting.
        RefusedError: a kind that only the node seals, one that needs content and has none, or custody that
            does not join up.
    """
    check_kind(item.kind, by_node=by_node)
    if item.source is None and not by_node:
        if item.kind not in STANDS_WITHOUT_CONTENT:
            raise RefusedError("content-needed", kind=item.kind)
        if not item.fields:
            raise RefusedError("nothing-to-seal", kind=item.kind)
    check_names(item.fields)
    for name in sorted(RESERVED & item.fields.keys()):
        raise MalformedError("field-name", name=name)
    _check_capture(item.capture)
    _check_readable(item)
    _check_history(item, None)


def check_kind(kind: str, *, by_node: bool) -> None:
    """Check that there is such a kind, and that the caller may seal it.

    Raises:
        MalformedError: there is no such kind.
        RefusedError: only the node itself seals it.
    """
    if kind not in KINDS:
        raise MalformedError("statement-kind", kind=kind[:64])
    if kind in SEALED_BY_THE_NODE and not by_node:
        raise RefusedError("kind-sealed-by-node", kind=kind)


def _check_capture(capture: Mapping[str, JsonValue] | None) -> None:
    for name, value in (capture or {}).items():
        if name not in CAPTURE_MEMBERS:
            raise MalformedError("capture-member", name=name[:64])
        if name in ("start", "end"):
            shape.instant(value, f"capture.{name}")
        elif name == "block":
            block = shape.members(value, "capture.block", {"number", "hash"})
            shape.integer(block["number"], "capture.block.number", minimum=0)
            shape.hex_bytes(block["hash"], "capture.block.hash", 32)
        elif name == "chunk_bytes":
            shape.integer(value, "capture.chunk_bytes", minimum=1)


def _check_readable(item: Item) -> None:
    """Check that the parts which a caller shapes can be read again out of the leaf.

    Raises:
        LimitError: nested too deeply.
        MalformedError: outside the canonical profile.
    """
    shape.text(item.media_type, "media_type")
    if item.media_type.isascii() and not (item.capture or item.extra or item.custody):
        return
    parts: JsonValue = [
        item.media_type,
        None if item.capture is None else dict(item.capture),
        dict(item.extra),
        [entry.to_json() for entry in item.custody],
    ]
    # A statement stands inside its leaf, so that its parts may be one level less deep.
    decode(encode(parts), max_bytes=MAX_LEAF_BYTES, max_depth=MAX_DEPTH - 1)


def _check_history(item: Item, content_sha256: bytes | None) -> None:
    """Check custody and extraction: what V16 or V17 would refute could never be exported.

    Raises:
        MalformedError: the extraction is not of its form.
        RefusedError: custody does not join up, or either of them ends in another content.
    """
    broken = find_break(item.custody, content_sha256=content_sha256)
    if broken is not None:
        raise RefusedError("custody-broken", how=broken)
    if "extraction" in item.extra:
        output = extraction_from_json(item.extra["extraction"]).output_sha256
        if item.source is None or (content_sha256 is not None and output != content_sha256):
            raise RefusedError("extraction-other-output")


def salt(values: Mapping[str, JsonValue]) -> dict[str, SaltedField]:
    """Return the values with fresh salts and their commitments.

    Raises:
        LimitError: a value is too long.
        MalformedError: a value is outside the canonical profile.
    """
    for value in values.values():
        if isinstance(value, dict | list):
            # Deeper ones could be sealed, and then not be read again from a package.
            decode(encode(value), max_bytes=MAX_LEAF_BYTES, max_depth=MAX_DEPTH)
    salts = os.urandom(SALT_BYTES * len(values))
    salted = {}
    for at, (name, value) in enumerate(values.items()):
        field = Field(name, value, salts[at * SALT_BYTES : (at + 1) * SALT_BYTES])
        salted[name] = SaltedField(field, commitment(field))
    return salted


def clear_values(item: Item) -> dict[str, JsonValue]:
    """Return everything about an item that is committed and encrypted."""
    reason = item.duplicate_reason
    return {**item.fields} if reason is None else {**item.fields, "duplicate_reason": reason}


def draft(
    item: Item,
    salted: dict[str, SaltedField],
    vault: Vault,
    *,
    key: RecordKey | None,
    object_id: bytes | None,
    content: SealedContent | None,
) -> Draft:
    """Encrypt the clear values of an item, with the digests of a content too small to show them.

    Raises:
        RefusedError: custody or extraction, as the caller tells them, end in another content.
    """
    if content is not None:
        _check_history(item, content.sha256)
    if content is not None and content.size < GUESSABLE_BYTES:
        hidden = content_to_json(_content(content, item.media_type))
        salted = {**salted, **salt({CONTENT_FIELD: hidden})}
    fields = tuple(each.field for each in salted.values())
    sealed = vault.seal_fields(fields, key) if key and fields else None
    commitments = {name: each.commitment for name, each in salted.items()}
    return Draft(item, commitments, content, object_id, key, sealed)


def _content(sealed: SealedContent, media_type: str) -> Content:
    return Content(sealed.sha256, sealed.sm3, sealed.size, media_type)


def sign(
    drafted: Draft,
    *,
    author: Author,
    signer: StatementSigner,
    sealed_at: str,
    link: CaseLink | None,
    not_before: NotBefore | None,
    duplicate_of: bytes | None,
    clock_was_at: str | None,
) -> StatementRow:
    """Return the signed statement of a draft as a row.

    Args:
        drafted: the item with its salts.
        author: member, log, system.
        signer: the evidence key.
        sealed_at: this machine's time, as an instant.
        link: place in the case.
        not_before: a final block.
        duplicate_of: leaf hash of an earlier statement over the same content.
        clock_was_at: instant of the newest statement, when the clock has stepped back behind it.

    Raises:
        LimitError: the leaf is over 64 KiB.
    """
    item, content = drafted.item, drafted.content
    extra = dict(item.extra)
    if duplicate_of is not None:
        extra["duplicate_of"] = duplicate_of.hex()
    if clock_was_at is not None:
        extra["clock_stepped_back_from"] = clock_was_at
    if item.kind == "case_head" and link and link.previous:
        # Taken under the case's lock, so that nothing can come between the head and what it covers.
        extra.update(CaseHead(link.number - 1, link.previous).to_json())
    visible = content is not None and content.size >= GUESSABLE_BYTES
    statement = Statement(
        kind=item.kind,
        nonce=os.urandom(16),
        member=author.log.member,
        origin=author.log.checkpoint_origin,
        sealed_at=sealed_at,
        merge_delay=author.merge_delay,
        case=link,
        content=_content(content, item.media_type) if content and visible else None,
        fields=drafted.commitments,
        capture=item.capture,
        system=author.system,
        not_before=not_before,
        custody=item.custody,
        extra=extra,
    )
    signed_bytes = encode_statement(statement, author.encoded_system)
    key = signer.public_key
    leaf = compose_leaf(signed_bytes, signature=signer.sign(signed_bytes), key=key)
    if len(leaf) > MAX_LEAF_BYTES:
        raise LimitError("statement-too-large", size=len(leaf), limit=MAX_LEAF_BYTES)
    return StatementRow(
        leaf_hash=leaf_hash(leaf),
        leaf=leaf,
        kind=item.kind,
        sealed_at=sealed_at,
        case_id=link.case if link else None,
        case_number=link.number if link else None,
        content_sha256=content.sha256 if content else None,
        content_size=content.size if content else None,
        object_id=drafted.object_id,
        key_id=drafted.key.key_id if drafted.key else None,
        sealed_fields=drafted.sealed_fields,
    )
