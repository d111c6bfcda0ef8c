"""Requests about what another member reported: only the reporter answers them, and gets the letter."""

import pytest
from harness.desk_members import NodeBanks
from harness.entry_members import identifier, specimen
from harness.people import SHELL

from blacklist.store import person_statements
from blacklist.store.person_requests import RequestKind, RequestOutcome
from ledger.errors import RefusedError
from node import desk_view
from node.blacklist.letters import LETTER, Letter, open_letter
from node.blacklist.person_rights import settle_request, take_request

WHO = identifier(specimen(123))
WORDS = Letter(LETTER, "text/plain", "请删除。".encode())


def test_a_request_about_another_members_entry_is_passed_on_to_it(
    desks: NodeBanks, entry: bytes
) -> None:
    desk, node = desks.desk(1), desks.node(1)
    asked = take_request(desk.entries, RequestKind.DELETION, WHO, WORDS, entry, SHELL)
    (shown,) = desk_view.read_requests(node, unsettled=True)
    assert shown.reporter == desks.banks[0].member.hex()[:12], "nobody names it: no registry here"
    assert shown.outcomes == ("passed-on",)
    answer = desks.sealed(1, "passed on to bank 0")
    for outcome in (RequestOutcome.GRANTED, RequestOutcome.REFUSED):
        with pytest.raises(RefusedError, match="person-request-elsewhere"):
            settle_request(desk, asked.request, outcome, answer, SHELL)
    settle_request(desk, asked.request, RequestOutcome.PASSED_ON, answer, SHELL)
    assert desk_view.read_requests(node, unsettled=True) == []
    assert desk.round() == 0
    with desks.node(0).database.read() as connection:
        (said,) = person_statements.about(connection, entry)
    assert (said.desk, said.disputes) == (desks.banks[1].member, False)
    assert open_letter(desks.node(0), said.leaf_hash).letter == WORDS


def test_what_this_member_can_answer_is_not_passed_on(desks: NodeBanks, entry: bytes) -> None:
    for number, kind, about in (
        (0, RequestKind.DELETION, entry),
        (1, RequestKind.ACCESS, entry),
        (1, RequestKind.CORRECTION, None),
    ):
        desk = desks.desk(number)
        asked = take_request(desk.entries, kind, WHO, WORDS, about, SHELL)
        answer = desks.sealed(number, f"answer {kind}")
        assert desk_view.request_view(desks.node(number), asked).reporter is None
        with pytest.raises(RefusedError, match="person-request-ours"):
            settle_request(desk, asked.request, RequestOutcome.PASSED_ON, answer, SHELL)


def test_of_an_entry_that_has_ended_there_is_nothing_to_hand_over(
    desks: NodeBanks, entry: bytes
) -> None:
    desk = desks.desk(1)
    asked = take_request(desk.entries, RequestKind.DELETION, WHO, WORDS, entry, SHELL)
    desks.banks[0].revising.withdraw(entry, b"\x11" * 32)
    desks.settle()
    answer = desks.sealed(1, "it has ended meanwhile")
    settle_request(desk, asked.request, RequestOutcome.PASSED_ON, answer, SHELL)
    with desks.node(1).database.read() as connection:
        assert person_statements.about(connection, entry) == []
