"""Seeds and sealed shares of ceremonies, and what they ended with."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, select

from blacklist.store.tables import ceremony_envelope, ceremony_seed, key_consent, key_share


def seed(connection: Connection, ceremony: int) -> bytes | None:
    """Return the sealed seed of a ceremony; ``None`` when this member took no part, or it has ended."""
    query = select(ceremony_seed.c.sealed).where(ceremony_seed.c.ceremony == ceremony)
    return connection.scalar(query)


def seeds(connection: Connection) -> list[int]:
    """Return the ceremonies that have a seed."""
    return list(connection.scalars(select(ceremony_seed.c.ceremony)))


def put_seed(connection: Connection, ceremony: int, sealed: bytes) -> None:
    """Keep a seed."""
    connection.execute(ceremony_seed.insert().values(ceremony=ceremony, sealed=sealed))


def put_envelopes(
    connection: Connection, ceremony: int, dealer: int, envelopes: Mapping[int, bytes]
) -> None:
    """Keep a dealer's sealed shares, in place of those that were kept before."""
    table = ceremony_envelope
    own = (table.c.ceremony == ceremony) & (table.c.dealer == dealer)
    connection.execute(delete(table).where(own))
    rows = [
        {"ceremony": ceremony, "dealer": dealer, "receiver": receiver, "envelope": envelope}
        for receiver, envelope in envelopes.items()
    ]
    if rows:
        connection.execute(table.insert(), rows)


def envelopes(connection: Connection, ceremony: int, dealer: int) -> dict[int, bytes]:
    """Return a dealer's sealed shares by receiver; empty when they are not here."""
    table = ceremony_envelope
    query = select(table.c.receiver, table.c.envelope).where(
        table.c.ceremony == ceremony, table.c.dealer == dealer
    )
    return {row.receiver: row.envelope for row in connection.execute(query)}


def to_receiver(connection: Connection, ceremony: int, receiver: int) -> dict[int, bytes]:
    """Return what was sealed to a receiver, by dealer."""
    table = ceremony_envelope
    query = select(table.c.dealer, table.c.envelope).where(
        table.c.ceremony == ceremony, table.c.receiver == receiver
    )
    return {row.dealer: row.envelope for row in connection.execute(query)}


def forget_seed(connection: Connection, ceremony: int) -> None:
    """Forget a ceremony's seed; its key is destroyed first."""
    connection.execute(delete(ceremony_seed).where(ceremony_seed.c.ceremony == ceremony))


def forget_envelopes(connection: Connection, keeping: Collection[int]) -> None:
    """Forget the sealed shares of all ceremonies but those that are running or in force."""
    table = ceremony_envelope
    connection.execute(delete(table).where(table.c.ceremony.not_in(keeping)))


def put_share(
    connection: Connection,
    identifiers: int,
    key_epoch: int,
    share_epoch: int,
    *,
    sealed: bytes,
    stored_at: str,
) -> None:
    """Keep a share."""
    connection.execute(
        key_share.insert().values(
            identifiers=identifiers,
            key_epoch=key_epoch,
            share_epoch=share_epoch,
            sealed=sealed,
            stored_at=stored_at,
        )
    )


def share(
    connection: Connection, identifiers: int, key_epoch: int, share_epoch: int
) -> bytes | None:
    """Return a sealed share; ``None`` when this member holds none in that epoch."""
    table = key_share
    query = select(table.c.sealed).where(
        table.c.identifiers == identifiers,
        table.c.key_epoch == key_epoch,
        table.c.share_epoch == share_epoch,
    )
    return connection.scalar(query)


def share_epochs(connection: Connection, identifiers: int) -> list[tuple[int, int]]:
    """Return key and share epoch of all shares of a type."""
    table = key_share
    query = select(table.c.key_epoch, table.c.share_epoch).where(table.c.identifiers == identifiers)
    return [(row.key_epoch, row.share_epoch) for row in connection.execute(query)]


def forget_share(
    connection: Connection, identifiers: int, key_epoch: int, share_epoch: int
) -> None:
    """Forget a share; its key is destroyed first."""
    table = key_share
    connection.execute(
        delete(table).where(
            table.c.identifiers == identifiers,
            table.c.key_epoch == key_epoch,
            table.c.share_epoch == share_epoch,
        )
    )


def agree(connection: Connection, identifiers: int, key_epoch: int, *, at: str) -> None:
    """Record that this member's people agree to a new key."""
    if not has_agreed(connection, identifiers, key_epoch):
        values = {"identifiers": identifiers, "key_epoch": key_epoch, "given_at": at}
        connection.execute(key_consent.insert().values(**values))


def has_agreed(connection: Connection, identifiers: int, key_epoch: int) -> bool:
    """Tell whether they do."""
    table = key_consent
    query = select(table.c.key_epoch).where(
        table.c.identifiers == identifiers, table.c.key_epoch == key_epoch
    )
    return connection.scalar(query) is not None
