"""What a member's node tells a stranger about its consortium: enough to apply, and to check it on chain."""

from dataclasses import dataclass

from ledger.chain.deploy import Deployed
from ledger.errors import ConfigurationError, MalformedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue
from node.consortium.card import check_schema
from node.consortium.deciding import rules
from node.consortium.entering import present_chain
from node.consortium.founding_file import FoundingChain, chain_from_json
from node.consortium.members import all_members, registry_of
from node.wiring import Node

SCHEMA = "lianzheng-consortium/1"


@dataclass(frozen=True, slots=True)
class DescribedMember:
    """A member as another member's node describes it: for people, nothing relies on it."""

    member: bytes
    name: str
    origin: str
    endpoint: str
    roles: tuple[str, ...]
    status: str

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as it stands in the document."""
        return {
            "member": self.member.hex(),
            "name": self.name,
            "origin": self.origin,
            "endpoint": self.endpoint,
            "roles": list(self.roles),
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class Description:
    """A consortium as a member's node describes it.

    Attributes:
        chain: on which it lives.
        places: of its contracts.
        threshold: votes that a proposal needs.
        voters: active institutions with the role ``member``.
        voting_period: seconds.
        members: all that were ever admitted.
    """

    chain: FoundingChain
    places: Deployed
    threshold: int
    voters: int
    voting_period: int
    members: tuple[DescribedMember, ...]

    def to_json(self) -> dict[str, JsonValue]:
        """Return the document."""
        return {
            "schema": SCHEMA,
            "chain": self.chain.to_json(),
            "registry": self.places.registry.hex(),
            "anchor": self.places.anchor.hex(),
            "threshold": self.threshold,
            "voters": self.voters,
            "voting_period": self.voting_period,
            "members": [each.to_json() for each in self.members],
        }


def describe(node: Node) -> Description:
    """Return the description of the consortium that this node belongs to.

    Raises:
        ConfigurationError: it belongs to none.
        UnavailableError: the chain does not answer.
    """
    found, settings = rules(node), node.settings
    if settings.anchor is None:
        raise ConfigurationError("consortium-not-joined")
    return Description(
        chain=present_chain(node),
        places=Deployed(registry_of(node), bytes.fromhex(settings.anchor)),
        threshold=found.threshold,
        voters=found.voters,
        voting_period=found.voting_period,
        members=tuple(
            DescribedMember(
                each.member, each.name, each.origin, each.endpoint, each.roles, each.status
            )
            for each in all_members(node)
        ),
    )


def read_description(value: JsonValue) -> Description:
    """Read a description.

    Raises:
        MalformedError: it is not of its form.
    """
    names = {
        "schema", "chain", "registry", "anchor", "threshold", "voters", "voting_period", "members",
    }  # fmt: skip
    found = shape.members(value, "consortium", names)
    check_schema(found["schema"], SCHEMA)
    return Description(
        chain=chain_from_json(found["chain"]),
        places=Deployed(
            registry=shape.hex_bytes(found["registry"], "consortium.registry", 20),
            anchor=shape.hex_bytes(found["anchor"], "consortium.anchor", 20),
        ),
        threshold=shape.integer(found["threshold"], "consortium.threshold", minimum=1),
        voters=shape.integer(found["voters"], "consortium.voters", minimum=1),
        voting_period=shape.integer(found["voting_period"], "consortium.voting_period", minimum=1),
        members=tuple(_member(each) for each in shape.items(found["members"], "members")),
    )


def _member(value: JsonValue) -> DescribedMember:
    names = {"member", "name", "origin", "endpoint", "roles", "status"}
    found = shape.members(value, "members", names)
    return DescribedMember(
        member=shape.hex_bytes(found["member"], "members.member", 32),
        name=_printable(found["name"]),
        origin=_printable(found["origin"]),
        endpoint=_printable(found["endpoint"]),
        roles=tuple(_printable(each) for each in shape.items(found["roles"], "members.roles")),
        status=_printable(found["status"]),
    )


def _printable(value: JsonValue) -> str:
    """Read a text that a terminal shows as it is."""
    text = shape.text(value, "members")
    if not text.isprintable():
        raise MalformedError("statement-form", member="members")
    return text
