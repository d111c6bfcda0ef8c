"""A node's entry into a consortium: it looks at the chain itself, writes its settings, and begins its log.

Nothing that others say is believed: the contracts' code is compared with what this program was built with,
the two contracts must name each other, and the registry must hold this member with exactly its own keys.
"""

from collections.abc import Callable
from dataclasses import dataclass

from contracts import artifact
from ledger.chain.contract import Contract
from ledger.chain.deploy import ANCHOR, REGISTRY, Deployed, code_hash, genesis_hash
from ledger.chain.registry import RegisteredMember, read_members
from ledger.chain.rpc import Rpc
from ledger.chain.voting import read_rules
from ledger.errors import ConfigurationError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.evidence.log import LogIdentity
from ledger.primitives.keccak import keccak256
from ledger.store import logs
from node.consortium.application import OwnKeys
from node.consortium.founding_file import FoundingChain
from node.settings import write_settings
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class Entered:
    """Where a node has entered.

    Attributes:
        places: of the contracts.
        generation: of the log that it began, or had begun.
    """

    places: Deployed
    generation: int

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "registry": self.places.registry.hex(),
            "anchor": self.places.anchor.hex(),
            "generation": self.generation,
        }


def own_keys(node: Node) -> OwnKeys:
    """Return the member's keys as signers."""
    return OwnKeys(node.keyring.evidence, node.keyring.log, node.keyring.anchor)


def check_chain(node: Node, chain: FoundingChain) -> None:
    """Compare the chain that this node is configured for with the one that a document names.

    Raises:
        ConfigurationError: the node's chain has another id or another first block.
        UnavailableError: the chain does not answer.
    """
    settings = node.settings
    if settings.chain_id != chain.chain_id:
        raise ConfigurationError("chain-id", expected=chain.chain_id, found=settings.chain_id)
    found = genesis_hash(settings.chain_url)
    if found != chain.genesis:
        raise ConfigurationError("chain-genesis", expected=chain.genesis.hex(), found=found.hex())


def check_contracts(url: str, places: Deployed) -> None:
    """Check that our contracts stand at these places and name each other.

    Raises:
        ConfigurationError: other code, or other names.
        UnavailableError: the chain does not answer.
    """
    for name, address in ((REGISTRY, places.registry), (ANCHOR, places.anchor)):
        if code_hash(url, address) != keccak256(artifact(name).deployed_bytecode):
            raise ConfigurationError("contract-code", contract=name)
    (named,) = Contract(Rpc(url), artifact(ANCHOR), places.anchor).call("registry")
    rules = read_rules(url, places.registry)
    if (rules.anchor, bytes.fromhex(named[2:])) != (places.anchor, places.registry):
        raise ConfigurationError("contracts-apart")


def own_record(node: Node, places: Deployed) -> RegisteredMember | None:
    """Return this member as the registry holds it; ``None`` when it was never admitted.

    Raises:
        UnavailableError: the chain does not answer.
    """
    member = bytes.fromhex(node.settings.member)
    found = read_members(node.settings.chain_url, places.registry)
    return next((each for each in found if each.member == member), None)


def enter(
    node: Node,
    chain: FoundingChain,
    places: Deployed,
    *,
    before: Callable[[], None] = lambda: None,
) -> Entered:
    """Enter: check the chain, write the settings, begin the log. Repeating it changes nothing.

    Args:
        node: of this member.
        chain: the consortium's.
        places: of its contracts.
        before: compares more, once the contracts are known to be ours; raises when something differs.

    Raises:
        RefusedError: this member was not admitted, or with other keys, or the node belongs elsewhere.
        ConfigurationError: the chain or its contracts are not what they should be.
        UnavailableError: the chain does not answer.
    """
    settings = node.settings
    present = (settings.registry, settings.anchor)
    if present not in ((None, None), (places.registry.hex(), places.anchor.hex())):
        raise RefusedError("consortium-other")
    check_chain(node, chain)
    check_contracts(settings.chain_url, places)
    before()
    record = own_record(node, places)
    if record is None:
        raise RefusedError("not-admitted-yet")
    _check_record(node, record)
    identity = LogIdentity(record.member, record.origin, record.generation)
    with node.database.write() as connection:
        if logs.current(connection) is None:
            started_at = format_instant(node.clock.now())
            logs.begin_generation(connection, identity, started_at=started_at)
    # The settings last: a node that has them has a log.
    write_settings(
        settings.home,
        {
            "chain_id": chain.chain_id,
            "chain_kind": chain.kind,
            "chain_curve": chain.curve,
            "finality": chain.finality,
            "registry": places.registry.hex(),
            "anchor": places.anchor.hex(),
        },
    )
    return Entered(places, record.generation)


def enter_as_configured(node: Node) -> Entered:
    """Enter the consortium whose contracts the settings name: they may stand in the first block already.

    Raises:
        ConfigurationError: the settings name none; else as ``enter``.
        RefusedError: as ``enter``.
        UnavailableError: as ``enter``.
    """
    settings = node.settings
    if settings.registry is None or settings.anchor is None:
        raise ConfigurationError("consortium-not-joined")
    places = Deployed(bytes.fromhex(settings.registry), bytes.fromhex(settings.anchor))
    return enter(node, present_chain(node), places)


def _check_record(node: Node, record: RegisteredMember) -> None:
    if record.status == "left":
        raise RefusedError("membership-over")
    keys = {each.purpose: each.key for each in record.keys if each.until is None}
    if keys != own_keys(node).public or record.origin != node.settings.origin:
        raise RefusedError("registered-otherwise")


def present_chain(node: Node) -> FoundingChain:
    """Return the chain as this node is configured for it.

    Raises:
        UnavailableError: it does not answer.
    """
    settings = node.settings
    return FoundingChain(
        chain_id=settings.chain_id,
        genesis=genesis_hash(settings.chain_url),
        kind=settings.chain_kind,
        curve=settings.chain_curve,
        finality=settings.finality,
    )
