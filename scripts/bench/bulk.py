"""The bulk path: statements a second, durably sealed (committed, sequenced, under a signed checkpoint)."""

import json
import os
import time
from pathlib import Path

from measure import SIGNATURES_OF_THE_MARKS, Row, signatures_a_second

from ledger.evidence.log import LogIdentity
from ledger.services.intake import Receipt
from ledger.store import logs
from node.batches import seal_lines
from node.database import Database
from node.founding import create_node
from node.preparing import apart
from node.settings import write_settings
from node.wiring import open_node

COUNT = 20_000


def rows(home: Path, url: str, name: str) -> list[Row]:
    """Measure ``COUNT`` small statements through NDJSON, against raw inserts of the same bytes."""
    create_node(home, name="示范银行", origin="bench.example/log")
    write_settings(home, {"database_url": url})
    with open_node(home) as node:
        identity = LogIdentity(bytes.fromhex(node.settings.member), node.settings.origin, 0)
        with node.database.write() as connection:
            logs.begin_generation(connection, identity, started_at="2026-01-01T00:00:00.000Z")
        lines = [_line(number) for number in range(COUNT)]
        # Until the preparing process runs: a service starts it once.
        with apart(home, home) as preparer:
            preparer.begin(lines[:1], "bench")
            preparer.finish()
            start = time.perf_counter()
            outcomes = seal_lines(lines, node.intake, preparer)
            sealed = sum(isinstance(outcome, Receipt) for _, outcome in outcomes)
            node.sequencer.run()
            rate = sealed / (time.perf_counter() - start)
        raw = COUNT / _raw_inserts(node.database)
    fsync = _fsync_latency(home)
    signed, mark = signatures_a_second(), 5000 / SIGNATURES_OF_THE_MARKS
    return [
        Row(f"bulk sealing, {name}", f"{rate:.0f}/s", f"{signed:.0f}/s (Ed25519 signatures)", rate / signed, f"≥ 5,000/s where 49,000 are signed ({mark:.2f})"),
        Row("  raw inserts of the same bytes", f"{raw:.0f}/s", "", None, "printed"),
        Row("  fsync latency", f"{fsync * 1000:.2f} ms", "", None, "printed"),
    ]  # fmt: skip


def _line(number: int) -> bytes:
    return json.dumps(
        {
            "kind": "promise_to_pay",
            "case": f"C-{number // 4}",
            "fields": {"debtor": f"D-{number}", "amount_fen": 500000 + number, "due": "2026-12-05"},
        }
    ).encode()


def _raw_inserts(database: Database) -> float:
    """Insert rows of a statement's size into a bare table, in the same batches, with the same commits."""
    from sqlalchemy import Column, LargeBinary, MetaData, Table  # noqa: PLC0415

    from ledger.services.intake import MAX_BATCH  # noqa: PLC0415 - the batch that is compared
    from ledger.store.bulk import insert_rows  # noqa: PLC0415

    table = Table("bench_raw", MetaData(), Column("data", LargeBinary))
    with database.write() as connection:
        table.create(connection)
    payload = os.urandom(1600)
    start = time.perf_counter()
    for _ in range(COUNT // MAX_BATCH):
        with database.write() as connection:
            insert_rows(connection, table, ("data",), [(payload,)] * MAX_BATCH)
    return time.perf_counter() - start


def _fsync_latency(folder: Path, runs: int = 50) -> float:
    target = folder / "fsync"
    with target.open("wb", buffering=0) as file:
        start = time.perf_counter()
        for _ in range(runs):
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
        elapsed = time.perf_counter() - start
    target.unlink()
    return elapsed / runs
