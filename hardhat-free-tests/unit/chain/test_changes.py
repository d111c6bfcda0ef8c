"""Changes that members vote on: what people read is what the registry would do, and nothing else."""

from typing import Any

import pytest
from eth_abi.abi import encode

from contracts import artifact
from ledger.chain.changes import KINDS, Change, decode_change, encode_change
from ledger.chain.refusals import refused
from ledger.errors import MalformedError, RefusedError, UnavailableError
from ledger.messages.catalogue import CATALOGUE

MEMBER, OTHER, ADDRESS, ROOT = "a1" * 32, "b2" * 32, "c3" * 20, "d4" * 32
KEY = {"purpose": "log", "public_key": OTHER, "proof_of_possession": "05" * 64}
NEWCOMER = {
    "member": MEMBER,
    "name_hash": OTHER,
    "admin": ADDRESS,
    "roles": ["observer", "regulator"],
    "endpoint": "https://node.example",
    "log_origin": "lianzheng.example/bank-d",
    "keys": [KEY, {**KEY, "purpose": "anchor", "public_key": "00" * 12 + ADDRESS}],
}
CHANGES: dict[str, dict[str, Any]] = {
    "admit-member": {"newcomer": NEWCOMER},
    "set-roles": {"member": MEMBER, "roles": ["member", "auditor"]},
    "add-key": {"member": MEMBER, "key": KEY},
    "revoke-key": {"member": MEMBER, "index": 2, "reason": "compromised", "compromised_since": 77},
    "suspend-member": {"member": MEMBER},
    "reinstate-member": {"member": MEMBER},
    "remove-member": {"member": MEMBER},
    "change-admin": {"member": MEMBER, "admin": ADDRESS},
    "change-endpoint": {"member": MEMBER, "endpoint": "https://other.example"},
    "open-generation": {"member": MEMBER, "generation": 1, "old_size": 9, "old_root": ROOT},
    "set-threshold": {"threshold": 3},
    "set-voting-period": {"period": 86400},
    "set-validators": {"validators": [ADDRESS, "ff" * 20]},
}


def test_every_change_of_the_registry_has_a_name() -> None:
    assert CHANGES.keys() == KINDS.keys()
    reserved = {"propose", "vote", "withdrawVote", "execute", "setEndpoint", "resign"}
    functions = {
        each["name"]
        for each in artifact("ConsortiumRegistry").abi
        if each["type"] == "function" and each["stateMutability"] == "nonpayable"
    }
    assert functions - reserved == set(KINDS.values())


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_read_back_as_it_was_written(kind: str) -> None:
    change = Change(kind, CHANGES[kind])
    assert decode_change(encode_change(change)) == change


def test_a_change_names_whom_it_is_about() -> None:
    about = {kind: Change(kind, values).member for kind, values in CHANGES.items()}
    assert {kind for kind, member in about.items() if member is None} == {
        "set-threshold",
        "set-voting-period",
        "set-validators",
    }
    assert about["admit-member"] == about["add-key"] == bytes.fromhex(MEMBER)


SELECTOR = encode_change(Change("set-roles", CHANGES["set-roles"]))[:4]
UNREADABLE = {
    "nothing": b"",
    "an unknown call": b"\x00\x00\x00\x01" + bytes(32),
    "a call cut short": encode_change(Change("set-threshold", {"threshold": 3}))[:-1],
    "bytes behind the arguments": encode_change(Change("set-threshold", {"threshold": 3})) + b"\0",
    "a role that nobody knows": SELECTOR + encode(["bytes32", "uint8"], [bytes(32), 64]),
    "no role": SELECTOR + encode(["bytes32", "uint8"], [bytes(32), 0]),
    "a number that is no byte": SELECTOR + encode(["bytes32", "uint256"], [bytes(32), 257]),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_shown_in_full_is_not_shown_at_all(case: str) -> None:
    assert decode_change(UNREADABLE[case]) is None


WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "an unknown kind": ("mint-money", {}),
    "a missing value": ("set-roles", {"member": MEMBER}),
    "a superfluous value": ("suspend-member", {"member": MEMBER, "why": "?"}),
    "a number as text": ("set-threshold", {"threshold": "3"}),
    "a truth value as a number": ("set-threshold", {"threshold": True}),
    "a negative number": ("set-threshold", {"threshold": -1}),
    "a number over its type": ("set-threshold", {"threshold": 2**32}),
    "an id that is too short": ("suspend-member", {"member": "a1"}),
    "an id that is too long": ("suspend-member", {"member": "a1" * 33}),
    "an id in capitals": ("suspend-member", {"member": "A1" * 32}),
    "an address that is too short": ("change-admin", {"member": MEMBER, "admin": "c3" * 19}),
    "no role": ("set-roles", {"member": MEMBER, "roles": []}),
    "an unknown role": ("set-roles", {"member": MEMBER, "roles": ["king"]}),
    "an unknown purpose": ("add-key", {"member": MEMBER, "key": {**KEY, "purpose": "love"}}),
    "a list that is none": ("set-validators", {"validators": ADDRESS}),
    "a newcomer that is none": ("admit-member", {"newcomer": MEMBER}),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_of_the_form_is_not_proposed(case: str) -> None:
    kind, values = WRONG[case]
    with pytest.raises(MalformedError, match="change-form"):
        encode_change(Change(kind, values))


def test_every_refusal_of_the_registry_has_words() -> None:
    names = [
        each["name"]
        for each in artifact("ConsortiumRegistry").abi
        if each["type"] == "error" and each["name"].startswith("ConsortiumRegistry")
    ]
    codes = [refused(RefusedError("contract-reverted", why=name)).code for name in names]
    assert names
    assert [code for code in codes if code not in CATALOGUE] == []
    assert "registry-proposal-already-executed" in codes


def test_a_refusal_that_is_not_the_registrys_keeps_its_code() -> None:
    for error in (UnavailableError("chain-refuses"), RefusedError("contract-reverted", why="0x")):
        assert refused(error) is error
