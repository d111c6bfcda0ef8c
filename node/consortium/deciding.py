"""What this member does in the registry, each step in the audit trail: propose, vote, carry out, leave."""

from collections.abc import Callable
from dataclasses import dataclass

from ledger.chain.changes import Change
from ledger.chain.fees import FeePolicy
from ledger.chain.governing import Decided, Governor, RegistryPlace
from ledger.chain.registry import read_members
from ledger.chain.rpc import Rpc
from ledger.chain.sending import Sender
from ledger.chain.voting import Proposal, Rules, read_proposal, read_proposals, read_rules
from ledger.evidence.instants import format_instant
from ledger.ports.chain import SignedTransaction
from ledger.primitives.canonical import JsonValue
from ledger.store import anchors
from node.audit.entries import AuditEntry
from node.consortium.members import find_member, registry_of
from node.wiring import Node


def decided_json(decided: Decided) -> dict[str, object]:
    """Return what a transaction did, for machines."""
    return {
        "transaction": "0x" + decided.transaction.hex(),
        "block": decided.block,
        "proposal": decided.proposal,
        "executed": list(decided.executed),
    }


def next_generation(node: Node, member: str) -> Change:
    """Return the change that ends a member's log at its anchored head and opens the next generation.

    Args:
        node: whose chain node is asked.
        member: id, name or origin.

    Raises:
        RefusedError: there is no such member.
        ConfigurationError: this node belongs to no consortium.
        UnavailableError: the chain does not answer.
    """
    found = find_member(node, member)
    head = node.chain.head(found.member, found.generation)
    values: dict[str, JsonValue] = {
        "member": found.member.hex(),
        "generation": found.generation + 1,
        "old_size": head.size,
        "old_root": head.root.hex(),
    }
    return Change("open-generation", values)


@dataclass(frozen=True, slots=True)
class Voice:
    """This member's voice in the registry.

    Attributes:
        node: of the member.
        actor: who uses it, as the audit trail names them.
    """

    node: Node
    actor: str

    def propose(self, change: Change) -> Decided:
        """Open a proposal, which is also this member's vote.

        Raises:
            MalformedError: the change is not of its form.
            RefusedError: the registry refuses; the code names its reason.
            ConfigurationError: this node belongs to no consortium.
            UnavailableError: the chain does not answer, or mines nothing in time.
        """
        return self._do("propose", change.kind, lambda voice: voice.propose(change))

    def vote(self, number: int) -> Decided:
        """Vote for a proposal; raises as ``propose``."""
        return self._do("vote", str(number), lambda voice: voice.vote(number))

    def withdraw_vote(self, number: int) -> Decided:
        """Take the vote back; raises as ``propose``."""
        return self._do("withdraw-vote", str(number), lambda voice: voice.withdraw_vote(number))

    def execute(self, number: int) -> Decided:
        """Carry out a proposal that has enough votes; raises as ``propose``."""
        return self._do("execute", str(number), lambda voice: voice.execute(number))

    def set_endpoint(self, endpoint: str) -> Decided:
        """Move this member's endpoint in the registry; raises as ``propose``."""
        return self._do("endpoint", endpoint, lambda voice: voice.set_endpoint(endpoint))

    def resign(self) -> Decided:
        """Leave for ever; raises as ``propose``."""
        return self._do("leave", None, lambda voice: voice.resign())

    def _do(self, action: str, subject: str | None, call: Callable[[Governor], Decided]) -> Decided:
        decided = call(governor_of(self.node))
        details: dict[str, str | int | bool] = {
            "transaction": decided.transaction.hex(),
            "block": decided.block,
        }
        if decided.proposal is not None:
            details["proposal"] = decided.proposal
        self.node.trail.record(AuditEntry(self.actor, f"consortium.{action}", subject, details))
        return decided


def governor_of(node: Node) -> Governor:
    """Return the member's admin account at the registry.

    Where the anchor account still speaks for the member, what it signs is stored first: fencing takes a nonce
    that this database does not know for another copy of the node.

    Raises:
        ConfigurationError: this node belongs to no consortium.
        UnavailableError: the chain does not answer.
    """
    settings, registry = node.settings, registry_of(node)
    place = RegistryPlace(settings.chain_url, settings.chain_id, registry, settings.gas_price)
    if not _anchor_speaks(node, registry):
        return Governor(place, node.keyring.admin)
    return Governor(place, node.keyring.anchor, keep=lambda signed: _keep(node, signed))


def admin_sender(node: Node) -> Sender:
    """Return what sends as the member's admin account; raises as ``governor_of``."""
    settings, rpc = node.settings, Rpc(node.settings.chain_url)
    fees = FeePolicy(settings.gas_price)
    if not _anchor_speaks(node, registry_of(node)):
        return Sender(rpc, settings.chain_id, node.keyring.admin, fees)
    anchor = node.keyring.anchor
    return Sender(rpc, settings.chain_id, anchor, fees, lambda signed: _keep(node, signed))


def _anchor_speaks(node: Node, registry: bytes) -> bool:
    own = bytes.fromhex(node.settings.member)
    members = read_members(node.settings.chain_url, registry)
    known = next((each for each in members if each.member == own), None)
    return known is not None and known.admin == node.keyring.anchor.address


def _keep(node: Node, signed: SignedTransaction) -> None:
    with node.database.write() as connection:
        if anchors.raw_transaction(connection, signed.transaction) is None:
            anchors.store_transaction(
                connection,
                signed,
                purpose="governing",
                anchor_id=None,
                stored_at=format_instant(node.clock.now()),
            )


def proposals(node: Node, *, limit: int = 100) -> tuple[Proposal, ...]:
    """Return the newest proposals, newest first.

    Raises:
        ConfigurationError: this node belongs to no consortium.
        UnavailableError: the chain does not answer.
    """
    return read_proposals(node.settings.chain_url, registry_of(node), limit=limit)


def proposal(node: Node, number: int) -> Proposal:
    """Return one proposal; raises as ``proposals``, and ``RefusedError`` when there is none."""
    return read_proposal(node.settings.chain_url, registry_of(node), number)


def rules(node: Node) -> Rules:
    """Return how the consortium decides; raises as ``proposals``."""
    return read_rules(node.settings.chain_url, registry_of(node))
