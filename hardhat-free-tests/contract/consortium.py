"""A founded consortium: the registry, the anchor contract, and the people who act on them."""

from dataclasses import dataclass, field
from typing import Any

import rlp
from contract.evm import Chain, Contract, Outcome
from contract.tree import Tree
from eth_utils import keccak, to_canonical_address, to_checksum_address

from contracts import artifact

MEMBER, OBSERVER, COURT, REGULATOR, AUDITOR = 1, 2, 4, 8, 16
NONE, ACTIVE, SUSPENDED, LEFT = range(4)
EVIDENCE, LOG, ANCHOR = range(3)
OPEN, ROTATED, RETIRED, COMPROMISED = range(4)
NOBODY = bytes(32)
STRANGER = "0x" + "ee" * 20
DEPLOYER = "0x" + "dd" * 20
DAY = 86_400
VOTING_PERIOD = 14 * DAY


def member_id(number: int) -> bytes:
    return keccak(text=f"member {number}")


def address_of(role: str, number: int) -> str:
    return "0x" + keccak(text=f"{role} {number}")[12:].hex()


def admin_of(number: int) -> str:
    return address_of("admin", number)


def anchor_key_of(number: int) -> str:
    return address_of("anchor key", number)


def address_word(address: str) -> bytes:
    return bytes(12) + to_canonical_address(address)


def evidence_key(number: int) -> tuple[int, bytes, bytes]:
    return EVIDENCE, keccak(text=f"evidence key {number}"), b"proof of possession"


def log_key(number: int) -> tuple[int, bytes, bytes]:
    return LOG, keccak(text=f"log key {number}"), b"proof of possession"


def anchor_key(number: int) -> tuple[int, bytes, bytes]:
    return ANCHOR, address_word(anchor_key_of(number)), b""


def newcomer(number: int, *, roles: int = MEMBER, **changes: Any) -> tuple[Any, ...]:
    """Return the ABI tuple of an institution with one key of each purpose."""
    fields = {
        "id": member_id(number),
        "nameHash": keccak(text=f"name {number}"),
        "admin": admin_of(number),
        "roles": roles,
        "endpoint": f"https://node{number}.example",
        "logOrigin": f"node{number}.example/log",
        "keys": [evidence_key(number), log_key(number), anchor_key(number)],
    }
    return tuple((fields | changes).values())


def created_address(creator: str, nonce: int) -> str:
    return to_checksum_address(keccak(rlp.encode([to_canonical_address(creator), nonce]))[12:])


@dataclass
class Consortium:
    chain: Chain
    registry: Contract
    anchors: Contract
    voters: list[int] = field(default_factory=list)

    def change(self, name: str, *arguments: Any) -> bytes:
        return self.registry.encode(name, *arguments)

    def propose(self, number: int, name: str, *arguments: Any) -> int:
        """Open a proposal and return its id."""
        sent = self.registry.send(admin_of(number), "propose", self.change(name, *arguments))
        return int(sent.result)

    def vote(self, number: int, proposal: int) -> Outcome:
        return self.registry.send(admin_of(number), "vote", proposal)

    def decide(self, name: str, *arguments: Any, by: list[int] | None = None) -> Outcome:
        """Propose and vote with as many voters as it takes, and return the deciding transaction."""
        voters = self.voters if by is None else by
        needed = self.registry.read("threshold")
        change = self.change(name, *arguments)
        outcome = self.registry.send(admin_of(voters[0]), "propose", change)
        proposal = outcome.result
        for number in voters[1:needed]:
            outcome = self.vote(number, proposal)
        assert self.registry.read("proposal", proposal)["executed"]
        return outcome

    def anchor(
        self,
        number: int,
        size: int,
        root: bytes,
        proof: list[bytes] | None = None,
        *,
        generation: int = 0,
    ) -> Outcome:
        return self.anchors.send(
            anchor_key_of(number), "anchor", generation, size, root, proof or []
        )

    def grow(self, number: int, tree: Tree, old: int, new: int, *, generation: int = 0) -> Outcome:
        """Anchor the tree's head at ``new``, with the proof from ``old`` (0 for none)."""
        proof = tree.consistency(old, new) if old else []
        return self.anchor(number, new, tree.root(new), proof, generation=generation)

    def head(self, number: int, generation: int = 0) -> tuple[int, int, int, bytes]:
        head: tuple[int, int, int, bytes] = self.anchors.read("head", member_id(number), generation)
        return head


def found(
    members: int = 3,
    threshold: int = 2,
    *,
    founders: list[tuple[Any, ...]] | None = None,
    voting_period: int = VOTING_PERIOD,
    validators: list[str] | None = None,
    chain: Chain | None = None,
) -> Consortium:
    """Deploy both contracts; the registry learns the anchor contract's address before that is taken."""
    chain = chain or Chain()
    chain.learn(artifact("EvidenceAnchor"))
    registry = chain.deploy(
        DEPLOYER,
        artifact("ConsortiumRegistry"),
        [newcomer(number) for number in range(members)] if founders is None else founders,
        threshold,
        voting_period,
        validators or [],
        created_address(DEPLOYER, 1),
    )
    anchors = chain.deploy(DEPLOYER, artifact("EvidenceAnchor"), registry.address)
    return Consortium(chain, registry, anchors, list(range(members)))
