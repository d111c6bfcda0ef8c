"""Log proofs out of the store: inclusion with its checkpoint, and consistency."""

from sqlalchemy import Connection

from ledger.errors import IntegrityError
from ledger.primitives import merkle_proofs
from ledger.primitives.note import Note
from ledger.primitives.tlog_proof import TlogProof
from ledger.proof.proof_files import ConsistencyProof
from ledger.store import logs


def inclusion(connection: Connection, generation: int, *, index: int, size: int) -> TlogProof:
    """Return the proof that leaf ``index`` stands under the checkpoint of ``size`` leaves.

    Raises:
        IntegrityError: no checkpoint of this size, or a tile is missing.
    """
    checkpoint = logs.checkpoint_at(connection, generation, size)
    if checkpoint is None:
        raise IntegrityError("store-checkpoint-missing", size=size)
    needed = merkle_proofs.inclusion_coordinates(index, size)
    read = logs.vertex_reader(connection, generation, needed)
    path = merkle_proofs.inclusion_path(index, size, read)
    return TlogProof(index, path, Note.parse(checkpoint.note.encode()))


def consistency(connection: Connection, generation: int, *, old: int, new: int) -> ConsistencyProof:
    """Return the proof that the log of ``new`` leaves extends that of ``old``.

    Raises:
        IntegrityError: a tile is missing.
    """
    needed = merkle_proofs.consistency_coordinates(old, new)
    read = logs.vertex_reader(connection, generation, needed)
    return ConsistencyProof(old, new, merkle_proofs.consistency_path(old, new, read))
