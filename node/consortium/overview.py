"""The consortium at a glance, for the command and the console: rules, proposals in words, applications."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ledger.chain.changes import Change
from ledger.chain.voting import Proposal, Rules
from ledger.evidence.instants import format_instant
from ledger.primitives.canonical import JsonValue
from node.consortium import applications, deciding
from node.consortium.applications import Pending
from node.consortium.members import ConsortiumMember, all_members
from node.wiring import Node

UNREADABLE = "change-unreadable"
_LATEST = 253402300799
"""The last second of the year 9999: what lies beyond it is no date."""


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """A proposal in words.

    Attributes:
        proposal: as the registry holds it.
        word: code of what it would do, in the catalogue.
        subject: whom or what it is about.
        values: the arguments by name; empty when nobody can read it.
        proposer: name of the member that opened it.
        voters: names of those that voted for it.
        expires_at: instant.
    """

    proposal: Proposal
    word: str
    subject: str
    values: Mapping[str, JsonValue]
    proposer: str
    voters: Sequence[str]
    expires_at: str

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "number": self.proposal.number,
            "kind": None if self.proposal.change is None else self.proposal.change.kind,
            "subject": self.subject,
            "values": dict(self.values),
            "proposer": self.proposal.proposer.hex(),
            "opened_block": self.proposal.opened_block,
            "expires_at": self.expires_at,
            "state": self.proposal.state,
            "votes": self.proposal.votes,
            "voters": [each.hex() for each in self.proposal.voters],
        }


@dataclass(frozen=True, slots=True)
class Overview:
    """The consortium at a glance.

    Attributes:
        rules: how it decides.
        members: all that were ever admitted.
        own: this member among them; ``None`` when it was not admitted.
        proposals: newest first.
        applications: that wait, oldest first.
    """

    rules: Rules
    members: Sequence[ConsortiumMember]
    own: ConsortiumMember | None
    proposals: Sequence[ShownProposal]
    applications: Sequence[Pending]

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "status": None if self.own is None else self.own.status,
            "roles": [] if self.own is None else list(self.own.roles),
            "threshold": self.rules.threshold,
            "voters": self.rules.voters,
            "voting_period": self.rules.voting_period,
            "proposals": [each.to_json() for each in self.proposals],
            "applications": [each.to_json() for each in self.applications],
        }


def overview(node: Node, *, limit: int = 50) -> Overview:
    """Read rules, members, the newest proposals and the applications.

    Raises:
        ConfigurationError: this node belongs to no consortium.
        UnavailableError: the chain does not answer.
    """
    members = all_members(node)
    names = {each.member: each.name for each in members}
    own = bytes.fromhex(node.settings.member)
    return Overview(
        rules=deciding.rules(node),
        members=members,
        own=next((each for each in members if each.member == own), None),
        proposals=[show(each, names) for each in deciding.proposals(node, limit=limit)],
        applications=applications.pending(node),
    )


def show(proposal: Proposal, names: Mapping[bytes, str]) -> ShownProposal:
    """Return a proposal in words."""
    change = proposal.change
    expires = datetime.fromtimestamp(min(proposal.expires_at, _LATEST), tz=UTC)
    return ShownProposal(
        proposal=proposal,
        word=UNREADABLE if change is None else f"change-{change.kind}",
        subject=proposal.data.hex()[:40] if change is None else _subject(change, names),
        values={} if change is None else change.values,
        proposer=names.get(proposal.proposer, proposal.proposer.hex()[:12]),
        voters=[names.get(each, each.hex()[:12]) for each in proposal.voters],
        expires_at=format_instant(expires),
    )


def _subject(change: Change, names: Mapping[bytes, str]) -> str:
    member = change.member
    if member is None:
        return ", ".join(str(each) for each in change.values.values())
    newcomer = change.values.get("newcomer")
    origin = newcomer.get("log_origin") if isinstance(newcomer, dict) else None
    name = names.get(member) or (str(origin) if origin else member.hex()[:12])
    more = change.values.get("roles") or change.values.get("endpoint")
    if more is None:
        return name
    return f"{name} → {', '.join(map(str, more)) if isinstance(more, list) else more}"
