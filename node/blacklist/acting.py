"""What people do to entries in a node: checked against the ledger, carried out, and recorded in the trail.

A listing takes two persons: one asks, another decides the release (``release_kinds``), and the next round
carries it out. Everything else takes one, who names what is sealed about it.
"""

from collections.abc import Mapping

from blacklist.domain.entries.facts import Facts
from blacklist.domain.identifiers.identifier import Identifier
from blacklist.services.own_book import SHOWN
from ledger.errors import IntegrityError
from node.audit.entries import AuditEntry, Detail
from node.blacklist.entries import Entries, check_sealed
from node.blacklist.letters import check_answer
from node.identity.people import Release
from node.identity.permissions import Permission, Principal
from node.release_kinds import LISTING, register


def ask_to_list(
    entries: Entries, identifier: Identifier, facts: Facts, reason: str, by: Principal
) -> tuple[bytes, Release]:
    """Ask for a listing; return the entry's id and the release that a second person decides.

    Raises:
        NotPermittedError: the person may not.
        RefusedError: a condition of the law is not met, or a named item is not sealed here.
        MalformedError: no reason.
    """
    by.require(Permission.BLACKLIST_LIST)
    entry = entries.ask(identifier, facts, by.actor)
    releases = register(entries.node)
    details: dict[str, Detail] = {
        "ground": facts.ground.value,
        "severity": facts.severity.value,
        "evidence": facts.evidence.hex(),
        "basis": facts.basis.value,
        "notice": "" if facts.notice is None else facts.notice.hex(),
        "conduct_ended": facts.conduct_ended.isoformat(),
    }
    release = releases.request(
        by, kind=LISTING, subject=entry.hex(), reason=reason, details=details
    )
    return entry, release


def own_facts(entries: Entries, entry: bytes, by: Principal) -> Facts:
    """Return what an own entry says at present; the reading is recorded.

    Raises:
        RefusedError: ``entry-unknown``: not an own one on chain.
        IntegrityError: ``entry-facts-unknown``, or ``record-erased``.
    """
    _may(by)
    listed, book = entries.revising.find(entry), entries.listing.book
    said = book.open(book.find(entry)).at(listed.facts)
    if said is None:
        raise IntegrityError("entry-facts-unknown", entry=entry.hex()[:SHOWN])
    _record(entries, by, "blacklist.read-entry", entry)
    return said.facts


def correct(entries: Entries, entry: bytes, facts: Facts, by: Principal) -> None:
    """Replace the facts of an own entry; raises as ``Revising.correct``."""
    _may(by)
    entries.check_evidence(facts)
    entries.follower.refresh()
    entries.revising.correct(entry, facts)
    _record(entries, by, "blacklist.correct", entry)


def withdraw(entries: Entries, entry: bytes, reasons: bytes, by: Principal) -> None:
    """End an own entry; ``reasons`` is the evidence id of why. Raises as ``Revising.withdraw``."""
    _may(by)
    check_sealed(entries.node, [reasons])
    entries.follower.refresh()
    entries.revising.withdraw(entry, reasons)
    _record(entries, by, "blacklist.withdraw", entry)


def decide(
    entries: Entries, entry: bytes, decision: str, answer: bytes, by: Principal, facts: Facts | None
) -> None:
    """Decide a dispute about an own entry with a written answer that is sealed here.

    Args:
        entries: the services.
        entry: 32-byte id.
        decision: ``upheld``, ``corrected`` or ``withdrawn``.
        answer: evidence id of the written answer to the person (征信业管理条例 25).
        by: who decides.
        facts: the new ones, for ``corrected``.

    Raises:
        RefusedError: not an own entry, no open dispute, or the answer is not sealed here as a letter, signed
            document or decision.
    """
    _may(by)
    check_answer(entries.node, answer)
    entries.follower.refresh()
    if facts is not None:
        entries.check_evidence(facts)
        entries.revising.amend(entry, answer, facts)
    elif decision == "withdrawn":
        entries.revising.concede(entry, answer)
    else:
        entries.revising.uphold(entry, answer)
    _record(entries, by, "blacklist.decide", entry, {"decision": decision})


def corroborate(
    entries: Entries, entry: bytes, identifier: Identifier, evidence: bytes, by: Principal
) -> None:
    """Vouch for another member's entry; raises as ``Vouching.corroborate``."""
    _may(by)
    check_sealed(entries.node, [evidence])
    entries.follower.refresh()
    entries.vouching.corroborate(entry, identifier, evidence)
    _record(entries, by, "blacklist.corroborate", entry)


def _may(by: Principal) -> None:
    by.require(Permission.BLACKLIST_LIST)


def _record(
    entries: Entries,
    by: Principal,
    action: str,
    entry: bytes,
    details: Mapping[str, Detail] | None = None,
) -> None:
    entries.node.trail.record(AuditEntry(by.actor, action, entry.hex(), details or {}))
