"""Asking from a running node: who can be asked, over the peer API, and this member's own share among them."""

from collections.abc import Callable, Sequence

from blacklist.domain.chronicle.keys import HeldKey, KeyState
from blacklist.domain.protocol.requests import BlacklistPlace
from blacklist.services.asking import AskedServer, Asker
from blacklist.services.evaluating import CallingMember
from blacklist.services.following import Follower
from blacklist.services.inquiring import Inquirer
from blacklist.services.own_share import WithOwnShare
from ledger.keys.files import verify_statement
from node.blacklist.colleagues import PeerColleagues
from node.blacklist.making import make_evaluator, make_silences
from node.blacklist.overseeing import make_accuser
from node.errors import NotPermittedError
from node.peer.neighbours import Neighbour, Neighbours, evidence_key
from node.wiring import Node


def make_inquirer(node: Node, follower: Follower) -> Inquirer:
    """Return what asks for this member, by the state that ``follower`` has read."""
    neighbours = Neighbours(node.settings)
    own = CallingMember(bytes.fromhex(node.settings.member), node.evidence_key.public_key)
    evaluator, silences = make_evaluator(node, follower), make_silences(node)
    asker = Asker(
        member=own.member,
        place=BlacklistPlace(node.settings.chain_id, follower.address),
        signer=node.evidence_key,
        verify=verify_statement,
        colleagues=WithOwnShare(own, evaluator, PeerColleagues(node, neighbours)),
        clock=node.clock,
        accuse=make_accuser(node, follower).accuse,
        silent=silences.silent,
        heard=silences.heard,
    )
    return Inquirer(
        begin=node.database.write,
        state=follower.state,
        record_keys=node.record_keys,
        servers=_servers(own, neighbours),
        asker=asker,
        clock=node.clock,
        subject_index=node.lookups.subject,
    )


def _servers(
    own: CallingMember, neighbours: Neighbours
) -> Callable[[KeyState, HeldKey], Sequence[AskedServer]]:
    """Return what finds the holders that are active and have a node, this member among them."""

    def find(state: KeyState, held: HeldKey) -> Sequence[AskedServer]:
        known = [(own.member, own.evidence_key)]
        known += [
            (peer.log.member, key)
            for peer in neighbours.others()
            if peer.endpoint and (key := _evidence_key(peer)) is not None
        ]
        return [
            AskedServer(member, index, key)
            for member, key in known
            if (index := state.index_of(member)) is not None and index in held.keys.share_keys
        ]

    return find


def _evidence_key(peer: Neighbour) -> bytes | None:
    try:
        return evidence_key(peer)
    except NotPermittedError:
        return None
