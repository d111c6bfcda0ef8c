"""The database: one engine, and the only place where transactions begin and end.

* ``write()`` is a short transaction; nothing is sent, fetched or streamed inside.
* SQLite runs in WAL mode with full synchronous commits, foreign keys, and ``secure_delete``; write
  transactions take the lock at their beginning, so that they wait instead of failing in the middle.
* PostgreSQL keeps its defaults (``synchronous_commit = on``) under READ COMMITTED with row locks.
"""

import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pg8000.dbapi
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ledger.errors import ConflictError, IntegrityError, LedgerError, UnavailableError

BUSY_TIMEOUT_SECONDS: Final = 30
MORE_CONNECTIONS: Final = 60
"""Beside the pool's five: more than the threads of a service, so that none waits for a connection."""
_LEDGER: Final = Path(__file__).resolve().parents[1] / "ledger"
_ENVIRONMENT: Final = _LEDGER / "store" / "migrations"
LEDGER_VERSIONS: Final = _ENVIRONMENT / "versions"
KEY_STORE_VERSIONS: Final = _LEDGER / "keys" / "migrations"
NODE_VERSIONS: Final = Path(__file__).resolve().parent / "migrations"
BLACKLIST_VERSIONS: Final = _LEDGER.parent / "blacklist" / "store" / "migrations"
_VERSION_TABLES: Final = {NODE_VERSIONS: "node_version", BLACKLIST_VERSIONS: "blacklist_version"}
"""The node's own tables, and the blacklist's, share the ledger's database, with histories of their own."""
_CONFLICTS: Final = ("23505", "40001", "40P01")
"""Unique violation, serialization failure, deadlock: PostgreSQL's driver has one class for all its errors."""
_OUTAGES: Final = ("08", "28", "3D", "53", "57", "58")
"""Classes of what lies outside the program: connection, login, missing database, resources, operator."""
_PRAGMAS: Final = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA cache_size = -32768",
    # Fewer, larger checkpoints of the write-ahead log: index pages are written once instead of every batch.
    "PRAGMA wal_autocheckpoint = 8192",
)


class Database:
    """A database that is migrated to the present schema.

    Args:
        url: ``sqlite:///path`` or ``postgresql+pg8000://…``.
    """

    def __init__(self, url: str) -> None:
        self.engine: Final = _engine(url)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a write transaction; commits at the end, rolls back on any exception.

        Raises:
            ConflictError: somebody else wrote the same row first; try again.
            UnavailableError: the database does not answer, is locked, or its disk is full.
        """
        with self._open(exclusive=True) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction for reading; never blocks writers.

        Raises:
            UnavailableError: the database does not answer.
        """
        with self._open(exclusive=False) as connection:
            yield connection

    @contextmanager
    def _open(self, *, exclusive: bool) -> Iterator[Connection]:
        with _translated(), self.engine.connect() as connection:
            connection.info["exclusive"] = exclusive
            with connection.begin():
                yield connection

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """Open a connection outside any transaction, for locks of the session.

        Raises:
            UnavailableError: the database does not answer.
        """
        with _translated(), self.engine.connect() as connection:
            connection.info["exclusive"] = False
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def migrate(self, versions: Path) -> None:
        """Bring the schema to the newest version in the folder ``versions``.

        Raises:
            UnavailableError: the database does not answer, or is locked.
            IntegrityError: the file is not a database.
        """
        config = Config()
        config.set_main_option("script_location", str(_ENVIRONMENT))
        config.set_main_option("version_locations", str(versions))
        config.set_main_option("path_separator", "os")
        config.attributes["engine"] = self.engine
        config.attributes["version_table"] = _VERSION_TABLES.get(versions, "alembic_version")
        with _translated():
            command.upgrade(config, "head")

    def is_current(self, versions: Path) -> bool:
        """Tell whether the schema is the newest of the folder ``versions``; nothing is changed.

        Raises:
            UnavailableError: the database does not answer.
        """
        if is_sqlite(self) and not Path(self.engine.url.database or "").exists():
            return False  # connecting would make it
        newest = ScriptDirectory(str(_ENVIRONMENT), version_locations=[str(versions)]).get_heads()
        table = _VERSION_TABLES.get(versions, "alembic_version")
        with self.read() as connection:
            found = MigrationContext.configure(connection, opts={"version_table": table})
            return set(found.get_current_heads()) == set(newest)

    def has_history(self, versions: Path) -> bool:
        """Tell whether the folder ``versions`` was ever applied.

        Raises:
            UnavailableError: the database does not answer.
        """
        with self.read() as connection:
            return inspect(connection).has_table(_VERSION_TABLES.get(versions, "alembic_version"))

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def is_sqlite(database: Database) -> bool:
    """Tell whether a database is a file of SQLite."""
    return database.engine.url.get_backend_name() == "sqlite"


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the drivers raise into the ledger's errors; programming errors pass.

    COPY goes past SQLAlchemy to the driver, whose errors then come unwrapped.
    """
    try:
        yield
    except DBAPIError as error:
        cause = error.orig if isinstance(error.orig, Exception) else error
        found = _meaning(cause, lost=error.connection_invalidated)
        if found is None:
            raise
        raise found from error
    except PoolTimeoutError as error:
        raise UnavailableError("database-unavailable", detail="no connection is free") from error
    except (sqlite3.Error, pg8000.dbapi.Error, OSError) as error:
        found = _meaning(error, lost=False)
        if found is None:
            raise
        raise found from error


def _meaning(error: Exception, *, lost: bool) -> LedgerError | None:
    """Return our error for a driver's; ``None`` for a programming error, which nobody should hide."""
    outage = UnavailableError("database-unavailable", detail=_detail(error))
    if lost or isinstance(error, sqlite3.OperationalError | pg8000.dbapi.InterfaceError | OSError):
        return outage
    if isinstance(error, sqlite3.IntegrityError):
        return ConflictError("database-conflict")
    if isinstance(error, sqlite3.DatabaseError) and "database" in str(error):
        # "file is not a database", "database disk image is malformed"
        return IntegrityError("database-damaged", detail=_detail(error))
    state = _state(error)
    if state in _CONFLICTS:
        return ConflictError("database-conflict")
    return outage if state[:2] in _OUTAGES else None


def _state(error: Exception) -> str:
    """Return PostgreSQL's five-character error code (manual, appendix A); empty for other errors."""
    found = error.args[0] if error.args else None
    return str(found.get("C", "")) if isinstance(found, dict) else ""


def _detail(error: Exception) -> str:
    found = error.args[0] if error.args else ""
    return str(found.get("M", "") if isinstance(found, dict) else found)[:160]


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        engine = create_engine(
            url, pool_pre_ping=True, hide_parameters=True, max_overflow=MORE_CONNECTIONS
        )
        event.listen(engine, "connect", _send_at_once)
        return engine
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        # Parameters are personal data, and errors are logged.
        hide_parameters=True,
        max_overflow=MORE_CONNECTIONS,
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _send_at_once(connection: pg8000.dbapi.Connection, _record: object) -> None:
    """Let the system send small packets at once.

    The driver ends a COPY with one, which is otherwise held back for up to 40 ms, until the server has
    acknowledged the one before (RFC 896): measured, a third of the time of a batch.
    """
    opened = connection._usock  # noqa: SLF001 - the driver offers no other way
    if opened.family != socket.AF_UNIX:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    _enter_wal(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; while somebody else does, SQLite answers "busy" without waiting."""
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    exclusive = connection.info.get("exclusive", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if exclusive else "BEGIN")
