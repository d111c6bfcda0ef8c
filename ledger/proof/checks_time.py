"""V13 and V14: the timestamp token, and the interval in which the item was sealed."""

import hashlib

from ledger.proof import layout
from ledger.proof.header import block_hash
from ledger.proof.interval import Bound, upper_bounds
from ledger.proof.report import Finding, not_provable, proved, refuted
from ledger.proof.sealing import is_sealed
from ledger.proof.subject import Subject
from ledger.proof.timestamp import check_token
from ledger.proof.timestamp_findings import (
    TimestampNotProvable,
    TimestampProved,
    TimestampRefuted,
)


def v13_timestamped(subject: Subject) -> Finding:
    """V13: a token of a trusted time-stamping authority covers the checkpoint (RFC 3161)."""
    if layout.TIMESTAMP not in subject.bundle:
        return not_provable("V13", "timestamp-none")
    imprint = hashlib.sha256(subject.leaf_proof.checkpoint.text.encode()).digest()
    token = subject.bundle.read(layout.TIMESTAMP)
    match check_token(token, imprint_sha256=imprint, roots=subject.trust.timestamp_roots):
        case TimestampProved(gen_time=moment, authority=authority, policy=policy):
            return proved(
                "V13",
                "timestamped",
                trusts=("timestamp-authority", "revocation-not-checked"),
                time=int(moment.timestamp()),
                authority=authority,
                policy=policy,
            )
        case TimestampRefuted(code, params):
            return refuted("V13", code, **params)
        case TimestampNotProvable(code, params):
            return not_provable("V13", code, **params)


def v14_time_interval(subject: Subject, findings: dict[str, Finding]) -> Finding:
    """V14: the item was sealed after one time and before another; each source is named."""
    named = subject.signed.statement.not_before
    if named is None:
        return not_provable("V14", "not-before-none")
    lower = subject.not_before
    found = block_hash(lower, subject.trust.chain.kind)
    if (lower.number, found) != (named.number, named.block_hash):
        return refuted("V14", "not-before-other-block", block=named.number)
    upper = min(upper_bounds(subject, findings), key=_preference)
    if lower.timestamp > upper.time:
        return refuted("V14", "interval-empty", lower=lower.timestamp, upper=upper.time)
    if not (upper.firm and is_sealed(lower, subject.trust.chain)):
        return not_provable(
            "V14", "interval-claimed", lower=lower.timestamp, upper=upper.time, source=upper.source
        )
    return proved(
        "V14",
        "interval",
        trusts=("block-time-is-the-proposers",),
        lower=lower.timestamp,
        upper=upper.time,
        source=upper.source,
    )


def _preference(bound: Bound) -> tuple[bool, int]:
    """Prefer a bound that others vouch for, then the earliest."""
    return (not bound.firm, bound.time)
