"""V1 to V17: what does not hold is refuted, though the exporter signs a new list over what it changed."""

import pytest
from harness.packages import WITNESSES, Case
from unit.proof.changes import (
    Change,
    consistency,
    edit,
    header,
    height,
    named,
    other_text,
    path_of,
    policy,
    reseal,
    resign_leaf,
    with_note,
)
from unit.proof_chain.sealing import validators

from ledger.proof import layout
from ledger.proof.report import ExitCode

REFUTED: dict[str, tuple[str, Change, str]] = {
    "V1 a file beside the payload": (
        "V1",
        lambda c: c.files.update({"x.txt": b""}),
        "package-file-unexpected",
    ),
    "V2 a file that the list does not name": (
        "V2",
        lambda c: c.files.update({"data/x": b""}),
        "package-file-changed",
    ),
    "V2 a list for another item": (
        "V2",
        lambda c: resign_leaf(c, lambda s: s.update(nonce="00" * 16)),
        "package-other-leaf",
    ),
    "V3 other content": ("V3", lambda c: c.put("data/content/1.wav", b"x" * 5120), "content-changed"),
    "V3 longer content": ("V3", lambda c: c.put("data/content/1.wav", bytes(9999)), "content-changed"),
    "V3 two contents": ("V3", lambda c: c.put("data/content/2.wav", b"x"), "content-more-than-one"),
    "V3 content that is silently gone": (
        "V3",
        lambda c: c.put("data/content/1.wav", None),
        "content-missing",
    ),
    "V4 another value under the old signature": (
        "V4",
        lambda c: edit(c, layout.STATEMENT, lambda v: v["statement"].update(kind="letter")),
        "leaf-signature",
    ),
    "V4 an unknown member": (
        "V4",
        lambda c: edit(c, layout.STATEMENT, lambda v: v["statement"].update(mood=1)),
        "statement-form",
    ),
    "V4 not canonical": (
        "V4",
        lambda c: c.put(layout.STATEMENT, c.files[layout.STATEMENT].replace(b":", b": ", 1)),
        "canonical-form",
    ),
    "V5 another value": (
        "V5",
        lambda c: edit(c, layout.FIELDS, lambda v: v["agent"].update(value="B-1")),
        "field-not-committed",
    ),
    "V5 another salt": (
        "V5",
        lambda c: edit(c, layout.FIELDS, lambda v: v["agent"].update(salt="00" * 16)),
        "field-not-committed",
    ),
    "V5 a field that was never committed": (
        "V5",
        lambda c: edit(c, layout.FIELDS, lambda v: v.update(extra=v["agent"])),
        "field-not-committed",
    ),
    "V5 a field left out silently": (
        "V5",
        lambda c: edit(c, layout.FIELDS, lambda v: {k: x for k, x in v.items() if k != "agent"}),
        "fields-withheld-silently",
    ),
    "V6 a leaf that the log never held": (
        "V6",
        lambda c: resign_leaf(c, lambda s: s.update(nonce="00" * 16)),
        "merkle-root",
    ),
    "V6 another path": ("V6", lambda c: path_of(c, 0, bytes(32)), "merkle-root"),
    "V7 another text under the signature": (
        "V7",
        lambda c: with_note(c, other_text),
        "checkpoint-signature",
    ),
    "V7 the log key of somebody else": (
        "V7",
        lambda c: c.key("log", key=WITNESSES[0].signer.public_key.hex()),
        "checkpoint-signature",
    ),
    "V8 a cosignature over another checkpoint": (
        "V8",
        lambda c: c.put(layout.COSIGNATURES, WITNESSES[0].line("x\n", 1_795_500_060).encode()),
        "cosignature",
    ),
    "V8 a line that is none": ("V8", lambda c: c.put(layout.COSIGNATURES, b"hello\n"), "note-signature-line"),
    "V9 a receipt of another block": (
        "V9",
        lambda c: header(c, lambda h: type(h)((*h.items[:5], bytes(32), *h.items[6:]))),
        "trie-proof-hash",
    ),
    "V9 another index": (
        "V9",
        lambda c: edit(c, layout.RECEIPT, lambda v: v.update(index=1)),
        "receipt-absent",
    ),
    "V9 an event of another contract": (
        "V9",
        lambda c: c.trust["contracts"]["EvidenceAnchor"].update(address="00" * 20),
        "anchor-event-missing",
    ),
    "V10 two of four seals": ("V10", lambda c: reseal(c, validators(4)[:2]), "block-not-sealed"),
    "V10 a seal twice": (
        "V10",
        lambda c: reseal(c, (*validators(4)[:2], validators(4)[0])),
        "block-not-sealed",
    ),
    "V10 a seal of somebody else": (
        "V10",
        lambda c: reseal(c, (*validators(4)[:3], validators(7)[-1], validators(7)[-2])),
        "block-not-sealed",
    ),
    "V10 other validators than those trusted": (
        "V10",
        lambda c: c.trust["chain"]["validators"][0].update(
            addresses=[each.address.hex() for each in validators(5)]
        ),
        "block-not-sealed",
    ),
    "V10 a header that was changed after sealing": (
        "V10",
        lambda c: header(c, lambda h: type(h)((*h.items[:13], bytes(32), *h.items[14:]))),
        "block-not-sealed",
    ),
    "V11 the evidence key of somebody else": (
        "V11",
        lambda c: c.key("evidence", key="11" * 32),
        "key-of-another-member",
    ),
    "V11 another origin": (
        "V11",
        lambda c: c.member(origin="lianzheng.example/x"),
        "origin-of-another-member",
    ),
    "V11 a key that came later": ("V11", lambda c: c.key("log", since=height(c) + 1), "key-not-active"),
    "V11 a key that was rotated before the merge delay": (
        "V11",
        lambda c: (policy(grace_blocks=0)(c), c.key("evidence", until=height(c) - 1, reason="rotated")),
        "key-not-active",
    ),
    "V11 an anchor while the member was suspended": (
        "V11",
        lambda c: c.member(inactive=[{"since": height(c), "until": height(c)}]),
        "member-inactive",
    ),
    "V11 an anchor after the member had left": (
        "V11",
        lambda c: c.member(inactive=[{"since": 0, "until": 0}, {"since": 1, "until": None}]),
        "member-inactive",
    ),
    "V11 a retired key": (
        "V11",
        lambda c: (policy(grace_blocks=1)(c), c.key("log", until=height(c) - 2, reason="retired")),
        "key-not-active",
    ),
    "V11 a key compromised before the named block": (
        "V11",
        lambda c: c.key("evidence", compromised_since=named(c), reason="compromised"),
        "key-compromised",
    ),
    "V11 other code at the contract's address": (
        "V11",
        lambda c: c.trust["contracts"]["EvidenceAnchor"].update(code_hash="00" * 32),
        "state-other-code",
    ),
    "V11 a state proof without the head": (
        "V11",
        lambda c: edit(c, layout.MEMBERSHIP, lambda v: v[0].update(slots=[])),
        "state-slot-missing",
    ),
    "V12 a consistency proof of other sizes": (
        "V12",
        lambda c: consistency(c, lambda p: type(p)(2, p.new_size, p.path)),
        "consistency-other-sizes",
    ),
    "V12 another consistency proof": (
        "V12",
        lambda c: consistency(c, lambda p: type(p)(p.old_size, p.new_size, (bytes(32), *p.path[1:]))),
        "merkle-new-root",
    ),
    "V14 another block than the one named": (
        "V14",
        lambda c: c.put(layout.NOT_BEFORE_HEADER, c.files[layout.HEADER]),
        "not-before-other-block",
    ),
    "V15 a gap in the case": (
        "V15",
        lambda c: c.put(layout.case_statement(2), c.files[layout.case_statement(3)]),
        "case-gap",
    ),
    "V15 a chain that stops before the head": (
        "V15",
        lambda c: c.put(layout.case_statement(3), None),
        "case-head-missing",
    ),
    "V15 an item under another signature": (
        "V15",
        lambda c: edit(c, layout.case_statement(1), lambda v: v["signature"].update(value="00" * 64)),
        "case-gap",
    ),
    "V15 a head in another log": (
        "V15",
        lambda c: c.put(layout.CASE_HEAD_PROOF, c.files[layout.LEAF_PROOF]),
        "merkle-root",
    ),
    "V15 a head whose growth is not proved": (
        "V15",
        lambda c: c.put(layout.CASE_CONSISTENCY, None),
        "package-file-missing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUTED)
def test_what_does_not_hold_is_refuted_and_the_exit_code_says_so(full: Case, name: str) -> None:
    check, change, code = REFUTED[name]
    change(full)
    report = full.verify()
    found = report.of(check)
    assert (found.verdict.value, found.code) == ("refuted", code)
    assert report.exit_code is ExitCode.REFUTED
