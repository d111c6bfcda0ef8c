"""V9 to V11: the anchor on chain, the block that holds it, and that everything is one member's."""

from collections.abc import Mapping
from typing import Final

from ledger.errors import MalformedError
from ledger.evidence.log import generation_of
from ledger.proof import clique, layout
from ledger.proof.anchor_state import AnchoredHead, check_anchor_state
from ledger.proof.proof_files import membership_from_bytes
from ledger.proof.report import Finding, not_provable, proved, refuted
from ledger.proof.subject import Subject
from ledger.proof.trust import KeyRecord

_WITHOUT_SEALS: Final[Mapping[str, str]] = {
    "dev": "block-single-operator",
    "ethereum": "block-without-seals",
}
"""Kinds whose headers carry no quorum of seals, and what the report says instead."""


def v9_anchored(subject: Subject) -> Finding:
    """V9: a receipt in the block records an anchor of exactly this checkpoint."""
    event, checkpoint = subject.event, subject.checkpoint
    if event.root != checkpoint.root:
        return refuted("V9", "anchor-other-root")
    if not checkpoint.origin.endswith(f"/g{event.generation}"):
        return refuted("V9", "anchor-other-generation", generation=event.generation)
    trusts = block_trusts(subject)
    return proved("V9", "anchored", trusts=trusts, size=event.size, block=subject.header.number)


def block_trusts(subject: Subject) -> tuple[str, ...]:
    """Return what has to be trusted about the anchor's block where no seals authenticate it."""
    try:
        seals = subject.seals
    except MalformedError:
        seals = None  # V10 says what is wrong with the header
    return () if seals is not None and seals.sealed else ("block-unauthenticated",)


def v10_block_sealed(subject: Subject) -> Finding:
    """V10: the header hashes to the block and carries a quorum of seals of the trusted validators."""
    chain, header = subject.trust.chain, subject.header
    name = "0x" + subject.block_hash.hex()
    if chain.kind == "clique":
        signer = "0x" + clique.signer(header).hex()
        return not_provable("V10", "block-clique", block=name, signer=signer)
    if chain.kind in _WITHOUT_SEALS:
        return not_provable("V10", _WITHOUT_SEALS[chain.kind], block=name)
    seals = subject.seals
    if seals is None:
        return not_provable("V10", "validators-unknown", block=header.number)
    if not seals.sealed:
        return refuted("V10", "block-not-sealed", why=seals.verdict, block=name)
    return proved(
        "V10",
        "block-sealed",
        trusts=("validators",),
        block=name,
        seals=len(seals.signers),
        validators=seals.validators,
    )


def v11_one_member(subject: Subject) -> Finding:
    """V11: statement, log, keys and anchor belong to one member, each key active at that height."""
    statement, member, event = subject.signed.statement, subject.member, subject.event
    if member is None:
        return refuted("V11", "member-unknown")
    named = generation_of(statement.origin, member.origin)
    if named is None or named > event.generation:
        return refuted("V11", "origin-of-another-member", origin=statement.origin)
    if not member.active_at(subject.header.number):
        return refuted("V11", "member-inactive", block=subject.header.number)
    evidence_key = member.key("evidence", subject.signed.key)
    log_key = subject.log_key
    log_record = None if log_key is None else member.key("log", log_key)
    if evidence_key is None or log_record is None:
        return refuted("V11", "key-of-another-member")
    for record in (evidence_key, log_record):
        finding = _key_not_active(subject, record)
        if finding is not None:
            return finding
    return _state(subject) or proved(
        "V11",
        "one-member",
        trusts=("trust-file", *block_trusts(subject)),
        name=member.name,
        block=subject.header.number,
    )


def _key_not_active(subject: Subject, record: KeyRecord) -> Finding | None:
    """Return what speaks against a key at the anchor's height; ``None`` when it was active."""
    height = subject.header.number
    grace = subject.trust.policy.grace_blocks
    if not record.open_at(height, grace):
        return refuted("V11", "key-not-active", purpose=record.purpose, block=height)
    compromised = record.compromised_since
    if compromised is None or height < compromised:
        return None
    named = subject.signed.statement.not_before
    if named is not None and named.number < compromised:
        return not_provable("V11", "key-compromised-between", purpose=record.purpose)
    return refuted("V11", "key-compromised", purpose=record.purpose, block=compromised)


def _state(subject: Subject) -> Finding | None:
    """Check the contracts' state when the package has its proof; ``None`` when nothing speaks against."""
    if layout.MEMBERSHIP not in subject.bundle:
        return None
    event = subject.event
    expected = AnchoredHead(
        member=event.member,
        generation=event.generation,
        size=event.size,
        root=event.root,
        index=event.index,
        block_number=subject.header.number,
    )
    try:
        proofs = membership_from_bytes(subject.bundle.read(layout.MEMBERSHIP))
        check_anchor_state(proofs, subject.header.state_root, subject.trust.contracts, expected)
    except MalformedError as error:
        return refuted("V11", error.code, **error.params)
    return None
