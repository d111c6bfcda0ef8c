"""Seals evaluations into the evidence log, one statement each: what others asked here, what this one asked.

A statement and its name in the row are one transaction, so that a crash seals nothing twice.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from sqlalchemy import Connection

from blacklist.domain.auditing.records import KIND, MEMBER, EvaluationRecord, Side
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.protocol.documents import SignedDocument
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import REQUEST, EvaluationRequest, KeyName
from blacklist.store import evaluations, inquiries
from blacklist.store.evaluations import CountedEvaluation
from blacklist.store.inquiries import InquiryRow
from ledger.errors import LedgerError
from ledger.services.composing import Item
from ledger.services.recording import Outcome
from ledger.store.statements import StatementRow
from node.wiring import Node

ROUND: Final = 500
"""Requests of each side that are sealed in one transaction; the next round goes on."""
Name = Callable[[Connection, bytes], None]
"""Names the statement with this leaf hash in the row that it covers."""


def seal_evaluations(node: Node) -> int:
    """Seal what is not sealed yet; return how many statements that were.

    Call it where one process at a time does, as the worker does.

    Raises:
        LedgerError: an item was refused; the next round tries again.
    """
    with node.database.read() as connection:
        counted = evaluations.unsealed(connection, ROUND)
        asked = inquiries.unsealed(connection, ROUND)
    own = bytes.fromhex(node.settings.member)
    rows: list[tuple[EvaluationRecord, Name]] = [
        (_server_record(each), partial(_name_evaluation, each)) for each in counted
    ]
    rows += [(_caller_record(each, own), partial(_name_inquiry, each)) for each in asked]
    _seal(node, rows)
    return len(rows)


def _seal(node: Node, rows: Sequence[tuple[EvaluationRecord, Name]]) -> None:
    if not rows:
        return
    items = [Item(kind=KIND, extra={MEMBER: record.to_json()}) for record, _ in rows]

    def name_all(connection: Connection, outcomes: Sequence[Outcome]) -> None:
        for (_, name), outcome in zip(rows, outcomes, strict=True):
            if isinstance(outcome, StatementRow):
                name(connection, outcome.leaf_hash)

    for outcome in node.intake.seal_many(items, by_node=True, also=name_all):
        if isinstance(outcome, LedgerError):
            raise outcome


def _server_record(counted: CountedEvaluation) -> EvaluationRecord:
    document = SignedDocument(REQUEST, counted.document, counted.signature)
    return EvaluationRecord.counted(EvaluationRequest.read(document), counted.counted_at)


def _caller_record(row: InquiryRow, own: bytes) -> EvaluationRecord:
    return EvaluationRecord(
        side=Side.CALLER,
        request_id=row.request_id,
        caller=own,
        key=KeyName(IdentifierType(row.identifiers), row.key_epoch, row.share_epoch),
        purpose=Purpose(row.purpose),
        count=row.count,
        elements=row.elements,
        authorisation=row.authorisation,
        at=row.asked_at,
    )


def _name_evaluation(counted: CountedEvaluation, connection: Connection, leaf_hash: bytes) -> None:
    evaluations.set_sealed(connection, counted, leaf_hash)


def _name_inquiry(row: InquiryRow, connection: Connection, leaf_hash: bytes) -> None:
    inquiries.set_sealed(connection, row.request_id, leaf_hash)
