"""Asking about a person in a node: by the state as it was read last; who asked goes into the trail."""

from collections.abc import Mapping, Sequence

from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.querying import KeptHit, Person
from ledger.errors import UnavailableError
from node.audit.entries import AuditEntry, Detail
from node.blacklist.entries import Entries
from node.identity.permissions import Permission, Principal


def ask_about(
    entries: Entries, person: Person, purpose: Purpose, by: Principal, *, name: bytes | None = None
) -> Sequence[KeptHit]:
    """Return the entries about a person; each hit is kept until a person has reviewed it.

    Args:
        entries: the services.
        person: whom.
        purpose: why.
        by: who asks.
        name: see ``Querying.query``.

    Raises:
        NotPermittedError: the person may not.
        LedgerError: see ``Querying.query``.
    """
    by.require(Permission.BLACKLIST_QUERY)
    details: dict[str, Detail] = {
        "purpose": purpose.value,
        "types": ",".join(each.type.value for each in person.identifiers),
    }
    try:
        found = entries.querying.query(person, purpose, by.actor, name=name)
    except UnavailableError as error:
        if error.code == "query-incomplete":
            missing, kept = str(error.params["missing"]), int(str(error.params["kept"]))
            _record(entries, by, {**details, "found": kept, "missing": missing})
        raise
    _record(entries, by, {**details, "found": len(found)})
    return found


def _record(entries: Entries, by: Principal, details: Mapping[str, Detail]) -> None:
    entries.node.trail.record(AuditEntry(by.actor, "blacklist.query", None, details))
