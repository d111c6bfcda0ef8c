"""Whose log key signed a checkpoint, and which other members cosigned it."""

from collections.abc import Callable, Iterable, Sequence

from ledger.errors import LimitError, MalformedError
from ledger.primitives import ed25519
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.note import (
    COSIGNATURE_V1,
    ED25519,
    MAX_SIGNATURES,
    Note,
    NoteSignature,
    VerifierKey,
    parse_signature_line,
    signed_message,
)
from ledger.proof.trust import KeyRecord, TrustedMember


def signing_log_key(checkpoint: Note, member: TrustedMember) -> bytes | None:
    """Return the member's log key whose signature over the checkpoint holds; ``None`` for none.

    Raises:
        MalformedError: the note is not a checkpoint, or a signature line is not of its form.
    """
    name = CheckpointBody.parse(checkpoint.text).origin
    for record in member.keys:
        if record.purpose != "log":
            continue
        key = VerifierKey(name, ED25519, record.key)
        lines = checkpoint.signatures_of(key)
        if lines and all(_holds(checkpoint.text, line, key) for line in lines):
            return record.key
    return None


def _holds(text: str, line: NoteSignature, key: VerifierKey) -> bool:
    message, signature, _ = signed_message(text, line, key)
    return ed25519.verify(key.public_key, message, signature)


def cosignature_times(
    text: str,
    lines: Sequence[str],
    members: Iterable[TrustedMember],
    *,
    is_trusted: Callable[[KeyRecord], bool],
) -> dict[bytes, int]:
    """Return the time of each member's valid cosignature over a checkpoint, by member id.

    Args:
        text: of the checkpoint.
        lines: signature lines; those of unknown witnesses are passed over.
        members: whose cosignatures count.
        is_trusted: tells whether a key counts: active, and not compromised, at the anchor's block.

    Raises:
        MalformedError: a line is not of its form, or the signature of a known witness does not hold.
        LimitError: more lines than a note can have; each costs a millisecond.
    """
    if len(lines) > MAX_SIGNATURES:
        raise LimitError("note-too-many-signatures", count=len(lines), limit=MAX_SIGNATURES)
    known = {
        (key.name, key.key_id): (member, key)
        for member in members
        for key in _witness_keys(member, is_trusted)
    }
    times: dict[bytes, int] = {}
    for raw in lines:
        line = parse_signature_line(raw)
        member, key = known.get((line.name, line.key_id), (None, None))
        if member is None or key is None:
            continue
        message, signature, moment = signed_message(text, line, key)
        if moment is None or not ed25519.verify(key.public_key, message, signature):
            raise MalformedError("cosignature", name=line.name)
        times[member.member] = moment
    return times


def _witness_keys(
    member: TrustedMember, is_trusted: Callable[[KeyRecord], bool]
) -> list[VerifierKey]:
    return [
        VerifierKey(member.origin, COSIGNATURE_V1, record.key)
        for record in member.keys
        if record.purpose == "log" and is_trusted(record)
    ]
