"""Rounds of monitoring that are cut short, and items that end meanwhile: nothing is paid for twice."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from harness.entry_members import Bank, Banks, facts, identifier, specimen
from harness.watchers import asked, kept, milder, new_key, watch, watching
from sqlalchemy import Connection

from blacklist.domain.chronicle.keys import HeldKey, KeyState
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.asking import AskedServer
from blacklist.services.monitoring import Monitoring
from blacklist.store import evaluations, monitors
from ledger.errors import UnavailableError

FRAUDSTER, OTHER = specimen(123), specimen(7)
ID = IdentifierType.NATIONAL_ID


def failing_to_store(bank: Bank) -> Monitoring:
    """What asks as ever, and cannot store what came of it."""

    @contextmanager
    def refusing() -> Iterator[Connection]:
        raise UnavailableError("database-unavailable", why="full")
        yield

    matcher = replace(bank.querying.matcher, begin=refusing)
    return watching(replace(bank.querying, matcher=matcher))


def counted(banks: Banks) -> set[int]:
    """How many of bank 1's requests each server has counted."""
    found = set()
    for server in banks.banks:
        with server.database.read() as connection:
            found.add(evaluations.count_of(connection, banks.banks[1].member, "", "9"))
    return found


def test_what_was_asked_and_not_stored_is_asked_again_for_nothing(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, _ = watch(bank, FRAUDSTER, OTHER)
    monitoring.round(ID)
    said = facts(banks.today())
    entry = banks.banks[0].list(FRAUDSTER, said)
    banks.settle()
    with pytest.raises(UnavailableError):
        failing_to_store(bank).round(ID)
    before = (counted(banks), asked(bank, Purpose.MONITORING))
    assert sorted(before[1]) == [1, 2]
    assert monitoring.round(ID) == 1
    assert (counted(banks), asked(bank, Purpose.MONITORING)) == before
    banks.banks[0].revising.correct(entry, milder(said))
    banks.settle()
    assert monitoring.round(ID) == 1
    assert sorted(asked(bank, Purpose.MONITORING)) == [1, 1, 2]


def test_a_tag_that_was_made_anew_and_not_stored_is_asked_for_once(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, _ = watch(bank, FRAUDSTER, OTHER)
    new_key(banks)
    with pytest.raises(UnavailableError):
        failing_to_store(bank).round(ID)
    before = counted(banks)
    assert monitoring.round(ID) == 0
    assert (counted(banks), asked(bank, Purpose.ROTATION)) == (before, [2])
    assert {each.item.key_epoch for each in monitoring.every()} == {2}


def ending_while_asked(bank: Bank, item: bytes) -> Monitoring:
    """What asks, while somebody ends an item."""

    def end(state: KeyState, held: HeldKey) -> Sequence[AskedServer]:
        with bank.database.read() as connection:
            found = monitors.find(connection, item)
        if found is not None:
            bank.querying.records.destroy(found.key_id)
        return bank.inquirer.servers(state, held)

    return watching(replace(bank.querying, inquirer=replace(bank.inquirer, servers=end)))


def test_who_is_ended_while_a_tag_is_made_anew_does_not_stop_the_others(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, (ended, other) = watch(bank, FRAUDSTER, OTHER)
    new_key(banks)
    assert ending_while_asked(bank, ended).round(ID) == 0
    assert [(each.item.item, each.item.key_epoch) for each in monitoring.every()] == [(other, 2)]
    assert asked(bank, Purpose.ROTATION) == [2]


def test_who_is_ended_while_asked_about_gives_no_hit_and_the_others_do(banks: Banks) -> None:
    bank = banks.banks[1]
    monitoring, (ended, _) = watch(bank, FRAUDSTER, OTHER)
    monitoring.round(ID)
    banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    about_other = banks.banks[0].list(OTHER, facts(banks.today()))
    banks.settle()
    assert ending_while_asked(bank, ended).round(ID) == 1
    assert [each.entry for each in kept(bank)] == [about_other]
    assert [each.person.identifier for each in monitoring.every()] == [identifier(OTHER)]


def test_who_is_listed_again_after_a_withdrawal_is_announced_again(banks: Banks) -> None:
    bank, reporter = banks.banks[1], banks.banks[0]
    monitoring, _ = watch(bank, FRAUDSTER)
    first = reporter.list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    assert monitoring.round(ID) == 1
    reporter.revising.withdraw(first, b"\x33" * 32)
    banks.settle()
    assert monitoring.round(ID) == 0
    reporter.list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    assert monitoring.round(ID) == 1


def test_who_begins_to_be_watched_is_looked_for_under_both_keys_that_are_read(
    banks: Banks,
) -> None:
    entry = banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.banks[2].revising.contract.dispute(entry, b"\x33" * 32)
    banks.settle()
    banks.make_key(2)
    monitoring, _ = watch(banks.banks[1], FRAUDSTER, OTHER)
    assert monitoring.round(ID) == 1
    assert monitoring.round(ID) == 0
