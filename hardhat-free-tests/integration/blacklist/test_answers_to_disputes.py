"""A disputed entry ends with a written answer only, whoever ends it."""

import pytest
from harness.desk_members import NodeBanks
from harness.entry_members import identifier, specimen
from harness.people import SHELL

from blacklist.domain.entries.standing import EntryStanding
from blacklist.store.person_requests import RequestKind, RequestOutcome
from ledger.errors import RefusedError
from node.blacklist import acting
from node.blacklist.letters import LETTER, Letter
from node.blacklist.person_rights import settle_request, take_request

WORDS = Letter(LETTER, "text/plain", "不是我做的。".encode())


def _standing(desks: NodeBanks, entry: bytes) -> EntryStanding:
    desks.settle()
    listed = desks.entries(0).revising.find(entry)
    return listed.standing(desks.node(0).clock.now())


def _disputed(desks: NodeBanks, entry: bytes) -> None:
    desks.move(hours=1)
    desks.desk(1).take(entry, WORDS, disputes=True, by=SHELL)
    desks.settle()
    desks.move(hours=1)


def test_a_disputed_entry_is_withdrawn_only_with_a_written_answer(
    desks: NodeBanks, entry: bytes
) -> None:
    before = desks.sealed(0, "sealed before anybody disputed it")
    _disputed(desks, entry)
    other = desks.sealed(0, "no letter", kind="valuation_report")
    for reasons, code in ((before, "answer-before"), (other, "answer-unfit")):
        with pytest.raises(RefusedError, match=code):
            acting.withdraw(desks.entries(0), entry, reasons, SHELL)
    assert _standing(desks, entry) is EntryStanding.DISPUTED
    acting.withdraw(desks.entries(0), entry, desks.sealed(0, "the answer"), SHELL)
    assert _standing(desks, entry) is EntryStanding.WITHDRAWN


def test_a_deletion_that_is_granted_answers_an_open_dispute_besides(
    desks: NodeBanks, entry: bytes
) -> None:
    entries = desks.entries(0)
    asked = take_request(
        entries, RequestKind.DELETION, identifier(specimen(123)), WORDS, entry, SHELL
    )
    answer = desks.sealed(0, "sealed between request and dispute")
    _disputed(desks, entry)
    with pytest.raises(RefusedError, match="answer-before"):
        settle_request(desks.desk(0), asked.request, RequestOutcome.GRANTED, answer, SHELL)
    assert _standing(desks, entry) is EntryStanding.DISPUTED
    answer = desks.sealed(0, "the answer to both")
    settle_request(desks.desk(0), asked.request, RequestOutcome.GRANTED, answer, SHELL)
    assert _standing(desks, entry) is EntryStanding.WITHDRAWN
