"""Alarms about members: what was found, the proof if there is one, the statement that seals it.

Those about the member whose node this is say what its people have to do about its keys.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, true

from ledger.store.tables import peer_alarm


@dataclass(frozen=True, slots=True)
class PeerAlarm:
    """An alarm.

    Attributes:
        alarm_id: number.
        member: 32-byte id of whom it is about.
        code: of the catalogue.
        subject: what it is about, for example the log and two sizes.
        found_at: instant.
        ended_at: when it was no longer so; ``None`` while it is, and always with a proof.
        proof: a file that anybody can verify; ``None`` where nothing can be proved.
        leaf_hash: of the statement that seals the proof.
    """

    alarm_id: int
    member: bytes
    code: str
    subject: str
    found_at: str
    ended_at: str | None
    proof: bytes | None
    leaf_hash: bytes | None


def find(connection: Connection, member: bytes, code: str, subject: str) -> PeerAlarm | None:
    """Return the alarm about this."""
    query = select(peer_alarm).where(
        peer_alarm.c.member == member, peer_alarm.c.code == code, peer_alarm.c.subject == subject
    )
    row = connection.execute(query).first()
    return None if row is None else PeerAlarm(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def read_all(connection: Connection, *, limit: int = 200) -> list[PeerAlarm]:
    """Return alarms, newest first."""
    query = select(peer_alarm).order_by(peer_alarm.c.alarm_id.desc()).limit(limit)
    return [PeerAlarm(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - as above


def by_id(connection: Connection, alarm_id: int) -> PeerAlarm | None:
    """Return an alarm by its number."""
    row = connection.execute(select(peer_alarm).where(peer_alarm.c.alarm_id == alarm_id)).first()
    return None if row is None else PeerAlarm(**row._mapping)  # noqa: SLF001 - as above


def count_going_on(connection: Connection) -> int:
    """Return how many alarms have not ended."""
    query = select(func.count()).select_from(peer_alarm).where(peer_alarm.c.ended_at.is_(None))
    return connection.scalar(query) or 0


def going_on(connection: Connection, member: bytes) -> list[PeerAlarm]:
    """Return the alarms about a member that have not ended."""
    own = (peer_alarm.c.member == member) & peer_alarm.c.ended_at.is_(None)
    query = select(peer_alarm).where(own).order_by(peer_alarm.c.alarm_id)
    return [PeerAlarm(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - as above


def going_on_of(connection: Connection, codes: Collection[str]) -> list[PeerAlarm]:
    """Return the alarms of some codes that have not ended, whomever they are about."""
    those = peer_alarm.c.code.in_(codes) & peer_alarm.c.ended_at.is_(None)
    query = select(peer_alarm).where(those).order_by(peer_alarm.c.alarm_id)
    return [PeerAlarm(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - as above


def going_on_with(connection: Connection, code: str) -> frozenset[bytes]:
    """Return the members about whom an alarm of this code has not ended."""
    own = (peer_alarm.c.code == code) & peer_alarm.c.ended_at.is_(None)
    query = select(peer_alarm.c.member).where(own)
    return frozenset(bytes(member) for member in connection.scalars(query))


def convicted(connection: Connection) -> frozenset[bytes]:
    """Return the members about whom a proof is here."""
    query = select(peer_alarm.c.member).where(peer_alarm.c.proof.is_not(None)).distinct()
    return frozenset(bytes(member) for member in connection.scalars(query))


def add(
    connection: Connection, member: bytes, code: str, subject: str, *, at: str, proof: bytes | None
) -> bool:
    """Record an alarm; ``False`` when it is known and goes on."""
    known = find(connection, member, code, subject)
    if known is None:
        connection.execute(
            peer_alarm.insert().values(
                member=member, code=code, subject=subject, found_at=at, proof=proof
            )
        )
        return True
    if known.ended_at is not None:
        _change(connection, known.alarm_id, ended_at=None)
        return True
    return False


def end(
    connection: Connection, member: bytes, code: str, *, at: str, subject: str | None = None
) -> None:
    """Record that alarms without a proof are over: all of a code, or the one about ``subject``."""
    about = true() if subject is None else peer_alarm.c.subject == subject
    connection.execute(
        peer_alarm.update()
        .where(
            peer_alarm.c.member == member,
            peer_alarm.c.code == code,
            about,
            peer_alarm.c.proof.is_(None),
            peer_alarm.c.ended_at.is_(None),
        )
        .values(ended_at=at)
    )


def unsealed(connection: Connection) -> list[PeerAlarm]:
    """Return alarms whose proof is not sealed yet."""
    query = select(peer_alarm).where(
        peer_alarm.c.proof.is_not(None), peer_alarm.c.leaf_hash.is_(None)
    )
    return [PeerAlarm(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - as above


def set_sealed(connection: Connection, alarm_id: int, leaf_hash: bytes) -> None:
    """Name the statement that seals an alarm's proof."""
    _change(connection, alarm_id, leaf_hash=leaf_hash)


def _change(connection: Connection, alarm_id: int, **values: str | bytes | None) -> None:
    connection.execute(
        peer_alarm.update().where(peer_alarm.c.alarm_id == alarm_id).values(**values)
    )
