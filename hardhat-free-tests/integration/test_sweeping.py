"""What crashes left in the vault is removed; what a record names, or what is young, never is."""

import os
import time
from io import BytesIO

from harness.auditor import audit
from harness.ledger import Ledger

from ledger.ports.record_keys import RecordKey
from ledger.services.sweeping import ORPHAN_AGE, sweep


def _age(ledger: Ledger) -> None:
    past = time.time() - ORPHAN_AGE.total_seconds() - 60
    for place in (ledger.home / "vault").rglob("*.*"):
        os.utime(place, (past, past))


def _orphan(ledger: Ledger) -> bytes:
    object_id, key = os.urandom(16), RecordKey(os.urandom(16), os.urandom(32))
    ledger.node.vault.seal(BytesIO(b"never committed" * 9000), object_id=object_id, key=key)
    return object_id


def test_old_orphans_go_and_named_objects_stay(ledger: Ledger) -> None:
    ledger.seal(b"a long recording" * 9000)
    named = set(ledger.node.vault.object_ids())
    _orphan(ledger)
    _age(ledger)
    assert sweep(ledger.node.database.write, ledger.node.vault) == 1
    assert set(ledger.node.vault.object_ids()) == named
    audit(ledger)


def test_a_young_object_may_be_a_seal_that_is_still_running(ledger: Ledger) -> None:
    young = _orphan(ledger)
    assert sweep(ledger.node.database.write, ledger.node.vault) == 0
    assert set(ledger.node.vault.object_ids()) == {young}
    audit(ledger)
