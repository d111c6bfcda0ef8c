"""What ``log checkpoint`` shows."""

from sqlalchemy import Connection

from ledger.services.sequencing import current_log
from ledger.store import logs
from ledger.store.logs import CheckpointRow


def latest_checkpoint(
    connection: Connection, generation: int | None = None
) -> CheckpointRow | None:
    """Return the newest checkpoint of a generation, the present one unless it is named.

    Returns:
        ``None`` while the log is empty, or where there is no such generation.
    """
    present = current_log(connection).identity.generation
    return logs.latest_checkpoint(connection, present if generation is None else generation)
