"""Whose log key signed a checkpoint."""

from ledger.primitives import ed25519
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.note import ED25519, Note, NoteSignature, VerifierKey, signed_message
from ledger.proof.trust import TrustedMember


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
