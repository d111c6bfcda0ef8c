"""Timestamp tokens over checkpoints, the tokens that renew them, certificate chains, revocation lists.

* A token over a checkpoint names its generation and size. A token that renews has no generation; its size is
  the number of tokens that it covers, each of which names it (``renewed_by``) and its place (``renewed_as``).
* Rows are added, never changed, but for those two columns, which are set once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, exists, func, or_, select, update

from ledger.evidence.anchoring import Phase
from ledger.evidence.instants import format_instant, parse_instant
from ledger.ports.timestamping import RevocationList, Stamped
from ledger.primitives.der import SEQUENCE, Reader
from ledger.primitives.digest import sha256
from ledger.store.tables import (
    anchor,
    log,
    timestamp_chain,
    timestamp_covered_list,
    timestamp_revocation,
    timestamp_token,
)

_GIVEN_UP: Final = (Phase.REFUSED.value, Phase.LOST.value)
_WORTH_A_TOKEN: Final = and_(
    anchor.c.phase.not_in(_GIVEN_UP),
    # What was under way when its generation was closed proves nothing any more.
    or_(
        anchor.c.generation == select(func.max(log.c.generation)).scalar_subquery(),
        anchor.c.header.is_not(None),
    ),
)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A stored token.

    Attributes:
        token_id: running number.
        authority: name under which it is configured.
        generation: of the log; ``None`` for a token that renews others.
        size: of the checkpoint, or how many tokens it renews.
        token: DER.
        chain_id: of its certificates.
        gen_time: instant that the authority states.
        valid_until: instant until which all its certificates are valid.
        renewed_by: the token that renews it; ``None`` while none does.
        renewed_as: its place among those.
    """

    token_id: int
    authority: str
    generation: int | None
    size: int
    token: bytes
    chain_id: bytes
    gen_time: str
    valid_until: str
    renewed_by: int | None
    renewed_as: int | None

    @property
    def seconds(self) -> int:
        """The authority's time as POSIX seconds, cut as V13 cuts it."""
        return int(parse_instant(self.gen_time).timestamp())


@dataclass(frozen=True, slots=True)
class ListRow:
    """A stored revocation list: SHA-256 of its DER, the chain it is for, the DER, when it was fetched."""

    list_id: bytes
    chain_id: bytes
    data: bytes
    fetched_at: str


def unstamped(
    connection: Connection, authority: str, *, since: str, limit: int
) -> list[tuple[int, int]]:
    """Return (generation, size) of anchored checkpoints without a token of ``authority``, newest first.

    What another authority has stamped already, and was planned before ``since``, is left out: a late token
    adds nothing to an early one.
    """
    of_this = select(timestamp_token.c.token_id).where(
        timestamp_token.c.generation == anchor.c.generation,
        timestamp_token.c.size == anchor.c.size,
    )
    query = (
        select(anchor.c.generation, anchor.c.size)
        .where(
            _WORTH_A_TOKEN,
            ~exists(of_this.where(timestamp_token.c.authority == authority)),
            or_(anchor.c.planned_at >= since, ~exists(of_this)),
        )
        .order_by(anchor.c.generation.desc(), anchor.c.size.desc())
        .limit(limit)
    )
    return [(row.generation, row.size) for row in connection.execute(query)]


def count_bare(connection: Connection, *, before: str) -> int:
    """Return how many checkpoints whose anchor was planned before an instant have no token at all."""
    stamped = select(timestamp_token.c.token_id).where(
        timestamp_token.c.generation == anchor.c.generation,
        timestamp_token.c.size == anchor.c.size,
    )
    query = (
        select(func.count())
        .select_from(anchor)
        .where(
            _WORTH_A_TOKEN,
            anchor.c.planned_at < before,
            ~exists(stamped),
        )
    )
    return connection.scalar(query) or 0


def add(
    connection: Connection,
    stamped: Stamped,
    *,
    authority: str,
    generation: int | None,
    size: int,
    stored_at: str,
) -> int:
    """Store a token with its chain and return its number."""
    result = connection.execute(
        timestamp_token.insert()
        .values(
            authority=authority,
            generation=generation,
            size=size,
            token=stamped.token,
            chain_id=keep_chain(connection, stamped),
            gen_time=format_instant(stamped.gen_time),
            stored_at=stored_at,
        )
        .returning(timestamp_token.c.token_id)
    )
    token_id: int = result.scalar_one()
    return token_id


def chain_id_of(certificates: Sequence[bytes]) -> bytes:
    """Return the id of a chain: SHA-256 over its certificates, one behind the other."""
    return sha256(b"".join(certificates))


def keep_chain(connection: Connection, stamped: Stamped) -> bytes:
    """Store the chain of a token, unless it is there, and return its id."""
    chain_id = chain_id_of(stamped.certificates)
    known = select(timestamp_chain.c.chain_id).where(timestamp_chain.c.chain_id == chain_id)
    if connection.scalar(known) is None:
        row = {
            "chain_id": chain_id,
            "certificates": b"".join(stamped.certificates),
            "valid_until": format_instant(stamped.valid_until),
        }
        connection.execute(timestamp_chain.insert().values(row))
    return chain_id


def certificates(connection: Connection, chain_id: bytes) -> tuple[bytes, ...]:
    """Return the DER certificates of a chain, the signer's first."""
    query = select(timestamp_chain.c.certificates).where(timestamp_chain.c.chain_id == chain_id)
    reader = Reader(connection.scalars(query).one())
    found = []
    while reader.more:
        found.append(reader.expect(SEQUENCE).encoding)
    return tuple(found)


def of_checkpoint(connection: Connection, generation: int, size: int) -> list[TokenRow]:
    """Return the tokens over a checkpoint, the earliest time first."""
    query = _tokens().where(
        timestamp_token.c.generation == generation, timestamp_token.c.size == size
    )
    ordered = query.order_by(timestamp_token.c.gen_time, timestamp_token.c.token_id)
    return [_from_row(row) for row in connection.execute(ordered)]


def by_id(connection: Connection, token_id: int) -> TokenRow:
    """Return one token, which exists."""
    query = _tokens().where(timestamp_token.c.token_id == token_id)
    return _from_row(connection.execute(query).one())


def after(connection: Connection, token_id: int, limit: int) -> list[TokenRow]:
    """Return tokens in the order in which they came, from behind ``token_id`` on."""
    query = _tokens().where(timestamp_token.c.token_id > token_id)
    ordered = query.order_by(timestamp_token.c.token_id).limit(limit)
    return [_from_row(row) for row in connection.execute(ordered)]


def members(connection: Connection, renewal_id: int) -> list[TokenRow]:
    """Return the tokens that a renewal covers, in their places."""
    query = _tokens().where(timestamp_token.c.renewed_by == renewal_id)
    ordered = query.order_by(timestamp_token.c.renewed_as)
    return [_from_row(row) for row in connection.execute(ordered)]


def due(connection: Connection, *, now: str, before: str, limit: int) -> list[TokenRow]:
    """Return tokens to be renewed: their certificates end before an instant, and have not ended yet."""
    query = _tokens().where(
        timestamp_token.c.renewed_by.is_(None),
        timestamp_chain.c.valid_until <= before,
        timestamp_chain.c.valid_until > now,
    )
    ordered = query.order_by(timestamp_chain.c.valid_until, timestamp_token.c.token_id)
    return [_from_row(row) for row in connection.execute(ordered.limit(limit))]


def count_unrenewed(connection: Connection, *, before: str) -> int:
    """Return how many tokens have certificates that end before an instant, and are not renewed."""
    query = (
        select(func.count())
        .select_from(timestamp_token.join(timestamp_chain))
        .where(timestamp_token.c.renewed_by.is_(None), timestamp_chain.c.valid_until <= before)
    )
    return connection.scalar(query) or 0


def mark_renewed(connection: Connection, token_ids: Sequence[int], *, renewal_id: int) -> bool:
    """Set who renews; ``False`` when another renewal was first: the caller rolls back."""
    for place, token_id in enumerate(token_ids):
        changed = connection.execute(
            update(timestamp_token)
            .where(timestamp_token.c.token_id == token_id, timestamp_token.c.renewed_by.is_(None))
            .values(renewed_by=renewal_id, renewed_as=place)
        )
        if changed.rowcount != 1:
            return False
    return True


def keep_list(
    connection: Connection, chain_id: bytes, found: RevocationList, *, fetched_at: str
) -> None:
    """Store a revocation list, unless it is there."""
    list_id = sha256(found.data)
    known = select(timestamp_revocation.c.list_id).where(
        timestamp_revocation.c.list_id == list_id, timestamp_revocation.c.chain_id == chain_id
    )
    if connection.scalar(known) is None:
        following = None if found.next_update is None else format_instant(found.next_update)
        connection.execute(
            timestamp_revocation.insert().values(
                list_id=list_id,
                chain_id=chain_id,
                url=found.url,
                data=found.data,
                fetched_at=fetched_at,
                next_update=following,
                revokes=found.revokes,
            )
        )


def chains_in_use(connection: Connection, authority: str) -> list[bytes]:
    """Return the chains of an authority's tokens that are not renewed."""
    query = select(timestamp_token.c.chain_id).where(
        timestamp_token.c.renewed_by.is_(None), timestamp_token.c.authority == authority
    )
    return list(connection.scalars(query.distinct()))


def newest_lists(connection: Connection, chain_id: bytes) -> list[ListRow]:
    """Return the newest list from each address for a chain, by address."""
    query = (
        select(timestamp_revocation)
        .where(timestamp_revocation.c.chain_id == chain_id)
        .order_by(timestamp_revocation.c.url, timestamp_revocation.c.fetched_at)
    )
    newest = {row.url: _list(row) for row in connection.execute(query)}
    return list(newest.values())


def next_update(connection: Connection, chain_id: bytes) -> str | None:
    """Return when the first of a chain's newest lists is to be replaced; ``None`` without any."""
    latest = (
        select(func.max(timestamp_revocation.c.fetched_at).label("at"))
        .where(timestamp_revocation.c.chain_id == chain_id)
        .scalar_subquery()
    )
    query = select(func.min(timestamp_revocation.c.next_update)).where(
        timestamp_revocation.c.chain_id == chain_id, timestamp_revocation.c.fetched_at == latest
    )
    instant: str | None = connection.scalar(query)
    return instant


def is_revoked(connection: Connection, chain_id: bytes) -> bool:
    """Tell whether a list was ever seen on which a certificate of the chain stands."""
    query = select(timestamp_revocation.c.list_id).where(
        timestamp_revocation.c.chain_id == chain_id, timestamp_revocation.c.revokes
    )
    return connection.execute(query.limit(1)).first() is not None


def cover_lists(connection: Connection, renewal_id: int, lists: Iterable[ListRow]) -> None:
    """Record which revocation lists a renewal covers."""
    rows = [
        {"token_id": renewal_id, "list_id": each.list_id, "chain_id": each.chain_id}
        for each in lists
    ]
    if rows:
        connection.execute(timestamp_covered_list.insert(), rows)


def covered_lists(connection: Connection, renewal_id: int, chain_id: bytes) -> list[ListRow]:
    """Return the lists that a renewal covers for a chain, in the order of their digests."""
    query = (
        select(timestamp_revocation)
        .join(
            timestamp_covered_list,
            (timestamp_covered_list.c.list_id == timestamp_revocation.c.list_id)
            & (timestamp_covered_list.c.chain_id == timestamp_revocation.c.chain_id),
        )
        .where(
            timestamp_covered_list.c.token_id == renewal_id,
            timestamp_covered_list.c.chain_id == chain_id,
        )
    )
    return sorted((_list(row) for row in connection.execute(query)), key=lambda row: row.list_id)


def _tokens() -> Select[Any]:
    return select(timestamp_token, timestamp_chain.c.valid_until).join(
        timestamp_chain, timestamp_chain.c.chain_id == timestamp_token.c.chain_id
    )


def _from_row(row: Row[Any]) -> TokenRow:
    return TokenRow(
        token_id=row.token_id,
        authority=row.authority,
        generation=row.generation,
        size=row.size,
        token=row.token,
        chain_id=row.chain_id,
        gen_time=row.gen_time,
        valid_until=row.valid_until,
        renewed_by=row.renewed_by,
        renewed_as=row.renewed_as,
    )


def _list(row: Row[Any]) -> ListRow:
    return ListRow(row.list_id, row.chain_id, row.data, row.fetched_at)
