"""Leading: of all processes of a node, one sequences and anchors; the others wait and take over.

* In one home, a lock on a file. On PostgreSQL also an advisory lock of the database, so that replicas with
  homes of their own stand back too. The system releases both when the process ends, however it ends.
* ``Leader.check`` notices a database connection that was lost: the lock went with it, and somebody else may
  lead already.
* Fencing against copies of the whole node is another matter (``ledger.services.fencing``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from ledger.errors import RefusedError
from node.running import exclusive
from node.wiring import Node

ADVISORY_KEY: Final = 0x4C5A4C454144
""""LZLEAD"; one database holds one node's ledger."""


@dataclass(frozen=True, slots=True)
class Leader:
    """The right to sequence and anchor.

    Attributes:
        connection: holds the advisory lock; ``None`` on SQLite.
    """

    connection: Connection | None

    def check(self) -> None:
        """Return while this process still leads.

        Raises:
            RefusedError: the database has ended the connection that held the lock.
        """
        if self.connection is None:
            return
        try:
            self.connection.execute(text("SELECT 1"))
        except DBAPIError as error:
            raise RefusedError("already-running") from error


@contextmanager
def if_nobody_leads() -> Iterator[None]:
    """Leave the block when another process leads: it does the same in its next round."""
    try:
        yield
    except RefusedError as error:
        if error.code != "already-running":
            raise


@contextmanager
def leading(node: Node) -> Iterator[Leader]:
    """Lead until the end of the block.

    Raises:
        RefusedError: another process leads.
        UnavailableError: the database does not answer.
    """
    with exclusive(node.settings.home):
        if node.database.engine.dialect.name != "postgresql":
            yield Leader(None)
            return
        with node.database.autocommit() as connection:
            sql = text("SELECT pg_try_advisory_lock(:key)")
            if not connection.scalar(sql, {"key": ADVISORY_KEY}):
                raise RefusedError("already-running")
            try:
                yield Leader(connection)
            finally:
                # A connection that goes back into the pool would keep the lock.
                connection.invalidate()
