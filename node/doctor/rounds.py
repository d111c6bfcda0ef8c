"""The doctor's round: what is looked at, in the order in which one thing needs another.

Without settings nothing else can be looked at; without master key or databases, only the machine.
"""

from collections.abc import Iterator
from pathlib import Path

from ledger.errors import LedgerError
from node.adapters import SystemClock
from node.database import Database
from node.doctor import blacklist, durability, machine, on_chain, stored, trusting
from node.doctor.diagnosis import Diagnosis, examine
from node.doctor.timestamps import timestamps
from node.keyring import Keyring
from node.master_key import source_of
from node.settings import Settings, load_settings
from node.wiring import Node

_MACHINE = {
    "doctor-permissions": machine.permissions,
    "doctor-master-key": machine.master_key,
    "doctor-key-store": machine.key_store_apart,
    "doctor-disk": machine.disk,
    "doctor-backups": durability.backups,
    "doctor-production": machine.production,
}
_KEYS = {"doctor-keys": machine.keys, "doctor-sheet": machine.sheet, "doctor-vault": machine.vault}
_STORED = {
    "doctor-commits": durability.commits,
    "doctor-waiting": stored.waiting,
    "doctor-trail": stored.audit_trail,
    "doctor-erasures": stored.unfinished_erasures,
    "doctor-timestamps": timestamps,
    "doctor-shares": blacklist.shares,
    "doctor-law": blacklist.law,
}
_CHAIN = {
    "doctor-endpoints": on_chain.endpoints,
    "doctor-contracts": on_chain.contracts,
    "doctor-clock": on_chain.clock,
    "doctor-member": on_chain.member,
    "doctor-balance": on_chain.balance,
    "doctor-head": on_chain.head,
    "doctor-trust": trusting.trust,
    "doctor-blacklist": blacklist.contract,
}
_NEED_DATABASES = ("doctor-head", "doctor-trust")


def examine_home(home: Path) -> list[Diagnosis]:
    """Look at the node in ``home``; nothing is changed, not even an older schema."""
    try:
        settings = load_settings(home)
    except LedgerError as error:
        return [Diagnosis("doctor-settings", "failed", error.code, error.params)]
    found = [Diagnosis("doctor-settings", "ok")]
    for name, look in _MACHINE.items():
        found += examine(name, look, settings)
    try:
        node = _put_together(settings)
    except LedgerError:
        # Said already, under doctor-master-key.
        return found
    try:
        return [*found, *examine_node(node)]
    finally:
        node.database.dispose()
        node.key_database.dispose()


def examine_node(node: Node) -> Iterator[Diagnosis]:
    """Look at what only a node that is put together can show."""
    for name, look in _KEYS.items():
        yield from examine(name, look, node)
    databases = examine("doctor-databases", stored.databases, node)
    yield from databases
    has_databases = databases[0].state == "ok"
    if has_databases:
        for name, look in _STORED.items():
            yield from examine(name, look, node)
    reached = examine("doctor-chain", on_chain.identity, node)
    yield from reached
    if reached[0].state == "ok":
        for name, look in _CHAIN.items():
            if has_databases or name not in _NEED_DATABASES:
                yield from examine(name, look, node)


def _put_together(settings: Settings) -> Node:
    return Node(
        settings=settings,
        database=Database(settings.ledger_url),
        key_database=Database(settings.keys_url),
        keyring=Keyring(settings, source_of(settings).load()),
        clock=SystemClock(),
    )
