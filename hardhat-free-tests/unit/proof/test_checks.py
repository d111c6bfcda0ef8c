"""V1 to V17: for each check what is proved, what is refuted, and what is not provable.

Attackers hold the exporter's evidence key here, so that no refutation rests on the list of files alone.
"""

from typing import Any

import pytest
from harness.ledger import Ledger
from harness.network import ANCHOR_CONTRACT
from harness.packages import WITNESSES, Case, codes, complete, open_case
from unit.proof.changes import (
    Change,
    foreign,
    height,
    lines,
    resign_leaf,
    token_of_somebody,
    with_note,
)

from ledger.errors import MalformedError
from ledger.primitives.canonical import decode, encode
from ledger.primitives.digest import sha256
from ledger.primitives.note import Note
from ledger.proof import layout
from ledger.proof.report import CHECKS, ExitCode
from ledger.services.intake import Receipt


def test_everything_is_proved_with_seals_witnesses_and_a_timestamp(full: Case) -> None:
    report = full.verify()
    assert codes(report, "proved") == list(CHECKS)
    assert report.exit_code is ExitCode.PROVED
    assert set(report.asserted) == {layout.CATALOGUE, layout.README}
    assert report.of("V12").code == "anchor-follows"
    assert report.of("V14").params["source"] in ("block", "cosignature", "timestamp")


PROVED: dict[str, tuple[str, Change, str]] = {
    "V3 nothing: content withheld is not proved": ("V3", lambda _: None, "content-unchanged"),
    "V5 with every field disclosed": ("V5", lambda _: None, "fields-match"),
    "V7 with an unknown second signature": (
        "V7",
        lambda c: with_note(c, lambda n: Note(n.text, (*n.signatures, *foreign(c)))),
        "checkpoint-signed",
    ),
    "V8 with a line of an unknown witness": (
        "V8",
        lambda c: c.put(
            layout.COSIGNATURES,
            "".join(lines(c)).encode() + lines(c)[0].replace("bank-b", "bank-x").encode(),
        ),
        "cosigned",
    ),
    "V11 with a key that was rotated within the merge delay": (
        "V11",
        lambda c: c.key("evidence", until=height(c) - 1, reason="rotated"),
        "one-member",
    ),
    "V11 with a key that was compromised later": (
        "V11",
        lambda c: c.key("evidence", compromised_since=height(c) + 1, reason="compromised"),
        "one-member",
    ),
    "V11 without a state proof": ("V11", lambda c: c.put(layout.MEMBERSHIP, None), "one-member"),
    "V14 by the block alone": (
        "V14",
        lambda c: (c.put(layout.COSIGNATURES, None), c.put(layout.TIMESTAMP, None)),
        "interval",
    ),
}


@pytest.mark.parametrize("name", PROVED)
def test_what_holds_is_proved(full: Case, name: str) -> None:
    check, change, code = PROVED[name]
    change(full)
    assert full.finding(check) == ("proved", code)


NOT_PROVABLE: dict[str, tuple[str, Change, str]] = {
    "V6 without a proof": ("V6", lambda c: c.put(layout.LEAF_PROOF, None), "part-missing"),
    "V7 for an unknown member": ("V7", lambda c: c.trust.update(members=[]), "member-unknown"),
    "V8 without cosignatures": ("V8", lambda c: c.put(layout.COSIGNATURES, None), "cosignatures-too-few"),
    "V8 with one of two": (
        "V8",
        lambda c: c.put(layout.COSIGNATURES, lines(c)[0].encode()),
        "cosignatures-too-few",
    ),
    "V8 with the same witness twice": (
        "V8",
        lambda c: c.put(layout.COSIGNATURES, 2 * lines(c)[0].encode()),
        "cosignatures-too-few",
    ),
    "V8 with a witness that was suspended": (
        "V8",
        lambda c: c.trust["members"][1].update(inactive=[{"since": height(c), "until": None}]),
        "cosignatures-too-few",
    ),
    "V9 without a receipt": ("V9", lambda c: c.put(layout.RECEIPT, None), "part-missing"),
    "V9 without the contract in the trust file": (
        "V9",
        lambda c: c.trust["contracts"].pop("EvidenceAnchor"),
        "part-missing",
    ),
    "V10 without the validators of that height": (
        "V10",
        lambda c: c.trust["chain"]["validators"][0].update(since=height(c) + 1),
        "validators-unknown",
    ),
    "V11 between the named block and the compromise": (
        "V11",
        lambda c: c.key("evidence", compromised_since=height(c), reason="compromised"),
        "key-compromised-between",
    ),
    "V12 without its proof": ("V12", lambda c: c.put(layout.CONSISTENCY, None), "consistency-missing"),
    "V13 without a token": ("V13", lambda c: c.put(layout.TIMESTAMP, None), "timestamp-none"),
    "V13 of an unknown authority": ("V13", token_of_somebody, "timestamp-no-trusted-root"),
    "V14 without the named block": ("V14", lambda c: c.put(layout.NOT_BEFORE_HEADER, None), "part-missing"),
    "V15 without the case": ("V15", lambda c: c.put(layout.CASE_HEAD_PROOF, None), "case-not-included"),
}  # fmt: skip


def test_who_was_suspended_before_and_after_an_anchor_is_a_member_at_it(full: Case) -> None:
    at = height(full)
    around = [{"since": 0, "until": at - 1}, {"since": at + 1, "until": None}]
    full.member(inactive=around)
    full.trust["members"][1].update(inactive=around)
    assert full.verify().exit_code is ExitCode.PROVED


@pytest.mark.parametrize(
    "wrong",
    [[{"since": 5, "until": 4}], [{"since": 5}], [{"since": -1, "until": None}], {}, [None]],
)
def test_inactive_blocks_that_are_not_of_the_form_are_refused(full: Case, wrong: object) -> None:
    full.member(inactive=wrong)
    with pytest.raises(MalformedError, match="trust-form"):
        full.verify()


@pytest.mark.parametrize("name", NOT_PROVABLE)
def test_what_is_missing_is_not_provable_and_never_proved(full: Case, name: str) -> None:
    check, change, code = NOT_PROVABLE[name]
    change(full)
    found = full.verify().of(check)
    assert (found.verdict.value, found.code) == ("not_provable", code)


REQUIRED_MISSING = [
    name for name in NOT_PROVABLE if not name.startswith(("V7", "V15", "V9 without the"))
]


@pytest.mark.parametrize("name", REQUIRED_MISSING)
def test_a_required_check_that_is_not_provable_gives_exit_code_3(full: Case, name: str) -> None:
    NOT_PROVABLE[name][1](full)
    assert full.verify().exit_code is ExitCode.NOT_PROVABLE


@pytest.mark.parametrize("index", [3, 4])
def test_items_without_case_custody_or_extraction_prove_neither(bank: Ledger, index: int) -> None:
    case = open_case(bank, bank.export(bank.receipts[index], f"{index}.zip"))
    report = case.verify()
    found = {check: report.of(check).code for check in ("V15", "V16", "V17")}
    assert found == {
        "V15": "case-none",
        "V16": "custody-unrecorded",
        "V17": "extraction-unrecorded",
    }
    assert report.of("V3").code == ("content-none" if index == 3 else "content-unchanged")


def test_the_first_anchor_has_no_predecessor(bank: Ledger) -> None:
    case = open_case(bank, bank.export(bank.receipts[0], "first.zip"))
    assert case.finding("V12") == ("proved", "anchor-first")


def test_on_a_development_chain_seals_are_not_provable(
    sqlite_ledger: Ledger,
) -> None:
    receipt = sqlite_ledger.seal()
    sqlite_ledger.anchor()
    case = open_case(sqlite_ledger, sqlite_ledger.export(receipt))
    assert case.finding("V10") == ("not_provable", "block-single-operator")
    assert case.finding("V14") == ("not_provable", "interval-claimed")
    assert case.verify().exit_code is ExitCode.PROVED


def test_custody_and_extraction_that_a_bank_sealed_wrongly_are_refuted(full: Case) -> None:
    """Intake refuses them; a bank with another program could still seal them."""
    resign_leaf(full, lambda s: s["custody"].reverse())
    assert full.finding("V16") == ("refuted", "custody-broken")
    resign_leaf(full, lambda s: s["extra"]["extraction"].update(output_sha256="00" * 32))
    assert full.finding("V17") == ("refuted", "extraction-other-output")


def test_a_statement_of_another_bank_in_this_log_is_refuted(full: Case) -> None:
    other = WITNESSES[0].trusted()
    other["keys"].append({**full.trust["members"][0]["keys"][0]})
    full.trust["members"] = [full.trust["members"][0], other]
    resign_leaf(full, lambda s: s.update(member=other["id"]))
    report = full.verify()
    assert report.exit_code is ExitCode.REFUTED
    assert {"V6", "V7"} <= set(codes(report, "refuted"))


def test_the_wrong_trust_file_proves_nothing(full: Case) -> None:
    full.trust["members"][0]["id"] = "00" * 32
    report = full.verify()
    assert report.of("V11").code == "member-unknown"
    assert report.exit_code is ExitCode.REFUTED


def test_after_a_rotation_the_list_may_be_signed_by_the_newer_key(case: Case) -> None:
    signer = WITNESSES[1].signer
    own = case.ledger.node.__dict__["evidence_key"]
    case.ledger.node.__dict__["evidence_key"] = signer
    try:
        case.put("data/dossier/x.txt", b"x")
        assert case.finding("V2") == ("refuted", "package-list-foreign-key")
        record = {**case.trust["members"][0]["keys"][0], "key": signer.public_key.hex()}
        case.trust["members"][0]["keys"].append(record)
        assert case.finding("V2") == ("proved", "package-unchanged")
    finally:
        case.ledger.node.__dict__["evidence_key"] = own


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("data/dossier/opinion.pdf", b"%PDF"),
        ("data/dossier/custody.json", b"[]"),
        ("data/case/notes.pdf", b"%PDF"),
        ("data/case/000009.json", b"{}"),
        ("data/certificate.pdf", b"%PDF"),
        ("data/dossier/custody.json", bytes(5_000_000)),
    ],
)
def test_a_file_that_nothing_sealed_commits_to_is_only_asserted(
    full: Case, path: str, data: bytes
) -> None:
    report = full.put(path, data).verify()
    assert path in report.asserted
    assert report.exit_code is ExitCode.PROVED


def test_a_proof_that_proves_nothing_is_only_asserted(bank: Ledger) -> None:
    case = open_case(bank, bank.export(bank.receipts[0], "first.zip"))
    case.put(layout.TIMESTAMP, b"\x30\x00").put(layout.CONSISTENCY, b"{}")
    report = case.put(layout.CASE_CONSISTENCY, b"{}").verify()
    assert {layout.CONSISTENCY, layout.CASE_CONSISTENCY} <= set(report.asserted)


def test_a_committed_content_field_of_the_wrong_form_refutes_and_never_raises(bank: Ledger) -> None:
    from harness.ledger import make_item  # noqa: PLC0415 - one use

    from ledger.services import composing  # noqa: PLC0415 - one use

    reserved = composing.RESERVED
    composing.RESERVED = frozenset()  # type: ignore[misc]
    try:
        item = make_item(None, kind="decision", fields={"content": "not digests"})
        (receipt,) = bank.node.intake.seal_many([item])
    finally:
        composing.RESERVED = reserved  # type: ignore[misc]
    assert isinstance(receipt, Receipt)
    small = open_case(bank, bank.export(bank.receipts[3], "one.zip"))
    leaf = encode(_row(bank, receipt))
    small.put(layout.STATEMENT, leaf)
    fields = bank.node.vault.open_fields(*_sealed(bank, receipt))
    from ledger.services.packing import fields_file  # noqa: PLC0415 - one use

    report = small.put(layout.FIELDS, fields_file(fields)).verify()
    assert report.of("V5").verdict.value == "proved"
    assert report.of("V3").verdict.value == "refuted"
    assert report.exit_code is ExitCode.REFUTED


def _row(bank: Ledger, receipt: Receipt) -> Any:
    from ledger.store import statements  # noqa: PLC0415 - one use

    with bank.node.database.read() as connection:
        row = statements.by_leaf_hash(connection, receipt.leaf_hash)
    assert row is not None
    return decode(row.leaf, max_bytes=1 << 20)


def _sealed(bank: Ledger, receipt: Receipt) -> Any:
    from ledger.store import statements  # noqa: PLC0415 - one use

    with bank.node.database.read() as connection:
        row = statements.by_leaf_hash(connection, receipt.leaf_hash)
    assert row is not None
    assert row.sealed_fields is not None
    assert row.key_id is not None
    return row.sealed_fields, bank.node.record_keys.open(row.key_id)


def test_cosignatures_by_the_hundred_are_refused_before_they_are_checked(full: Case) -> None:
    full.put(layout.COSIGNATURES, 100 * lines(full)[0].encode())
    assert full.finding("V8") == ("refuted", "note-too-many-signatures")


def test_the_anchor_contract_of_the_network_is_the_trusted_one(case: Case) -> None:
    assert case.trust["contracts"]["EvidenceAnchor"]["address"] == ANCHOR_CONTRACT.hex()
    assert sha256(b"anchor contract")[:20] == ANCHOR_CONTRACT


def test_completing_changes_nothing_that_was_proved(case: Case) -> None:
    before = codes(case.verify(), "proved")
    after = codes(complete(case, 1_795_500_060).verify(), "proved")
    assert set(before) <= set(after)
