"""Both sides seal each request once: the same roots, and nothing about a person."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.evaluators import Holders
from harness.ledger import Ledger, make_item

from blacklist.domain.auditing.records import EvaluationRecord, Side
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.inquiring import SINGLE_LIMIT, InquirySubject
from ledger.errors import LedgerError, MalformedError
from ledger.evidence.statement import read_leaf
from ledger.store import statements
from node.blacklist import sealing
from node.blacklist.sealing import seal_evaluations


@pytest.fixture
def holders(tmp_path: Path, ledger: Ledger) -> Iterator[Holders]:
    made = Holders.make(tmp_path, 3, 2, {1: ledger})
    yield made
    made.close()


def ask(holders: Holders, count: int, purpose: Purpose = Purpose.QUERY) -> None:
    people = [Identifier(IdentifierType.NATIONAL_ID, b"person %d" % n) for n in range(count)]
    subjects = [InquirySubject(each, "LA-2026-77") for each in people]
    for each in holders.inquirer().ask(subjects, purpose, "operator:li"):
        each.wipe()


def sealed(ledger: Ledger) -> list[EvaluationRecord]:
    with ledger.node.database.read() as connection:
        rows = statements.newest(connection, limit=2000, kind="evaluation")
    return [
        EvaluationRecord.read(read_leaf(row.leaf).statement.extra["evaluation"]) for row in rows
    ]


def test_both_sides_seal_the_same_request(holders: Holders, ledger: Ledger) -> None:
    ask(holders, SINGLE_LIMIT + 1, Purpose.SCREENING)
    assert seal_evaluations(ledger.node) == 2
    records = {record.side: record for record in sealed(ledger)}
    caller, server = records[Side.CALLER], records[Side.SERVER]
    assert {**caller.to_json(), "side": "server"} == server.to_json()
    assert (caller.count, caller.purpose) == (SINGLE_LIMIT + 1, Purpose.SCREENING)
    assert caller.caller == holders.servers[1].member


def test_nothing_is_sealed_twice(holders: Holders, ledger: Ledger) -> None:
    ask(holders, 1)
    assert seal_evaluations(ledger.node) == 2
    assert seal_evaluations(ledger.node) == 0
    ask(holders, 1)
    assert seal_evaluations(ledger.node) == 2
    assert len(sealed(ledger)) == 4


def test_a_crash_while_sealing_seals_nothing_twice(
    holders: Holders, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(holders, 1)

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(sealing.inquiries, "set_sealed", crash)
        with pytest.raises(SystemExit):
            seal_evaluations(ledger.node)
    assert sealed(ledger) == []
    assert seal_evaluations(ledger.node) == 2
    assert len(sealed(ledger)) == 2


def test_many_are_sealed_in_parts(
    holders: Holders, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "ROUND", 2)
    for _ in range(3):
        ask(holders, 1)
    assert [seal_evaluations(ledger.node) for _ in range(3)] == [4, 2, 0]


def test_no_statement_names_a_person_or_an_authorisation(holders: Holders, ledger: Ledger) -> None:
    ask(holders, 2)
    seal_evaluations(ledger.node)
    with ledger.node.database.read() as connection:
        leaves = [row.leaf for row in statements.newest(connection, limit=10)]
    assert leaves
    for leaf in leaves:
        assert b"person" not in leaf
        assert b"LA-2026" not in leaf


def test_nobody_but_the_node_seals_the_kind(ledger: Ledger) -> None:
    (outcome,) = ledger.node.intake.seal_many([make_item(None, kind="evaluation")])
    assert isinstance(outcome, LedgerError)
    assert outcome.code == "kind-sealed-by-node"


def test_a_record_that_was_changed_is_not_read(holders: Holders, ledger: Ledger) -> None:
    ask(holders, 1)
    seal_evaluations(ledger.node)
    value = sealed(ledger)[0].to_json()
    for changed in ({"side": "auditor"}, {"count": 0}, {"elements": "00"}, {"more": 1}):
        with pytest.raises(MalformedError):
            EvaluationRecord.read({**value, **changed})
