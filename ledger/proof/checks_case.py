"""V15: the case's statements, gap-free from the first to the head that this export sealed."""

from ledger.errors import MalformedError
from ledger.evidence.case_head import case_head_of, find_gap
from ledger.evidence.log import continues
from ledger.evidence.statement import SignedStatement, read_leaf
from ledger.primitives import ed25519
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.merkle import verify_consistency, verify_inclusion
from ledger.primitives.tlog_proof import TlogProof
from ledger.proof import layout
from ledger.proof.checkpoint import signing_log_key
from ledger.proof.proof_files import consistency_from_bytes
from ledger.proof.report import Finding, not_provable, proved, refuted
from ledger.proof.subject import Subject
from ledger.proof.trust import TrustedMember


def v15_case_complete(subject: Subject) -> Finding:
    """V15: numbers 1…n of the case follow one another up to a sealed ``case_head``.

    Later items, and items that were never sealed, are not excluded; the report says so.
    """
    link, member = subject.signed.statement.case, subject.member
    if link is None:
        return not_provable("V15", "case-none")
    chain = _read_chain(subject)
    if not chain or layout.CASE_HEAD_PROOF not in subject.bundle:
        return not_provable("V15", "case-not-included")
    if member is None:
        return not_provable("V15", "member-unknown")
    wrong = _wrong_statement(chain, subject, member)
    if wrong is not None:
        return wrong
    later = _check_head_in_log(subject, chain[-1], member)
    if _head_key_compromised(chain[-1], member):
        return not_provable("V15", "case-head-key-compromised")
    trusts = ("later-items-not-excluded", "case-head-unanchored")
    more = ("case-head-later-generation",) if later else ()
    return proved("V15", "case-complete", trusts=(*trusts, *more), items=len(chain))


def _read_chain(subject: Subject) -> list[SignedStatement]:
    chain: list[SignedStatement] = []
    while (path := layout.case_statement(len(chain) + 1)) in subject.bundle:
        chain.append(read_leaf(subject.bundle.read(path)))
    return chain


def _wrong_statement(
    chain: list[SignedStatement], subject: Subject, member: TrustedMember
) -> Finding | None:
    gap = find_gap(chain)
    if gap is not None:
        return refuted("V15", "case-gap", number=gap)
    for number, signed in enumerate(chain, start=1):
        known = member.key("evidence", signed.key) is not None
        if not known or signed.statement.member != member.member:
            return refuted("V15", "case-foreign-statement", number=number)
        if not ed25519.verify(signed.key, signed.signed_bytes, signed.signature):
            return refuted("V15", "case-signature", number=number)
    if subject.signed.leaf_hash not in {signed.leaf_hash for signed in chain}:
        return refuted("V15", "case-without-this-item")
    return _wrong_head(chain)


def _wrong_head(chain: list[SignedStatement]) -> Finding | None:
    head = chain[-1]
    if head.statement.kind != "case_head" or len(chain) == 1:
        return refuted("V15", "case-head-missing")
    covers = case_head_of(head.statement)
    if (covers.last_number, covers.last_leaf) != (len(chain) - 1, chain[-2].leaf_hash):
        return refuted("V15", "case-head-other-end")
    return None


def _check_head_in_log(subject: Subject, head: SignedStatement, member: TrustedMember) -> bool:
    """Check that the head stands in the same log, in a checkpoint that extends the anchored one.

    Returns:
        ``True`` when it stands in a later generation instead, which starts from an empty log: there is no
        growth to show.

    Raises:
        MalformedError: it does not.
    """
    proof = TlogProof.parse(subject.bundle.read(layout.CASE_HEAD_PROOF))
    checkpoint = CheckpointBody.parse(proof.checkpoint.text)
    verify_inclusion(
        leaf=head.leaf_hash,
        index=proof.index,
        size=checkpoint.size,
        path=proof.path,
        root=checkpoint.root,
    )
    if (
        not continues(checkpoint.origin, subject.checkpoint.origin)
        or signing_log_key(proof.checkpoint, member) is None
    ):
        raise MalformedError("case-head-checkpoint")
    if checkpoint.origin != subject.checkpoint.origin:
        return True
    if checkpoint.size == subject.checkpoint.size:
        if checkpoint.root != subject.checkpoint.root:
            raise MalformedError("case-head-checkpoint")
        return False
    consistency = consistency_from_bytes(subject.bundle.read(layout.CASE_CONSISTENCY))
    verify_consistency(
        old_size=subject.checkpoint.size,
        old_root=subject.checkpoint.root,
        new_size=checkpoint.size,
        new_root=checkpoint.root,
        path=consistency.path,
    )
    return False


def _head_key_compromised(head: SignedStatement, member: TrustedMember) -> bool:
    """Tell whether somebody else may have sealed the head: it is younger than the anchor that was checked."""
    keys = [each for each in member.keys if each.purpose == "log"]
    evidence = member.key("evidence", head.key)
    suspects = [*keys, *([evidence] if evidence else [])]
    return any(each.compromised_since is not None for each in suspects)
