"""A trust file that others ask a member to sign, beside what the member's own node sees on the chain (pure).

A member signs only what its own node can check. What may differ, and why:

* Names: each is the registered one, which the registry's hash proves, or the log's origin in its stead.
* Timestamp roots: any that this node holds or accepts; fewer are no harm.
* Policy: stricter is as good. V13 and V14 are not compared: they follow from a member's own authorities.
* Validators: a file may say less about old blocks, never something else.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.chain.registry import name_hash
from ledger.errors import RefusedError
from ledger.proof.trust import Policy, Trust, TrustedMember
from ledger.proof.trusted_chain import ValidatorSet

LOCAL_CHECKS: Final = frozenset({"V13", "V14"})


def compare(file: Trust, own: Trust, name_hashes: Mapping[bytes, bytes]) -> None:
    """Compare a trust file with the one that this node would make now.

    Args:
        file: that others made.
        own: from this node's chain and settings.
        name_hashes: that the registry holds, by member id.

    Raises:
        RefusedError: something differs; ``what`` names the first thing.
    """
    for what in _differences(file, own, name_hashes):
        raise RefusedError("trust-differs", what=what)


def _differences(file: Trust, own: Trust, name_hashes: Mapping[bytes, bytes]) -> Iterator[str]:
    for name in ("chain_id", "genesis", "kind", "curve"):
        if getattr(file.chain, name) != getattr(own.chain, name):
            yield f"chain.{name}"
    if file.contracts != own.contracts:
        yield "contracts"
    yield from _members(file.members, own.members, name_hashes)
    yield from _validators(file, own)
    if not set(file.timestamp_roots) <= set(own.timestamp_roots):
        yield "timestamp_roots"
    yield from _policy(file.policy, own.policy)


def _members(
    found: Mapping[bytes, TrustedMember],
    own: Mapping[bytes, TrustedMember],
    name_hashes: Mapping[bytes, bytes],
) -> Iterator[str]:
    for member in sorted(found.keys() ^ own.keys()):
        yield f"members: {found.get(member, own.get(member)).name}"  # type: ignore[union-attr]  # in one of them
    for member, expected in own.items():
        given = found[member]
        if not _is_called(given, name_hashes.get(member)):
            yield f"members.name: {given.name}"
        for name in ("origin", "roles", "keys", "inactive"):
            if getattr(given, name) != getattr(expected, name):
                yield f"members.{name}: {expected.name}"


def _is_called(member: TrustedMember, registered: bytes | None) -> bool:
    return name_hash(member.name) == registered or member.name == member.origin


def _validators(file: Trust, own: Trust) -> Iterator[str]:
    """Compare now and at every edge: between two edges neither file changes what it says."""
    now = own.height or 0
    if file.chain.validators_at(now) != own.chain.validators_at(now):
        yield "chain.validators"
    for height in sorted(_edges(file.chain.validators)):
        if file.chain.validators_at(height) != own.chain.validators_at(height):
            yield f"chain.validators: {height}"
    for height in sorted(_edges(own.chain.validators)):
        if file.chain.validators_at(height) not in (None, own.chain.validators_at(height)):
            yield f"chain.validators: {height}"


def _edges(sets: tuple[ValidatorSet, ...]) -> set[int]:
    """Return first and last block of each set; the block after the last edge stands for all that come."""
    ends = {each.since for each in sets} | {each.until for each in sets if each.until is not None}
    return ends | ({max(ends) + 1} if ends else set())


def _policy(found: Policy, own: Policy) -> Iterator[str]:
    for check in own.required:
        if check not in (*found.required, *LOCAL_CHECKS):
            yield f"policy.required: {check}"
    if found.name != own.name:
        yield "policy.name"
    if found.cosignature_quorum < own.cosignature_quorum:
        yield "policy.cosignature_quorum"
    if found.grace_blocks > own.grace_blocks:
        yield "policy.grace_blocks"
    if found.trust_quorum < own.trust_quorum:
        yield "policy.trust_quorum"
