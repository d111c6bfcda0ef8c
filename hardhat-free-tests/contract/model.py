"""What the contracts ought to do, in plain Python: sets of institutions, no storage, no packing, no counters.

Written from docs/spec/contracts.md, not from the Solidity. An action either changes the model or raises
``Refusal`` with the name of the error that the contracts must give.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from contract.consortium import ACTIVE, LEFT, MEMBER, SUSPENDED

Change: TypeAlias = tuple[str, tuple[int, ...]]
# size, root, number of anchors
Head: TypeAlias = tuple[int, bytes, int]
EMPTY: Head = (0, bytes(32), 0)
REGISTRY, ANCHOR = "ConsortiumRegistry", "EvidenceAnchor"


class Refusal(Exception):  # noqa: N818 - it reads as what happened, like a verdict
    """Raised when the contracts must refuse."""


@dataclass
class Institution:
    roles: int
    status: int = ACTIVE
    generation: int = 0
    open_key: int | None = None


@dataclass
class Proposal:
    change: Change
    expires_at: int
    voters: set[int] = field(default_factory=set)
    executed: bool = False


class Model:
    def __init__(self, founders: int, threshold: int, period: int) -> None:
        self.institutions = {
            number: Institution(MEMBER, open_key=number) for number in range(founders)
        }
        self.key_holders = {number: number for number in range(founders)}
        self.threshold = threshold
        self.period = period
        self.proposals: dict[int, Proposal] = {}
        self.heads: dict[tuple[int, int], Head] = {}

    def voters(self) -> set[int]:
        return {
            number
            for number, item in self.institutions.items()
            if item.status == ACTIVE and item.roles & MEMBER
        }

    def head(self, number: int, generation: int) -> Head:
        return self.heads.get((number, generation), EMPTY)

    # What people do.

    def propose(self, actor: int, change: Change, now: int) -> int:
        self._require_voter(actor)
        proposal = Proposal(change, now + self.period)
        self._vote(actor, proposal)
        self.proposals[len(self.proposals) + 1] = proposal
        return len(self.proposals)

    def vote(self, actor: int, number: int, now: int) -> None:
        self._require_voter(actor)
        proposal = self._open(number, now)
        if actor in proposal.voters:
            raise Refusal(REGISTRY + "AlreadyVoted")
        self._vote(actor, proposal)

    def withdraw(self, actor: int, number: int, now: int) -> None:
        self._require_voter(actor)
        proposal = self._open(number, now)
        if actor not in proposal.voters:
            raise Refusal(REGISTRY + "NotVoted")
        proposal.voters.remove(actor)

    def execute(self, actor: int, number: int, now: int) -> None:
        self._require_voter(actor)
        proposal = self._open(number, now)
        if len(proposal.voters & self.voters()) < self.threshold:
            raise Refusal(REGISTRY + "NotEnoughVotes")
        self._apply(proposal.change)
        proposal.executed = True

    def resign(self, actor: int) -> None:
        self._require_active(actor)
        self._apply(("removeMember", (actor,)))

    def anchor(self, key: int, generation: int, size: int, root: bytes, *, consistent: bool) -> int:
        """Return whose log got the anchor."""
        number = self.key_holders.get(key, -1)
        institution = self.institutions.get(number)
        if institution is None or institution.open_key != key:
            raise Refusal(ANCHOR + "UnauthorizedKey")
        if institution.status == SUSPENDED:
            raise Refusal(ANCHOR + "MemberSuspended")
        if not institution.roles & MEMBER:
            raise Refusal(ANCHOR + "UnauthorizedKey")
        if generation != institution.generation:
            raise Refusal(ANCHOR + "WrongGeneration")
        old_size, old_root, count = self.head(number, generation)
        if (size, root) == (old_size, old_root) and size:
            return number
        if size == 0:
            raise Refusal(ANCHOR + "EmptyLog")
        if size < old_size:
            raise Refusal(ANCHOR + "SizeDecreased")
        if size == old_size:
            raise Refusal(ANCHOR + "RootChanged")
        if old_size and not consistent:
            raise Refusal(ANCHOR + "Inconsistent")
        self.heads[number, generation] = (size, root, count + 1)
        return number

    # What follows.

    def _require_active(self, actor: int) -> None:
        institution = self.institutions.get(actor)
        if institution is None or institution.status == LEFT:
            raise Refusal(REGISTRY + "NotAdmin")
        if institution.status != ACTIVE:
            raise Refusal(REGISTRY + "NotActive")

    def _require_voter(self, actor: int) -> None:
        self._require_active(actor)
        if actor not in self.voters():
            raise Refusal(REGISTRY + "NotVoter")

    def _open(self, number: int, now: int) -> Proposal:
        proposal = self.proposals.get(number)
        if proposal is None:
            raise Refusal(REGISTRY + "UnknownProposal")
        if proposal.executed:
            raise Refusal(REGISTRY + "ProposalAlreadyExecuted")
        if now > proposal.expires_at:
            raise Refusal(REGISTRY + "ProposalExpired")
        return proposal

    def _vote(self, actor: int, proposal: Proposal) -> None:
        counted = (proposal.voters | {actor}) & self.voters()
        if len(counted) >= self.threshold:
            # Raises before the vote is written, where the change cannot be made.
            self._apply(proposal.change)
            proposal.executed = True
        proposal.voters.add(actor)

    def _present(self, number: int) -> Institution:
        institution = self.institutions.get(number)
        if institution is None:
            raise Refusal(REGISTRY + "UnknownMember")
        if institution.status == LEFT:
            raise Refusal(REGISTRY + "WrongStatus")
        return institution

    def _apply(self, change: Change) -> None:
        name, arguments = change
        if name == "setThreshold":
            if not 1 <= arguments[0] <= len(self.voters()):
                raise Refusal(REGISTRY + "InvalidThreshold")
            self.threshold = arguments[0]
        elif name == "admitMember":
            self._admit(*arguments)
        elif name == "addKey":
            self._add_key(*arguments)
        elif name == "revokeKey":
            self._revoke_key(*arguments)
        elif name == "openGeneration":
            self._open_generation(*arguments)
        else:
            self._move(name, *arguments)

    def _admit(self, number: int, roles: int) -> None:
        if number in self.institutions:
            raise Refusal(REGISTRY + "MemberExists")
        if number in self.key_holders:
            raise Refusal(REGISTRY + "KeyInUse")
        self.institutions[number] = Institution(roles, open_key=number)
        self.key_holders[number] = number

    def _add_key(self, number: int, key: int) -> None:
        institution = self._present(number)
        if key in self.key_holders:
            raise Refusal(REGISTRY + "KeyInUse")
        self.key_holders[key] = number
        institution.open_key = key

    def _revoke_key(self, number: int) -> None:
        if number not in self.institutions:
            raise Refusal(REGISTRY + "UnknownMember")
        institution = self.institutions[number]
        # The first anchor key is meant; once closed it cannot be retired again.
        if institution.open_key != number:
            raise Refusal(REGISTRY + "InvalidRevocation")
        institution.open_key = None

    def _open_generation(self, number: int, generation: int, size: int, root: int) -> None:
        institution = self._present(number)
        if generation != institution.generation + 1:
            raise Refusal(REGISTRY + "WrongGeneration")
        if self.head(number, institution.generation)[:2] != (size, root.to_bytes(32, "big")):
            raise Refusal(REGISTRY + "HeadMismatch")
        institution.generation = generation

    def _move(self, name: str, number: int, roles: int | None = None) -> None:
        """Change status or roles, and with them who votes."""
        if name in ("suspendMember", "reinstateMember"):
            institution = self.institutions.get(number)
            if institution is None:
                raise Refusal(REGISTRY + "UnknownMember")
            if institution.status != (ACTIVE if name == "suspendMember" else SUSPENDED):
                raise Refusal(REGISTRY + "WrongStatus")
        institution = self._present(number)
        new_roles = institution.roles if roles is None else roles
        status = {"suspendMember": SUSPENDED, "reinstateMember": ACTIVE, "removeMember": LEFT}.get(
            name, institution.status
        )
        votes = status == ACTIVE and bool(new_roles & MEMBER)
        if self.voters() == {number} and not votes:
            raise Refusal(REGISTRY + "LastVoter")
        institution.status, institution.roles = status, new_roles
        if status == LEFT:
            institution.open_key = None
        self.threshold = min(self.threshold, len(self.voters()))
