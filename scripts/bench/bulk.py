"""The bulk path: statements a second, durably sealed (committed, sequenced, under a signed checkpoint)."""

import json
import os
import time
from pathlib import Path

from measure import Row

from ledger.evidence.log import LogIdentity
from ledger.keys.files import FileStatementSigner, create_statement_key
from ledger.keys.key_store import SqlRecordKeys
from ledger.services.composing import Author
from ledger.services.intake import Intake, Receipt
from ledger.services.sequencing import Sequencer
from ledger.store import logs
from ledger.vault.local import LocalVault
from node.batches import seal_lines
from node.database import KEY_STORE_VERSIONS, LEDGER_VERSIONS, Database
from node.wiring import SystemClock

COUNT = 20_000


def rows(folder: Path, url: str, name: str) -> list[Row]:
    """Measure ``COUNT`` small statements through NDJSON, against raw inserts of the same bytes."""
    folder.mkdir(exist_ok=True)
    database, keys = Database(url), Database(f"sqlite:///{folder / f'keys-{name}.db'}")
    database.migrate(LEDGER_VERSIONS)
    keys.migrate(KEY_STORE_VERSIONS)
    intake, sequencer = _services(folder / name, database, keys)
    lines = [_line(number) for number in range(COUNT)]
    start = time.perf_counter()
    outcomes = seal_lines(lines, intake, lookup=_lookup, folder=folder)
    sealed = sum(isinstance(outcome, Receipt) for _, outcome in outcomes)
    sequencer.run()
    rate = sealed / (time.perf_counter() - start)
    raw = COUNT / _raw_inserts(database)
    fsync = _fsync_latency(folder)
    database.dispose()
    keys.dispose()
    return [
        Row(f"bulk sealing, {name}", f"{rate:.0f}/s", f"{raw:.0f}/s (raw inserts)", rate / raw, "≥ 5,000/s"),
        Row("  fsync latency", f"{fsync * 1000:.2f} ms", "", None, "printed"),
    ]  # fmt: skip


def _services(folder: Path, database: Database, keys: Database) -> tuple[Intake, Sequencer]:
    identity = LogIdentity(bytes(32), "bench.example/log", 0)
    clock = SystemClock()
    with database.write() as connection:
        logs.begin_generation(connection, identity, started_at="2026-01-01T00:00:00.000Z")
    evidence, log = _key(folder, "evidence"), _key(folder, "log")
    intake = Intake(
        begin=database.write,
        record_keys=SqlRecordKeys(keys.write, os.urandom(32)),
        vault=LocalVault(folder / "vault"),
        signer=evidence,
        clock=clock,
        author=Author(identity, {"name": "lianzheng", "version": "bench"}, 3600),
        not_before=lambda: None,
    )
    return intake, Sequencer(database.write, log, clock)


def _key(folder: Path, name: str) -> FileStatementSigner:
    return create_statement_key(folder / f"{name}.pem", os.urandom(32))


def _line(number: int) -> bytes:
    return json.dumps(
        {
            "kind": "promise_to_pay",
            "case": f"C-{number // 4}",
            "fields": {"debtor": f"D-{number}", "amount_fen": 500000 + number, "due": "2026-12-05"},
        }
    ).encode()


def _lookup(case: str) -> bytes:
    return case.encode().rjust(32, b"\0")


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
