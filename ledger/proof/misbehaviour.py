"""Proof that a member showed two histories: a file that convinces anybody who has the members' keys.

A log key signs a checkpoint, and a tree has one prefix of each size. So two facts that the member itself made
convict it when they cannot both be true of one log:

* ``two-histories``: two checkpoints of one log. With equal sizes, other roots. Else a path leads to the
  larger one's root (nobody can find a second one), and its prefix of the smaller size has another root.
* ``anchored-otherwise``: a checkpoint, and the member's anchor on chain of a size that the checkpoint covers,
  with a root that is not the checkpoint's prefix.

What was merely late, small or missing proves nothing, and is an alarm without a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ledger.errors import MalformedError
from ledger.evidence import shape
from ledger.evidence.log import generation_of
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.merkle import roots_of_path
from ledger.primitives.note import Note
from ledger.proof.chain_proof import ExpectedAnchor, check_chain_proof
from ledger.proof.checkpoint import signing_log_key
from ledger.proof.header import block_hash, parse_header
from ledger.proof.sealing import is_sealed
from ledger.proof.trust import Trust, TrustedMember

SCHEMA: Final = "lianzheng-misbehaviour-1"
MAX_BYTES: Final = 1024 * 1024
"""A receipt path of a full block is the largest part."""
Kind: TypeAlias = Literal["two-histories", "anchored-otherwise"]
_ANCHOR: Final = {"header", "receipt", "generation", "size", "root", "previous_size"}


@dataclass(frozen=True, slots=True)
class Anchoring:
    """An anchor as the chain proves it.

    Attributes:
        header: RLP of the block's header.
        receipt: file form of the receipt proof.
        expected: what the event says.
    """

    header: bytes
    receipt: bytes
    expected: ExpectedAnchor


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """Two facts of one member that exclude each other.

    Attributes:
        member: 32-byte id.
        first: the smaller one: a signed checkpoint, or an anchor.
        second: the larger signed checkpoint.
        path: from the first size to the second (``merkle.roots_of_path``); empty for equal sizes.
    """

    member: bytes
    first: Note | Anchoring
    second: Note
    path: tuple[bytes, ...]

    @property
    def kind(self) -> Kind:
        """Which of the two it is."""
        return "two-histories" if isinstance(self.first, Note) else "anchored-otherwise"

    def to_bytes(self) -> bytes:
        """Return the file: canonical JSON."""
        first = self.first
        shown: dict[str, JsonValue] = (
            {"checkpoint": first.serialise().decode()}
            if isinstance(first, Note)
            else {"anchor": _anchor_to_json(first)}
        )
        return encode(
            {
                "schema": SCHEMA,
                "kind": self.kind,
                "member": self.member.hex(),
                "first": shown,
                "second": {"checkpoint": self.second.serialise().decode()},
                "path": [each.hex() for each in self.path],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Misbehaviour":
        """Read a file that came from outside.

        Raises:
            LimitError: over ``MAX_BYTES``.
            MalformedError: not of the form.
        """
        names = {"schema", "kind", "member", "first", "second", "path"}
        found = shape.members(decode(data, max_bytes=MAX_BYTES), "misbehaviour", names)
        if shape.text(found["schema"], "schema") != SCHEMA:
            raise MalformedError("misbehaviour-schema")
        member = shape.hex_bytes(found["member"], "member", 32)
        read = cls(
            member=member,
            first=_first(found["first"], member),
            second=_note(shape.members(found["second"], "second", {"checkpoint"})["checkpoint"]),
            path=tuple(shape.hex_bytes(each, "path", 32) for each in shape.items(found["path"], "path")),
        )  # fmt: skip
        if shape.text(found["kind"], "kind") != read.kind:
            raise MalformedError("misbehaviour-kind")
        return read


@dataclass(frozen=True, slots=True)
class Conviction:
    """What a proof shows.

    Attributes:
        member: who did it.
        kind: of misbehaviour.
        origin: of the log, with its generation.
        sizes: of the two facts.
        roots: at the smaller size: as the first fact says, and as the second implies.
        block: hash and sealed-ness of the anchor's block; ``None`` for two checkpoints.
    """

    member: TrustedMember
    kind: Kind
    origin: str
    sizes: tuple[int, int]
    roots: tuple[bytes, bytes]
    block: tuple[bytes, bool] | None


def verify_misbehaviour(proof: Misbehaviour, trust: Trust) -> Conviction:
    """Return what ``proof`` shows under the keys of ``trust``.

    Raises:
        MalformedError: it shows nothing: a signature or a path does not hold, or both facts can be true.
    """
    member = trust.members.get(proof.member)
    if member is None:
        raise MalformedError("misbehaviour-member", member=proof.member.hex())
    second = signed_body(proof.second, member)
    block = None
    if isinstance(proof.first, Note):
        first = signed_body(proof.first, member)
        origin, size, root = first.origin, first.size, first.root
    else:
        block = _check_anchor(proof.first, trust, member)
        told = proof.first.expected
        origin, size, root = f"{member.origin}/g{told.generation}", told.size, told.root
    if origin != second.origin:
        raise MalformedError("misbehaviour-other-log", first=origin, second=second.origin)
    prefix = prefix_root(size, second, proof.path)
    if prefix == root:
        raise MalformedError("misbehaviour-not-shown")
    return Conviction(member, proof.kind, origin, (size, second.size), (root, prefix), block)


def signed_body(note: Note, member: TrustedMember) -> CheckpointBody:
    """Return what a checkpoint says, after checking that a log key of ``member`` signed it.

    Keys count for ever here: a history that was signed is not undone by giving up the key.

    Raises:
        MalformedError: nobody's log key, or another log's name.
    """
    body = CheckpointBody.parse(note.text)
    if generation_of(body.origin, member.origin) is None:
        raise MalformedError("misbehaviour-other-log", first=body.origin, second=member.origin)
    if signing_log_key(note, member) is None:
        raise MalformedError("misbehaviour-signature", origin=body.origin)
    return body


def prefix_root(size: int, larger: CheckpointBody, path: Sequence[bytes]) -> bytes:
    """Return the root of the first ``size`` leaves of the log whose checkpoint is ``larger``.

    Raises:
        MalformedError: the path does not lead to the checkpoint's root.
    """
    if size == larger.size and not path:
        return larger.root
    prefix, root = roots_of_path(size, larger.size, path)
    if root != larger.root:
        raise MalformedError("merkle-new-root")
    return prefix


def _check_anchor(anchor: Anchoring, trust: Trust, member: TrustedMember) -> tuple[bytes, bool]:
    if anchor.expected.member != member.member:
        raise MalformedError("misbehaviour-member", member=anchor.expected.member.hex())
    contract = trust.contracts["EvidenceAnchor"]
    check_chain_proof(
        header=anchor.header,
        receipt=anchor.receipt,
        membership=None,
        contract=contract,
        expected=anchor.expected,
    )
    header = parse_header(anchor.header)
    return block_hash(header, trust.chain.kind), is_sealed(header, trust.chain)


def _first(value: JsonValue, member: bytes) -> Note | Anchoring:
    found = shape.mapping(value, "first")
    if "checkpoint" in found:
        return _note(shape.members(value, "first", {"checkpoint"})["checkpoint"])
    told = shape.members(shape.members(value, "first", {"anchor"})["anchor"], "anchor", _ANCHOR)
    return Anchoring(
        header=shape.hex_bytes(told["header"], "header"),
        receipt=shape.text(told["receipt"], "receipt").encode(),
        expected=ExpectedAnchor(
            member=member,
            generation=shape.integer(told["generation"], "generation", minimum=0),
            size=shape.integer(told["size"], "size", minimum=1),
            root=shape.hex_bytes(told["root"], "root", 32),
            previous_size=shape.integer(told["previous_size"], "previous_size", minimum=0),
        ),
    )


def _anchor_to_json(anchor: Anchoring) -> JsonValue:
    told = anchor.expected
    return {
        "header": anchor.header.hex(),
        "receipt": anchor.receipt.decode(),
        "generation": told.generation,
        "size": told.size,
        "root": told.root.hex(),
        "previous_size": told.previous_size,
    }


def _note(value: JsonValue) -> Note:
    return Note.parse(shape.text(value, "checkpoint").encode())
