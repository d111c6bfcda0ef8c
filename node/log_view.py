"""What ``log checkpoint`` shows."""

from sqlalchemy import Connection

from ledger.services.sequencing import current_log
from ledger.store import logs
from ledger.store.logs import CheckpointRow


def latest_checkpoint(connection: Connection) -> CheckpointRow | None:
    """Return the newest checkpoint of the present generation; ``None`` while the log is empty."""
    generation = current_log(connection).identity.generation
    return logs.latest_checkpoint(connection, generation)
