"""Both databases: migrations make the tables of the code, and drivers' errors become ours."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from harness.auditor import audit
from harness.ledger import Databases, Ledger, make_item
from sqlalchemy import MetaData, text

from blacklist.store import desk_tables, entry_tables, monitors, screening_tables
from ledger.errors import ConflictError, IntegrityError, RefusedError, UnavailableError
from ledger.keys import key_store
from ledger.services.intake import Receipt
from ledger.store import tables
from node.audit import tables as audit_tables
from node.audit.entries import AuditEntry
from node.consortium import tables as consortium_tables
from node.database import (
    BLACKLIST_VERSIONS,
    KEY_STORE_VERSIONS,
    LEDGER_VERSIONS,
    NODE_VERSIONS,
    Database,
)
from node.identity import tables as identity_tables
from node.uploads import tables as upload_tables

BLACKLIST = (desk_tables, entry_tables, screening_tables)
"""Modules that add their tables to one and the same metadata."""
COMPARED = {
    "compare_type": True,
    "include_name": lambda name, kind, _: kind != "table" or not name.endswith("_version"),
}
"""Alembic leaves out the version table of one history; the database holds three."""


def test_migrations_make_exactly_the_tables_of_the_code(ledger: Ledger) -> None:
    """Alembic itself finds no difference, in columns, keys, indices or types."""
    pairs: tuple[tuple[Database, list[MetaData]], ...] = (
        (
            ledger.node.database,
            [
                tables.metadata,
                audit_tables.metadata,
                identity_tables.metadata,
                upload_tables.metadata,
                consortium_tables.metadata,
                *{each.metadata for each in BLACKLIST},
            ],
        ),
        (ledger.node.key_database, [key_store.metadata]),
    )
    for database, metadata in pairs:
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=COMPARED)
            assert compare_metadata(context, metadata) == []  # type: ignore[arg-type]  # Alembic takes several


def test_migrations_can_be_undone_on_an_empty_ledger(ledger: Ledger) -> None:
    for database, versions, table in (
        (ledger.node.database, BLACKLIST_VERSIONS, "blacklist_version"),
        (ledger.node.database, NODE_VERSIONS, "node_version"),
        (ledger.node.database, LEDGER_VERSIONS, "alembic_version"),
        (ledger.node.key_database, KEY_STORE_VERSIONS, "alembic_version"),
    ):
        _downgrade(database, versions)
        with database.engine.connect() as connection:
            opts = {"version_table": table}
            names = MigrationContext.configure(connection, opts=opts).get_current_heads()
        assert names == ()
        database.migrate(versions)


def test_a_down_migration_never_drops_a_row(ledger: Ledger) -> None:
    receipt = ledger.seal()
    ledger.node.trail.record(AuditEntry("node", "test.entry"))
    for database, versions in (
        (ledger.node.database, NODE_VERSIONS),
        (ledger.node.database, LEDGER_VERSIONS),
        (ledger.node.key_database, KEY_STORE_VERSIONS),
    ):
        with pytest.raises(RefusedError, match="migration-drops-rows"):
            _downgrade(database, versions)
        database.migrate(versions)
    assert ledger.statement(receipt)
    audit(ledger)


def test_who_was_watched_before_customers_had_an_index_is_watched_on(ledger: Ledger) -> None:
    database, values = ledger.node.database, {"item": b"i", "key_id": b"k", "sealed": b"s"}
    _downgrade(database, BLACKLIST_VERSIONS, "b0009")
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO monitored (item, identifiers, key_epoch, fresh, purpose, key_id, sealed, since,"
                " started_by) VALUES (:item, 1, 1, :fresh, 'loan', :key_id, :sealed, 'now', 'officer')"
            ),
            {**values, "fresh": False},
        )
    database.migrate(BLACKLIST_VERSIONS)
    with database.read() as connection:
        (found,) = monitors.without_relationship(connection, 9)
    assert (found.item, found.sealed, found.relationship) == (b"i", b"s", None)


def _downgrade(database: Database, versions: Path, until: str = "base") -> None:
    config = Config()
    config.set_main_option("script_location", str(LEDGER_VERSIONS.parent))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = database.engine
    tables = {NODE_VERSIONS: "node_version", BLACKLIST_VERSIONS: "blacklist_version"}
    config.attributes["version_table"] = tables.get(versions, "alembic_version")
    command.downgrade(config, until)


def test_two_intakes_number_one_new_case_without_gaps(ledger: Ledger) -> None:
    """Both see no case and open it; on PostgreSQL one of them runs into the other's row."""
    case, threads, each = ledger.node.lookups.case("shared"), 4, 5
    start = Barrier(threads)

    def work(thread: int) -> list[Receipt]:
        start.wait()
        sealed = []
        for number in range(each):
            fields = {"who": f"{thread}-{number}"}
            sealed.append(
                ledger.node.intake.seal(
                    make_item(None, kind="promise_to_pay", case=case, fields=fields)
                )
            )
        return sealed

    with ThreadPoolExecutor(threads) as pool:
        for sealed in pool.map(work, range(threads)):
            ledger.receipts += sealed
    numbers = sorted(each.case_number or 0 for each in ledger.receipts)
    assert numbers == list(range(1, threads * each + 1))
    ledger.anchor()
    audit(ledger)


def test_the_same_row_twice_is_a_conflict_that_can_be_retried(ledger: Ledger) -> None:
    receipt = ledger.seal()
    copy = text(
        "INSERT INTO statement (leaf_hash, leaf, kind, sealed_at)"
        " SELECT leaf_hash, leaf, kind, sealed_at FROM statement"
    )
    with pytest.raises(ConflictError) as caught, ledger.node.database.write() as connection:
        connection.execute(copy)
    assert caught.value.retry
    assert ledger.statement(receipt)


def test_a_conflict_while_copying_rows_in_is_a_conflict_too(ledger: Ledger) -> None:
    """COPY goes past SQLAlchemy: PostgreSQL's driver answers with its own error."""
    (key,) = ledger.node.record_keys.create(1)
    from ledger.keys.key_store import wrapped_key  # noqa: PLC0415 - beside its use
    from ledger.store.bulk import insert_rows  # noqa: PLC0415 - beside its use

    with pytest.raises(ConflictError), ledger.node.key_database.write() as connection:
        insert_rows(connection, wrapped_key, ("key_id", "wrapped"), [(key.key_id, b"")])


def test_a_programming_error_is_never_hidden_as_an_outage(ledger: Ledger) -> None:
    with pytest.raises(Exception, match="no_such_column") as caught:  # noqa: SIM117 - one statement raises
        with ledger.node.database.write() as connection:
            connection.execute(text("UPDATE log SET no_such_column = 1"))
    if ledger.node.database.engine.dialect.name == "postgresql":
        assert not isinstance(caught.value, UnavailableError)


@pytest.mark.postgres
def test_a_server_that_is_gone_is_an_outage(
    postgres_databases: Databases, make_ledger: Callable[..., Ledger]
) -> None:
    ledger = make_ledger(postgres_databases)
    port = ledger.node.database.engine.url.port
    assert port is not None
    away = Database(f"postgresql+pg8000://postgres@127.0.0.1:{port}/no_such_database")
    with pytest.raises(UnavailableError), away.read() as connection:
        connection.execute(text("SELECT 1"))
    nobody = Database("postgresql+pg8000://postgres@127.0.0.1:1/ledger")
    with pytest.raises(UnavailableError), nobody.read() as connection:
        connection.execute(text("SELECT 1"))
    with pytest.raises(UnavailableError):
        nobody.migrate(LEDGER_VERSIONS)


@pytest.mark.postgres
def test_connections_that_the_server_cut_are_an_outage_and_then_work_again(
    postgres_databases: Databases, make_ledger: Callable[..., Ledger]
) -> None:
    ledger = make_ledger(postgres_databases)
    ledger.seal()
    name = ledger.node.database.engine.url.database
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608 - our own name
    with pytest.raises(UnavailableError), ledger.node.database.write() as connection:  # noqa: PT012 - cut inside
        postgres_databases.server.run(cut)  # type: ignore[attr-defined]  # PostgreSQL's have a server
        connection.execute(text("SELECT 1"))
    ledger.seal(b"again" * 2000)
    audit(ledger)


def test_a_file_that_is_no_database_is_damage_not_an_outage(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    file.write_bytes(b"not a database" * 500)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(IntegrityError):
        database.migrate(LEDGER_VERSIONS)
    with pytest.raises(IntegrityError), database.read() as connection:
        connection.execute(text("SELECT 1 FROM log"))
    database.dispose()


def test_a_locked_database_is_an_outage(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.database.BUSY_TIMEOUT_SECONDS", 1)
    database = Database(sqlite_ledger.node.settings.ledger_url)
    with database.write(), pytest.raises(UnavailableError), database.write() as second:
        second.execute(text("SELECT 1"))


def test_two_processes_may_bring_a_fresh_database_up_to_date_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from node.database import *; d = Database(sys.argv[1]);"
        " d.migrate(LEDGER_VERSIONS); d.dispose()"
    )
    command_line = [sys.executable, "-c", program, f"sqlite:///{tmp_path / 'fresh.db'}"]
    both = [subprocess.Popen(command_line, stderr=subprocess.PIPE) for _ in range(2)]
    errors = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
