"""What a listing and an answer rest on, looked at in this member's log: here, readable, and of a fit kind.

A kind says what an item is, and never that it says what it should: the persons who decide look at that.
"""

from datetime import datetime, timedelta
from typing import Final

from blacklist.domain.entries.facts import Basis, Facts
from blacklist.domain.entries.standing import ListedEntry
from blacklist.store import person_requests, person_statements
from ledger.errors import RefusedError
from ledger.evidence.instants import parse_instant
from ledger.evidence.kinds import SEALED_BY_THE_NODE
from ledger.store import statements
from ledger.store.statements import StatementRow
from node.blacklist.letters import LETTER, SIGNED
from node.wiring import Node

ANSWERS: Final = frozenset({LETTER, SIGNED, "decision"})
"""Kinds that a written answer can be sealed as (征信业管理条例 25)."""
CONSENTS: Final = frozenset({LETTER, SIGNED, "contract", "message"})
"""Written forms of a consent; a data message is one (民法典 469)."""
NOTICES: Final = frozenset(
    {LETTER, SIGNED, "message", "call_recording", "transcript", "visit_record"}
)
"""How a person can have been told before the listing (征信业管理条例 15)."""
_CLOCKS: Final = timedelta(minutes=5)
"""What this machine's clock may be behind the chain's."""
_SHOWN: Final = 12


def check_papers(node: Node, facts: Facts, before: Facts | None = None) -> None:
    """Check what facts rest on.

    Args:
        node: of this member.
        facts: what an entry is to say.
        before: what it says already: the papers that it goes on resting on were looked at when it was
            listed, and may have been erased at their retention since.

    Raises:
        RefusedError: ``evidence-unknown``; ``paper-erased``; ``paper-unfit``: something else than it has
            to be; ``paper-repeated``: one item stands for two things.
    """
    resting, rested = _papers(facts), {} if before is None else _papers(before)
    fresh = [name for name, paper in resting.items() if rested.get(name) != paper]
    for name in fresh:
        _check_paper(node, name, *resting[name])
    if not fresh:
        return
    named = [paper for paper, _ in resting.values()]
    if facts.basis is Basis.PUBLIC_BY_LAW:
        named.remove(facts.evidence)  # what was published is evidence and basis at once
    if len(set(named)) < len(named):
        raise RefusedError("paper-repeated")


def check_readable(node: Node, leaf_hash: bytes) -> StatementRow:
    """Return an item that is sealed here and was not erased.

    Raises:
        RefusedError: ``evidence-unknown`` or ``paper-erased``.
    """
    with node.database.read() as connection:
        row = statements.by_leaf_hash(connection, leaf_hash)
    if row is None:
        raise RefusedError("evidence-unknown", id=leaf_hash.hex()[:_SHOWN])
    if row.key_id is not None and node.record_keys.open(row.key_id) is None:
        raise RefusedError("paper-erased", id=leaf_hash.hex()[:_SHOWN])
    return row


def check_answer(node: Node, leaf_hash: bytes, asked_at: datetime) -> None:
    """Check that a written answer is sealed in this member's log.

    Args:
        node: of this member.
        leaf_hash: of the answer.
        asked_at: when the person asked, or disputed.

    Raises:
        RefusedError: ``evidence-unknown``; ``paper-erased``; ``answer-unfit``: sealed as something else;
            ``answer-before``: sealed before there was a question; ``answer-own-words``: a person wrote it.
    """
    row = check_readable(node, leaf_hash)
    if row.kind not in ANSWERS:
        raise RefusedError("answer-unfit", kind=row.kind, article="征信业管理条例 25")
    if parse_instant(row.sealed_at) < asked_at - _CLOCKS:
        raise RefusedError("answer-before", sealed_at=row.sealed_at)
    with node.database.read() as connection:
        said = person_statements.is_one(connection, leaf_hash)
        said = said or person_requests.is_one(connection, leaf_hash)
    if said:
        raise RefusedError("answer-own-words")


def check_answer_to_dispute(node: Node, listed: ListedEntry, leaf_hash: bytes) -> None:
    """Check the answer to an open dispute about an entry, if there is one; raises as ``check_answer``."""
    if listed.disputed_at is not None:
        check_answer(node, leaf_hash, listed.disputed_at)


def _papers(facts: Facts) -> dict[str, tuple[bytes, frozenset[str] | None]]:
    """Return each paper that facts rest on, with its kinds; ``None``: any but the node's own."""
    basis = CONSENTS if facts.basis is Basis.CONSENT else None
    papers: dict[str, tuple[bytes, frozenset[str] | None]] = {
        "evidence": (facts.evidence, None),
        "basis_evidence": (facts.basis_evidence, basis),
    }
    if facts.notice is not None:
        papers["notice"] = (facts.notice, NOTICES)
    return papers


def _check_paper(node: Node, member: str, leaf_hash: bytes, kinds: frozenset[str] | None) -> None:
    kind = check_readable(node, leaf_hash).kind
    if kind in SEALED_BY_THE_NODE or (kinds is not None and kind not in kinds):
        raise RefusedError("paper-unfit", kind=kind, member=member)
