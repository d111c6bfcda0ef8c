"""Remote signers: the same bytes as a local key, every lie found, every outage told from a refusal."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eth_account import Account
from harness.rpc_node import RawServer, send
from harness.signing_service import TOKEN, TransitService, Web3Signer

from ledger.errors import ConfigurationError, IntegrityError, LedgerError, UnavailableError
from ledger.keys.accounts import FileTransactionSigner
from ledger.keys.files import FileStatementSigner
from ledger.keys.transit import TransitStatementSigner
from ledger.keys.web3signer import Web3SignerTransactionSigner

CHAIN_ID = 20261124
PUBLIC = "0x" + "11" * 64
TRANSFER: dict[str, object] = {
    "chainId": CHAIN_ID,
    "nonce": 3,
    "to": "0x" + "00" * 19 + "09",
    "value": 0,
    "data": "0x010203",
    "gas": 80_000,
    "gasPrice": 0,
}
CREATION: dict[str, object] = {k: v for k, v in TRANSFER.items() if k != "to"}


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    return file


@pytest.fixture
def transit() -> Iterator[TransitService]:
    with TransitService() as service:
        yield service


@pytest.fixture
def web3signer() -> Iterator[Web3Signer]:
    with Web3Signer(CHAIN_ID) as service:
        yield service


@pytest.mark.parametrize("size", [0, 1, 3_000, 65_536])
def test_a_transit_key_signs_as_a_file_does(
    transit: TransitService, token_file: Path, size: int
) -> None:
    remote, local = (
        TransitStatementSigner(transit.key_url, token_file),
        FileStatementSigner(transit.versions[0]),
    )
    message = bytes(size)
    assert remote.public_key == local.public_key
    assert remote.sign(message) == remote.sign(message) == local.sign(message)


def test_a_key_that_was_rotated_in_the_service_goes_on_with_its_version(
    transit: TransitService, token_file: Path
) -> None:
    before = TransitStatementSigner(transit.key_url, token_file).public_key
    transit.versions.append(Ed25519PrivateKey.generate())
    after = TransitStatementSigner(transit.key_url, token_file)
    assert after.public_key == before
    assert after.sign(b"m") == transit.versions[0].sign(b"m")
    second = TransitStatementSigner(transit.key_url + "?version=2", token_file)
    assert second.sign(b"m") == transit.versions[1].sign(b"m")


def test_a_public_key_other_than_the_pinned_one_is_an_alarm(
    transit: TransitService, token_file: Path
) -> None:
    pinned = f"{transit.key_url}?key={transit.public_key().hex()}"
    assert TransitStatementSigner(pinned, token_file).sign(b"m")
    transit.versions = [Ed25519PrivateKey.generate()]
    with pytest.raises(IntegrityError, match="signer-key-changed"):
        TransitStatementSigner(pinned, token_file).sign(b"m")


LIES: dict[str, Callable[[bytes], bytes]] = {
    "a flipped bit": lambda s: bytes([s[0] ^ 1]) + s[1:],
    "nothing": lambda _: b"",
    "too short": lambda s: s[:-1],
    "too long": lambda s: s + b"\0",
    "another key's": lambda _: Ed25519PrivateKey.generate().sign(b"m"),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_wrong_transit_signature_is_never_used(
    transit: TransitService, token_file: Path, lie: Callable[[bytes], bytes]
) -> None:
    transit.lie = lie
    with pytest.raises(IntegrityError, match="signer-wrong-signature"):
        TransitStatementSigner(transit.key_url, token_file).sign(b"m")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (503, UnavailableError),
        (500, UnavailableError),
        (429, UnavailableError),
        (307, UnavailableError),
        (400, ConfigurationError),
        (404, ConfigurationError),
    ],
)
def test_an_outage_is_told_from_a_refusal(
    transit: TransitService,
    web3signer: Web3Signer,
    token_file: Path,
    status: int,
    kind: type[LedgerError],
) -> None:
    transit.status = web3signer.status = status
    with pytest.raises(kind):
        TransitStatementSigner(transit.key_url, token_file).sign(b"m")
    with pytest.raises(kind):
        Web3SignerTransactionSigner(web3signer.key_url, None).sign_transaction(TRANSFER)


def test_a_service_that_is_gone_is_asked_again(token_file: Path) -> None:
    with TransitService() as service:
        signer = TransitStatementSigner(service.key_url, token_file)
    with pytest.raises(UnavailableError, match="signer-unreachable"):
        signer.sign(b"m")


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b'{"data":1}', b"<html>", b"[" * 100_000, b"x" * 300_000]
)
def test_an_answer_that_is_none_is_an_outage(token_file: Path, body: bytes) -> None:
    with RawServer(lambda handler, _request: send(handler, body)) as server:
        signer = TransitStatementSigner(server.url + "/v1/transit/keys/evidence", token_file)
        with pytest.raises(UnavailableError):
            signer.sign(b"m")
        account = Web3SignerTransactionSigner(f"{server.url}/api/v1/eth1/sign/{PUBLIC}", None)
        with pytest.raises((UnavailableError, IntegrityError)):
            account.sign_transaction(TRANSFER)
        with pytest.raises((UnavailableError, IntegrityError)):
            account.sign_message(b"m")


def test_the_token_is_read_for_every_request_and_stands_in_no_address(
    transit: TransitService, token_file: Path
) -> None:
    signer = TransitStatementSigner(transit.key_url, token_file)
    token_file.write_text("expired")
    with pytest.raises(ConfigurationError, match="signer-refuses") as caught:
        signer.sign(b"m")
    assert "expired" not in str(caught.value)
    token_file.write_text(TOKEN)
    assert signer.sign(b"m")
    assert all(TOKEN not in path for path, _ in transit.seen)
    token_file.unlink()
    with pytest.raises(ConfigurationError, match="signer-token"):
        signer.sign(b"m")


def test_a_key_of_another_kind_is_refused(transit: TransitService, token_file: Path) -> None:
    transit.type = "ecdsa-p256"
    with pytest.raises(ConfigurationError, match="signer-key"):
        TransitStatementSigner(transit.key_url, token_file).sign(b"m")
    transit.type = "ed25519"
    with pytest.raises(ConfigurationError, match="signer-key"):
        _ = TransitStatementSigner(transit.key_url + "?version=9", token_file).public_key


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://127.0.0.1/v1/transit/keys/k",
        "http://vault.example:8200/v1/transit/keys/k",
        "https://user:secret@vault.example/v1/transit/keys/k",
        "https://vault.example/v1/transit/sign/k",
        "https://vault.example/v1/transit/keys/",
        "https://vault.example/v1/transit/keys/a/b",
        "https://vault.example/v1/transit/keys/k?version=latest",
        "https://vault.example/v1/transit/keys/k?token=s.1",
        "https://vault.example:port/v1/transit/keys/k",
        "https://signer.example/api/v1/eth1/sign/0x11",
        f"http://signer.example/api/v1/eth1/sign/{PUBLIC}",
        f"https://signer.example/api/v1/eth1/sign/{PUBLIC}?a=b",
    ],
)
def test_an_address_that_would_lose_a_secret_or_name_no_key_is_refused(url: str) -> None:
    for signer in (TransitStatementSigner, Web3SignerTransactionSigner):
        with pytest.raises(ConfigurationError, match="signer-url"):
            signer(url, None)


@pytest.mark.parametrize("transaction", [TRANSFER, CREATION], ids=["call", "creation"])
def test_an_account_in_a_service_signs_as_a_file_does(
    web3signer: Web3Signer, transaction: dict[str, object]
) -> None:
    remote = Web3SignerTransactionSigner(web3signer.key_url, None)
    local = FileTransactionSigner(web3signer.account)
    assert remote.address == local.address
    assert remote.sign_transaction(transaction) == local.sign_transaction(transaction)
    assert remote.sign_message(b"possession") == local.sign_message(b"possession")


ALTERATIONS: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": 4},
    "price": {"gasPrice": 1},
    "gas": {"gas": 80_001},
    "receiver": {"to": "0x" + "00" * 19 + "08"},
    "value": {"value": 1},
    "data": {"data": "0x01020304"},
    "chain": {"chainId": CHAIN_ID + 1},
}


@pytest.mark.parametrize("change", ALTERATIONS.values(), ids=ALTERATIONS.keys())
def test_another_transaction_than_asked_for_is_never_sent(
    web3signer: Web3Signer, change: dict[str, Any]
) -> None:
    web3signer.alter = lambda transaction: {**transaction, **change}
    with pytest.raises(IntegrityError, match="signer-wrong-signature"):
        Web3SignerTransactionSigner(web3signer.key_url, None).sign_transaction(TRANSFER)


def test_a_signature_of_another_account_is_never_used(web3signer: Web3Signer) -> None:
    signer = Web3SignerTransactionSigner(web3signer.key_url, None)
    other = FileTransactionSigner(Account.create())
    web3signer.lie = lambda _: "0x" + other.sign_transaction(TRANSFER).hex()
    with pytest.raises(IntegrityError):
        signer.sign_transaction(TRANSFER)
    web3signer.lie = lambda _: "0x" + other.sign_message(b"m").hex()
    with pytest.raises(IntegrityError):
        signer.sign_message(b"m")
    for text in ("", "0x", "0xzz", "0x" + "00" * 65, "0x" + "ff" * 65):
        web3signer.lie = lambda _, text=text: text  # type: ignore[misc]  # bound now
        with pytest.raises(IntegrityError):
            signer.sign_message(b"m")
        with pytest.raises(IntegrityError):
            signer.sign_transaction(TRANSFER)


def test_an_account_that_the_service_does_not_hold_is_refused(web3signer: Web3Signer) -> None:
    signer = Web3SignerTransactionSigner(web3signer.key_url, None)
    web3signer.account = Account.create()
    with pytest.raises(ConfigurationError, match="signer-refuses"):
        signer.sign_transaction(TRANSFER)
