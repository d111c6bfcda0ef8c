"""The database: one engine, and the only place where transactions begin and end.

* ``write()`` is a short transaction; nothing is sent, fetched or streamed inside.
* SQLite runs in WAL mode with full synchronous commits, foreign keys, and ``secure_delete``; write
  transactions take the lock at their beginning, so that they wait instead of failing in the middle.
* PostgreSQL keeps its defaults (``synchronous_commit = on``) under READ COMMITTED with row locks.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import IntegrityError as UniqueViolation

from ledger.errors import ConflictError, UnavailableError

BUSY_TIMEOUT_SECONDS: Final = 30
_LEDGER: Final = Path(__file__).resolve().parents[1] / "ledger"
_ENVIRONMENT: Final = _LEDGER / "store" / "migrations"
LEDGER_VERSIONS: Final = _ENVIRONMENT / "versions"
KEY_STORE_VERSIONS: Final = _LEDGER / "keys" / "migrations"
_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA cache_size = -32768",
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
        try:
            with self.engine.connect() as connection:
                connection.info["exclusive"] = exclusive
                with connection.begin():
                    yield connection
        except UniqueViolation as error:
            raise ConflictError("database-conflict") from error
        except DBAPIError as error:
            if not error.connection_invalidated and not _is_outage(error):
                raise
            raise UnavailableError("database-unavailable", detail=str(error.orig)[:160]) from error

    def migrate(self, versions: Path) -> None:
        """Bring the schema to the newest version in the folder ``versions``."""
        config = Config()
        config.set_main_option("script_location", str(_ENVIRONMENT))
        config.set_main_option("version_locations", str(versions))
        config.set_main_option("path_separator", "os")
        config.attributes["engine"] = self.engine
        command.upgrade(config, "head")

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _is_outage(error: DBAPIError) -> bool:
    """Tell an outage (retry later) from a programming error (never hide)."""
    if isinstance(error.orig, sqlite3.OperationalError):
        return True
    return type(error.orig).__name__ == "InterfaceError"


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    exclusive = connection.info.get("exclusive", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if exclusive else "BEGIN")
