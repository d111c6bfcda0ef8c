"""Whether enough members have signed a trust file, and whether it follows from an older one.

What a quorum proves: the institutions that the file lists agree on it, so that none of them made it up alone.
That these institutions are the right ones it cannot prove, since whoever invents a file invents its members:
the reader knows that from the fingerprint, by another channel, or from an older file whose members signed.
"""

from dataclasses import replace

from ledger.errors import RefusedError
from ledger.proof.report import Report, TrustSigning
from ledger.proof.trust import VOTER, Trust, TrustedMember


def signing_of(trust: Trust) -> TrustSigning:
    """Return who signed a trust file."""
    entitled = {each.member: each for each in _entitled(trust, trust.height)}
    counted: list[str] = []
    others: list[str] = []
    for each in trust.signatures:
        member = trust.members[each.member]
        counts = each.member in entitled and _signs(member, each.key, trust.height)
        (counted if counts else others).append(member.name)
    return TrustSigning(
        signers=tuple(counted),
        uncounted=tuple(others),
        members=len(entitled),
        quorum=trust.policy.trust_quorum,
        made_at=trust.made_at,
        height=trust.height,
    )


def majority(members: int) -> int:
    """Return how many members must sign a file of so many by default: more than half, nobody of one alone."""
    return members // 2 + 1 if members > 1 else 0


def check_quorum(trust: Trust) -> None:
    """Check that enough members signed the file.

    Raises:
        RefusedError: fewer than its policy names.
    """
    signing = signing_of(trust)
    if not signing.reached:
        raise RefusedError(
            "trust-quorum",
            signed=len(signing.signers),
            quorum=signing.quorum,
            members=signing.members,
            names="、".join(signing.signers) or "–",
        )


def check_previous(trust: Trust, previous: Trust) -> None:
    """Check that a quorum of an older file's members, with the keys that it lists, signed the new one.

    Raises:
        RefusedError: another chain, an older file, or too few of those members.
    """
    chains = [(each.chain.chain_id, each.chain.genesis) for each in (trust, previous)]
    if chains[0] != chains[1]:
        raise RefusedError("trust-previous-chain")
    if trust.height is not None and trust.height < (previous.height or 0):
        raise RefusedError("trust-previous-newer", height=trust.height, previous=previous.height)
    known = _entitled(previous, previous.height)
    signed = {(each.member, each.key) for each in trust.signatures}
    names = [each.name for each in known if _signed(each, signed, previous.height)]
    quorum = max(previous.policy.trust_quorum, majority(len(known)), 1)
    if len(names) < quorum:
        raise RefusedError(
            "trust-previous-quorum",
            signed=len(names),
            quorum=quorum,
            members=len(known),
            names="、".join(names) or "–",
        )


def with_previous(report: Report, previous: Trust) -> Report:
    """Return the report, saying from which older file the trust file follows."""
    return replace(report, signing=replace(report.signing, previous=previous.fingerprint))


def _entitled(trust: Trust, height: int | None) -> list[TrustedMember]:
    """Return the members that had a vote at a block; ``None``: at the end of what the file knows."""
    return [
        each
        for each in trust.members.values()
        if VOTER in each.roles
        and (each.active_at(height) if height is not None else _is_active(each))
    ]


def _is_active(member: TrustedMember) -> bool:
    return all(each.until is not None for each in member.inactive)


def _signs(member: TrustedMember, key: bytes, height: int | None) -> bool:
    record = member.key("evidence", key)
    if record is None:
        return False
    if height is None:
        return record.until is None and record.compromised_since is None
    return record.trusted_at(height, grace=0)


def _signed(member: TrustedMember, signed: set[tuple[bytes, bytes]], height: int | None) -> bool:
    return any(owner == member.member and _signs(member, key, height) for owner, key in signed)


def unsigned_members(trust: Trust) -> tuple[str, ...]:
    """Return the names of the members with a vote whose signature the file lacks."""
    signed = {each.member for each in trust.signatures}
    entitled = _entitled(trust, trust.height)
    return tuple(each.name for each in entitled if each.member not in signed)
