"""Asking about a person in a node: the chain is followed first, and who asked goes into the trail."""

from collections.abc import Sequence

from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.querying import KeptHit, Person
from node.audit.entries import AuditEntry
from node.blacklist.entries import Entries, make_entries
from node.identity.permissions import Principal
from node.wiring import Node


def ask_about(
    node: Node, person: Person, purpose: Purpose, by: Principal, entries: Entries | None = None
) -> Sequence[KeptHit]:
    """Return the entries about a person; each hit is kept until a person has reviewed it.

    Raises:
        RefusedError: no authorisation, no key of a type, over a budget, or without a licence no test data.
        UnavailableError: the chain, or too many holders, do not answer.
    """
    entries = entries or make_entries(node)
    entries.follower.refresh()
    found = entries.querying.query(person, purpose, by.actor)
    details: dict[str, str | int | bool] = {
        "purpose": purpose.value,
        "types": ",".join(each.type.value for each in person.identifiers),
        "found": len(found),
    }
    node.trail.record(AuditEntry(by.actor, "blacklist.query", None, details))
    return found
