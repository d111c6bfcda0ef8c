"""Gathering: the proofs of one anchored item out of the store, as the files of a package."""

from dataclasses import dataclass

from sqlalchemy import Connection

from ledger.errors import IntegrityError, RefusedError
from ledger.evidence.statement import SignedStatement, read_leaf
from ledger.ports.chain import ChainProof
from ledger.primitives.canonical import encode
from ledger.proof import layout
from ledger.proof.checks_statement import dossier_of
from ledger.proof.proof_files import consistency_to_bytes
from ledger.services import proving
from ledger.services.timestamp_files import timestamp_files
from ledger.store import anchors, headers, logs, statements
from ledger.store.anchors import AnchorRow
from ledger.store.headers import HeaderRow
from ledger.store.statements import Place, StatementRow


@dataclass(frozen=True, slots=True)
class Anchored:
    """An item that can be exported.

    Attributes:
        row: its statement.
        place: its place in the log.
        anchor: the smallest anchor with a frozen proof over that place that a quorum witnessed.
        proof: that proof.
    """

    row: StatementRow
    place: Place
    anchor: AnchorRow
    proof: ChainProof


def find_anchored(connection: Connection, leaf_hash: bytes, quorum: int) -> Anchored:
    """Return the item with its anchor: the first one whose checkpoint ``quorum`` witnesses cosigned, if any.

    Raises:
        RefusedError: unknown, without a place, or not anchored yet.
    """
    row = statements.by_leaf_hash(connection, leaf_hash)
    if row is None:
        raise RefusedError("evidence-unknown", id=leaf_hash.hex())
    place = statements.place_of(connection, leaf_hash)
    if place is None:
        raise RefusedError("evidence-not-sequenced", id=leaf_hash.hex()[:12])
    anchor = anchors.best_witnessed(connection, place.generation, place.index, quorum)
    if anchor is None or anchor.proof is None:
        raise RefusedError("evidence-not-anchored", id=leaf_hash.hex()[:12])
    return Anchored(row, place, anchor, anchor.proof)


def proof_files(connection: Connection, item: Anchored) -> dict[str, bytes]:
    """Return statement, log proof, anchor proof, timestamps, not-before block, and dossier."""
    generation, anchor, proof = item.place.generation, item.anchor, item.proof
    leaf_proof = proving.inclusion(connection, generation, index=item.place.index, size=anchor.size)
    files = {
        layout.STATEMENT: item.row.leaf,
        layout.LEAF_PROOF: leaf_proof.serialise(),
        layout.HEADER: proof.header,
        layout.RECEIPT: proof.receipt,
    }
    if proof.membership is not None:
        files[layout.MEMBERSHIP] = proof.membership
    if anchor.previous_size:
        files[layout.CONSISTENCY] = consistency_to_bytes(
            proving.consistency(connection, generation, old=anchor.previous_size, new=anchor.size)
        )
    lines = logs.cosignatures(connection, generation, anchor.size)
    if lines:
        files[layout.COSIGNATURES] = "".join(lines).encode()
    signed = read_leaf(item.row.leaf)
    block = _not_before_block(connection, signed)
    if block is not None:
        files[layout.NOT_BEFORE_HEADER] = block.rlp
    earliest = 0 if block is None else block.ref.timestamp
    files.update(timestamp_files(connection, generation, anchor.size, not_before=earliest))
    files.update({path: encode(value) for path, value in dossier_of(signed.statement).items()})
    return files


def _not_before_block(connection: Connection, signed: SignedStatement) -> HeaderRow | None:
    named = signed.statement.not_before
    return None if named is None else headers.by_hash(connection, named.block_hash)


def case_files(connection: Connection, item: Anchored, *, head_number: int) -> dict[str, bytes]:
    """Return the case chain up to its head, with the head's own proof.

    Raises:
        IntegrityError: the chain in the store has gaps, or the head has no place.
    """
    if item.row.case_id is None:
        return {}
    rows = statements.of_case(connection, item.row.case_id, head_number)
    if len(rows) != head_number:
        raise IntegrityError("store-case-gap", found=len(rows), expected=head_number)
    files = {layout.case_statement(at): row.leaf for at, row in enumerate(rows, start=1)}
    place = statements.place_of(connection, rows[-1].leaf_hash)
    checkpoint = None if place is None else logs.latest_checkpoint(connection, place.generation)
    if place is None or checkpoint is None or place.generation < item.place.generation:
        raise IntegrityError("store-case-head-unplaced")
    proof = proving.inclusion(connection, place.generation, index=place.index, size=checkpoint.size)
    files[layout.CASE_HEAD_PROOF] = proof.serialise()
    # A head in a later generation stands in a log that started empty: there is no growth to show.
    if place.generation == item.place.generation and checkpoint.size > item.anchor.size:
        growth = proving.consistency(
            connection, place.generation, old=item.anchor.size, new=checkpoint.size
        )
        files[layout.CASE_CONSISTENCY] = consistency_to_bytes(growth)
    return files
