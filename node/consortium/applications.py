"""Applications for membership: taken from strangers and from other members, each checked here again.

* At most ``MAX_PENDING`` wait, each for ``KEPT_DAYS``: a stranger can fill the list, but not the disk.
* One of each (member id, evidence key): a later one of the same key takes its place, and nobody can keep an
  institution out by applying in its name first.
* Whoever is a member already needs none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ledger.chain.registry import RegisteredMember, read_members
from ledger.errors import LimitError, MalformedError, RefusedError
from ledger.evidence.instants import format_instant
from node.consortium import store
from node.consortium.application import MAX_BYTES, Application, read_application
from node.consortium.entering import own_keys
from node.consortium.founding import make_card
from node.consortium.members import registry_of
from node.consortium.store import StoredApplication
from node.wiring import Node

MAX_PENDING: Final = 100
KEPT_DAYS: Final = 90
"""A vote takes two weeks by default; whoever still wants in then applies again."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An application that waits for a proposal or for votes.

    Attributes:
        application: checked.
        received_at: instant.
        source: endpoint of the member that handed it on; empty when it was sent here.
    """

    application: Application
    received_at: str
    source: str

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        card = self.application.card
        return {
            "id": self.application.identifier,
            "member": card.member.hex(),
            "name": card.name,
            "origin": card.origin,
            "endpoint": card.endpoint,
            "roles": list(card.roles),
            "received_at": self.received_at,
            "source": self.source,
        }


def make_application(
    node: Node, *, chain_id: int, registry: bytes, roles: Sequence[str] = ("member",)
) -> Application:
    """Return this institution's application to a consortium.

    Raises:
        MalformedError: an unknown role, or none.
        UnavailableError: a remote signer does not answer.
    """
    card = make_card(node, roles)
    proofs = own_keys(node).proofs(chain_id=chain_id, registry=registry, member=card.member)
    return Application(card, chain_id, registry, proofs)


def receive(node: Node, data: bytes, *, source: str = "") -> Pending:
    """Check an application and keep it.

    Raises:
        LimitError: too large.
        MalformedError: not of its form, or a signature or proof does not hold.
        RefusedError: for another registry, of a member, or too many wait.
        UnavailableError: the chain does not answer.
    """
    if len(data) > MAX_BYTES:
        raise LimitError("consortium-document-too-large", limit=MAX_BYTES)
    registry = registry_of(node)
    application = read_application(data, chain_id=node.settings.chain_id, registry=registry)
    registered = read_members(node.settings.chain_url, registry)
    if _clashes(application, registered):
        raise RefusedError("application-of-a-member")
    row = StoredApplication(
        application_id=application.identifier,
        member=application.card.member,
        evidence_key=application.card.keys["evidence"],
        document=application.to_bytes(),
        received_at=format_instant(node.clock.now()),
        source=source,
    )
    with node.database.write() as connection:
        if not store.holds(connection, row.application_id):
            if store.count(connection) >= MAX_PENDING:
                raise RefusedError("applications-full", limit=MAX_PENDING)
            store.put(connection, row)
    return Pending(application, row.received_at, source)


def pending(node: Node) -> tuple[Pending, ...]:
    """Return the applications that wait, oldest first; what fits no more (another registry) is left out."""
    with node.database.read() as connection:
        rows = store.pending(connection)
    return tuple(each for row in rows if (each := _opened(node, row)) is not None)


def find_application(node: Node, identifier: str) -> Pending:
    """Return the application with this id, or of the only applicant with this name or origin.

    Raises:
        RefusedError: there is none, or more than one.
    """
    fits = [each for each in pending(node) if _is_called(each.application, identifier)]
    if len(fits) != 1:
        raise RefusedError("application-unknown", id=identifier[:64])
    return fits[0]


def settle(node: Node) -> None:
    """Forget applications of those who were admitted, after learning their names, and very old ones.

    Raises:
        UnavailableError: the chain or the database does not answer.
    """
    waiting = pending(node)
    now = node.clock.now()
    registered = read_members(node.settings.chain_url, registry_of(node)) if waiting else ()
    hashes = {each.member: each.name_hash for each in registered}
    with node.database.write() as connection:
        for each in waiting:
            card = each.application.card
            if hashes.get(card.member) == card.name_hash:
                at = format_instant(now)
                store.learn_name(connection, card.name_hash, card.name, at=at)
            if card.member in hashes:
                store.remove(connection, each.application.identifier)
        store.remove_before(connection, format_instant(now - timedelta(days=KEPT_DAYS)))


def _opened(node: Node, row: StoredApplication) -> Pending | None:
    try:
        application = read_application(
            row.document, chain_id=node.settings.chain_id, registry=registry_of(node)
        )
    except (MalformedError, RefusedError):
        return None
    return Pending(application, row.received_at, row.source)


def _clashes(application: Application, registered: tuple[RegisteredMember, ...]) -> bool:
    """Tell whether the registry would refuse the admission in any case: ids, origins and keys serve once."""
    card = application.card
    keys = set(card.keys.values())
    return any(
        card.member == each.member
        or card.origin == each.origin
        or keys & {record.key for record in each.keys}
        for each in registered
    )


def _is_called(application: Application, text: str) -> bool:
    card = application.card
    return text in (application.identifier, card.name, card.origin, card.member.hex())
