"""Hits in pages, newest first."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from blacklist.store import hits
from blacklist.store.entry_tables import hit
from blacklist.store.hits import Hit


def page(
    connection: Connection, before: tuple[str, bytes] | None, limit: int, *, unreviewed: bool
) -> Sequence[Hit]:
    """Return hits; only those that wait for a person, if asked.

    Args:
        connection: in a transaction.
        before: ``found_at`` and id of the last hit of the page before; ``None`` for the first page.
        limit: how many at most.
        unreviewed: whether only those.
    """
    query = select(hit.c.hit).order_by(hit.c.found_at.desc(), hit.c.hit.desc()).limit(limit)
    if unreviewed:
        query = query.where(hit.c.reviewed_at.is_(None))
    if before is not None:
        at, last = before
        query = query.where((hit.c.found_at < at) | ((hit.c.found_at == at) & (hit.c.hit < last)))
    found = [hits.find(connection, each) for each in connection.scalars(query).all()]
    return [each for each in found if each is not None]
