"""What people do to entries in a node: checked against the ledger, carried out, and recorded in the trail.

A listing takes two persons: one asks, another decides the release (``release_kinds``), and the next round
carries it out. So does a correction that is not in the person's favour. Everything else takes one, who names
what is sealed about it.
"""

from blacklist.domain.entries.corrections import takes_two
from blacklist.domain.entries.facts import Facts, said_by
from blacklist.domain.identifiers.identifier import Identifier
from ledger.errors import LedgerError, RefusedError
from node.audit.entries import AuditEntry
from node.blacklist.entries import Entries
from node.blacklist.papers import check_answer_to_dispute, check_papers, check_readable
from node.blacklist.recording import digest_of_reason, recorded, shown, was
from node.identity.people import Release
from node.identity.permissions import Permission, Principal
from node.release_kinds import CORRECTION, LISTING, register


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
    entry, releases = entries.ask(identifier, facts, by.actor), register(entries.node)
    try:
        release = releases.request(
            by, kind=LISTING, subject=entry.hex(), reason=reason, details=shown(facts)
        )
    except LedgerError:
        entries.listing.give_up(entry)
        raise
    return entry, release


def own_facts(entries: Entries, entry: bytes, by: Principal) -> Facts:
    """Return what an own entry says at present; the reading is recorded.

    Raises:
        RefusedError: ``entry-unknown``: not an own one on chain.
        IntegrityError: ``entry-facts-unknown``, or ``record-erased``.
    """
    _may(by)
    _, said = entries.listing.book.said(entries.revising.own(entry))
    entries.node.trail.record(AuditEntry(by.actor, "blacklist.read-entry", entry.hex()))
    return said.facts


def correct(
    entries: Entries, entry: bytes, facts: Facts, reason: str, by: Principal
) -> Release | None:
    """Replace the facts of an own entry, or ask a second person where the correction needs one.

    Args:
        entries: the services.
        entry: 32-byte id.
        facts: what it says from now on.
        reason: why; no personal data.
        by: who corrects.

    Returns:
        The release that a second person decides, and the node's next round carries out; ``None`` when one
        person was enough and the correction is on chain.

    Raises:
        NotPermittedError, RefusedError, UnavailableError: see ``Revising.correct``.
        MalformedError: no reason.
    """
    _may(by)
    entries.follower.refresh()
    listed, before = entries.revising.check_correction(entry, facts)
    check_papers(entries.node, facts, before)
    details = {**shown(facts), **was(before, facts)}
    if takes_two(before, facts):
        details["facts"] = facts.encode().decode("ascii")
        details["said"] = said_by(listed.reporter, before)
        return register(entries.node).request(
            by, kind=CORRECTION, subject=entry.hex(), reason=reason, details=details
        )
    with recorded(entries.node, by, "blacklist.correct", entry, digest_of_reason(reason)):
        entries.revising.correct(entry, facts)
    return None


def withdraw(entries: Entries, entry: bytes, reasons: bytes, by: Principal) -> None:
    """End an own entry; ``reasons`` is the evidence id of why.

    Who ends a disputed entry answers the person as who decides does (征信业管理条例 25).

    Raises:
        RefusedError: as ``Revising.withdraw``; for a disputed entry, as ``decide``.
    """
    _may(by)
    check_readable(entries.node, reasons)
    entries.follower.refresh()
    check_answer_to_dispute(entries.node, entries.revising.own(entry), reasons)
    with recorded(entries.node, by, "blacklist.withdraw", entry):
        entries.revising.withdraw(entry, reasons)


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
            document or decision, after the dispute and by somebody else than the person.
    """
    _may(by)
    check_readable(entries.node, answer)
    entries.follower.refresh()
    check_answer_to_dispute(entries.node, entries.revising.own(entry), answer)
    if facts is not None:
        _check_amendment(entries, entry, facts)
    with recorded(entries.node, by, "blacklist.decide", entry, {"decision": decision}):
        if facts is not None:
            entries.revising.amend(entry, answer, facts)
        elif decision == "withdrawn":
            entries.revising.concede(entry, answer)
        else:
            entries.revising.uphold(entry, answer)


def corroborate(
    entries: Entries, entry: bytes, identifier: Identifier, evidence: bytes, by: Principal
) -> None:
    """Vouch for another member's entry; raises as ``Vouching.corroborate``."""
    _may(by)
    check_readable(entries.node, evidence)
    entries.follower.refresh()
    with recorded(entries.node, by, "blacklist.corroborate", entry):
        entries.vouching.corroborate(entry, identifier, evidence)


def _may(by: Principal) -> None:
    by.require(Permission.BLACKLIST_LIST)


def _check_amendment(entries: Entries, entry: bytes, facts: Facts) -> None:
    """Check that an answer to a dispute does not make its entry weigh more."""
    _, before = entries.listing.book.said(entries.revising.own(entry))
    check_papers(entries.node, facts, before.facts)
    if takes_two(before.facts, facts):
        raise RefusedError("amendment-worse", article="征信业管理条例 25")
