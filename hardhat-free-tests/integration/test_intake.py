"""Intake on both databases: numbering, duplicates, receipts, clocks, and what is refused at the door."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from harness.auditor import audit
from harness.faults import Faults
from harness.ledger import RECORDING, Databases, Ledger, make_item

from ledger.errors import LedgerError, LimitError, MalformedError, RefusedError, UnavailableError
from ledger.evidence.custody import CustodyEntry
from ledger.evidence.statement import read_leaf
from ledger.keys.files import verify_statement
from ledger.primitives.digest import sha256
from ledger.proof.report import ExitCode
from ledger.proof.verify import verify_package
from ledger.services.certifying import ExportOptions
from ledger.services.intake import MAX_BATCH, Receipt
from node.memory_package import MemoryPackage

LARGE = os.urandom(200_000)


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_numbers_of_a_case_follow_each_other_across_batches(ledger: Ledger) -> None:
    case = ledger.node.lookups.case("c")
    for batch in range(3):
        items = [
            make_item(None, kind="promise_to_pay", case=case, fields={"n": f"{batch}-{n}"})
            for n in range(4)
        ]
        ledger.seal_many(items)
    assert [each.case_number for each in ledger.receipts] == list(range(1, 13))
    audit(ledger)


def test_the_same_content_is_refused_and_names_the_earlier_item(ledger: Ledger) -> None:
    first = ledger.seal()
    with pytest.raises(RefusedError) as caught:
        ledger.seal()
    assert (caught.value.code, caught.value.params["earlier"]) == (
        "duplicate-content",
        first.leaf_hash.hex(),
    )
    audit(ledger)


def test_the_same_content_with_a_reason_names_the_earlier_item_in_its_statement(
    ledger: Ledger,
) -> None:
    first = ledger.seal()
    second = ledger.seal(duplicate_reason="court asked again")
    extra = ledger.statement(second).statement.extra
    assert extra["duplicate_of"] == first.leaf_hash.hex()
    audit(ledger)


def test_a_duplicate_within_one_batch_is_refused_and_the_others_are_sealed(ledger: Ledger) -> None:
    outcomes = ledger.seal_many([make_item(LARGE), make_item(LARGE), make_item()])
    kinds = [type(each) for each in outcomes]
    assert kinds == [Receipt, RefusedError, Receipt]
    objects = list(ledger.node.vault.object_ids())
    assert len(objects) == 1, "the refused copy stays in the vault"
    audit(ledger)


def test_a_receipt_is_the_signed_leaf_and_names_its_log(ledger: Ledger) -> None:
    receipt = ledger.seal()
    signed = read_leaf(receipt.leaf)
    assert verify_statement(signed.key, signed.signed_bytes, signed.signature)
    assert not verify_statement(signed.key, signed.signed_bytes + b" ", signed.signature)
    assert signed.leaf_hash == receipt.leaf_hash
    assert signed.statement.origin == ledger.node.log.checkpoint_origin
    audit(ledger)


def test_content_of_any_size_can_be_read_again(ledger: Ledger) -> None:
    """Around the sizes where it is committed, kept with its row, or given a file, and one chunk more."""
    sizes = (1, 4095, 4096, 65535, 65536, 65537, 1 << 20, (1 << 20) + 1)
    for size in sizes:
        ledger.seal(bytes([size % 251]) * size)
    ledger.anchor()
    report = ledger.node.auditor.run()
    assert (report.contents, report.problems) == (len(sizes), [])
    assert len(list(ledger.node.vault.object_ids())) == sum(size > 65536 for size in sizes)
    audit(ledger)


def test_a_clock_that_stepped_back_is_recorded_and_nothing_is_refused(ledger: Ledger) -> None:
    ledger.seal()
    before = ledger.statement(ledger.receipts[0]).statement.sealed_at
    ledger.clock.move(-3600)
    second = ledger.seal(b"later" * 2000)
    assert ledger.statement(second).statement.extra["clock_stepped_back_from"] == before
    ledger.clock.move(7200)
    third = ledger.seal(b"even later" * 2000)
    assert "clock_stepped_back_from" not in ledger.statement(third).statement.extra
    ledger.anchor()
    audit(ledger)


def test_without_a_chain_the_last_known_block_is_named_as_stale(ledger: Ledger) -> None:
    ledger.seal()
    ledger.chain.down = True
    ledger = ledger.restarted()
    ledger.chain.down = True
    receipt = ledger.seal(b"while the chain is down" * 300)
    named = ledger.statement(receipt).statement.not_before
    assert named is not None
    assert named.stale
    audit(ledger)


def test_small_content_shows_no_digest_in_its_statement(ledger: Ledger) -> None:
    receipt = ledger.seal(b"a form with four ticks")
    signed = ledger.statement(receipt)
    assert signed.statement.content is None
    assert sha256(b"a form with four ticks").hex().encode() not in signed.signed_bytes
    assert "content" in signed.statement.fields
    ledger.anchor()
    report = verify_package(MemoryPackage(ledger.export(receipt)), ledger.node.trust)
    assert report.of("V3").code == "content-unchanged"
    audit(ledger)


def test_withholding_the_digests_withholds_the_content_with_them(ledger: Ledger) -> None:
    receipt = ledger.seal(b"a form with four ticks")
    ledger.anchor()
    package = ledger.export(receipt, withhold=frozenset({"content"}))
    report = verify_package(MemoryPackage(package), ledger.node.trust)
    assert (report.of("V3").code, report.exit_code) == ("content-withheld", ExitCode.PROVED)
    audit(ledger)


_BROKEN = CustodyEntry("2026-11-20T02:11:02.000Z", "transferred", "pbx-1", "archive", None)
_FIRST = CustodyEntry("2026-11-20T02:10:45.000Z", "captured", "", "pbx-2", None)
_OTHER = CustodyEntry("2026-11-20T02:10:45.000Z", "captured", "", "pbx-2", bytes(32))
_EXTRACTION = {
    "tool": "sox",
    "version": "14",
    "command": "sox a b",
    "input_sha256": "00" * 32,
    "output_sha256": "00" * 32,
}

REFUSED: dict[str, tuple[dict[str, Any], type[LedgerError], str]] = {
    "an unknown kind": ({"kind": "rumour"}, MalformedError, "statement-kind"),
    "a kind of the node": ({"kind": "case_head"}, RefusedError, "kind-sealed-by-node"),
    "a recording without content": ({"content": None}, RefusedError, "content-needed"),
    "empty content": ({"content": b""}, RefusedError, "content-empty"),
    "a promise without fields": (
        {"content": None, "kind": "promise_to_pay"},
        RefusedError,
        "nothing-to-seal",
    ),
    "a name with capitals": ({"fields": {"Phone": "1"}}, MalformedError, "field-name"),
    "a name of the ledger's own": ({"fields": {"content": "x"}}, MalformedError, "field-name"),
    "another of its own": ({"fields": {"duplicate_reason": "x"}}, MalformedError, "field-name"),
    "a name with a newline": ({"fields": {"phone\n": "1"}}, MalformedError, "field-name"),
    "too many fields": ({"fields": {f"f{n}": n for n in range(65)}}, LimitError, "field-too-many"),
    "a value too long": ({"fields": {"a": "x" * 5000}}, LimitError, "field-too-long"),
    "a reason too long": ({"duplicate_reason": "x" * 5000}, LimitError, "field-too-long"),
    "a decomposed value": ({"fields": {"a": "e\u0301"}}, MalformedError, "canonical-not-nfc"),
    "a lone surrogate": ({"fields": {"a": "\ud800"}}, MalformedError, "canonical-surrogate"),
    "a float": ({"fields": {"amount": 0.1}}, MalformedError, "canonical-float"),
    "a number of 2^53": ({"fields": {"amount": 2**53}}, MalformedError, "canonical-number"),
    "a value nested too deeply": ({"fields": {"a": _deep(9)}}, LimitError, "canonical-too-deep"),
    "capture nested too deeply": (
        {"capture": {"device": _deep(7)}},
        LimitError,
        "canonical-too-deep",
    ),
    "an unknown capture member": ({"capture": {"mood": "x"}}, MalformedError, "capture-member"),
    "a capture start that is no instant": (
        {"capture": {"start": "8"}},
        MalformedError,
        "statement-form",
    ),
    "a decomposed device": (
        {"capture": {"device": "e\u0301"}},
        MalformedError,
        "canonical-not-nfc",
    ),
    "custody with a gap": ({"custody": (_FIRST, _BROKEN)}, RefusedError, "custody-broken"),
    "custody of another content": ({"custody": (_OTHER,)}, RefusedError, "custody-broken"),
    "extraction in words": ({"extra": {"extraction": "by hand"}}, MalformedError, "statement-form"),
    "extraction of another content": (
        {"extra": {"extraction": _EXTRACTION}},
        RefusedError,
        "extraction-other-output",
    ),
    "an empty media type": ({"media_type": ""}, MalformedError, "statement-form"),
    "a decomposed media type": ({"media_type": "e\u0301"}, MalformedError, "canonical-not-nfc"),
    "a media type of 70 KB": ({"media_type": "x" * 70_000}, LimitError, "statement-too-large"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_package_could_prove_is_refused_before_it_is_sealed(
    sqlite_ledger: Ledger, name: str
) -> None:
    described, family, code = REFUSED[name]
    given = {"content": LARGE, **described}
    content = given.pop("content")
    good = make_item(None, kind="promise_to_pay", fields={"n": 1})
    refused, sealed = sqlite_ledger.seal_many([make_item(content, **given), good])
    assert isinstance(refused, family), refused
    assert refused.code == code
    assert isinstance(sealed, Receipt)
    assert list(sqlite_ledger.node.vault.object_ids()) == []
    audit(sqlite_ledger)


def test_the_deepest_allowed_values_are_sealed_exported_and_proved(sqlite_ledger: Ledger) -> None:
    receipt = sqlite_ledger.seal(
        fields={"a": _deep(8)}, capture={"device": _deep(4)}, media_type="audio/wav"
    )
    sqlite_ledger.anchor()
    package = sqlite_ledger.export(receipt)
    report = verify_package(MemoryPackage(package), sqlite_ledger.node.trust)
    assert report.exit_code is ExitCode.PROVED
    audit(sqlite_ledger)


def test_a_batch_over_the_limit_is_refused_whole(sqlite_ledger: Ledger) -> None:
    item = make_item(None, kind="promise_to_pay", fields={"n": 1})
    with pytest.raises(LimitError):
        sqlite_ledger.seal_many([item] * (MAX_BATCH + 1))
    assert sqlite_ledger.node.intake.seal_many([]) == []
    audit(sqlite_ledger)


def test_a_vault_that_fails_in_the_middle_of_a_batch_keeps_nothing_of_it(
    sqlite_databases: Databases, make_ledger: Callable[..., Ledger]
) -> None:
    probe = Faults()
    make_ledger(sqlite_databases, wrap=probe.wrap).seal_many(
        [make_item(LARGE), make_item(LARGE + b"2")]
    )
    second = [at for at, step in enumerate(probe.steps) if step == "vault.seal"][1]
    ledger = make_ledger(sqlite_databases, wrap=Faults(second, "before").wrap)
    with pytest.raises(UnavailableError):
        ledger.seal_many([make_item(LARGE), make_item(LARGE + b"2")])
    assert list(ledger.node.vault.object_ids()) == []
    audit(ledger)


def test_an_export_is_refused_before_anything_is_sealed_for_it(sqlite_ledger: Ledger) -> None:
    case = sqlite_ledger.node.lookups.case("c")
    receipt = sqlite_ledger.seal(RECORDING, case=case)
    target = sqlite_ledger.home / "p.zip"

    def code(leaf: bytes, where: Any = target, **options: Any) -> str:
        with pytest.raises(RefusedError) as caught:
            sqlite_ledger.node.certifier.export(leaf, where, ExportOptions(**options))
        return caught.value.code

    assert code(bytes(32)) == "evidence-unknown"
    assert code(receipt.leaf_hash) == "evidence-not-sequenced"
    sqlite_ledger.tick()
    assert code(receipt.leaf_hash) == "evidence-not-anchored"
    sqlite_ledger.anchor()
    assert code(receipt.leaf_hash, withhold=frozenset({"shoe_size"})) == "withhold-unknown"
    assert code(receipt.leaf_hash, sqlite_ledger.home / "no" / "p.zip") == "file-unwritable"
    target.write_bytes(b"")
    assert code(receipt.leaf_hash) == "export-exists"
    assert sqlite_ledger.size() == 1
    audit(sqlite_ledger)
