"""The main job on both databases: seal, sequence, anchor, freeze, export, verify, audit."""

from harness.auditor import audit
from harness.ledger import Ledger

from ledger.proof.report import ExitCode
from ledger.proof.verify import verify_package
from node.memory_package import MemoryPackage


def test_what_was_sealed_is_anchored_exported_and_proved(ledger: Ledger) -> None:
    case = ledger.node.lookups.case("2026-000317")
    receipt = ledger.seal(case=case, fields={"agent": "A-1027", "phone": "13900000000"})
    ledger.seal(None, kind="promise_to_pay", case=case, fields={"amount_fen": 5000})
    done = ledger.anchor()
    assert (done.progress.size, done.progress.frozen) == (2, True)
    package = ledger.export(receipt, withhold=frozenset({"phone"}))
    report = verify_package(MemoryPackage(package), ledger.node.trust)
    assert report.exit_code is ExitCode.PROVED
    assert report.of("V15").params["items"] == 3
    assert report.disclosed["agent"] == "A-1027"
    assert "phone" not in report.disclosed
    audit(ledger)
