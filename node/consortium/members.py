"""The members as the registry on chain says now, with the names that this node knows."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.chain.registry import RegisteredMember, name_hash, read_members
from ledger.errors import ConfigurationError, RefusedError
from ledger.proof.trust import KeyRecord
from node.consortium import store
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class ConsortiumMember:
    """An institution that was ever admitted.

    Attributes:
        member: 32-byte id.
        name: as registered; its log's origin as long as nobody has told this node the name.
        origin: of its log, without the generation.
        generation: present log generation.
        endpoint: where peers reach its node.
        roles: names of ``ledger.chain.registry.ROLES``; ``member`` votes, anchors and witnesses.
        status: ``active``, ``suspended`` or ``left``.
        admin: 20-byte address that speaks for it.
        keys: every key record, old ones included.
        since: block of its admission.
        until: block in which it left; ``None`` before.
    """

    member: bytes
    name: str
    origin: str
    generation: int
    endpoint: str
    roles: tuple[str, ...]
    status: str
    admin: bytes
    keys: tuple[KeyRecord, ...]
    since: int
    until: int | None

    def open_key(self, purpose: str) -> bytes | None:
        """Return its present key of a purpose; ``None`` when it has none."""
        for each in self.keys:
            if each.purpose == purpose and each.until is None:
                return each.key
        return None

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "member": self.member.hex(),
            "name": self.name,
            "origin": self.origin,
            "generation": self.generation,
            "endpoint": self.endpoint,
            "roles": list(self.roles),
            "status": self.status,
            "admin": "0x" + self.admin.hex(),
            "since": self.since,
            "until": self.until,
            "keys": [
                {
                    "index": index,
                    "purpose": each.purpose,
                    "key": each.key.hex(),
                    "since": each.since,
                    "until": each.until,
                    "reason": each.reason,
                    "compromised_since": each.compromised_since,
                }
                for index, each in enumerate(self.keys)
            ],
        }


def registry_of(node: Node) -> bytes:
    """Return the registry's address.

    Raises:
        ConfigurationError: this node belongs to no consortium yet.
    """
    if node.settings.registry is None:
        raise ConfigurationError("consortium-not-joined")
    return bytes.fromhex(node.settings.registry)


def all_members(node: Node) -> tuple[ConsortiumMember, ...]:
    """Return every institution that was ever admitted, in order of admission.

    Raises:
        ConfigurationError: this node belongs to no consortium, or the registry is not there.
        UnavailableError: the chain does not answer.
    """
    found = read_members(node.settings.chain_url, registry_of(node))
    with node.database.read() as connection:
        names = {**store.names(connection), name_hash(node.settings.name): node.settings.name}
    return tuple(_named(each, names) for each in found)


def active_members(node: Node) -> tuple[ConsortiumMember, ...]:
    """Return those that are neither suspended nor gone, whatever their roles; raises as ``all_members``."""
    return tuple(each for each in all_members(node) if each.status == "active")


def find_member(node: Node, text: str) -> ConsortiumMember:
    """Return the member with this id, its beginning (8 digits or more), name or origin.

    Raises:
        RefusedError: there is none, or more than one.
        ConfigurationError: see ``all_members``.
        UnavailableError: see ``all_members``.
    """
    fits = [each for each in all_members(node) if _is_called(each, text)]
    if len(fits) != 1:
        raise RefusedError("member-not-found", member=text[:128])
    return fits[0]


SHORTEST_ID = 8


def _is_called(member: ConsortiumMember, text: str) -> bool:
    by_id = len(text) >= SHORTEST_ID and member.member.hex().startswith(text)
    return by_id or text in (member.name, member.origin)


def _named(found: RegisteredMember, names: Mapping[bytes, str]) -> ConsortiumMember:
    return ConsortiumMember(
        member=found.member,
        name=names.get(found.name_hash, found.origin),
        origin=found.origin,
        generation=found.generation,
        endpoint=found.endpoint,
        roles=found.roles,
        status=found.status,
        admin=found.admin,
        keys=found.keys,
        since=found.since,
        until=found.until,
    )
