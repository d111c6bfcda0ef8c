"""Entries in a node: the services about them, put together; and what only the node can check."""

from dataclasses import dataclass
from datetime import timedelta

from blacklist.domain.entries.facts import Facts
from blacklist.domain.entries.law import RunningMode
from blacklist.domain.identifiers.identifier import Identifier
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import BlacklistPlace
from blacklist.services.following import Follower
from blacklist.services.indexing import Index
from blacklist.services.listing import Listing
from blacklist.services.matching import Matcher
from blacklist.services.own_book import OwnBook
from blacklist.services.preparing import EntryPreparer
from blacklist.services.querying import Querying
from blacklist.services.revising import Revising
from blacklist.services.sealed_records import SealedRecords
from blacklist.services.succession import Succession
from blacklist.services.vouching import Vouching
from ledger.errors import ConfigurationError
from ledger.keys.files import verify_statement
from ledger.store import statements
from node.blacklist.index_peers import PeerIndex
from node.blacklist.inquiring import make_inquirer
from node.blacklist.making import dual_read, make_contract, make_follower
from node.blacklist.papers import check_papers
from node.peer.neighbours import Neighbours
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class Entries:
    """Everything about entries.

    Attributes:
        node: this member's.
        follower: of the contract.
        listing: lists.
        succession: lets own entries go on under new keys.
        revising: corrects, withdraws, decides.
        vouching: vouches for other members' entries.
        querying: asks about persons.
        index: tags of all members' entries.
    """

    node: Node
    follower: Follower
    listing: Listing
    succession: Succession
    revising: Revising
    vouching: Vouching
    querying: Querying
    index: Index

    def ask(self, identifier: Identifier, facts: Facts, by: str) -> bytes:
        """Store a request to list somebody; a second person decides it.

        Raises:
            RefusedError: a condition of the law is not met, or a named paper is not sealed here, or unfit.
        """
        self.listing.check(identifier, facts)
        check_papers(self.node, facts)
        return self.listing.ask(identifier, facts, by)


def make_entries(node: Node, follower: Follower | None = None) -> Entries:
    """Return the services about entries.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet, or its mode lacks its document.
    """
    # The account library and the ABI codec, which most commands do without.
    from blacklist.chain.entry_contract import Web3EntryContract  # noqa: PLC0415
    from blacklist.chain.entry_keys import EthEntryKeys  # noqa: PLC0415

    follower = follower or make_follower(node)
    mode, settings = mode_of(node), node.settings
    member, clock = bytes.fromhex(settings.member), node.clock
    write, read = node.database.write, node.database.read
    records = SealedRecords(node.record_keys)
    inquirer, keys = make_inquirer(node, follower), EthEntryKeys()
    contract = Web3EntryContract(make_contract(node).caller)
    preparer = EntryPreparer(
        follower.state, inquirer, keys, node.evidence_key, clock, dual_read(settings)
    )
    book = OwnBook(write, member, records, clock)
    window = timedelta(hours=settings.blacklist_batch_hours)
    listing = Listing(book, preparer, contract, mode, window)
    peers = PeerIndex(node, Neighbours(settings))
    place = BlacklistPlace(settings.chain_id, follower.address)
    revising = Revising(listing, contract, place)
    matcher = Matcher(write, read, keys, clock)
    return Entries(
        node=node,
        follower=follower,
        listing=listing,
        succession=Succession(listing),
        revising=revising,
        vouching=Vouching(revising, records),
        querying=Querying(
            follower.state,
            inquirer,
            matcher,
            records,
            mode,
            dual_read(settings),
            frozenset(map(Purpose, settings.blacklist_purposes)),
        ),
        index=Index(
            write,
            read,
            member,
            peers,
            node.evidence_key,
            verify_statement,
            clock,
            listing.row,
            lambda: follower.state().oldest_readable(clock.now(), dual_read(settings)),
        ),
    )


def mode_of(node: Node) -> RunningMode:
    """Return under what this member runs the blacklist.

    Raises:
        ConfigurationError: another mode than ``test`` without its document sealed here.
    """
    mode, document = (
        RunningMode(node.settings.blacklist_mode),
        node.settings.blacklist_mode_document,
    )
    if mode is RunningMode.TEST:
        return mode
    with node.database.read() as connection:
        known = document and statements.by_leaf_hash(connection, bytes.fromhex(document))
    if not known:
        raise ConfigurationError("blacklist-mode-document", mode=mode.value)
    return mode
