"""What names this running copy, so that a move, a restore or a clone is noticed.

A copied database file has another inode, a copied disk another machine id, a restored PostgreSQL cluster
another address or system identifier.
"""

import hashlib
from pathlib import Path
from typing import Final

from sqlalchemy import text

from node.database import Database

_MACHINE_ID: Final = Path("/etc/machine-id")


def fingerprint(home: Path, database: Database, replica_group: str = "") -> str:
    """Return 64 hexadecimal digits that differ between copies.

    Args:
        home: of the node.
        database: of its ledger.
        replica_group: the name that replicas on one PostgreSQL database share; they are one copy, and the
            database's own lock lets one of them lead. Empty: this home on this machine is the copy.
    """
    if replica_group and database.engine.dialect.name == "postgresql":
        named = f"replicas {replica_group}\n{_database(database)}"
        return hashlib.sha256(named.encode()).hexdigest()
    machine = _MACHINE_ID.read_text("ascii").strip() if _MACHINE_ID.exists() else ""
    parts = [machine, str(home.resolve()), _database(database)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _database(database: Database) -> str:
    url = database.engine.url
    if url.get_backend_name() == "sqlite":
        found = Path(url.database or "").stat()
        return f"{found.st_dev}:{found.st_ino}"
    with database.read() as connection:
        system = connection.scalar(text("SELECT system_identifier FROM pg_control_system()"))
        name = connection.scalar(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        )
    return f"{url.host}:{url.port}:{system}:{name}"
