"""The main job with one fault at each step in turn, applied or not; then the job again, then the audit."""

from collections.abc import Callable

import pytest
from harness.auditor import audit
from harness.faults import Faults, When
from harness.ledger import Databases, Ledger
from sqlalchemy import Connection

from ledger.errors import RefusedError, UnavailableError
from ledger.proof.report import ExitCode
from ledger.proof.verify import verify_package
from ledger.store import anchors, statements
from node.memory_package import MemoryPackage

ATTEMPTS = 6
LARGE = bytes(range(250)) * 300
"""75,000 bytes: a file of its own in the vault."""


def _main_job(ledger: Ledger, *, again: bool = False) -> bytes:
    """Seal, anchor, export; a repetition takes up what an earlier attempt left."""
    case = ledger.node.lookups.case("2026-000317")
    if len(ledger.receipts) < 1:
        reason = "the answer of the first attempt was lost" if again else None
        ledger.seal(LARGE, case=case, fields={"agent": "A-1"}, duplicate_reason=reason)
    if len(ledger.receipts) < 2:
        ledger.seal(None, kind="promise_to_pay", case=case, fields={"amount_fen": 5000})
    for _ in range(4):
        ledger.tick()
        with ledger.node.database.read() as connection:
            if gathering_done(connection, ledger):
                break
        ledger.network.mine()
    return ledger.export(ledger.receipts[0])


def gathering_done(connection: Connection, ledger: Ledger) -> bool:
    """Tell whether the first item can be exported."""
    place = statements.place_of(connection, ledger.receipts[0].leaf_hash)
    return place is not None and anchors.covering(connection, 0, place.index) is not None


def _count_steps(make_ledger: Callable[..., Ledger], databases: Databases) -> list[str]:
    faults = Faults()
    _main_job(make_ledger(databases, wrap=faults.wrap))
    return faults.steps


EFFECTS = ("commit", "seal", "sign", "create", "broadcast", "freeze")


def _default_steps(steps: list[str]) -> list[int]:
    """Return each kind of effect a few times, and every ninth step besides; a soak takes them all."""
    chosen = set(range(0, len(steps), 9))
    for effect in EFFECTS:
        found = [at for at, name in enumerate(steps) if effect in name]
        chosen.update(found[:: max(1, len(found) // 6)])
    return sorted(chosen)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_at_a_step_loses_nothing_and_repeats_nothing(
    sqlite_databases: Databases, make_ledger: Callable[..., Ledger], when: When
) -> None:
    steps = _count_steps(make_ledger, sqlite_databases)
    assert {effect for effect in EFFECTS for name in steps if effect in name} == set(EFFECTS)
    for at in _default_steps(steps):
        _strike(make_ledger(sqlite_databases, wrap=(faults := Faults(at, when)).wrap), faults)


@pytest.mark.soak
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_at_every_single_step_loses_nothing(
    databases: Databases, make_ledger: Callable[..., Ledger], when: When
) -> None:
    for at in range(len(_count_steps(make_ledger, databases))):
        _strike(make_ledger(databases, wrap=(faults := Faults(at, when)).wrap), faults)


@pytest.mark.postgres
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_failed_commit_on_postgres_loses_nothing(
    postgres_databases: Databases, make_ledger: Callable[..., Ledger], when: When
) -> None:
    steps = _count_steps(make_ledger, postgres_databases)
    commits = [at for at, name in enumerate(steps) if name == "commit"]
    for at in commits[:: max(1, len(commits) // 5)]:
        _strike(make_ledger(postgres_databases, wrap=(faults := Faults(at, when)).wrap), faults)


def _strike(ledger: Ledger, faults: Faults) -> None:
    """Run the job until it succeeds, restarting the node after every failure, then audit."""
    failed = 0
    while True:
        try:
            package = _main_job(ledger, again=failed > 0)
            break
        except (UnavailableError, RefusedError):
            failed += 1
            assert failed < ATTEMPTS, faults.steps[faults.at]
            ledger.clock.move(1)
            ledger.network.mine()
            ledger = ledger.restarted()
    assert faults.struck, faults.at
    report = verify_package(MemoryPackage(package), ledger.node.trust)
    assert report.exit_code is ExitCode.PROVED
    audit(ledger)
    ledger.close()
