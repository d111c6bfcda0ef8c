"""A member asks: it logs first, its own share counts like any other, and only a record key opens the log."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from harness.evaluators import Holders

from blacklist.domain.auditing.opening import reference_leaf
from blacklist.domain.budgets import period_of
from blacklist.domain.chronicle.keys import KeyState
from blacklist.domain.identifiers.canonicalise import canonicalise, is_canonical
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType, is_nobody, nobody
from blacklist.domain.protocol.elements import merkle_root, split
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services import asking
from blacklist.services.inquiring import (
    SINGLE_LIMIT,
    InquirySubject,
    blinded,
    in_turn,
    open_content,
)
from blacklist.store import evaluations, inquiries
from blacklist.store.inquiries import InquiryRow
from ledger.errors import (
    IntegrityError,
    LimitError,
    MalformedError,
    RefusedError,
    UnavailableError,
)

TODAY = date(2026, 11, 24)
ACTOR = "operator:li"


@pytest.fixture
def holders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Holders]:
    # A busy machine is no slow server: exactly the threshold's servers count a request.
    monkeypatch.setattr(asking, "HEDGE_SECONDS", 60.0)
    made = Holders.make(tmp_path, 5, 3)
    yield made
    made.close()


def person(number: int) -> Identifier:
    return Identifier(IdentifierType.NATIONAL_ID, b"lz-blacklist/v1|id|%018d" % number)


def subjects(count: int) -> list[InquirySubject]:
    return [InquirySubject(person(n), f"LA-2026-{n}") for n in range(count)]


def ask(holders: Holders, count: int, purpose: Purpose = Purpose.QUERY) -> list[bytes]:
    return [each.reveal() for each in holders.inquirer().ask(subjects(count), purpose, ACTOR)]


def logged(holders: Holders) -> list[InquiryRow]:
    with holders.servers[holders.caller].database.read() as connection:
        return inquiries.newest(connection, 100)


def counted(holders: Holders, index: int) -> int:
    with holders.servers[index].database.read() as connection:
        found = evaluations.usage(connection, period_of(holders.clock.now()))
    return sum(count for _, count in found)


@pytest.mark.parametrize("count", [1, SINGLE_LIMIT, SINGLE_LIMIT + 1])
def test_what_is_asked_is_what_the_whole_key_gives(holders: Holders, count: int) -> None:
    expected = [holders.expected(person(n).canonical) for n in range(count)]
    assert ask(holders, count) == expected


def test_the_own_share_is_used_and_counted_like_any_other(holders: Holders) -> None:
    ask(holders, 2)
    assert 1 not in holders.asked, "no network lies between a member and itself"
    assert counted(holders, 1) == 2
    assert sum(counted(holders, index) for index in holders.servers) == 2 * 3


@pytest.mark.parametrize("count", [2, SINGLE_LIMIT + 1])
def test_with_its_own_share_two_others_of_four_suffice(holders: Holders, count: int) -> None:
    for index in (2, 4):
        holders.servers[index].away = True
    assert ask(holders, count)[0] == holders.expected(person(0).canonical)


def test_a_request_is_logged_before_anybody_is_asked(holders: Holders) -> None:
    for index in (2, 3, 4, 5):
        holders.servers[index].away = True
    with pytest.raises(UnavailableError, match="evaluation-too-few"):
        ask(holders, 2)
    (row,) = logged(holders)
    assert (row.purpose, row.count, row.asked_by) == ("query", 2, ACTOR)
    assert (row.identifiers, row.key_epoch, row.share_epoch) == ("id", 1, 1)


def test_servers_and_caller_log_the_same_roots(holders: Holders) -> None:
    ask(holders, SINGLE_LIMIT + 1, Purpose.SCREENING)
    (row,) = logged(holders)
    found = []
    for server in holders.servers.values():
        with server.database.read() as connection:
            found += evaluations.unsealed(connection, 10)
    assert len(found) == holders.held.threshold
    for each in found:
        assert each.request_id == row.request_id
        assert merkle_root(split(each.elements)) == row.elements
        assert row.authorisation.hex().encode() in each.document


def test_the_record_key_opens_every_element_and_reference_again(holders: Holders) -> None:
    ask(holders, 3)
    (row,) = logged(holders)
    key = holders.servers[1].record_keys.open(row.key_id)
    assert key is not None
    content = open_content(row, key)
    assert content.identifiers == tuple(person(n).canonical for n in range(3))
    assert content.references == ("LA-2026-0", "LA-2026-1", "LA-2026-2")
    assert content.leaves()[1] == reference_leaf("LA-2026-1", content.salts[1])
    assert merkle_root(content.leaves()) == row.authorisation
    assert merkle_root(blinded(content, key, row.request_id).elements) == row.elements


def test_another_key_or_a_changed_record_opens_nothing(holders: Holders) -> None:
    ask(holders, 1)
    (row,) = logged(holders)
    keys = holders.servers[1].record_keys
    own, (other,) = keys.open(row.key_id), keys.create(1)
    assert own is not None
    changed = replace(
        row, sealed=bytes([row.sealed[0] ^ 1]) + row.sealed[1:] if row.sealed else b""
    )
    for wrong_row, wrong_key in ((row, other), (changed, own), (replace(row, sealed=None), own)):
        with pytest.raises(IntegrityError, match="inquiry-changed"):
            open_content(wrong_row, wrong_key)


def test_the_log_tells_nobody_whom_it_is_about(holders: Holders, tmp_path: Path) -> None:
    ask(holders, 2)
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert b"000000000000000001" not in content
        assert b"LA-2026" not in content
    (row,) = logged(holders)
    assert "LA-2026" not in repr(subjects(2))
    assert "00000001" not in repr((subjects(2), row))


def test_two_requests_about_one_person_have_nothing_in_common(holders: Holders) -> None:
    ask(holders, 1)
    ask(holders, 1)
    one, two = logged(holders)
    assert one.elements != two.elements
    assert one.authorisation != two.authorisation
    assert one.key_id != two.key_id


def test_what_cannot_be_asked_is_refused_and_not_logged(holders: Holders) -> None:
    phone = InquirySubject(canonicalise(IdentifierType.PHONE, "13800138000", today=TODAY), "LA-1")
    inquirer = holders.inquirer()
    for wrong, error, code in (
        ([], MalformedError, "inquiry-empty"),
        (subjects(4097), LimitError, "inquiry-too-many"),
        ([*subjects(1), phone], MalformedError, "inquiry-types-mixed"),
        ([InquirySubject(person(1), "  ")], MalformedError, "inquiry-unauthorised"),
        ([InquirySubject(person(1), "x" * 129)], MalformedError, "inquiry-unauthorised"),
        ([phone], RefusedError, "blacklist-no-key"),
    ):
        with pytest.raises(error, match=code):
            inquirer.ask(wrong, Purpose.QUERY, ACTOR)
    assert logged(holders) == []
    assert holders.asked == []


def test_no_key_is_no_key(holders: Holders) -> None:
    inquirer = replace(holders.inquirer(), state=KeyState)
    with pytest.raises(RefusedError, match="blacklist-no-key"):
        inquirer.ask(subjects(1), Purpose.QUERY, ACTOR)


def test_other_servers_are_asked_in_turn_and_the_own_one_first(holders: Holders) -> None:
    own, servers = holders.servers[3].member, holders.order()
    orders = [
        [each.index for each in in_turn(servers, own, n.to_bytes(16, "big"))] for n in range(4)
    ]
    assert orders == [[3, 1, 2, 4, 5], [3, 2, 4, 5, 1], [3, 4, 5, 1, 2], [3, 5, 1, 2, 4]]
    assert in_turn(servers[:1], servers[0].member, bytes(16)) == servers[:1]


def test_what_is_nobodys_is_no_identifier_of_any_type() -> None:
    for each in IdentifierType:
        made = nobody(each, bytes(range(32)))
        assert is_nobody(made.canonical)
        assert not is_canonical(each, made.canonical, today=TODAY)
    for wrong in (person(1).canonical, b"lz-blacklist/v1|probe|", made.canonical + b"0"):
        assert not is_nobody(wrong)
