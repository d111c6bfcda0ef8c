"""The parts of the blacklist, put together from a node."""

from datetime import timedelta
from typing import TYPE_CHECKING

from blacklist.curve.secret import fill_random
from blacklist.domain.budgets import DEFAULT_LIMITS
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import BlacklistPlace
from blacklist.services.challenging import Silences
from blacklist.services.evaluating import Evaluator
from blacklist.services.following import Follower
from blacklist.services.holding import ShareHolding
from blacklist.services.keygen import KeygenService
from ledger.errors import ConfigurationError
from ledger.keys.files import verify_statement
from node.blacklist.colleagues import PeerColleagues
from node.blacklist.share_keys import FileShareKeys
from node.key_places import KEYS
from node.master_key import source_of
from node.peer.neighbours import Neighbours
from node.settings import Settings
from node.wiring import Node

if TYPE_CHECKING:
    from blacklist.chain.contract import Web3BlacklistContract


def blacklist_address(settings: Settings) -> bytes:
    """Return the contract's 20-byte address.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
    """
    if settings.blacklist is None:
        raise ConfigurationError("blacklist-not-configured")
    return bytes.fromhex(settings.blacklist)


def make_contract(node: Node) -> "Web3BlacklistContract":
    """Return the contract, with this member's operator.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
    """
    # The ABI codec, which most commands do without.
    from blacklist.chain.contract import BlacklistChain, Web3BlacklistContract  # noqa: PLC0415

    settings, address = node.settings, blacklist_address(node.settings)
    chain = BlacklistChain(
        settings.chain_url, settings.chain_id, address, settings.finality, settings.gas_price
    )
    return Web3BlacklistContract(chain, node.keyring.operator)


def dual_read(settings: Settings) -> timedelta:
    """Return how long the key before the one in force stays readable."""
    return timedelta(days=settings.blacklist_dual_read_days)


def limits_of(settings: Settings) -> dict[Purpose, int]:
    """Return the limit of each purpose, of one caller and type in one month."""
    return {**DEFAULT_LIMITS, **settings.blacklist_limits}


def make_follower(node: Node) -> Follower:
    """Return what follows the contract.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
    """
    database, settings = node.database, node.settings
    contract, address = make_contract(node), blacklist_address(settings)
    return Follower(database.write, database.read, contract, address, settings.blacklist_since)


def make_holding(node: Node) -> ShareHolding:
    """Return what keeps this member's shares."""
    return ShareHolding(node.database.write, make_share_keys(node), node.clock)


def make_share_keys(node: Node) -> FileShareKeys:
    """Return the keys that shares are sealed under."""
    reload = source_of(node.settings).load
    return FileShareKeys(node.settings.home / KEYS, node.master_keys, reload)


def make_keygen(node: Node, follower: Follower) -> KeygenService:
    """Return what takes part in key ceremonies, by the state that ``follower`` reads."""
    return KeygenService(
        begin=node.database.write,
        member=bytes.fromhex(node.settings.member),
        contract=follower.contract,
        follower=follower,
        share_keys=make_share_keys(node),
        holding=make_holding(node),
        colleagues=PeerColleagues(node, Neighbours(node.settings)),
        clock=node.clock,
        fill=fill_random,
        dual_read=dual_read(node.settings),
    )


def make_evaluator(node: Node, follower: Follower) -> Evaluator:
    """Return what answers other members' requests, by the state that ``follower`` has read."""
    settings = node.settings
    return Evaluator(
        begin=node.database.write,
        member=bytes.fromhex(settings.member),
        place=BlacklistPlace(settings.chain_id, follower.address),
        state=follower.state,
        holding=make_holding(node),
        signer=node.evidence_key,
        verify=verify_statement,
        clock=node.clock,
        fill=fill_random,
        limits=limits_of(settings),
        dual_read=dual_read(settings),
    )


def make_silences(node: Node) -> Silences:
    """Return what remembers servers that did not answer."""
    return Silences(node.database.write, node.database.read, node.clock)
