"""What is recorded of an act about an entry: before it is done, so that none is done unrecorded."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from blacklist.domain.entries.facts import Facts
from ledger.errors import LedgerError
from ledger.primitives.digest import sha256
from node.audit.entries import AuditEntry, Detail
from node.identity.permissions import Principal
from node.identity.releases import words_of_reason
from node.wiring import Node


@contextmanager
def recorded(
    node: Node,
    by: Principal,
    action: str,
    entry: bytes,
    details: Mapping[str, Detail] | None = None,
) -> Iterator[None]:
    """Record an act, let it be done, and record with its code when it was not.

    One that the chain did not answer may have been carried out: only the chain says.
    """
    node.trail.record(AuditEntry(by.actor, action, entry.hex(), details or {}))
    try:
        yield
    except LedgerError as error:
        why = {"why": error.code}
        node.trail.record(AuditEntry(by.actor, action, entry.hex(), why, "refused"))
        raise


def shown(facts: Facts) -> dict[str, Detail]:
    """Return what a second person has to see before deciding."""
    return {
        "ground": facts.ground.value,
        "severity": facts.severity.value,
        "evidence": facts.evidence.hex(),
        "basis": facts.basis.value,
        "basis_evidence": facts.basis_evidence.hex(),
        "notice": "" if facts.notice is None else facts.notice.hex(),
        "conduct_ended": facts.conduct_ended.isoformat(),
    }


def was(before: Facts, after: Facts) -> dict[str, Detail]:
    """Return what a correction changes of that, as it was."""
    old, new = shown(before), shown(after)
    return {f"was_{name}": value for name, value in old.items() if value != new[name]}


def digest_of_reason(reason: str) -> dict[str, Detail]:
    """Return what the trail keeps of a reason: no words, and what words can be compared with.

    Raises:
        MalformedError: no reason, or too long a one.
    """
    return {"reason_sha256": sha256(words_of_reason(reason).encode()).hex()}
