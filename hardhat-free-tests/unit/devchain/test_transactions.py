"""What may enter the journal, and which methods exist at all."""

import pytest
from eth_account import Account

from ledger.devchain import transactions
from ledger.devchain.allowlist import READ, SEND
from ledger.errors import MalformedError

SIGNED: bytes = Account.from_key(b"\1" * 32).sign_transaction(
    {"chainId": 1, "nonce": 0, "value": 0, "gas": 21_000, "gasPrice": 0, "to": "0x" + "00" * 20}
)["raw_transaction"]
FEE_MARKET: bytes = Account.from_key(b"\1" * 32).sign_transaction(
    {
        "type": 2,
        "chainId": 1,
        "nonce": 0,
        "value": 0,
        "gas": 21_000,
        "maxFeePerGas": 0,
        "maxPriorityFeePerGas": 0,
        "to": "0x" + "00" * 20,
    }
)["raw_transaction"]


@pytest.mark.parametrize("raw", [SIGNED, FEE_MARKET], ids=["legacy", "fee-market"])
def test_a_signed_transaction_is_taken_as_it_is(raw: bytes) -> None:
    assert transactions.parse(["0x" + raw.hex()], 1) == raw


@pytest.mark.parametrize(
    "params",
    [
        [],
        [1],
        {"raw": "0x"},
        ["0x"],
        ["0x0"],
        [SIGNED.hex()],
        ["0x" + SIGNED.hex(), "0x" + SIGNED.hex()],
        ["0x" + SIGNED.hex() + "00"],
        ["0x" + SIGNED.hex()[:-2]],
        ["0x03" + SIGNED.hex()],
        ["0x02"],
        ["0x0180"],
        ["0x" + "f9ffff" + "00" * 0xFFFF + "00" * transactions.MAX_BYTES],
    ],
)
def test_bytes_that_are_not_one_transaction_never_reach_the_journal(params: object) -> None:
    with pytest.raises(MalformedError):
        transactions.parse(params, 1)


@pytest.mark.parametrize("raw", [SIGNED, FEE_MARKET], ids=["legacy", "fee-market"])
def test_a_transaction_for_another_chain_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError, match="devchain-transaction-chain"):
        transactions.parse(["0x" + raw.hex()], 2)


def test_a_transaction_that_is_valid_on_every_chain_is_refused() -> None:
    unprotected = Account.from_key(b"\1" * 32).sign_transaction(
        {"nonce": 0, "value": 0, "gas": 21_000, "gasPrice": 0, "to": "0x" + "00" * 20}
    )["raw_transaction"]
    with pytest.raises(MalformedError, match="devchain-transaction-chain"):
        transactions.parse(["0x" + unprotected.hex()], 1)


def test_no_method_that_changes_state_without_a_signature_is_offered() -> None:
    assert SEND not in READ
    assert all(method.split("_")[0] in {"eth", "net", "txpool", "web3"} for method in READ)
    for verb in ("send", "sign", "mine", "set", "submit", "drop", "reset", "filter", "subscribe"):
        assert not [method for method in READ if verb in method.lower()]
