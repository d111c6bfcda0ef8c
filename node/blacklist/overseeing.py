"""Holding servers to their word from a running node: what they answered wrongly, or not at all."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from blacklist.services.accusing import Accuser
from blacklist.services.challenging import Challenging
from blacklist.services.evaluating import CallingMember
from blacklist.services.following import Follower
from ledger.keys.files import verify_statement
from node.blacklist.colleagues import PeerColleagues
from node.blacklist.making import make_contract, make_evaluator
from node.peer.neighbours import EVIDENCE, Neighbours
from node.wiring import Node


def make_accuser(node: Node, follower: Follower) -> Accuser:
    """Return what records convictions, by the state that ``follower`` has read."""
    evidence_key = node.evidence_key.public_key
    return Accuser(node.database.write, follower.state, evidence_key, verify_statement, node.clock)


def make_challenging(node: Node, follower: Follower) -> Challenging:
    """Return what challenges, answers and judges; keep it, it remembers what it judged.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
        UnavailableError: the chain does not answer.
    """
    # The ABI codec, which most commands do without.
    from blacklist.chain.oversight_contract import Web3OversightContract  # noqa: PLC0415

    neighbours = Neighbours(node.settings)
    return Challenging(
        begin=node.database.write,
        own=CallingMember(bytes.fromhex(node.settings.member), node.evidence_key.public_key),
        contract=Web3OversightContract(make_contract(node).caller),
        colleagues=PeerColleagues(node, neighbours),
        evaluator=make_evaluator(node, follower),
        signer=node.evidence_key,
        verify=verify_statement,
        evidence_keys=evidence_keys(neighbours),
        phase=timedelta(seconds=follower.contract.phase_seconds()),
        clock=node.clock,
    )


def evidence_keys(neighbours: Neighbours) -> Callable[[bytes], Sequence[bytes]]:
    """Return what finds the evidence keys of an active member, the present one first; none of any other.

    Keys that were compromised count no more.
    """

    def find(member: bytes) -> Sequence[bytes]:
        return [
            record.key
            for peer in neighbours.others()
            if peer.log.member == member
            for record in reversed(peer.member.keys)
            if record.purpose == EVIDENCE and record.compromised_since is None
        ]

    return find
