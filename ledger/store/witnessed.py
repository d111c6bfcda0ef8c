"""What this member saw of the others' logs: the newest checkpoint of each, and mirrored hash tiles."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from ledger.errors import IntegrityError
from ledger.evidence.tiles import TileName
from ledger.store.bulk import upsert_rows
from ledger.store.tables import cosignature, mirror_tile, witnessed


@dataclass(frozen=True, slots=True)
class WitnessedLog:
    """The largest checkpoint of a log that was found consistent with all before it.

    Attributes:
        origin: of the checkpoints, with the generation.
        member: 32-byte id.
        generation: of the log.
        size: leaves.
        root: 32 bytes.
        note: the signed checkpoint.
        seen_at: instant.
        mirrored: leaves whose hashes lie here.
    """

    origin: str
    member: bytes
    generation: int
    size: int
    root: bytes
    note: str
    seen_at: str
    mirrored: int


def read(connection: Connection, origin: str, *, lock: bool = False) -> WitnessedLog | None:
    """Return what was seen of a log; with ``lock`` nobody else moves it until the commit."""
    query = select(witnessed).where(witnessed.c.origin == origin)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else WitnessedLog(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def read_all(connection: Connection) -> list[WitnessedLog]:
    """Return every log that was seen."""
    rows = connection.execute(select(witnessed).order_by(witnessed.c.origin))
    return [WitnessedLog(**row._mapping) for row in rows]  # noqa: SLF001 - as above


def write(connection: Connection, log: WitnessedLog) -> None:
    """Record what is now the newest checkpoint of a log, and how far it is mirrored."""
    connection.execute(witnessed.delete().where(witnessed.c.origin == log.origin))
    connection.execute(witnessed.insert().values(**asdict(log)))


def read_tiles(
    connection: Connection, origin: str, names: Iterable[TileName]
) -> dict[TileName, bytes]:
    """Return mirrored tiles.

    Raises:
        IntegrityError: one is missing.
    """
    found = {}
    for name in names:
        query = select(mirror_tile.c.hashes).where(
            mirror_tile.c.origin == origin,
            mirror_tile.c.level == name.level,
            mirror_tile.c.number == name.number,
        )
        hashes = connection.scalar(query)
        if hashes is None:
            raise IntegrityError("store-tile-missing", level=name.level, number=name.number)
        found[name] = bytes(hashes)
    return found


def write_tiles(connection: Connection, origin: str, changed: Mapping[TileName, bytes]) -> None:
    """Write mirrored tiles; unfinished ones replace their earlier, shorter state."""
    rows = [(origin, name.level, name.number, hashes) for name, hashes in changed.items()]
    columns = ("origin", "level", "number", "hashes")
    upsert_rows(connection, mirror_tile, columns, rows, updated=("hashes",))


def add_cosignature(
    connection: Connection, generation: int, size: int, *, witness: str, line: str
) -> None:
    """Keep another member's cosignature of a checkpoint of ours; a later one replaces it."""
    place = {"generation": generation, "size": size, "witness": witness}
    connection.execute(cosignature.delete().filter_by(**place))
    connection.execute(cosignature.insert().values(**place, line=line))


def cosigned_by(connection: Connection, generation: int, size: int) -> frozenset[str]:
    """Return the witnesses whose cosignature of a checkpoint of ours is here."""
    query = select(cosignature.c.witness).where(
        cosignature.c.generation == generation, cosignature.c.size == size
    )
    return frozenset(connection.scalars(query))
