"""V6, V7, V8, V12: the leaf in the log, the log's signature, its witnesses, its growth."""

from ledger.evidence.log import continues
from ledger.primitives.merkle import verify_consistency, verify_inclusion
from ledger.proof import layout
from ledger.proof.proof_files import consistency_from_bytes
from ledger.proof.report import Finding, not_provable, proved, refuted
from ledger.proof.subject import Subject


def v6_leaf_in_log(subject: Subject) -> Finding:
    """V6: the leaf stands at its index under the checkpoint's root (RFC 6962)."""
    proof, checkpoint = subject.leaf_proof, subject.checkpoint
    verify_inclusion(
        leaf=subject.signed.leaf_hash,
        index=proof.index,
        size=checkpoint.size,
        path=proof.path,
        root=checkpoint.root,
    )
    named = subject.signed.statement.origin
    if not continues(checkpoint.origin, named):
        return refuted("V6", "leaf-of-another-log", origin=checkpoint.origin)
    if checkpoint.origin == named:
        return proved("V6", "leaf-in-log", index=proof.index, size=checkpoint.size)
    return proved(
        "V6",
        "leaf-carried",
        index=proof.index,
        size=checkpoint.size,
        named=named,
        origin=checkpoint.origin,
    )


def v7_checkpoint_signed(subject: Subject) -> Finding:
    """V7: the checkpoint bears the log's signature, by a log key of the member."""
    member = subject.member
    if member is None:
        return not_provable("V7", "member-unknown")
    if subject.log_key is None:
        return refuted("V7", "checkpoint-signature")
    return proved("V7", "checkpoint-signed", origin=subject.checkpoint.origin)


def v8_cosigned(subject: Subject) -> Finding:
    """V8: a quorum of other members found the checkpoint consistent and cosigned it."""
    quorum = subject.trust.policy.cosignature_quorum
    times = subject.cosignature_times
    if not quorum and not times:
        return not_provable("V8", "cosignatures-none")
    if len(times) < max(quorum, 1):
        return not_provable("V8", "cosignatures-too-few", found=len(times), quorum=quorum)
    return proved("V8", "cosigned", trusts=("witnesses",), found=len(times), quorum=quorum)


def v12_anchor_follows(subject: Subject) -> Finding:
    """V12: the anchored log is an extension of the one anchored before it."""
    event, checkpoint = subject.event, subject.checkpoint
    if event.previous_size == 0:
        return proved("V12", "anchor-first", size=event.size)
    if layout.CONSISTENCY not in subject.bundle:
        return not_provable("V12", "consistency-missing")
    proof = consistency_from_bytes(subject.bundle.read(layout.CONSISTENCY))
    if (proof.old_size, proof.new_size) != (event.previous_size, checkpoint.size):
        return refuted("V12", "consistency-other-sizes")
    verify_consistency(
        old_size=event.previous_size,
        old_root=event.previous_root,
        new_size=checkpoint.size,
        new_root=checkpoint.root,
        path=proof.path,
    )
    return proved("V12", "anchor-follows", old=event.previous_size, new=event.size)
