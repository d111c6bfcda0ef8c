"""The parts of the blacklist, put together from a node."""

from blacklist.curve.secret import fill_random
from blacklist.services.following import Follower
from blacklist.services.holding import ShareHolding
from blacklist.services.keygen import KeygenService
from ledger.errors import ConfigurationError
from node.blacklist.colleagues import PeerColleagues
from node.blacklist.share_keys import FileShareKeys
from node.key_places import KEYS
from node.peer.neighbours import Neighbours
from node.settings import Settings
from node.wiring import Node


def blacklist_address(settings: Settings) -> bytes:
    """Return the contract's 20-byte address.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
    """
    if settings.blacklist is None:
        raise ConfigurationError("blacklist-not-configured")
    return bytes.fromhex(settings.blacklist)


def make_keygen(node: Node) -> KeygenService:
    """Return what takes part in key ceremonies.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
    """
    # The ABI codec, which most commands do without.
    from blacklist.chain.contract import BlacklistChain, Web3BlacklistContract  # noqa: PLC0415

    settings, address = node.settings, blacklist_address(node.settings)
    chain = BlacklistChain(
        settings.chain_url, settings.chain_id, address, settings.finality, settings.gas_price
    )
    contract = Web3BlacklistContract(chain, node.keyring.operator)
    begin, keys = node.database.write, FileShareKeys(settings.home / KEYS, node.master_keys)
    return KeygenService(
        begin=begin,
        member=bytes.fromhex(settings.member),
        contract=contract,
        follower=Follower(begin, contract, address, settings.blacklist_since),
        share_keys=keys,
        holding=ShareHolding(begin, keys, node.clock),
        colleagues=PeerColleagues(node, Neighbours(settings)),
        clock=node.clock,
        fill=fill_random,
    )
