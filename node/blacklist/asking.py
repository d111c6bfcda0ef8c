"""Asking about a person in a node: by the state as it was read last; who asked goes into the trail."""

from collections.abc import Sequence

from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.querying import KeptHit, Person
from node.audit.entries import AuditEntry
from node.blacklist.entries import Entries
from node.identity.permissions import Permission, Principal


def ask_about(
    entries: Entries, person: Person, purpose: Purpose, by: Principal
) -> Sequence[KeptHit]:
    """Return the entries about a person; each hit is kept until a person has reviewed it.

    Raises:
        NotPermittedError: the person may not.
        RefusedError: no authorisation, no key of a type, over a budget, or without a licence no test data.
        UnavailableError: too many holders do not answer.
    """
    by.require(Permission.BLACKLIST_QUERY)
    found = entries.querying.query(person, purpose, by.actor)
    details: dict[str, str | int | bool] = {
        "purpose": purpose.value,
        "types": ",".join(each.type.value for each in person.identifiers),
        "found": len(found),
    }
    entries.node.trail.record(AuditEntry(by.actor, "blacklist.query", None, details))
    return found
