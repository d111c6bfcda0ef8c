"""What a network is to be: who takes part, which client, where the validators' list is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from networks.founders import Institution
from networks.keys import NodeKey

Client: TypeAlias = Literal["besu", "goquorum"]
Mode: TypeAlias = Literal["header", "contract"]

REGISTRY: Final = bytes.fromhex("8888").rjust(20, b"\0")
ANCHOR: Final = bytes.fromhex("9999").rjust(20, b"\0")
"""Far from the precompiled contracts of every fork, and easy to tell in a log."""
PORTS: Final = 10
"""Each validator has ten ports from the base on: peers, JSON-RPC, metrics."""
MAX_MEMBERS: Final = 100


@dataclass(frozen=True, slots=True)
class Validator:
    """One member's validator.

    Attributes:
        number: from 1.
        key: of the node; its address seals.
        host: an IP address, where peers reach it.
        port: for peers.
        seals: whether it is on the list at block 0; otherwise it is a peer that waits for a vote.
    """

    number: int
    key: NodeKey
    host: str
    port: int
    seals: bool = True

    @property
    def enode(self) -> str:
        """Where peers reach it."""
        return self.key.enode(self.host, self.port)


@dataclass(frozen=True, slots=True)
class Plan:
    """A network.

    Attributes:
        client: whose files are written.
        mode: where the list of validators is kept.
        contract_from: contract mode, the block from which the contract counts; 0 is from the start.
        chain_id: as in EIP-155.
        validators: one a member; those that wait for a vote come last.
        founders: as the registry holds them at block 0.
        threshold: votes that a change of the registry needs.
        block_period: seconds.
        request_timeout: seconds of round 0; each further round doubles it.
        epoch_length: blocks after which open votes in headers lapse.
        port_base: on this machine, for processes that are started here.
    """

    client: Client
    mode: Mode
    contract_from: int
    chain_id: int
    validators: tuple[Validator, ...]
    founders: tuple[Institution, ...]
    threshold: int
    block_period: int
    request_timeout: int
    epoch_length: int
    port_base: int

    @property
    def addresses(self) -> tuple[bytes, ...]:
        """Who seals at block 0: addresses, ascending, as headers list them."""
        return tuple(sorted(each.key.address for each in self.validators if each.seals))

    @property
    def rehearsal(self) -> bool:
        """Whether all nodes are containers of one machine, at addresses of their own network."""
        return all(each.host == _container(each.number) for each in self.validators)

    @property
    def listed(self) -> tuple[bytes, ...]:
        """The validators that the genesis header lists: none where the contract has them from the start."""
        return () if self.from_contract else self.addresses

    @property
    def from_contract(self) -> bool:
        """Whether the contract has the list from block 0 on."""
        return self.mode == "contract" and self.contract_from == 0


def default_threshold(members: int) -> int:
    """Return more than half: two halves of a consortium cannot decide against each other."""
    return members // 2 + 1


def compose_hosts(members: int) -> Sequence[str]:
    """Return the addresses that the compose file gives to its containers."""
    return [_container(number) for number in range(1, members + 1)]


def _container(number: int) -> str:
    return f"172.30.85.{10 + number}"
