"""Beginning: deploy the contract, take one that stands, name the account that acts for this member there."""

from dataclasses import dataclass
from typing import Final

from blacklist.chain.decoding import CONTRACT
from blacklist.store import ceremonies
from contracts import artifact
from ledger.chain.calling import Caller
from ledger.chain.contract import Contract
from ledger.chain.deploy import code_hash, deploy_one
from ledger.chain.rpc import Rpc
from ledger.errors import ConfigurationError
from ledger.evidence.instants import format_instant
from ledger.keys.accounts import create_transaction_key
from ledger.primitives.keccak import keccak256
from node.audit.entries import AuditEntry
from node.blacklist.making import make_follower
from node.consortium.deciding import admin_sender
from node.key_places import KEYS, OPERATOR_KEY
from node.peer.neighbours import Neighbours
from node.settings import write_settings
from node.wiring import Node

DEFAULT_PHASE_SECONDS: Final = 24 * 3600
"""A day for each phase, which ends early when all have posted: a node may be down over night."""


@dataclass(frozen=True, slots=True)
class BlacklistPlaces:
    """Where a node takes part.

    Attributes:
        contract: 20-byte address.
        operator: 20-byte address of this member's account there.
    """

    contract: bytes
    operator: bytes

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {"contract": self.contract.hex(), "operator": self.operator.hex()}


def deploy_blacklist(node: Node, phase_seconds: int = DEFAULT_PHASE_SECONDS) -> BlacklistPlaces:
    """Deploy the contract by this member's admin account, and take part in it.

    Raises:
        ConfigurationError: this node is in no consortium.
        RefusedError: the contract refuses the phases' length.
        UnavailableError: the chain does not answer, or mines nothing in time.
    """
    sender = admin_sender(node)
    registry = _registry(node)
    address, block = deploy_one(sender, artifact(CONTRACT), ("0x" + registry.hex(), phase_seconds))
    return take_part(node, address, since=block)


def take_part(node: Node, address: bytes, *, since: int = 0) -> BlacklistPlaces:
    """Take part in the blacklist at ``address``: compare its code, write the settings, name the operator.

    Repeated it does what is left to do.

    Raises:
        ConfigurationError: other code stands there, or it belongs to another registry.
        RefusedError: the contract refuses; the code names its reason.
        UnavailableError: the chain does not answer, or mines nothing in time.
    """
    check_contract(node, address)
    path = node.settings.home / KEYS / OPERATOR_KEY
    if not path.exists():
        create_transaction_key(path, node.master_keys.newest)
    write_settings(node.settings.home, {"blacklist": address.hex(), "blacklist_since": since})
    operator = node.keyring.operator.address
    contract = Contract(Rpc(node.settings.chain_url), artifact(CONTRACT), address)
    own = bytes.fromhex(node.settings.member)
    if operator_member(node, address) != own and _may_hold(node):
        Caller(contract, admin_sender(node)).call("setOperator", "0x" + operator.hex())
    return BlacklistPlaces(address, operator)


def check_contract(node: Node, address: bytes) -> None:
    """Check that our contract stands at an address, and belongs to this node's registry.

    Raises:
        ConfigurationError: other code, or another registry.
        UnavailableError: the chain does not answer.
    """
    url = node.settings.chain_url
    if code_hash(url, address) != keccak256(artifact(CONTRACT).deployed_bytecode):
        raise ConfigurationError("contract-code", contract=CONTRACT)
    (registry,) = Contract(Rpc(url), artifact(CONTRACT), address).call("registry")
    if bytes.fromhex(registry[2:]) != _registry(node):
        raise ConfigurationError("blacklist-other-registry", registry=registry)


def operator_member(node: Node, address: bytes) -> bytes:
    """Return the 32-byte id of the member that this node's account speaks for; zeros when for none.

    Raises:
        UnavailableError: the chain does not answer.
    """
    contract = Contract(Rpc(node.settings.chain_url), artifact(CONTRACT), address)
    (member,) = contract.call("memberOfOperator", "0x" + node.keyring.operator.address.hex())
    return bytes(member)


def agree(node: Node, identifiers: int, actor: str) -> int:
    """Agree to the next key of a type; return its key epoch.

    Without it this node joins no generation that would replace a key in force.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
        UnavailableError: the chain does not answer.
    """
    held = make_follower(node).refresh().keys.get(identifiers)
    key_epoch = 1 if held is None else held.key_epoch + 1
    details: dict[str, str | int | bool] = {"key_epoch": key_epoch}
    with node.database.write() as connection:
        ceremonies.agree(connection, identifiers, key_epoch, at=format_instant(node.clock.now()))
    node.trail.record(AuditEntry(actor, "blacklist.agree", str(identifiers), details))
    return key_epoch


def open_ceremony(node: Node, identifiers: int, *, resharing: bool) -> None:
    """Open a key generation, or a refresh.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
        RefusedError: the contract refuses; the code names its reason.
        UnavailableError: the chain does not answer, or mines nothing in time.
    """
    make_follower(node).contract.open_ceremony(identifiers, resharing=resharing)


def _may_hold(node: Node) -> bool:
    """Tell whether this institution can hold shares; one that only audits follows without an operator."""
    own = bytes.fromhex(node.settings.member)
    members = Neighbours(node.settings).all()
    return any("member" in each.roles for each in members if each.log.member == own)


def _registry(node: Node) -> bytes:
    if node.settings.registry is None:
        raise ConfigurationError("chain-not-configured")
    return bytes.fromhex(node.settings.registry)
