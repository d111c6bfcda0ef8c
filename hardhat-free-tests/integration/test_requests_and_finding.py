"""Requests that are asked twice, items found again by blind indices, and callers that share a commit."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pytest
from harness.auditor import audit
from harness.ledger import Ledger, make_item
from sqlalchemy import func, select

from ledger.errors import MalformedError, RefusedError
from ledger.evidence.statement import read_leaf
from ledger.services.composing import Item
from ledger.store.finding import Wanted
from ledger.store.tables import statement
from node import evidence_view
from node.committing import Committer
from node.items import build_item


def asked(ledger: Ledger, key: str, content: bytes = b"recording" * 1000, **more: object) -> Item:
    described = {"kind": "call_recording", "request_key": key, **more}
    item = build_item(described, source=None, lookups=ledger.node.lookups, caller="recorder")  # type: ignore[arg-type]  # JSON
    return replace(item, source=BytesIO(content))


def found(ledger: Ledger, wanted: Wanted, limit: int = 50) -> list[bytes]:
    with ledger.node.database.read() as connection:
        page = evidence_view.page(connection, wanted, limit=limit)
    return [view.row.leaf_hash for view in page.views]


def test_a_request_that_is_asked_again_is_answered_as_before_and_seals_nothing(
    ledger: Ledger,
) -> None:
    first = ledger.node.intake.seal(asked(ledger, "r-1"))
    again = ledger.node.intake.seal(asked(ledger, "r-1"))
    assert (again.leaf, again.replayed, first.replayed) == (first.leaf, True, False)
    with ledger.node.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(statement)) == 1
    assert len(list(ledger.node.vault.object_ids())) <= 1
    audit(ledger)


def test_a_request_key_in_one_batch_twice_seals_once(ledger: Ledger) -> None:
    one, two = ledger.node.intake.seal_many([asked(ledger, "r-1"), asked(ledger, "r-1")])
    assert one.leaf == two.leaf  # type: ignore[union-attr]  # both are receipts
    audit(ledger)


@pytest.mark.parametrize("change", ["content", "description"])
def test_another_request_cannot_take_the_same_key(ledger: Ledger, change: str) -> None:
    ledger.node.intake.seal(asked(ledger, "r-1"))
    other = (
        asked(ledger, "r-1", content=b"another" * 1000)
        if change == "content"
        else asked(ledger, "r-1", case="C-2")
    )
    with pytest.raises(RefusedError, match="request-key-reused"):
        ledger.node.intake.seal(other)
    audit(ledger)


def test_two_callers_may_use_the_same_key(ledger: Ledger) -> None:
    lookups = ledger.node.lookups
    assert lookups.request("a", "1") != lookups.request("b", "1")


def test_a_person_is_found_however_the_identifier_was_typed_and_not_after_erasure(
    ledger: Ledger,
) -> None:
    receipt = ledger.node.intake.seal(asked(ledger, "r", persons=["11010119900307889x"]))
    wanted = Wanted(person=ledger.node.lookups.person("１１０１０１ 1990 0307 889Ｘ"))
    assert found(ledger, wanted) == [receipt.leaf_hash]
    assert found(ledger, Wanted(person=ledger.node.lookups.person("110101199003078898"))) == []
    assert "persons" in read_leaf(receipt.leaf).statement.fields
    ledger.node.eraser.erase(receipt.leaf_hash, reason="request of the person")
    assert found(ledger, wanted) == []


def test_pages_show_every_item_once_newest_first(ledger: Ledger) -> None:
    sealed = [ledger.node.intake.seal(make_item(bytes([n]) * 5000)).leaf_hash for n in range(7)]
    seen: list[bytes] = []
    before = None
    with ledger.node.database.read() as connection:
        while True:
            page = evidence_view.page(connection, Wanted(), limit=3, before=before)
            seen += [view.row.leaf_hash for view in page.views]
            before = page.following
            if before is None:
                break
    assert seen == sealed[::-1]


def test_items_are_found_by_kind_time_and_content(ledger: Ledger) -> None:
    early = ledger.node.intake.seal(make_item(b"a" * 5000))
    ledger.clock.move(3600)
    late = ledger.node.intake.seal(
        Item(kind="promise_to_pay", fields={"amount_fen": 1}, case=ledger.node.lookups.case("C-1"))
    )
    assert found(ledger, Wanted(kind="promise_to_pay")) == [late.leaf_hash]
    assert found(ledger, Wanted(since=late.sealed_at)) == [late.leaf_hash]
    assert found(ledger, Wanted(until=late.sealed_at)) == [early.leaf_hash]
    assert found(ledger, Wanted(case=ledger.node.lookups.case("C-1"))) == [late.leaf_hash]
    assert found(ledger, Wanted(case=bytes(32))) == []
    digest = read_leaf(early.leaf).statement.content
    assert digest is not None
    assert found(ledger, Wanted(content_sha256=digest.sha256)) == [early.leaf_hash]


def test_callers_that_seal_at_the_same_time_share_a_commit_and_each_gets_its_own_answer(
    ledger: Ledger,
) -> None:
    case = ledger.node.lookups.case("C-1")

    def item(n: int) -> Item:
        if n % 10 == 9:
            return Item(kind="no-such-kind")
        return Item(kind="promise_to_pay", fields={"n": n}, case=case)

    with (
        Committer(ledger.node.intake, ledger.node.trail) as committer,
        ThreadPoolExecutor(16) as callers,
    ):

        def seal(n: int) -> int | str:
            try:
                number = committer.seal(item(n), "tester").case_number
            except MalformedError as error:
                return error.code
            assert number is not None
            return number

        answers = list(callers.map(seal, range(100)))
    numbers = sorted(answer for answer in answers if isinstance(answer, int))
    assert numbers == list(range(1, 91))
    assert answers.count("statement-kind") == 10
    audit(ledger)
