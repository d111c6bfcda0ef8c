"""The log: generations, tiles, checkpoints, cosignatures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, bindparam, func, select

from ledger.errors import IntegrityError
from ledger.evidence import tiles
from ledger.evidence.log import LogIdentity
from ledger.evidence.tiles import TileName
from ledger.primitives.merkle_proofs import Coordinate, VertexReader
from ledger.store.bulk import upsert_rows
from ledger.store.tables import checkpoint, cosignature, log, tile

_ONE_TILE: Final = select(tile.c.hashes).where(
    tile.c.generation == bindparam("generation"),
    tile.c.level == bindparam("level"),
    tile.c.number == bindparam("number"),
)

_NEWEST: Final = select(log).order_by(log.c.generation.desc()).limit(1)
_NEWEST_LOCKED: Final = _NEWEST.with_for_update()


@dataclass(frozen=True, slots=True)
class LogRow:
    """A generation of this member's log, with the number of leaves that have a place."""

    identity: LogIdentity
    size: int


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A signed checkpoint.

    Attributes:
        size: leaves.
        root: 32 bytes.
        note: the signed note (C2SP), with the log's own signature only.
    """

    size: int
    root: bytes
    note: str


def begin_generation(connection: Connection, identity: LogIdentity, *, started_at: str) -> None:
    """Insert an empty generation."""
    connection.execute(
        log.insert().values(
            generation=identity.generation,
            member=identity.member,
            origin=identity.origin,
            started_at=started_at,
            size=0,
        )
    )


def current(connection: Connection, *, lock: bool = False) -> LogRow | None:
    """Return the newest generation; with ``lock`` nobody else sequences until the commit."""
    row = connection.execute(_NEWEST_LOCKED if lock else _NEWEST).first()
    # While this waited for the lock, who held it may have begun the next generation.
    while lock and row is not None:
        latest = connection.scalar(select(func.max(log.c.generation)))
        if latest == row.generation:
            break
        row = connection.execute(_NEWEST_LOCKED).first()
    return None if row is None else _log_row(row)


def all_generations(connection: Connection) -> list[LogRow]:
    """Return every generation, the oldest first."""
    return [_log_row(row) for row in connection.execute(select(log).order_by(log.c.generation))]


def _log_row(row: Row[tuple[object, ...]]) -> LogRow:
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's documented accessor
    identity = LogIdentity(found["member"], found["origin"], found["generation"])
    return LogRow(identity, found["size"])


def identity(connection: Connection, generation: int) -> LogIdentity:
    """Return the identity of ``generation``.

    Raises:
        IntegrityError: no such generation.
    """
    row = connection.execute(select(log).where(log.c.generation == generation)).first()
    if row is None:
        raise IntegrityError("store-generation-missing", generation=generation)
    return LogIdentity(row.member, row.origin, row.generation)


def set_size(connection: Connection, generation: int, size: int) -> None:
    """Record the number of placed leaves."""
    connection.execute(log.update().where(log.c.generation == generation).values(size=size))


def read_tiles(
    connection: Connection, generation: int, names: Iterable[TileName]
) -> dict[TileName, bytes]:
    """Return the named tiles.

    One look-up by primary key each: for a list of pairs SQLite would scan the whole generation.

    Raises:
        IntegrityError: one is missing.
    """
    found = {}
    for name in names:
        place = {"generation": generation, "level": name.level, "number": name.number}
        hashes = connection.execute(_ONE_TILE, place).scalar()
        if hashes is None:
            raise IntegrityError("store-tile-missing", level=name.level, number=name.number)
        found[name] = hashes
    return found


def vertex_reader(
    connection: Connection, generation: int, coordinates: Iterable[Coordinate]
) -> VertexReader:
    """Return a reader of the given vertices; their tiles are read in one query.

    Raises:
        IntegrityError: a tile is missing.
    """
    found = read_tiles(connection, generation, tiles.tiles_of(coordinates))
    return tiles.vertices(found.__getitem__)


def write_tiles(connection: Connection, generation: int, changed: Mapping[TileName, bytes]) -> None:
    """Write tiles; unfinished ones replace their earlier, shorter state."""
    rows = [(generation, name.level, name.number, hashes) for name, hashes in changed.items()]
    columns = ("generation", "level", "number", "hashes")
    upsert_rows(connection, tile, columns, rows, updated=("hashes",))


def add_checkpoint(
    connection: Connection, generation: int, row: CheckpointRow, *, signed_at: str
) -> None:
    """Insert a checkpoint."""
    connection.execute(
        checkpoint.insert().values(
            generation=generation, size=row.size, root=row.root, note=row.note, signed_at=signed_at
        )
    )


def latest_checkpoint(connection: Connection, generation: int) -> CheckpointRow | None:
    """Return the largest checkpoint; ``None`` when none was signed."""
    query = (
        select(checkpoint)
        .where(checkpoint.c.generation == generation)
        .order_by(checkpoint.c.size.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else CheckpointRow(row.size, row.root, row.note)


def checkpoint_at(connection: Connection, generation: int, size: int) -> CheckpointRow | None:
    """Return the checkpoint of exactly ``size``; ``None`` when none was signed there."""
    query = select(checkpoint).where(
        checkpoint.c.generation == generation, checkpoint.c.size == size
    )
    row = connection.execute(query).first()
    return None if row is None else CheckpointRow(row.size, row.root, row.note)


def checkpoints_after(connection: Connection, generation: int, size: int) -> list[CheckpointRow]:
    """Return the checkpoints larger than ``size``, smallest first."""
    query = (
        select(checkpoint)
        .where(checkpoint.c.generation == generation, checkpoint.c.size > size)
        .order_by(checkpoint.c.size)
    )
    return [CheckpointRow(row.size, row.root, row.note) for row in connection.execute(query)]


def cosignatures(connection: Connection, generation: int, size: int) -> list[str]:
    """Return the witnesses' signature lines over a checkpoint, by witness."""
    query = (
        select(cosignature.c.line)
        .where(cosignature.c.generation == generation, cosignature.c.size == size)
        .order_by(cosignature.c.witness)
    )
    return list(connection.scalars(query))


def cosigned_sizes(connection: Connection, generation: int) -> dict[str, int]:
    """Return the largest checkpoint that each witness cosigned."""
    query = (
        select(cosignature.c.witness, func.max(cosignature.c.size))
        .where(cosignature.c.generation == generation)
        .group_by(cosignature.c.witness)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def first_signed_over(connection: Connection, generation: int, index: int) -> str | None:
    """Return the instant of the first checkpoint over leaf ``index``; ``None`` before it is signed."""
    query = (
        select(checkpoint.c.signed_at)
        .where(checkpoint.c.generation == generation, checkpoint.c.size > index)
        .order_by(checkpoint.c.size)
        .limit(1)
    )
    return connection.scalar(query)
