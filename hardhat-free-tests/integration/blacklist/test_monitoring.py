"""Customers who are watched, among three banks on the real contract."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harness.entry_members import Banks, facts, identifier, specimen
from harness.ledger import Ledger
from harness.watchers import asked, kept, milder, new_key, watch, watching
from sqlalchemy import func, select

from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.monitoring import MonitoringPurpose, WatchedPerson
from blacklist.services.screening import Screening
from blacklist.store import entry_rows, monitors
from blacklist.store.monitors import MonitoredItem
from blacklist.store.screening_tables import monitored
from ledger.errors import RefusedError, UnavailableError
from node.blacklist.screening import work
from node.blacklist.table_reading import file_source

FRAUDSTER, OTHER, THIRD = specimen(123), specimen(7), specimen(9)
ID = IdentifierType.NATIONAL_ID


def test_who_is_listed_later_is_found_once_and_nobody_else_is_asked_about(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, _ = watch(bank, OTHER, FRAUDSTER, THIRD)
    assert monitoring.round(ID) == 0
    entry = banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    assert asked(bank, Purpose.MONITORING) == [3]
    assert monitoring.round(ID) == 1
    (hit,) = kept(bank)
    assert (hit.entry, hit.purpose, hit.reviewed_at) == (entry, "monitoring", None)
    assert sorted(asked(bank, Purpose.MONITORING)) == [1, 3]
    assert monitoring.round(ID) == 0
    assert sorted(asked(bank, Purpose.MONITORING)) == [1, 3]


def test_who_is_listed_already_is_found_in_the_first_round(banks: Banks) -> None:
    banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    bank = banks.banks[1]
    assert watching(bank.querying).round(ID) == 0
    monitoring, _ = watch(bank, FRAUDSTER)
    assert monitoring.round(ID) == 1
    assert monitoring.round(ID) == 0


def test_a_correction_is_announced_and_what_did_not_change_is_not(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, _ = watch(bank, FRAUDSTER)
    said = facts(banks.today())
    entry = banks.banks[0].list(FRAUDSTER, said)
    banks.settle()
    assert monitoring.round(ID) == 1
    banks.banks[0].revising.correct(entry, milder(said))
    banks.settle()
    assert monitoring.round(ID) == 1
    assert [each.entry for each in kept(bank)] == [entry, entry]


def test_a_copied_tag_costs_an_inquiry_and_gives_no_hit(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, _ = watch(bank, OTHER)
    (opened,) = monitoring.every()
    entry = banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    with bank.database.write() as connection:
        table = entry_rows.entry_row
        connection.execute(table.update().where(table.c.entry == entry).values(tag=opened.tag))
    assert monitoring.round(ID) == 0
    assert (kept(bank), asked(bank, Purpose.MONITORING)) == ([], [1, 1])
    assert monitoring.round(ID) == 0
    assert asked(bank, Purpose.MONITORING) == [1, 1]


def test_ending_destroys_the_key_and_the_row_at_once(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, (first, second, third) = watch(bank, FRAUDSTER, OTHER, THIRD)
    with bank.database.read() as connection:
        keys = {each.item: each.key_id for each in monitors.page(connection, b"", 9)}
    monitoring.end(first)
    assert monitoring.end_relationship(f"C-{OTHER[-4:]}") == 1
    records = bank.querying.records.keys
    assert [records.open(keys[each]) is None for each in (first, second, third)] == [
        True,
        True,
        False,
    ]
    assert [each.item.item for each in monitoring.every()] == [third]
    banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    assert (monitoring.round(ID), kept(bank)) == (0, [])
    with pytest.raises(RefusedError, match="monitoring-unknown"):
        monitoring.end(first)


def test_a_relationship_ends_for_items_from_before_customers_had_an_index(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, (first, second, third) = watch(bank, FRAUDSTER, OTHER, THIRD)
    with bank.database.write() as connection:
        older = monitored.c.item.in_([first, second])
        connection.execute(monitored.update().where(older).values(relationship=None))
    assert monitoring.end_relationship("") == 0
    assert monitoring.end_relationship(f"C-{OTHER[-4:]}") == 1
    assert {each.item.item for each in monitoring.every()} == {first, third}
    assert all(each.item.relationship is not None for each in monitoring.every())
    assert monitoring.end_relationship(f"C-{OTHER[-4:]}") == 0


def test_an_ending_that_was_cut_short_is_carried_through(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, (item,) = watch(bank, FRAUDSTER)
    with bank.database.read() as connection:
        found = monitors.find(connection, item)
    assert found is not None
    bank.querying.records.destroy(found.key_id)
    assert monitoring.round(ID) == 0
    with bank.database.read() as connection:
        assert monitors.find(connection, item) is None


def test_nothing_that_is_stored_tells_who_is_watched(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, _ = watch(bank, FRAUDSTER)
    (opened,) = monitoring.every()
    assert opened.person.identifier == identifier(FRAUDSTER)
    with bank.database.read() as connection:
        stored = repr(list(connection.execute(select(monitored))))
    reference = opened.person.reference
    for text in (FRAUDSTER, opened.person.authorisation, reference, repr(opened.tag)[2:-1]):
        assert text not in stored
    assert reference not in repr(opened)


def test_a_replaced_key_makes_every_tag_anew_and_announces_nothing_twice(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, _ = watch(bank, FRAUDSTER, OTHER)
    banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    assert monitoring.round(ID) == 1
    before = {each.item.item: each.tag for each in monitoring.every()}
    new_key(banks)
    assert monitoring.round(ID) == 0
    after = {each.item.item: each.tag for each in monitoring.every()}
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    assert asked(bank, Purpose.ROTATION) == [2]
    assert {each.item.key_epoch for each in monitoring.every()} == {2}
    banks.banks[0].list(OTHER, facts(banks.today()))
    banks.settle()
    assert monitoring.round(ID) == 1


def test_what_cannot_be_asked_now_is_asked_in_a_later_round(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, _ = watch(bank, FRAUDSTER)
    banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    for each in (banks.banks[0], banks.banks[2]):
        each.away = True
    with pytest.raises(UnavailableError):
        monitoring.round(ID)
    for each in (banks.banks[0], banks.banks[2]):
        each.away = False
    assert monitoring.round(ID) == 1


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (lambda: WatchedPerson(identifier(OTHER), " ", ""), "authorisation-missing"),
        (
            lambda: WatchedPerson(identifier("11010519491231002X"), "A-1", ""),
            "asking-test-data-only",
        ),
    ],
)
def test_who_may_not_be_asked_about_is_not_watched(
    banks: Banks, person: Callable[[], WatchedPerson], code: str
) -> None:
    monitoring = watching(banks.banks[1].querying)
    with pytest.raises(RefusedError, match=code):
        monitoring.add([person()], MonitoringPurpose.LOAN, "officer")
    assert list(monitoring.every()) == []


def test_customers_of_a_screened_file_are_watched_each_once(banks: Banks, tmp_path: Path) -> None:
    bank = banks.banks[1]
    banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    path, mapping = tmp_path / "customers.csv", ColumnMapping((("id", ID),), "auth", None, "who")
    rows = [
        ("c1", FRAUDSTER, "A-1"),
        ("c1", FRAUDSTER, "A-1"),
        ("c2", OTHER, "A-2"),
        ("c3", "?", "A"),
    ]
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([("who", "id", "auth"), *rows])
    source = file_source(path, encoding="utf-8-sig", separator=",", sheet=None)
    screening, monitoring = Screening(bank.querying), watching(bank.querying)
    for _ in range(2):
        job = screening.begin(
            mapping, str(tmp_path), source.digest, "officer", MonitoringPurpose.LOAN
        )
        work(screening, monitoring, screening.open(job.job.job), source, "officer")
    assert sorted(each.person.reference for each in monitoring.every()) == ["c1", "c2"]
    # What the screening found is a hit already.
    assert (len(kept(bank)), monitoring.round(ID), len(kept(bank))) == (4, 0, 4)
    banks.banks[0].list(OTHER, facts(banks.today()))
    banks.settle()
    assert monitoring.round(ID) == 1


def test_items_are_kept_on_both_databases(ledger: Ledger) -> None:
    at = "2026-11-24T08:00:00.000Z"
    items = [
        MonitoredItem(bytes([n]) * 16, 1, n, fresh=True, purpose="loan", key_id=b"k", sealed=b"s",
                      since=at, started_by="officer", relationship=bytes([n]) if n > 1 else None)
        for n in range(1, 4)
    ]  # fmt: skip
    with ledger.node.database.write() as connection:
        monitors.put(connection, items)
        monitors.compared(connection, [items[0].item])
        assert len(monitors.fresh(connection, 1, 9)) == 2
        assert list(monitors.of_older_keys(connection, 1, 2, 9)) == [
            MonitoredItem(**{**_fields(items[0]), "fresh": False})
        ]
        assert [each.item for each in monitors.page(connection, items[0].item, 1)] == [
            items[1].item
        ]
        first = monitors.newest(connection, None, 2)
        assert [each.item for each in first] == [items[2].item, items[1].item]
        following = monitors.newest(connection, (at, items[1].item), 9)
        assert [each.item for each in following] == [items[0].item]
        assert [each.item for each in monitors.without_relationship(connection, 9)] == [
            items[0].item
        ]
        monitors.set_relationship(connection, items[0].item, b"\x02")
        found = monitors.of_relationship(connection, b"\x02")
        assert {each.item for each in found} == {items[0].item, items[1].item}
        monitors.looked(connection, [monitors.NewRow(b"e", b"f", b"t")])
        monitors.forget(connection, items[0].item)
        assert connection.scalar(select(func.count()).select_from(monitored)) == 2


def _fields(item: MonitoredItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in MonitoredItem.__slots__}


def test_what_persons_did_not_agree_to_is_refused(banks: Banks, tmp_path: Path) -> None:
    agreed = frozenset({Purpose.QUERY, Purpose.SCREENING})
    querying = replace(banks.banks[1].querying, agreed=agreed)
    person = WatchedPerson(identifier(OTHER), "A-1", "")
    with pytest.raises(RefusedError, match="asking-purpose-not-agreed"):
        watching(querying).add([person], MonitoringPurpose.LOAN, "officer")
    mapping = ColumnMapping((("id", ID),), "auth")
    with pytest.raises(RefusedError, match="asking-purpose-not-agreed"):
        Screening(querying).begin(
            mapping, str(tmp_path), lambda _: b"", "officer", MonitoringPurpose.LOAN
        )
