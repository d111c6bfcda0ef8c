"""Watching from a test: who is watched, what was asked for it, and what it found."""

from typing import Any

from harness.entry_members import NATIONAL_ID, Bank, Banks, identifier
from harness.evm_blacklist import operator_of
from sqlalchemy import select

from blacklist.domain.entries.facts import Facts
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.screening.monitoring import MonitoringPurpose, WatchedPerson
from blacklist.services.monitoring import Monitoring
from blacklist.services.querying import Querying
from blacklist.store import ceremonies, hits
from blacklist.store.hits import Hit
from blacklist.store.tables import inquiry
from ledger.primitives.digest import sha256


def watching(querying: Querying) -> Monitoring:
    return Monitoring(querying, lambda reference: sha256(reference.encode()))


def watch(bank: Bank, *raw: str) -> tuple[Monitoring, list[bytes]]:
    monitoring = watching(bank.querying)
    persons = [WatchedPerson(identifier(each), f"A-{each[-4:]}", f"C-{each[-4:]}") for each in raw]
    return monitoring, list(monitoring.add(persons, MonitoringPurpose.LOAN, "officer"))


def kept(bank: Bank) -> list[Hit]:
    with bank.database.read() as connection:
        return list(hits.newest(connection, unreviewed=False, limit=99))


def asked(bank: Bank, purpose: Purpose) -> list[int]:
    """How many identifiers each request of a purpose was about."""
    with bank.database.read() as connection:
        query = select(inquiry.c["count"]).where(inquiry.c.purpose == purpose.value)
        return list(connection.scalars(query.order_by(inquiry.c.asked_at, inquiry.c.request_id)))


def milder(said: Facts) -> Facts:
    return Facts.from_json({**_json(said), "severity": "notable"})


def _json(said: Facts) -> dict[str, Any]:
    value = said.to_json()
    assert isinstance(value, dict)
    return value


def new_key(banks: Banks) -> None:
    for bank in banks.banks:
        with bank.database.write() as connection:
            ceremonies.agree(connection, NATIONAL_ID, 2, at="2026-11-24T08:00:00.000Z")
    banks.shared.send(operator_of(0), "openGeneration", NATIONAL_ID)
    for _ in range(10):
        for bank in banks.banks:
            bank.keygen.run()
        if banks.banks[1].follower.refresh().keys[NATIONAL_ID].key_epoch > 1:
            break
    for bank in banks.banks:
        bank.follower.refresh()
