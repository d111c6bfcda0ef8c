"""What the roles court and regulator may ask of this member: a package after a release, and counts.

A court asks for the package of an item by its leaf hash. Two persons of this member decide, as for whatever
cannot be taken back (``release_kinds``); then the court fetches it, for a week. A regulator reads counts.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from ledger.errors import RefusedError
from ledger.evidence.instants import format_instant
from ledger.primitives.canonical import JsonValue
from ledger.store.tables import statement
from node.errors import NotPermittedError
from node.identity.people import Release
from node.identity.permissions import Permission, Principal
from node.peer.neighbours import Neighbour
from node.standing import standing
from node.wiring import Node

COURT_PACKAGE: Final = "court-package"
FETCHABLE: Final = timedelta(days=7)


def principal_of(peer: Neighbour) -> Principal:
    """Return a member's node as one who asks."""
    name = f"peer:{peer.log.member.hex()[:16]}"
    allowed = frozenset({Permission.EVIDENCE_EXPORT})
    return Principal(name, peer.member.origin, frozenset(), allowed, "token")


def ask(node: Node, peer: Neighbour, evidence_id: str, reason: str) -> Release:
    """Take a court's request for the package of an item.

    Raises:
        NotPermittedError: the member has not the role court.
        RefusedError: there is no such item.
        MalformedError: no reason, or no leaf hash.
    """
    require(peer, "court")
    return node.identity.releases.request(
        principal_of(peer), kind=COURT_PACKAGE, subject=evidence_id, reason=reason
    )


def look(node: Node, peer: Neighbour, release_id: str) -> Release:
    """Return a court's own request.

    Raises:
        RefusedError: there is none of this id by this member.
    """
    found = node.identity.releases.get(release_id)
    if (found.kind, found.requested_by) != (COURT_PACKAGE, principal_of(peer).operator_id):
        raise RefusedError("release-unknown")
    return found


def granted(node: Node, peer: Neighbour, release_id: str) -> Release:
    """Return a court's request that was released and may be fetched.

    Raises:
        NotPermittedError: the member has no longer the role court.
        RefusedError: none of this id, not released, or a week ago.
    """
    require(peer, "court")
    found = look(node, peer, release_id)
    if found.state != "done" or found.finished_at is None:
        raise RefusedError("release-state", state=found.state)
    if found.finished_at < format_instant(node.clock.now() - FETCHABLE):
        raise RefusedError("release-expired", at=found.finished_at)
    return found


def statistics(node: Node, peer: Neighbour) -> dict[str, JsonValue]:
    """Return counts for a regulator: nothing of any item, person or case.

    Raises:
        NotPermittedError: the member has not the role regulator.
    """
    require(peer, "regulator")
    kinds = select(statement.c.kind, func.count()).group_by(statement.c.kind)
    with node.database.read() as connection:
        found = standing(connection)
        by_kind: dict[str, JsonValue] = {row[0]: row[1] for row in connection.execute(kinds)}
    return {
        "generation": found.generation,
        "log_size": found.log_size,
        "anchored_size": found.anchored_size,
        "waiting": found.waiting,
        "by_kind": by_kind,
    }


def require(peer: Neighbour, role: str) -> None:
    """Check a role of the registry.

    Raises:
        NotPermittedError: the member has it not.
    """
    if role not in peer.roles:
        raise NotPermittedError("peer-role", role=role)
