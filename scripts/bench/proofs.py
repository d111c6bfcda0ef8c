"""Inclusion proofs out of a ten-million-leaf log: warm, cold, and the memory it takes."""

import os
import random
import time
from pathlib import Path
from statistics import median

from measure import Row, peak_memory_mib, seconds
from sqlalchemy import Connection

from ledger.evidence import tiles
from ledger.evidence.log import LogIdentity
from ledger.primitives import merkle, merkle_proofs
from ledger.store import logs
from node.database import LEDGER_VERSIONS, Database

LEAVES = 10_000_000
BATCH = 200_000
PROOFS = 1000


def rows(folder: Path) -> list[Row]:
    """Build the log, then prove random leaves."""
    url = f"sqlite:///{folder / 'ten-million.db'}"
    database = Database(url)
    database.migrate(LEDGER_VERSIONS)
    build = seconds(lambda: _build(database), runs=1)
    built = peak_memory_mib()
    generator = random.Random(7)  # noqa: S311 - places, not secrets
    places = [generator.randrange(LEAVES) for _ in range(PROOFS)]
    warm = _time_proofs(database, places)
    database.dispose()
    cold = _time_cold(url, places[:20])
    hashing = seconds(lambda: [merkle.vertex_hash(b"a" * 32, b"b" * 32) for _ in range(24)], runs=9)
    return [
        Row("inclusion proof of 10 M, warm", f"{warm * 1000:.2f} ms", f"{hashing * 1000:.3f} ms (24 hashes)", warm / hashing, "< 2 ms"),
        Row("  cold (new connection)", f"{cold * 1000:.2f} ms", "", None, "reported"),
        Row("  appending the leaves", f"{LEAVES / build:,.0f}/s", "", None, ""),
        Row("  resident memory", f"{peak_memory_mib():.0f} MiB", f"{built:.0f} MiB after building", None, "flat"),
    ]  # fmt: skip


def _build(database: Database) -> None:
    with database.write() as connection:
        identity = LogIdentity(bytes(32), "bench.example/log", 0)
        logs.begin_generation(connection, identity, started_at="2026-01-01T00:00:00.000Z")
    for size in range(0, LEAVES, BATCH):
        random_bytes = os.urandom(32 * BATCH)
        leaves = [random_bytes[at : at + 32] for at in range(0, 32 * BATCH, 32)]
        with database.write() as connection:
            edge = logs.read_tiles(connection, 0, tiles.edge(size))
            logs.write_tiles(connection, 0, tiles.append(size, leaves, edge))


def _time_proofs(database: Database, places: list[int]) -> float:
    times = []
    with database.read() as connection:
        for place in places:
            start = time.perf_counter()
            _prove(connection, place)
            times.append(time.perf_counter() - start)
    return median(times)


def _time_cold(url: str, places: list[int]) -> float:
    times = []
    for place in places:
        database = Database(url)
        start = time.perf_counter()
        with database.read() as connection:
            _prove(connection, place)
        times.append(time.perf_counter() - start)
        database.dispose()
    return median(times)


def _prove(connection: Connection, place: int) -> None:
    needed = merkle_proofs.inclusion_coordinates(place, LEAVES)
    read = logs.vertex_reader(connection, 0, needed)
    merkle_proofs.inclusion_path(place, LEAVES, read)
