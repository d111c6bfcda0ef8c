"""Trying a key: an element that hides nobody is evaluated by as many holders as it takes, both ways.

What is evaluated is random and of no identifier type, so that it is no person's and no tag comes of it. It
counts against this member's budget for queries like any other.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Final

from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.chronicle.keys import HeldKey, KeyState
from blacklist.domain.identifiers.identifier import PREFIX, IdentifierType
from blacklist.domain.protocol.combining import blind_all
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import REQUEST_ID_BYTES, BlacklistPlace
from blacklist.services.asking import AskedServer, Asker, Asking
from blacklist.services.evaluating import NUMBERS
from ledger.errors import IntegrityError, RefusedError
from ledger.keys.files import verify_statement
from node.blacklist.answering import evidence_key
from node.blacklist.colleagues import PeerColleagues
from node.blacklist.making import blacklist_address, make_follower
from node.peer.neighbours import Neighbours
from node.wiring import Node

_ROOT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of it.

    Attributes:
        identifiers: wire name of the type.
        servers: indices of the holders that can be asked.
        single_ms: milliseconds of a single query.
        batch_ms: of a checked batch of one.
    """

    identifiers: str
    servers: tuple[int, ...]
    single_ms: int
    batch_ms: int

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


def probe(node: Node, identifiers: IdentifierType) -> Probed:
    """Let other holders evaluate an element that hides nobody, and compare both ways.

    Raises:
        ConfigurationError: this node takes no part in a blacklist yet.
        RefusedError: there is no key of this type.
        IntegrityError: the two ways give different results.
        UnavailableError: the chain, or too many holders, do not answer rightly.
    """
    state = make_follower(node).refresh()
    held = state.keys.get(NUMBERS[identifiers])
    if held is None:
        raise RefusedError("blacklist-no-key")
    neighbours = Neighbours(node.settings)
    servers, asker = _servers(neighbours, state, held), _asker(node, neighbours)
    subject = f"{PREFIX}|probe|{os.urandom(_ROOT_BYTES).hex()}".encode("ascii")
    started = perf_counter()
    single = _asking(identifiers, held, subject)
    by_single = single.batch.secrets(asker.single(single, servers))[0]
    between = perf_counter()
    batch = _asking(identifiers, held, subject)
    by_batch = batch.batch.secrets(asker.batch(batch, servers))[0]
    ended = perf_counter()
    if not by_single.equals(by_batch):
        raise IntegrityError("blacklist-probe-differs")
    indices = tuple(sorted(each.index for each in servers))
    return Probed(
        identifiers.value, indices, _milliseconds(started, between), _milliseconds(between, ended)
    )


def _asking(identifiers: IdentifierType, held: HeldKey, subject: bytes) -> Asking:
    return Asking(
        request_id=os.urandom(REQUEST_ID_BYTES),
        identifiers=identifiers,
        held=held,
        purpose=Purpose.QUERY,
        authorisation=bytes(_ROOT_BYTES),
        batch=blind_all([subject], [Scalar.random(fill_random)]),
    )


def _servers(neighbours: Neighbours, state: KeyState, held: HeldKey) -> Sequence[AskedServer]:
    """Return the other holders that are active and have a node."""
    return [
        AskedServer(peer.log.member, index, evidence_key(peer))
        for peer in neighbours.others()
        if peer.endpoint
        and (index := state.index_of(peer.log.member)) is not None
        and index in held.keys.share_keys
    ]


def _asker(node: Node, neighbours: Neighbours) -> Asker:
    settings = node.settings
    return Asker(
        member=bytes.fromhex(settings.member),
        place=BlacklistPlace(settings.chain_id, blacklist_address(settings)),
        signer=node.evidence_key,
        verify=verify_statement,
        colleagues=PeerColleagues(node, neighbours),
        clock=node.clock,
    )


def _milliseconds(start: float, end: float) -> int:
    return round(1000 * (end - start))
