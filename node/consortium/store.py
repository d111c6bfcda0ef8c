"""Applications and names in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from node.consortium.tables import application, known_name


@dataclass(frozen=True, slots=True)
class StoredApplication:
    """An application as it arrived.

    Attributes:
        application_id: 32 hex digits.
        member: 32-byte id that it asks for.
        evidence_key: that signed it.
        document: its canonical bytes.
        received_at: instant.
        source: the endpoint of the member that handed it on; empty when the applicant sent it here.
    """

    application_id: str
    member: bytes
    evidence_key: bytes
    document: bytes
    received_at: str
    source: str


def put(connection: Connection, row: StoredApplication) -> None:
    """Insert an application in place of an earlier one of the same key."""
    connection.execute(
        application.delete().where(
            application.c.member == row.member, application.c.evidence_key == row.evidence_key
        )
    )
    connection.execute(
        application.insert().values(
            application_id=row.application_id,
            member=row.member,
            evidence_key=row.evidence_key,
            document=row.document,
            received_at=row.received_at,
            source=row.source,
        )
    )


def pending(connection: Connection) -> Sequence[StoredApplication]:
    """Return every application, oldest first."""
    query = select(application).order_by(application.c.received_at, application.c.application_id)
    return [
        StoredApplication(
            row.application_id,
            row.member,
            row.evidence_key,
            row.document,
            row.received_at,
            row.source,
        )
        for row in connection.execute(query)
    ]


def count(connection: Connection) -> int:
    """Return how many applications are pending."""
    return connection.scalar(select(func.count()).select_from(application)) or 0


def holds(connection: Connection, application_id: str) -> bool:
    """Tell whether an application is known already."""
    query = select(application.c.application_id)
    return (
        connection.scalar(query.where(application.c.application_id == application_id)) is not None
    )


def remove(connection: Connection, application_id: str) -> None:
    """Forget an application."""
    connection.execute(application.delete().where(application.c.application_id == application_id))


def remove_before(connection: Connection, at: str) -> None:
    """Forget the applications that arrived before an instant."""
    connection.execute(application.delete().where(application.c.received_at < at))


def learn_name(connection: Connection, name_hash: bytes, name: str, *, at: str) -> None:
    """Keep the name behind a hash; the caller has compared them."""
    found = select(known_name.c.name_hash).where(known_name.c.name_hash == name_hash)
    if connection.scalar(found) is None:
        connection.execute(
            known_name.insert().values(name_hash=name_hash, name=name, learned_at=at)
        )


def names(connection: Connection) -> Mapping[bytes, str]:
    """Return every known name by its hash."""
    return {row.name_hash: row.name for row in connection.execute(select(known_name))}
