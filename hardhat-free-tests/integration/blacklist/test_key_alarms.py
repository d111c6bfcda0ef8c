"""Alarms about this member's own keys: they begin, end each by itself, and leave those about others alone."""

from harness.ledger import Ledger

from blacklist.services.keygen import KeyAlarm
from ledger.store import alarms
from node.blacklist.upkeep import keep_alarms
from node.peer_view import read_alarms

FEW, LOST = "blacklist-few-holders", "share-key-missing"


def going_on(ledger: Ledger) -> set[tuple[str, str]]:
    return {(each.code, each.subject) for each in read_alarms(ledger.node) if each.ended_at is None}


def test_alarms_are_those_that_the_last_round_found(ledger: Ledger) -> None:
    other = bytes(32)
    with ledger.node.database.write() as connection:
        alarms.add(connection, other, "peer-silent", "x", at="2026-11-24T08:00:00.000Z", proof=None)
    keep_alarms(ledger.node, [KeyAlarm(FEW, 1), KeyAlarm(FEW, 2), KeyAlarm(LOST, 1)])
    silent = ("peer-silent", "x")
    assert going_on(ledger) == {silent, (FEW, "id"), (FEW, "phone"), (LOST, "id")}
    assert keep_alarms(ledger.node, [KeyAlarm(FEW, 2)]) == set()
    assert going_on(ledger) == {silent, (FEW, "phone")}
    assert keep_alarms(ledger.node, [KeyAlarm(FEW, 1)]) == {(FEW, "id")}
    assert going_on(ledger) == {silent, (FEW, "id")}
    keep_alarms(ledger.node, [])
    assert going_on(ledger) == {silent}
    with ledger.node.database.read() as connection:
        assert alarms.going_on_with(connection, "peer-silent") == {other}
