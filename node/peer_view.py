"""What people and programs see of the other members: logs, cosignatures, alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from ledger.errors import ConfigurationError, RefusedError, UnavailableError
from ledger.proof.misbehaviour import Conviction
from ledger.store import alarms, logs, witnessed
from ledger.store.alarms import PeerAlarm
from ledger.store.witnessed import WitnessedLog
from node.consortium import members
from node.consortium.members import ConsortiumMember
from node.wiring import Node

UNSEEN: Final = "unseen"
"""Status of a member while the registry is silent."""


@dataclass(frozen=True, slots=True)
class EarlierLog:
    """A closed generation of another member's log as it was seen last; the mirror is kept.

    Attributes:
        generation: of the log.
        seen: leaves of the newest checkpoint that was found consistent.
        mirrored: leaves whose hashes lie here.
    """

    generation: int
    seen: int
    mirrored: int


@dataclass(frozen=True, slots=True)
class PeerView:
    """A member as this one sees it.

    Attributes:
        name: for people.
        origin: of its log.
        endpoint: of its node.
        status: ``active``, ``suspended`` or ``left``; ``UNSEEN``.
        seen: leaves of the newest checkpoint that was found consistent; ``None`` before the first.
        seen_at: instant of that.
        mirrored: leaves whose hashes lie here.
        cosigned: the largest checkpoint of ours that it cosigned; ``None`` for none.
        convicted: a proof of misbehaviour is here.
        generation: of its log that the numbers are about.
        earlier: closed generations of its log that were seen, the newest first.
    """

    name: str
    origin: str
    endpoint: str
    status: str
    seen: int | None
    seen_at: str | None
    mirrored: int
    cosigned: int | None
    convicted: bool
    generation: int
    earlier: tuple[EarlierLog, ...]

    @property
    def status_word(self) -> str:
        """The status in the catalogue."""
        return "member-unseen" if self.status == UNSEEN else f"member-{self.status}"

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class AlarmView:
    """An alarm, with the member's name.

    Attributes:
        alarm_id: number.
        name: of the member.
        code: of the catalogue.
        subject: what it is about.
        found_at: instant.
        ended_at: instant; ``None`` while it goes on.
        proof: length of the proof's file; ``None`` without one.
        evidence_id: of the statement that seals the proof.
    """

    alarm_id: int
    name: str
    code: str
    subject: str
    found_at: str
    ended_at: str | None
    proof: int | None
    evidence_id: str | None

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


def read_peers(node: Node) -> list[PeerView]:
    """Return the other members as the registry lists them; while it is silent, those seen before."""
    own = bytes.fromhex(node.settings.member)
    with node.database.read() as connection:
        logs_of = _by_member(witnessed.read_all(connection))
        cosigned = logs.cosigned_sizes(connection, node.log.generation)
        convicted = alarms.convicted(connection)
    views = []
    for each in _members(node) or [_remembered(found[0]) for found in logs_of.values()]:
        if each.member == own:
            continue
        found = logs_of.get(each.member, [])
        log = next((one for one in found if one.generation == each.generation), None)
        views.append(
            PeerView(
                name=each.name,
                origin=each.origin,
                endpoint=each.endpoint,
                status=each.status,
                seen=None if log is None else log.size,
                seen_at=None if log is None else log.seen_at,
                mirrored=0 if log is None else log.mirrored,
                cosigned=cosigned.get(each.origin),
                convicted=each.member in convicted,
                generation=each.generation,
                earlier=tuple(
                    EarlierLog(one.generation, one.size, one.mirrored)
                    for one in found
                    if one.generation < each.generation
                ),
            )
        )
    return views


def read_alarms(node: Node) -> list[AlarmView]:
    """Return alarms about other members, and about this one's keys, newest first."""
    names = {each.member: each.name for each in _members(node)}
    with node.database.read() as connection:
        return [_view(each, names) for each in alarms.read_all(connection)]


def proof_of(node: Node, number: int) -> bytes:
    """Return the proof of an alarm.

    Raises:
        RefusedError: there is no such alarm, or it has no proof.
    """
    with node.database.read() as connection:
        alarm = alarms.by_id(connection, number)
    if alarm is None or alarm.proof is None:
        raise RefusedError("peer-alarm-unknown", number=number)
    return alarm.proof


def conviction_json(shown: Conviction) -> dict[str, object]:
    """Return what a proof shows."""
    block, sealed = (None, None) if shown.block is None else shown.block
    return {
        "member": shown.member.member.hex(),
        "name": shown.member.name,
        "kind": shown.kind,
        "origin": shown.origin,
        "sizes": list(shown.sizes),
        "roots": [each.hex() for each in shown.roots],
        "block": None if block is None else block.hex(),
        "sealed": sealed,
    }


def _by_member(found: Sequence[WitnessedLog]) -> Mapping[bytes, list[WitnessedLog]]:
    """Return the logs of each member, its newest generation first."""
    grouped: dict[bytes, list[WitnessedLog]] = {}
    for each in sorted(found, key=lambda log: log.generation, reverse=True):
        grouped.setdefault(each.member, []).append(each)
    return grouped


def _members(node: Node) -> Sequence[ConsortiumMember]:
    try:
        return members.all_members(node)
    except (UnavailableError, ConfigurationError):
        return ()


def _remembered(log: WitnessedLog) -> ConsortiumMember:
    origin = log.origin.rpartition("/g")[0]
    return ConsortiumMember(
        member=log.member,
        name=origin,
        origin=origin,
        generation=log.generation,
        endpoint="",
        roles=(),
        status=UNSEEN,
        admin=b"",
        keys=(),
        since=0,
        until=None,
    )


def _view(alarm: PeerAlarm, names: Mapping[bytes, str]) -> AlarmView:
    return AlarmView(
        alarm_id=alarm.alarm_id,
        name=names.get(alarm.member, alarm.member.hex()[:12]),
        code=alarm.code,
        subject=alarm.subject,
        found_at=alarm.found_at,
        ended_at=alarm.ended_at,
        proof=None if alarm.proof is None else len(alarm.proof),
        evidence_id=None if alarm.leaf_hash is None else alarm.leaf_hash.hex(),
    )
