"""Anchors with their state, the transactions that were signed for them, and frozen chain proofs.

A transaction is stored before it is sent; the row is never deleted, so that every nonce this node ever
used is known to it. That is how a second copy is noticed. Nonces belong to an account: after a change of
the anchor key, the rows of the former account are marked with it and count no more.
"""

import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, case, func, select

from ledger.evidence.anchoring import AnchorState, Attempt, Inclusion, Phase
from ledger.ports.chain import ChainProof, SignedTransaction
from ledger.store.tables import anchor, cosignature, transaction

LOOKED_AT: Final = 1000
"""Anchors over a leaf among which one with enough cosignatures is looked for."""


_PRESENT = transaction.c.former_account.is_(None)
"""Of the present anchor account."""


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """An anchor as it is stored.

    Attributes:
        anchor_id: running number.
        generation: of the log.
        size: leaves under the anchored root.
        root: 32 bytes.
        previous_size: size of the anchor before; 0 for the first.
        state: of the life cycle.
        proof: the frozen chain proof; ``None`` before it is final and verified.
    """

    anchor_id: int
    generation: int
    size: int
    root: bytes
    previous_size: int
    state: AnchorState
    proof: ChainProof | None


def plan(
    connection: Connection,
    *,
    generation: int,
    size: int,
    root: bytes,
    previous_size: int,
    planned_at: str,
) -> AnchorRow:
    """Insert a planned anchor and return it."""
    state = AnchorState()
    given_up = connection.scalar(
        select(anchor.c.anchor_id).where(
            anchor.c.generation == generation,
            anchor.c.size == size,
            anchor.c.phase == Phase.LOST.value,
        )
    )
    if given_up is not None:
        plan_again(connection, given_up, previous_size=previous_size)
        return AnchorRow(given_up, generation, size, root, previous_size, state, None)
    values = {
        "generation": generation,
        "size": size,
        "root": root,
        "previous_size": previous_size,
        "phase": state.phase.value,
        "state": _state_to_text(state),
        "planned_at": planned_at,
    }
    result = connection.execute(anchor.insert().values(values).returning(anchor.c.anchor_id))
    return AnchorRow(result.scalar_one(), generation, size, root, previous_size, state, None)


def plan_again(connection: Connection, anchor_id: int, *, previous_size: int) -> None:
    """Start an anchor over, from another anchored size."""
    set_state(connection, anchor_id, AnchorState())
    connection.execute(
        anchor.update().where(anchor.c.anchor_id == anchor_id).values(previous_size=previous_size)
    )


def final_above(connection: Connection, generation: int, size: int) -> list[AnchorRow]:
    """Return the final anchors that are larger than ``size``, smallest first."""
    query = select(anchor).where(
        anchor.c.generation == generation,
        anchor.c.phase == Phase.FINAL.value,
        anchor.c.size > size,
    )
    return [_from_row(row) for row in connection.execute(query.order_by(anchor.c.size))]


def give_up(connection: Connection, anchor_id: int) -> None:
    """Mark a final anchor as lost with its chain, and drop the proof that was frozen on it."""
    set_state(connection, anchor_id, AnchorState(phase=Phase.LOST))
    proof = {"header": None, "receipt": None, "membership": None, "final_at": None}
    connection.execute(anchor.update().where(anchor.c.anchor_id == anchor_id).values(proof))


def in_flight(connection: Connection, generation: int) -> AnchorRow | None:
    """Return the anchor that is planned, submitted or included; ``None`` when none is."""
    unfinished = [Phase.PLANNED.value, Phase.SUBMITTED.value, Phase.INCLUDED.value]
    query = (
        select(anchor)
        .where(anchor.c.generation == generation, anchor.c.phase.in_(unfinished))
        .order_by(anchor.c.size)
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else _from_row(row)


def unfrozen(connection: Connection, generation: int) -> list[AnchorRow]:
    """Return final anchors whose chain proof is not stored yet."""
    query = select(anchor).where(
        anchor.c.generation == generation,
        anchor.c.phase == Phase.FINAL.value,
        anchor.c.header.is_(None),
    )
    return [_from_row(row) for row in connection.execute(query.order_by(anchor.c.size))]


def newest(connection: Connection, generation: int) -> AnchorRow | None:
    """Return the largest anchor that was neither refused nor lost; ``None`` when there is none."""
    query = (
        select(anchor)
        .where(
            anchor.c.generation == generation,
            anchor.c.phase.not_in((Phase.REFUSED.value, Phase.LOST.value)),
        )
        .order_by(anchor.c.size.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else _from_row(row)


def newest_refused(connection: Connection, generation: int) -> AnchorRow | None:
    """Return the refused anchor with the largest size; ``None`` when there is none."""
    query = (
        select(anchor)
        .where(anchor.c.generation == generation, anchor.c.phase == Phase.REFUSED.value)
        .order_by(anchor.c.size.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else _from_row(row)


def covering(connection: Connection, generation: int, index: int) -> AnchorRow | None:
    """Return the smallest anchor with a frozen proof over leaf ``index``; ``None`` when none has."""
    query = (
        select(anchor)
        .where(
            anchor.c.generation == generation, anchor.c.size > index, anchor.c.header.is_not(None)
        )
        .order_by(anchor.c.size)
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else _from_row(row)


def best_witnessed(
    connection: Connection, generation: int, index: int, quorum: int
) -> AnchorRow | None:
    """Return the smallest anchor over leaf ``index`` whose checkpoint a quorum cosigned.

    Where none has a quorum, the one with most cosignatures; of several, the smallest. Of the anchors over the
    leaf the first ``LOOKED_AT`` are looked at.
    """
    first = (
        select(anchor.c.anchor_id, anchor.c.size)
        .where(
            anchor.c.generation == generation, anchor.c.size > index, anchor.c.header.is_not(None)
        )
        .order_by(anchor.c.size)
        .limit(LOOKED_AT)
        .subquery()
    )
    count = (
        select(func.count())
        .where(cosignature.c.generation == generation, cosignature.c.size == first.c.size)
        .scalar_subquery()
    )
    enough = case((count >= quorum, quorum), else_=count)
    chosen = select(first.c.anchor_id).order_by(enough.desc(), first.c.size).limit(1)
    row = connection.execute(
        select(anchor).where(anchor.c.anchor_id == chosen.scalar_subquery())
    ).first()
    return None if row is None else _from_row(row)


def all_of(connection: Connection, generation: int) -> list[AnchorRow]:
    """Return every anchor of a generation by size."""
    query = select(anchor).where(anchor.c.generation == generation).order_by(anchor.c.size)
    return [_from_row(row) for row in connection.execute(query)]


def set_state(connection: Connection, anchor_id: int, state: AnchorState) -> None:
    """Record the state of an anchor."""
    connection.execute(
        anchor.update()
        .where(anchor.c.anchor_id == anchor_id)
        .values(phase=state.phase.value, state=_state_to_text(state))
    )


def set_proof(connection: Connection, anchor_id: int, proof: ChainProof, *, final_at: str) -> None:
    """Store the frozen and verified chain proof."""
    connection.execute(
        anchor.update()
        .where(anchor.c.anchor_id == anchor_id)
        .values(
            header=proof.header,
            receipt=proof.receipt,
            membership=proof.membership,
            final_at=final_at,
        )
    )


def store_transaction(
    connection: Connection,
    signed: SignedTransaction,
    *,
    purpose: str,
    anchor_id: int | None,
    stored_at: str,
) -> None:
    """Store signed bytes before they are sent."""
    connection.execute(
        transaction.insert().values(
            hash=signed.transaction,
            nonce=signed.nonce,
            purpose=purpose,
            anchor_id=anchor_id,
            raw=signed.raw,
            stored_at=stored_at,
        )
    )


def raw_transaction(connection: Connection, transaction_hash: bytes) -> bytes | None:
    """Return the stored bytes of a transaction; ``None`` when it is unknown."""
    query = select(transaction.c.raw).where(transaction.c.hash == transaction_hash)
    return connection.scalar(query)


def highest_nonce(connection: Connection) -> int | None:
    """Return the highest nonce that this node ever signed; ``None`` before the first."""
    query = select(func.max(transaction.c.nonce)).where(_PRESENT)
    highest: int | None = connection.scalar(query)
    return highest


def retire_account(connection: Connection, account: bytes) -> None:
    """Mark the transactions so far as those of ``account``, which is not the anchor account any more."""
    connection.execute(transaction.update().where(_PRESENT).values(former_account=account))


def nonce_of(connection: Connection, transaction_hash: bytes) -> int | None:
    """Return the nonce of a stored transaction; ``None`` when it is unknown."""
    query = select(transaction.c.nonce).where(transaction.c.hash == transaction_hash)
    found: int | None = connection.scalar(query)
    return found


def raw_between(connection: Connection, first: int, last: int) -> list[bytes]:
    """Return the bytes of the transactions under nonces ``first`` to before ``last``, in order."""
    query = (
        select(transaction.c.raw)
        .where(transaction.c.nonce >= first, transaction.c.nonce < last, _PRESENT)
        .order_by(transaction.c.nonce, transaction.c.stored_at)
    )
    return list(connection.scalars(query))


def transactions_at(connection: Connection, nonce: int) -> list[bytes]:
    """Return the hashes of the transactions that were signed under ``nonce``."""
    query = select(transaction.c.hash).where(transaction.c.nonce == nonce, _PRESENT)
    return list(connection.scalars(query))


def transactions_of(connection: Connection, anchor_id: int) -> list[bytes]:
    """Return the hashes of every transaction that was signed for an anchor, oldest first."""
    query = select(transaction.c.hash).where(transaction.c.anchor_id == anchor_id)
    return list(connection.scalars(query.order_by(transaction.c.stored_at, transaction.c.nonce)))


def last_stored_at(connection: Connection) -> str | None:
    """Return when the newest transaction was signed; ``None`` before the first."""
    newest_instant: str | None = connection.scalar(select(func.max(transaction.c.stored_at)))
    return newest_instant


def _from_row(row: Row[tuple[object, ...]]) -> AnchorRow:
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's documented accessor
    proof = None
    if found["header"] is not None:
        proof = ChainProof(found["header"], found["receipt"], found["membership"])
    return AnchorRow(
        anchor_id=found["anchor_id"],
        generation=found["generation"],
        size=found["size"],
        root=found["root"],
        previous_size=found["previous_size"],
        state=_state_from_text(found["state"]),
        proof=proof,
    )


def _state_to_text(state: AnchorState) -> str:
    return json.dumps(
        {
            "phase": state.phase.value,
            "attempts": [
                [a.transaction.hex(), a.nonce, str(a.price), a.at_block] for a in state.attempts
            ],
            "inclusion": None if state.inclusion is None else _inclusion_to_list(state.inclusion),
            "reason": state.reason,
        }
    )


def _inclusion_to_list(inclusion: Inclusion) -> list[object]:
    return [
        inclusion.transaction.hex(),
        inclusion.block_number,
        inclusion.block_hash.hex(),
        inclusion.succeeded,
    ]


def _state_from_text(stored: str) -> AnchorState:
    found = json.loads(stored)
    inclusion = found["inclusion"]
    return AnchorState(
        phase=Phase(found["phase"]),
        attempts=tuple(
            Attempt(bytes.fromhex(transaction_hash), nonce, int(price), at_block)
            for transaction_hash, nonce, price, at_block in found["attempts"]
        ),
        inclusion=None
        if inclusion is None
        else Inclusion(
            bytes.fromhex(inclusion[0]), inclusion[1], bytes.fromhex(inclusion[2]), inclusion[3]
        ),
        reason=found["reason"],
    )


def final_at(connection: Connection, anchor_id: int) -> str | None:
    """Return the instant at which an anchor was seen to be final; ``None`` before."""
    return connection.scalar(select(anchor.c.final_at).where(anchor.c.anchor_id == anchor_id))


def frozen_size(connection: Connection, generation: int) -> int:
    """Return the leaves under the largest anchor with a frozen proof; 0 before the first."""
    query = (
        select(anchor.c.size)
        .where(anchor.c.generation == generation, anchor.c.header.is_not(None))
        .order_by(anchor.c.size.desc())
        .limit(1)
    )
    return connection.scalar(query) or 0
