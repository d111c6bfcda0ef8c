"""Cards, applications and founding files: what was changed after it was signed is refused, whatever it is."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eth_account import Account

from ledger.chain.changes import decode_change, encode_change
from ledger.chain.deploy import predict
from ledger.errors import LedgerError, LimitError, MalformedError, RefusedError
from ledger.keys.accounts import FileTransactionSigner
from ledger.keys.files import FileStatementSigner
from node.consortium.application import MAX_BYTES, Application, OwnKeys, read_application
from node.consortium.card import Card, read_card
from node.consortium.founding_file import FoundingChain, FoundingFile, check, read_founding_file

CHAIN = FoundingChain(7, bytes([5]) * 32, "dev", "secp256k1", "instant")
REGISTRY = bytes([8]) * 20
DEPLOYER = bytes([9]) * 20


def keys_of(number: int) -> OwnKeys:
    evidence, log = (
        FileStatementSigner(Ed25519PrivateKey.from_private_bytes(bytes([number, at]) * 16))
        for at in (1, 2)
    )
    return OwnKeys(evidence, log, FileTransactionSigner(Account.from_key(bytes([number, 3]) * 16)))


def card_of(number: int, **changes: Any) -> Card:
    keys = keys_of(number)
    values = {
        "member": bytes([number]) * 32,
        "name": f"第{number}银行",
        "origin": f"lianzheng.example/bank-{number}",
        "endpoint": f"https://bank-{number}.example",
        "roles": ("member",),
        "admin": bytes([number, 4]) * 10,
        "keys": keys.public,
        **changes,
    }
    return Card(**values).signed(keys.evidence)


def application_of(number: int = 4) -> Application:
    card = card_of(number)
    proofs = keys_of(number).proofs(chain_id=CHAIN.chain_id, registry=REGISTRY, member=card.member)
    return Application(card, CHAIN.chain_id, REGISTRY, proofs)


def read(data: bytes) -> Application:
    return read_application(data, chain_id=CHAIN.chain_id, registry=REGISTRY)


def file_of(*numbers: int, threshold: int = 2, signed: bool = True) -> FoundingFile:
    file = FoundingFile(
        chain=CHAIN,
        deployer=DEPLOYER,
        nonce=3,
        threshold=threshold,
        voting_period=7200,
        validators=(),
        founders=tuple(card_of(number) for number in numbers),
        endorsements={},
    )
    for number in numbers if signed else ():
        file = file.endorsed(bytes([number]) * 32, keys_of(number))
    return file


def test_documents_are_read_as_they_were_written() -> None:
    card = card_of(1, roles=("observer", "regulator"))
    assert read_card(json.dumps(card.to_json()).encode()) == card
    application = application_of()
    assert read(application.to_bytes()) == application
    file = file_of(1, 2, 3)
    assert read_founding_file(file.to_bytes()) == file
    assert file.missing == ()
    assert file.places == predict(DEPLOYER, 3)
    assert len(file.plan().founders) == 3


def test_an_application_says_what_members_vote_on() -> None:
    application = application_of()
    change = application.change()
    assert decode_change(encode_change(change)) == change
    assert change.member == application.card.member


Change = Callable[[dict[str, Any]], object]
CARDS: dict[str, Change] = {
    "another name": lambda c: c.update(name="别家银行"),
    "another endpoint": lambda c: c.update(endpoint="https://evil.example"),
    "another role": lambda c: c.update(roles=["member", "court"]),
    "another admin": lambda c: c.update(admin="00" * 20),
    "another key": lambda c: c["keys"].update(log="11" * 32),
    "no role": lambda c: c.update(roles=[]),
    "an unknown role": lambda c: c.update(roles=["king"]),
    "roles twice": lambda c: c.update(roles=["member", "member"]),
    "a line break in the name": lambda c: c.update(name="a\nb"),
    "an empty name": lambda c: c.update(name=" "),
    "a long name": lambda c: c.update(name="a" * 201),
    "an origin in capitals": lambda c: c.update(origin="Lianzheng.example/x"),
    "a member too many": lambda c: c.update(more=1),
    "a member less": lambda c: c.pop("endpoint"),
    "another schema": lambda c: c.update(schema="lianzheng-card/2"),
    "no signature": lambda c: c.update(signature=""),
    "a short key": lambda c: c["keys"].update(anchor="11" * 19),
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_that_was_changed_is_refused(name: str) -> None:
    value = copy.deepcopy(card_of(1).to_json())
    CARDS[name](value)
    with pytest.raises(MalformedError):
        read_card(json.dumps(value).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"1", b'{"a":1,"a":2}', b"\xff", b"[" * 5000])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    for reader in (read_card, read, read_founding_file):
        with pytest.raises(MalformedError):
            reader(data)


def test_a_document_that_is_too_long_is_refused_unread() -> None:
    with pytest.raises(LimitError):
        read(b" " * (MAX_BYTES + 1))


APPLICATIONS: dict[str, tuple[Change, str]] = {
    "a proof of another purpose": (
        lambda a: a["proofs"].update(log=a["proofs"]["evidence"]),
        "consortium-possession",
    ),
    "a proof that is noise": (
        lambda a: a["proofs"].update(anchor="11" * 65),
        "consortium-possession",
    ),
    "a proof that is missing": (lambda a: a["proofs"].pop("log"), "statement-form"),
    "the card of somebody else": (
        lambda a: a.update(card=card_of(5).to_json()),
        "consortium-possession",
    ),
    "another registry": (lambda a: a.update(registry="11" * 20), "application-elsewhere"),
    "another chain": (lambda a: a.update(chain_id=8), "application-elsewhere"),
}


@pytest.mark.parametrize("name", APPLICATIONS)
def test_an_application_that_does_not_hold_is_refused(name: str) -> None:
    value = copy.deepcopy(application_of().to_json())
    change, code = APPLICATIONS[name]
    change(value)
    with pytest.raises(LedgerError) as caught:
        read(json.dumps(value).encode())
    assert caught.value.code == code


def test_a_key_of_somebody_else_cannot_be_claimed() -> None:
    mine, theirs = keys_of(1), keys_of(2)
    card = card_of(1, keys={**mine.public, "log": theirs.log.public_key})
    proofs = mine.proofs(chain_id=CHAIN.chain_id, registry=REGISTRY, member=card.member)
    with pytest.raises(MalformedError, match="consortium-possession"):
        read(Application(card, CHAIN.chain_id, REGISTRY, proofs).to_bytes())


FILES: dict[str, Change] = {
    "another threshold": lambda f: f["content"].update(threshold=1),
    "another voting period": lambda f: f["content"].update(voting_period=1),
    "another deployer": lambda f: f["content"].update(deployer="11" * 20),
    "another nonce": lambda f: f["content"].update(nonce=4),
    "another registry": lambda f: f["content"].update(registry="11" * 20),
    "another anchor contract": lambda f: f["content"].update(anchor="11" * 20),
    "another chain": lambda f: f["content"]["chain"].update(id=8),
    "another first block": lambda f: f["content"]["chain"].update(genesis="11" * 32),
    "an unknown kind of chain": lambda f: f["content"]["chain"].update(kind="moon"),
    "a founder less": lambda f: f["content"]["founders"].pop(),
    "a founder twice": lambda f: f["content"]["founders"].append(f["content"]["founders"][0]),
    "other validators": lambda f: f["content"].update(validators=["11" * 20]),
    "a signature of nobody": lambda f: f["endorsements"].update({"11" * 32: first(f)}),
    "a signature of another founder": lambda f: f["endorsements"].update({"02" * 32: first(f)}),
    "a signature cut": lambda f: first(f).update(signature=""),
    "a proof of another purpose": lambda f: first(f)["proofs"].update(
        log=first(f)["proofs"]["evidence"]
    ),
    "another schema": lambda f: f.update(schema="lianzheng-founding/2"),
}


def first(file: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = file["endorsements"]["01" * 32]
    return found


@pytest.mark.parametrize("name", FILES)
def test_a_founding_file_that_was_changed_is_refused(name: str) -> None:
    value = json.loads(file_of(1, 2, 3).to_bytes())
    FILES[name](value)
    with pytest.raises(MalformedError):
        read_founding_file(json.dumps(value).encode())


def test_nothing_is_deployed_before_everybody_has_signed() -> None:
    file = file_of(1, 2, signed=False)
    with pytest.raises(RefusedError, match="founding-unsigned"):
        file.plan()
    half = file.endorsed(bytes([1]) * 32, keys_of(1))
    other = file.endorsed(bytes([2]) * 32, keys_of(2))
    with pytest.raises(RefusedError, match="第2银行"):
        half.plan()
    assert half.merged(other).missing == ()


def test_only_a_founder_with_the_keys_of_its_card_signs() -> None:
    file = file_of(1, 2, signed=False)
    for member, keys in ((3, keys_of(3)), (1, keys_of(2))):
        with pytest.raises(RefusedError, match="founding-not-a-founder"):
            file.endorsed(bytes([member]) * 32, keys)
    with pytest.raises(RefusedError, match="founding-other-file"):
        file.merged(file_of(1, 2, threshold=1))


@pytest.mark.parametrize("threshold", [0, 3])
def test_a_threshold_that_cannot_be_reached_is_refused(threshold: int) -> None:
    with pytest.raises(MalformedError, match="threshold"):
        check(file_of(1, 2, threshold=threshold, signed=False))
