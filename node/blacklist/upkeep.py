"""Upkeep of keys in a running node: who takes part by the registry, who answers, alarms kept for people."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Connection

from blacklist.services.evaluating import TYPES
from blacklist.services.following import Follower
from blacklist.services.keygen import KeyAlarm
from blacklist.services.upkeep import KeyUpkeep, Participants
from ledger.evidence.instants import format_instant
from ledger.store import alarms
from ledger.store.alarms import PeerAlarm
from node.blacklist.making import make_holding
from node.peer.neighbours import Neighbours
from node.peer.rounds import SILENT
from node.wiring import Node

HOLDER_ROLES: Final = frozenset({"member", "regulator"})
"""As in the contract (``BlacklistStorage.HOLDER_ROLES``)."""
_SUBJECTS: Final = frozenset(each.value for each in TYPES.values())


def make_upkeep(node: Node, follower: Follower) -> KeyUpkeep:
    """Return what looks after the keys, by the state that ``follower`` has read."""
    neighbours = Neighbours(node.settings)

    def participants() -> Participants:
        with node.database.read() as connection:
            silent = alarms.going_on_with(connection, SILENT)
        active = (
            each.log.member
            for each in neighbours.all()
            if each.active and HOLDER_ROLES.intersection(each.roles)
        )
        return Participants(frozenset(active), silent)

    return KeyUpkeep(
        begin=node.database.read,
        member=bytes.fromhex(node.settings.member),
        contract=follower.contract,
        state=follower.state,
        holding=make_holding(node),
        participants=participants,
        clock=node.clock,
    )


def key_alarms(connection: Connection, member: bytes) -> Sequence[PeerAlarm]:
    """Return the alarms about a member's keys that go on: those whose subject is a type of identifier."""
    found = alarms.going_on(connection, member)
    return [each for each in found if each.subject in _SUBJECTS]


def keep_alarms(node: Node, found: Collection[KeyAlarm]) -> Collection[tuple[str, str]]:
    """Let the alarms about this member's own keys be those that were found now.

    Returns:
        Code and identifier type of those that began.
    """
    member, at = bytes.fromhex(node.settings.member), format_instant(node.clock.now())
    now = {(each.code, TYPES[each.identifiers].value) for each in found}
    with node.database.read() as connection:
        before = {(each.code, each.subject) for each in key_alarms(connection, member)}
    if now == before:
        return ()
    with node.database.write() as connection:
        for code, subject in now - before:
            alarms.add(connection, member, code, subject, at=at, proof=None)
        for code, subject in before - now:
            alarms.end(connection, member, code, at=at, subject=subject)
    return now - before
